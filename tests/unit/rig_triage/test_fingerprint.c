#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_text.h"

#define OVERFLOW ADDRESS_ERROR("heap-buffer-overflow")
#define ORACLE   "ORACLE VIOLATED clause=5.1-5 name=counted: text\n"
#define HANG     "HANG clause=- name=wall-clock: text\n"

static void assert_same(const struct fingerprint one, const struct fingerprint other)
{
    assert_string_equal(one.signature, other.signature);
    assert_string_equal(one.text, other.text);
}

static void assert_different(const struct fingerprint one, const struct fingerprint other)
{
    assert_string_not_equal(one.text, other.text);
}

static void test_what_it_looks_like(void **state)
{
    const struct fingerprint fingerprint =
        report_text_fingerprint(OVERFLOW, "inner outer harness_run main");
    (void)state;

    assert_string_equal(fingerprint.signature, "memory|inner<outer");
    assert_string_equal(fingerprint.function, "inner");
    /* Known value: stores outlive versions of this code. */
    assert_string_equal(fingerprint.text, "memory-f9a5fb0237c93925");
}

static void test_machinery_does_not_count(void **state)
{
    (void)state;

    assert_same(report_text_fingerprint(OVERFLOW, "inner outer"),
                report_text_fingerprint(
                    OVERFLOW, "__asan_memcpy __interceptor_memcpy memcpy inner outer harness_run "
                              "harness_execute LLVMFuzzerTestOneInput fuzzer::Fuzzer::Loop main "
                              "__libc_start_main _start"));
}

/* An assertion, abort(), raise(): with and without the library's debugging symbols. */
static void test_the_ways_of_abort_do_not_count(void **state)
{
    static const char *const ways[] = {
        "__pthread_kill_implementation raise abort check outer",
        "__pthread_kill_implementation gsignal abort __assert_fail_base __assert_fail check outer",
        "pthread_kill@@GLIBC_2.34 raise@@GLIBC_2.2.5 check outer",
        "__GI_raise __GI_abort check outer harness_run main __libc_start_call_main _start",
    };
    (void)state;

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        assert_string_equal(report_text_fingerprint(ADDRESS_ERROR("ABRT"), ways[i]).signature,
                            "fault|check<outer");
    }
}

static void test_interceptors_and_allocators_do_not_count(void **state)
{
    static const char *const ways[] = {
        "strlen copy outer",         "__interceptor___isoc99_sscanf copy outer",
        "__asan_memset copy outer",  "__interceptor_realloc copy outer",
        "posix_memalign copy outer", "qsort_r copy outer",
        "recvfrom copy outer",
    };
    (void)state;

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        assert_string_equal(report_text_fingerprint(OVERFLOW, ways[i]).signature,
                            "memory|copy<outer");
    }
}

static struct fingerprint from_text(const char *headline, const char *frames)
{
    char text[2048];
    struct sanitizer_report report;
    struct fingerprint fingerprint;

    (void)snprintf(text, sizeof(text), "%s%s", headline, frames);
    report = report_text_parse(text);
    fingerprint_make(&report, &fingerprint);
    return fingerprint;
}

/* A frame of the run-time that has no name of its own, and code of a file that is called alike. */
static void test_files_of_the_run_time_do_not_count(void **state)
{
    static const char helper[] =
        "    #0 0x1 in printf_common(void*, char const*, __va_list_tag*) asan_interceptors.cpp.o\n"
        "    #1 0x1 in printf (/build/x+0x44389)\n"
        "    #2 0x1 in some_helper (/lib/x86_64-linux-gnu/libc.so.6+0x1)\n"
        "    #3 0x1 in copy /src/a.c:1:1\n";
    static const char alike[] = "    #0 0x1 in copy /src/sanitizer_test.c:1:1\n";
    (void)state;

    assert_string_equal(from_text(OVERFLOW, helper).signature, "memory|copy");
    assert_string_equal(from_text(OVERFLOW, alike).signature, "memory|copy");
}

/* An inlined function is a frame of its own, at the address of the one that holds it. */
static void test_inlining_does_not_count(void **state)
{
    static const char inlined[] = "    #0 0x7 in copy /src/a.c:1:1\n"
                                  "    #1 0x7 in outer /src/a.c:9:1\n";
    static const char called[] = "    #0 0x1 in copy /src/a.c:1:1\n"
                                 "    #1 0x9 in outer /src/a.c:9:1\n";
    (void)state;

    assert_same(from_text(OVERFLOW, inlined), from_text(OVERFLOW, called));
}

/* By which step the harness came to a defect does not matter, to a broken oracle neither. */
static void test_harness_functions_do_not_count(void **state)
{
    static const char frames[] = "    #0 0x1 in inner /src/firmware/a.c:1:1\n"
                                 "    #1 0x1 in send_step /src/harnesses/history.c:2:1\n"
                                 "    #2 0x1 in replay /other/own.c:3:1\n"
                                 "    #3 0x1 in harness_run /other/own.c:4:1\n";
    static const char own[] = "    #0 0x1 in defect /src/harnesses/history.c:2:1\n";
    (void)state;

    assert_string_equal(from_text(OVERFLOW, frames).signature, "memory|inner");
    assert_string_equal(from_text(HANG, frames).signature, "hang:wall-clock|inner");
    assert_string_equal(from_text(ORACLE, frames).signature, "oracle:counted|inner");
    assert_string_equal(from_text(OVERFLOW, own).signature, "memory|defect");
    assert_string_equal(from_text(ORACLE, own).signature, "oracle:counted|defect");
}

/* A base name says nothing: app/modbus_tcp.c is code under test, harnesses/modbus_tcp.c is not. */
static void test_one_base_name_in_two_folders(void **state)
{
    static const char first[] = "    #0 0x1 in read_coils /src/parser.c:1:1\n"
                                "    #1 0x1 in replay /own/parser.c:3:1\n"
                                "    #2 0x1 in harness_run /own/parser.c:4:1\n";
    static const char second[] = "    #0 0x1 in write_coils /src/parser.c:9:1\n"
                                 "    #1 0x1 in send_step /src/harnesses/parser.c:3:1\n"
                                 "    #2 0x1 in harness_run /src/harnesses/parser.c:4:1\n";
    static const char below[] = "    #0 0x1 in inner /src/helper.c:1:1\n"
                                "    #1 0x1 in read_coils /src/parser.c:1:1\n"
                                "    #2 0x1 in harness_run /own/parser.c:4:1\n";
    (void)state;

    assert_string_equal(from_text(OVERFLOW, first).signature, "memory|read_coils");
    assert_string_equal(from_text(OVERFLOW, second).signature, "memory|write_coils");
    assert_string_equal(from_text(OVERFLOW, below).signature, "memory|inner<read_coils");
    assert_string_equal(from_text(ORACLE, first).signature, "oracle:counted|read_coils");
    assert_different(from_text(ORACLE, first), from_text(ORACLE, second));
}

#define ABOUT(word) "ORACLE VIOLATED clause=5.1-5 name=counted about=" word ": text\n"

/* An oracle that is checked after the code under test has returned. */
static void test_what_was_asked_stands_in_for_the_stack(void **state)
{
    static const char step[] = "    #0 0x1 in check_step /src/harnesses/history.c:2:1\n";
    static const char fault[] = "    #0 0x1 in check_step /src/harnesses/history.c:2:1\n"
                                "    #1 0x1 in step_with_fault /src/harnesses/history.c:9:1\n";
    static const char code[] = "    #0 0x1 in inner /src/firmware/a.c:1:1\n"
                               "    #1 0x1 in check_step /src/harnesses/history.c:2:1\n";
    const struct fingerprint first = from_text(ABOUT("function-6"), step);
    (void)state;

    assert_string_equal(first.signature, "oracle:counted|about=function-6");
    assert_string_equal(first.function, "");
    assert_same(first, from_text(ABOUT("function-6"), fault));
    assert_different(first, from_text(ABOUT("function-16"), step));
    assert_different(from_text(ORACLE, step), from_text(ORACLE, fault));
    assert_same(from_text(ABOUT("function-6"), code), from_text(ORACLE, code));
}

static void test_what_was_asked_keeps_floods_apart(void **state)
{
    const struct sanitizer_report one = report_text_parse(ABOUT("function-6"));
    const struct sanitizer_report same = report_text_parse(ABOUT("function-6"));
    const struct sanitizer_report other = report_text_parse(ABOUT("function-16"));
    (void)state;

    assert_true(fingerprint_raw(&one) == fingerprint_raw(&same));
    assert_true(fingerprint_raw(&one) != fingerprint_raw(&other));
}

static void test_one_defect_seen_by_four_sanitizers_is_one(void **state)
{
    const struct fingerprint first = report_text_fingerprint(OVERFLOW, "inner outer");
    (void)state;

    assert_same(first, report_text_fingerprint(ADDRESS_ERROR("SEGV"), "inner outer"));
    assert_same(first, report_text_fingerprint(ADDRESS_ERROR("use-after-poison"), "inner outer"));
    assert_same(first, report_text_fingerprint("a.c:1:2: runtime error: index 9 out of bounds\n",
                                               "inner outer"));
}

static void test_one_function_from_two_handlers_is_two(void **state)
{
    (void)state;

    assert_different(report_text_fingerprint(OVERFLOW, "copy handle_read"),
                     report_text_fingerprint(OVERFLOW, "copy handle_write"));
}

static void test_families_are_apart(void **state)
{
    const struct fingerprint oracle = report_text_fingerprint(ORACLE, "inner outer");
    (void)state;

    assert_different(oracle, report_text_fingerprint(OVERFLOW, "inner outer"));
    assert_different(oracle, report_text_fingerprint(HANG, "inner outer"));
    /* A budget of virtual time says more than a clock on the wall. */
    assert_different(
        report_text_fingerprint(HANG, "inner outer"),
        report_text_fingerprint("HANG clause=5.13-1B name=device-calls: text\n", "inner outer"));
    assert_different(oracle, report_text_fingerprint(
                                 "ORACLE VIOLATED clause=5.1-5 name=other: text\n", "inner outer"));
    assert_string_equal(oracle.signature, "oracle:counted|inner<outer");
}

static void test_suffixes_of_compilers_are_cut(void **state)
{
    (void)state;

    assert_same(report_text_fingerprint(OVERFLOW, "inner outer"),
                report_text_fingerprint(OVERFLOW, "inner.part.0 outer.constprop.3.isra.1"));
    assert_same(report_text_fingerprint(OVERFLOW, "inner outer"),
                report_text_fingerprint(OVERFLOW, "inner.cold outer.llvm.1234567"));
}

static void test_addresses_and_lines_do_not_count(void **state)
{
    const struct sanitizer_report one =
        report_text_parse(OVERFLOW "    #0 0x1 in inner /one/device.c:1:1\n");
    const struct sanitizer_report other =
        report_text_parse(OVERFLOW "    #0 0xffff in inner /other/device.c:99:2\n");
    struct fingerprint first;
    struct fingerprint second;
    (void)state;

    fingerprint_make(&one, &first);
    fingerprint_make(&other, &second);
    assert_same(first, second);
}

static void test_recursion_is_collapsed(void **state)
{
    const struct fingerprint once = report_text_fingerprint(OVERFLOW, "leaf parse outer");
    (void)state;

    assert_same(once, report_text_fingerprint(OVERFLOW, "leaf parse parse parse parse outer"));
    assert_same(report_text_fingerprint(OVERFLOW, "leaf one two outer"),
                report_text_fingerprint(OVERFLOW, "leaf one two one two one two outer"));
}

/* The stack of an overflow begins anywhere in the recursion, and in any leaf. */
static void test_a_stack_overflow_is_its_cycle(void **state)
{
    const char *const headline = ADDRESS_ERROR("stack-overflow");
    const struct fingerprint first =
        report_text_fingerprint(headline, "one two one two one two one");
    (void)state;

    assert_string_equal(first.signature, "memory|one<two");
    assert_same(first, report_text_fingerprint(headline, "two one two one two one"));
    assert_same(first, report_text_fingerprint(headline, "leaf two one two one two"));
}

static void test_a_hang_is_its_outermost_functions(void **state)
{
    const struct fingerprint first =
        report_text_fingerprint(HANG, "read_byte loop handle step harness_run main");
    (void)state;

    assert_string_equal(first.signature, "hang:wall-clock|loop<handle<step");
    assert_same(first, report_text_fingerprint(HANG, "check x loop handle step harness_run main"));
    assert_different(first, report_text_fingerprint(HANG, "loop other step harness_run main"));
}

/* Of two samples that share less than that, only what they share counts. */
static void test_samples_of_a_hang_keep_what_they_share(void **state)
{
    struct sanitizer_report one =
        report_text_parse(HANG "    #0 0x1 in helper /a.c:1:1\n    #1 0x1 in loop /a.c:1:1\n    #2 "
                               "0x1 in main /a.c:1:1\n");
    const struct sanitizer_report other =
        report_text_parse(HANG "    #0 0x1 in loop /a.c:2:1\n    #1 0x1 in main /a.c:1:1\n");
    struct fingerprint fingerprint;
    (void)state;

    fingerprint_keep_common(&one, &other);
    fingerprint_make(&one, &fingerprint);
    assert_string_equal(fingerprint.signature, "hang:wall-clock|loop");
}

static void test_without_a_stack_the_kind_stands_in(void **state)
{
    const struct fingerprint abort_only = report_text_fingerprint("", "");
    (void)state;

    assert_string_equal(abort_only.signature, "fault|?abort");
    assert_different(abort_only, report_text_fingerprint(ADDRESS_ERROR("FPE"), "main"));
}

static void test_no_failure_has_no_fingerprint(void **state)
{
    const struct sanitizer_report none = {.report_class = REPORT_NONE};
    struct fingerprint fingerprint;
    (void)state;

    fingerprint_make(&none, &fingerprint);
    assert_string_equal(fingerprint.text, "");
}

static void test_the_raw_hash_needs_no_symbols(void **state)
{
    const struct sanitizer_report one =
        report_text_parse(OVERFLOW "    #0 0x1111  (/build/x+0x10)\n");
    const struct sanitizer_report same =
        report_text_parse(OVERFLOW "    #0 0x2222  (/build/x+0x10)\n");
    const struct sanitizer_report other =
        report_text_parse(OVERFLOW "    #0 0x1111  (/build/x+0x20)\n");
    (void)state;

    assert_true(fingerprint_raw(&one) == fingerprint_raw(&same));
    assert_true(fingerprint_raw(&one) != fingerprint_raw(&other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_it_looks_like),
        cmocka_unit_test(test_machinery_does_not_count),
        cmocka_unit_test(test_the_ways_of_abort_do_not_count),
        cmocka_unit_test(test_interceptors_and_allocators_do_not_count),
        cmocka_unit_test(test_files_of_the_run_time_do_not_count),
        cmocka_unit_test(test_inlining_does_not_count),
        cmocka_unit_test(test_harness_functions_do_not_count),
        cmocka_unit_test(test_one_base_name_in_two_folders),
        cmocka_unit_test(test_what_was_asked_stands_in_for_the_stack),
        cmocka_unit_test(test_what_was_asked_keeps_floods_apart),
        cmocka_unit_test(test_one_defect_seen_by_four_sanitizers_is_one),
        cmocka_unit_test(test_one_function_from_two_handlers_is_two),
        cmocka_unit_test(test_families_are_apart),
        cmocka_unit_test(test_suffixes_of_compilers_are_cut),
        cmocka_unit_test(test_addresses_and_lines_do_not_count),
        cmocka_unit_test(test_recursion_is_collapsed),
        cmocka_unit_test(test_a_stack_overflow_is_its_cycle),
        cmocka_unit_test(test_a_hang_is_its_outermost_functions),
        cmocka_unit_test(test_samples_of_a_hang_keep_what_they_share),
        cmocka_unit_test(test_without_a_stack_the_kind_stands_in),
        cmocka_unit_test(test_no_failure_has_no_fingerprint),
        cmocka_unit_test(test_the_raw_hash_needs_no_symbols),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
