#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_text.h"

#define SIXTEEN "aaaaaaaaaaaaaaaa"

static const struct process_end aborted = {.outcome = PROCESS_SIGNALED, .signal_number = 6};

/* A forged report cannot make a program fail that did not. */
static void test_a_clean_end_is_no_failure_whatever_was_printed(void **state)
{
    static const char text[] = ADDRESS_ERROR("heap-buffer-overflow");
    const struct process_end clean = {.outcome = PROCESS_EXITED};
    struct sanitizer_report report;
    (void)state;

    sanitizer_report_parse(text, strlen(text), &clean, &report);
    assert_int_equal(report.report_class, REPORT_NONE);
}

/* What the code under test was made to print comes before the real report. */
static void test_the_last_report_decides(void **state)
{
    const struct sanitizer_report report =
        report_text_parse("ORACLE VIOLATED clause=5.1-5 name=forged: text\n"
                          "    #0 0x1 in forged /src/forged.c:1:1\n" ADDRESS_ERROR(
                              "SEGV") "    #0 0x2 in real /src/real.c:2:2\n");
    (void)state;

    assert_string_equal(report.kind, "SEGV");
    assert_string_equal(report.name, "");
    assert_int_equal(report.frame_count, 1);
    assert_string_equal(report.frames[0].function, "real");
}

static void test_control_characters_are_escaped(void **state)
{
    static const char text[] = "ORACLE VIOLATED clause=5.1-5 name=word: a\x1b[2Jb\0c\n"
                               "    #0 0x1 in f\x1b[31m /src/x\x07.c:1:1\n";
    struct sanitizer_report report;
    (void)state;

    sanitizer_report_parse(text, sizeof(text) - 1, &aborted, &report);
    assert_string_equal(report.message, "a\\x1b[2Jb\\x00c");
    assert_string_equal(report.frames[0].function, "f\\x1b[31m");
    assert_string_equal(report.frames[0].file, "x\\x07.c");
}

static void test_malformed_oracle_lines_are_no_oracle(void **state)
{
    static const char *const lines[] = {
        "ORACLE VIOLATED\n",
        "ORACLE VIOLATED clause=5.1-5\n",
        "ORACLE VIOLATED clause=5.1-5 name=\n",
        "ORACLE VIOLATED clause=5.1-5 name=: text\n",
        "ORACLE VIOLATED clause=5.1-5 name=../../etc/passwd: text\n",
        "ORACLE VIOLATED clause=5.1-5 name=two words: text\n",
        "ORACLE VIOLATED clause=5.1-5 name=" SIXTEEN SIXTEEN SIXTEEN SIXTEEN ": too long\n",
        "ORACLE VIOLATED clause=5.1-5 name=word about=: text\n",
        "ORACLE VIOLATED clause=5.1-5 name=word about=two words: text\n",
        "ORACLE VIOLATED clause=5.1-5 name=word about=" SIXTEEN SIXTEEN SIXTEEN SIXTEEN ": long\n",
        "ORACLE VIOLATED clause=5.1-5 name=word about=a about=b: text\n",
        "the log says ORACLE VIOLATED clause=5.1-5 name=word: text\n",
        "HANG clause=",
    };
    (void)state;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        const struct sanitizer_report report = report_text_parse(lines[i]);

        assert_int_equal(report.report_class, REPORT_FAULT);
        assert_string_equal(report.kind, "abort");
    }
}

static void test_truncated_stacks_end_where_they_break(void **state)
{
    static const char *const tails[] = {"    #1 0x",
                                        "    #1 0x5 in",
                                        "    #1",
                                        "    #2 0x5 in g /a.c",
                                        "    #1 0x5 on f /a.c:1",
                                        "    #x 0x5 in f /a.c:1",
                                        "#"};
    (void)state;

    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
        char text[512];
        struct sanitizer_report report;

        (void)snprintf(text, sizeof(text), "%s    #0 0x1 in first /src/a.c:1:1\n%s",
                       ADDRESS_ERROR("SEGV"), tails[i]);
        report = report_text_parse(text);
        assert_int_equal(report.frame_count, 1);
        assert_string_equal(report.frames[0].function, "first");
    }
}

/* Every prefix of a report is read without harm (the sanitizers of this test watch). */
static void test_every_prefix_is_read(void **state)
{
    static const char text[] = "ORACLE VIOLATED clause=5.1-5 name=word: text\n"
                               "    #0 0x1 in f(int, char) /src with space/a.c:1:1\n"
                               "    #1 0x2  (/build/x+0x12) (BuildId: 1)\n"
                               "    #2 0x2 in g (/build/x+0x12)\n"
                               "a.c:1:2: runtime error: shift exponent 33 is too large\n"
                               "==7==ERROR: AddressSanitizer: attempting free\n";
    (void)state;

    for (size_t size = 0; size < sizeof(text); size++) {
        char *copy =
            malloc(size > 0 ? size : 1); /* exactly as long, so that a byte beyond is seen */
        struct sanitizer_report report;

        assert_non_null(copy);
        memcpy(copy, text, size);
        sanitizer_report_parse(copy, size, &aborted, &report);
        free(copy);
    }
}

static void test_a_line_of_a_mebibyte(void **state)
{
    static char text[(1u << 20) + 64];
    static const char end[] = "\n==7==ERROR: AddressSanitizer: SEGV on x\n";
    struct sanitizer_report report;
    (void)state;

    memset(text, '#', sizeof(text));
    memcpy(text + sizeof(text) - sizeof(end), end, sizeof(end));
    sanitizer_report_parse(text, sizeof(text) - 1, &aborted, &report);
    assert_string_equal(report.kind, "SEGV");
    memset(text, '\n', sizeof(text));
    sanitizer_report_parse(text, sizeof(text), &aborted, &report);
    assert_string_equal(report.kind, "abort");
}

static void test_a_deep_stack_is_cut(void **state)
{
    static char text[200 * 64];
    size_t used = (size_t)snprintf(text, sizeof(text), "%s", ADDRESS_ERROR("SEGV"));
    struct sanitizer_report report;
    (void)state;

    for (unsigned i = 0; i < 200; i++) {
        used += (size_t)snprintf(text + used, sizeof(text) - used, "    #%u 0x1 in f%u /a.c:1:1\n",
                                 i, i);
    }
    report = report_text_parse(text);
    assert_int_equal(report.frame_count, REPORT_FRAMES);
    assert_string_equal(report.frames[REPORT_FRAMES - 1].function, "f63");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_clean_end_is_no_failure_whatever_was_printed),
        cmocka_unit_test(test_the_last_report_decides),
        cmocka_unit_test(test_control_characters_are_escaped),
        cmocka_unit_test(test_malformed_oracle_lines_are_no_oracle),
        cmocka_unit_test(test_truncated_stacks_end_where_they_break),
        cmocka_unit_test(test_every_prefix_is_read),
        cmocka_unit_test(test_a_line_of_a_mebibyte),
        cmocka_unit_test(test_a_deep_stack_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
