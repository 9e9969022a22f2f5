#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/diagnostic.h"
#include "base/exit_code.h"
#include "base/rig_error.h"
#include "base/text.h"

static void expect_escaped(const char *in, const char *expected)
{
    char *out = text_escaped(in);
    assert_non_null(out);
    assert_string_equal(out, expected);
    free(out);
}

static void escapes_what_drives_a_terminal(void **state)
{
    (void)state;
    expect_escaped("plain text \\ stays", "plain text \\ stays");
    expect_escaped("a\nb\tc\rd", "a\\nb\\tc\\rd");
    expect_escaped("\x1b[31mred\x7f", "\\x1b[31mred\\x7f");
    expect_escaped("gr\xc3\xbc\xc3\x9f"
                   "e \xe2\x82\xac \xf0\x9f\x94\xa5",
                   "gr\xc3\xbc\xc3\x9f"
                   "e \xe2\x82\xac \xf0\x9f\x94\xa5");
}

static void escapes_what_is_no_sound_utf8(void **state)
{
    (void)state;
    expect_escaped("\xc3", "\\xc3");
    expect_escaped("\xc0\xaf", "\\xc0\\xaf");                   /* overlong slash */
    expect_escaped("\xed\xa0\x80", "\\xed\\xa0\\x80");          /* surrogate */
    expect_escaped("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* above U+10FFFF */
    expect_escaped("\xc2\x9b"
                   "31m",
                   "\\xc2\\x9b"
                   "31m"); /* C1 control: CSI */
    expect_escaped("\xe2\x80\xae"
                   "abc",
                   "\\xe2\\x80\\xae"
                   "abc"); /* right-to-left override */
}

static void cuts_between_characters(void **state)
{
    char out[6];
    (void)state;
    assert_int_equal(text_escape(out, sizeof out, "abc\n\n", 5), 5);
    assert_string_equal(out, "abc\\n");
    assert_int_equal(text_escape(out, 1, "abc", 3), 0);
    assert_string_equal(out, "");
    assert_int_equal(text_escape(out, sizeof out, "a\0b", 3), 5);
    assert_string_equal(out, "a\\x00");
}

static void parses_numbers_without_mercy(void **state)
{
    uint64_t value = 7;
    (void)state;
    assert_false(text_parse_unsigned("", UINT64_MAX, &value));
    assert_false(text_parse_unsigned("-1", UINT64_MAX, &value));
    assert_false(text_parse_unsigned(" 1", UINT64_MAX, &value));
    assert_false(text_parse_unsigned("0x10", UINT64_MAX, &value));
    assert_false(text_parse_unsigned("18446744073709551616", UINT64_MAX, &value));
    assert_false(text_parse_unsigned("101", 100, &value));
    assert_int_equal(value, 7);
    assert_true(text_parse_unsigned("18446744073709551615", UINT64_MAX, &value));
    assert_true(value == UINT64_MAX);
    assert_true(text_parse_unsigned("100", 100, &value));
    assert_int_equal(value, 100);
}

static void reads_sizes_and_addresses(void **state)
{
    static const struct {
        const char *text;
        uint64_t value;
    } numbers[] = {
        {"0", 0},
        {"16M", 16u << 20},
        {"4K", 4096},
        {"0x80000000", 0x80000000},
        {"0xffffFFFFffffFFFF", UINT64_MAX},
        {"17179869183G", 17179869183u * (UINT64_C(1) << 30)},
    };
    static const char *const others[] = {
        "",  "M",   "0x",   "0xg",  "1m",           "16 M", "-1K",
        "x", "1KM", "0x1M", "1.5M", "17179869184G", "0X10", "0x10000000000000000"};
    uint64_t value = 7;
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(text_parse_number(others[i], &value));
        assert_int_equal(value, 7);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_true(text_parse_number(numbers[i].text, &value));
        assert_true(value == numbers[i].value);
    }
}

static void knows_names(void **state)
{
    (void)state;
    assert_true(text_is_name("mps2_an505-qemu.1"));
    assert_false(text_is_name(""));
    assert_false(text_is_name("../x"));
    assert_false(text_is_name(".hidden"));
    assert_false(text_is_name("-option"));
    assert_false(text_is_name("a b"));
    assert_false(text_is_name("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void keeps_lists(void **state)
{
    struct text_list list = {NULL, 0};
    (void)state;
    assert_int_equal(text_list_split(&list, "b//c/a/", '/'), RIG_OK);
    assert_int_equal(list.count, 3);
    text_list_sort(&list);
    char *joined = text_list_join(&list, ',');
    assert_string_equal(joined, "a,b,c");
    assert_true(text_list_contains(&list, "c"));
    assert_false(text_list_contains(&list, "d"));
    free(joined);
    text_list_free(&list);
    assert_int_equal(list.count, 0);
    joined = text_list_join(&list, ',');
    assert_string_equal(joined, "");
    free(joined);
}

static void copies_only_what_fits(void **state)
{
    char out[4] = "xyz";
    (void)state;
    assert_int_equal(text_copy(out, sizeof out, "abcd"), RIG_ERROR_USAGE);
    assert_string_equal(out, "");
    assert_int_equal(text_copy(out, sizeof out, "abc"), RIG_OK);
    assert_string_equal(out, "abc");
}

static void diagnostics_are_one_safe_line(void **state)
{
    struct diagnostic diagnostic;
    char *long_name = malloc(4000);
    (void)state;
    assert_non_null(long_name);
    memset(long_name, 'n', 3999);
    long_name[3999] = '\0';
    assert_int_equal(diagnostic_fail(&diagnostic, RIG_ERROR_BENCH, "%s: bad", "a\nb\x1b"),
                     RIG_ERROR_BENCH);
    assert_string_equal(diagnostic.text, "a\\nb\\x1b: bad");
    diagnostic_set(&diagnostic, "%s", long_name);
    assert_int_equal(strlen(diagnostic.text), sizeof diagnostic.text - 1);
    diagnostic_set(NULL, "nobody listens");
    diagnostic_clear(&diagnostic);
    assert_string_equal(diagnostic.text, "");
    free(long_name);
}

static void exit_codes_follow_the_precedence(void **state)
{
    static const enum exit_code order[] = {EXIT_INTERRUPTED, EXIT_CONFIGURATION, EXIT_FINDING,
                                           EXIT_BENCH,       EXIT_INCONCLUSIVE,  EXIT_CLEAN};
    (void)state;
    for (size_t strong = 0; strong < 6; strong++) {
        for (size_t weak = strong; weak < 6; weak++) {
            assert_int_equal(exit_code_combine(order[strong], order[weak]), order[strong]);
            assert_int_equal(exit_code_combine(order[weak], order[strong]), order[strong]);
        }
    }
}

static void errors_have_exit_codes_and_words(void **state)
{
    (void)state;
    assert_int_equal(exit_code_from_error(RIG_OK), 0);
    assert_int_equal(exit_code_from_error(RIG_ERROR_USAGE), 2);
    assert_int_equal(exit_code_from_error(RIG_ERROR_CONFIGURATION), 2);
    assert_int_equal(exit_code_from_error(RIG_ERROR_NOT_FOUND), 2);
    assert_int_equal(exit_code_from_error(RIG_ERROR_BENCH), 3);
    assert_int_equal(exit_code_from_error(RIG_ERROR_TIMEOUT), 3);
    assert_int_equal(exit_code_from_error(RIG_ERROR_NO_MEMORY), 3);
    assert_int_equal(exit_code_from_error(RIG_ERROR_INTERRUPTED), 130);
    assert_int_equal(exit_code_from_error(RIG_ERROR_DEVICE), 4);
    assert_int_equal(exit_code_from_error(-1000), 3);
    for (int error = 0; error >= RIG_ERROR_DEVICE; error--) {
        assert_string_not_equal(rig_strerror(error), rig_strerror(-1000));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_what_drives_a_terminal),
        cmocka_unit_test(escapes_what_is_no_sound_utf8),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(parses_numbers_without_mercy),
        cmocka_unit_test(reads_sizes_and_addresses),
        cmocka_unit_test(knows_names),
        cmocka_unit_test(keeps_lists),
        cmocka_unit_test(copies_only_what_fits),
        cmocka_unit_test(diagnostics_are_one_safe_line),
        cmocka_unit_test(exit_codes_follow_the_precedence),
        cmocka_unit_test(errors_have_exit_codes_and_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
