#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/command_words.h"

static void expect_words(const char *text, const char *const *words)
{
    struct command_words command;
    assert_int_equal(command_words_split(text, &command), RIG_OK);
    size_t i = 0;
    for (; words[i] != NULL; i++) {
        assert_non_null(command.argv[i]);
        assert_string_equal(command.argv[i], words[i]);
    }
    assert_null(command.argv[i]);
    command_words_free(&command);
    assert_null(command.argv);
}

static void splits_at_blanks_alone(void **state)
{
    (void)state;
    expect_words("relay", (const char *const[]){"relay", NULL});
    expect_words("  relay\ton  1 ", (const char *const[]){"relay", "on", "1", NULL});
    expect_words("a b c d e", (const char *const[]){"a", "b", "c", "d", "e", NULL});
    expect_words("\"my relay\" on\" \"1 \"\" x",
                 (const char *const[]){"my relay", "on 1", "", "x", NULL});
    /* nothing else has a meaning */
    expect_words(
        "a $HOME *.c ;b|c>d `e` \\\"f\" 'g h'",
        (const char *const[]){"a", "$HOME", "*.c", ";b|c>d", "`e`", "\\f", "'g", "h'", NULL});
}

static void refuses_what_is_no_command(void **state)
{
    static const char *const lines[] = {"", " \t ", "\"", "a \"b", "\"\" b"};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct command_words command;
        assert_int_equal(command_words_split(lines[i], &command), RIG_ERROR_USAGE);
        assert_null(command.argv);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_at_blanks_alone),
        cmocka_unit_test(refuses_what_is_no_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
