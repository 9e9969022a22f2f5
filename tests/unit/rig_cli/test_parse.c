/* The option table and the parser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/exit_code.h"
#include "cli/parse.h"

#define WORDS_MAXIMUM 16

static struct command_line line;
static struct diagnostic diagnostic;

/* Parses a command line that ends with NULL. */
static int parse_words(const char *const words[])
{
    char *argv[WORDS_MAXIMUM] = {NULL};
    int argc = 0;

    for (; words[argc] != NULL && argc + 1 < WORDS_MAXIMUM; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc];
    diagnostic_clear(&diagnostic);
    return command_line_parse(&line, argc, argv, &diagnostic);
}

#define parse(...) parse_words((const char *const[]){"ordeal", __VA_ARGS__, NULL})

#define assert_refused(expected, ...)                                                              \
    do {                                                                                           \
        assert_int_equal(parse(__VA_ARGS__), RIG_ERROR_USAGE);                                     \
        assert_non_null(strstr(diagnostic.text, (expected)));                                      \
        assert_null(strchr(diagnostic.text, '\n'));                                                \
    } while (0)

static void test_table_is_in_order(void **state)
{
    (void)state;
    for (int id = 0; id < COMMAND_COUNT; id++) {
        const struct command_spec *spec = command_spec((enum command_id)id);
        assert_int_equal(spec->id, id);
        assert_ptr_equal(command_find(spec->name), spec);
        assert_true(spec->operands_minimum <= spec->operands_maximum);
        assert_true(spec->operands_maximum <= OPERANDS_MAXIMUM);
    }
    for (int id = 0; id < OPTION_COUNT; id++) {
        const struct option_spec *spec = option_spec((enum option_id)id);
        assert_int_equal(spec->id, id);
        assert_true(spec->commands != 0);
        assert_true((spec->kind == OPTION_KIND_FLAG) == (spec->argument == NULL));
        assert_true((spec->kind == OPTION_KIND_CHOICE || spec->kind == OPTION_KIND_CHOICES) ==
                    (spec->choices != NULL));
    }
}

static void test_names_are_unique(void **state)
{
    (void)state;
    for (int a = 0; a < OPTION_COUNT; a++) {
        for (int b = a + 1; b < OPTION_COUNT; b++) {
            const struct option_spec *left = option_spec((enum option_id)a);
            const struct option_spec *right = option_spec((enum option_id)b);
            assert_string_not_equal(left->name, right->name);
            assert_true(left->letter == 0 || left->letter != right->letter);
        }
    }
}

static void test_each_form_is_read(void **state)
{
    (void)state;
    assert_int_equal(
        parse("fuzz", "modbus_tcp", "--time", "5m", "--jobs=3", "-t", "native", "--seed", "7"),
        RIG_OK);
    assert_int_equal(line.command, COMMAND_FUZZ);
    assert_int_equal(line.operand_count, 1);
    assert_string_equal(line.operands[0], "modbus_tcp");
    assert_int_equal(line.number[OPTION_TIME], 300);
    assert_int_equal(line.number[OPTION_JOBS], 3);
    assert_int_equal(line.number[OPTION_SEED], 7);
    assert_string_equal(line.text[OPTION_TARGET], "native");
    assert_false(line.given[OPTION_JSON]);

    assert_int_equal(parse("--store", "s", "fuzz", "-j4", "-tnative", "x", "--json"), RIG_OK);
    assert_int_equal(line.number[OPTION_JOBS], 4);
    assert_string_equal(line.text[OPTION_TARGET], "native");
    assert_string_equal(line.text[OPTION_STORE], "s");
    assert_true(line.given[OPTION_JSON]);
}

static void test_last_one_counts(void **state)
{
    (void)state;
    assert_int_equal(parse("fuzz", "x", "--time", "1s", "--time", "2s"), RIG_OK);
    assert_int_equal(line.number[OPTION_TIME], 2);
}

static void test_dashes_end_options(void **state)
{
    (void)state;
    assert_int_equal(parse("repro", "--harness", "h", "--", "--json"), RIG_OK);
    assert_string_equal(line.operands[0], "--json");
    assert_false(line.given[OPTION_JSON]);
    assert_int_equal(parse("repro", "--harness", "h", "-"), RIG_OK);
    assert_string_equal(line.operands[0], "-");
}

static void test_help_asks_for_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(parse("fuzz", "--help"), RIG_OK);
    assert_true(line.has_command);
    assert_int_equal(parse("--version"), RIG_OK);
    assert_false(line.has_command);
}

static void test_unknown_words_are_refused(void **state)
{
    (void)state;
    assert_refused("did you mean 'campaign'?", "campain");
    assert_refused("did you mean 'fuzz'?", "fuz");
    assert_refused("no command 'zzzzzz'", "zzzzzz");
    assert_refused("did you mean --time?", "fuzz", "x", "--tme", "5");
    assert_refused("no option --qqqqqq", "fuzz", "x", "--qqqqqq");
    assert_refused("no option -Z", "fuzz", "x", "-Z");
    assert_refused("no command given", "--json");
}

static void test_option_of_another_command_is_refused(void **state)
{
    (void)state;
    assert_refused("`ordeal list` takes no --time", "list", "clauses", "--time", "5");
    assert_refused("`ordeal fuzz` takes no --gdb", "fuzz", "x", "--gdb");
}

static void test_operands_are_counted(void **state)
{
    (void)state;
    assert_refused("needs HARNESS", "fuzz");
    assert_refused("'b' is one word too many", "fuzz", "a", "b");
    assert_refused("'c' is one word too many", "findings", "a", "b", "c");
    assert_refused("'x' is one word too many", "doctor", "x");
}

static void test_arguments_are_checked(void **state)
{
    (void)state;
    assert_refused("--time needs its argument DURATION", "fuzz", "x", "--time");
    assert_refused("not a duration", "fuzz", "x", "--time", "soon");
    assert_refused("outside 1 to 604800 seconds", "fuzz", "x", "--time", "0");
    assert_refused("outside 1 to 604800 seconds", "fuzz", "x", "--time", "169h");
    assert_refused("outside 1 to 64", "fuzz", "x", "--jobs", "65");
    assert_refused("outside 1 to 64", "fuzz", "x", "--jobs", "0");
    assert_refused("not a whole number", "fuzz", "x", "--jobs", "-1");
    assert_refused("not a whole number", "fuzz", "x", "--seed", "18446744073709551616");
    assert_refused("'honggfuzz' is not one of: libfuzzer, afl", "fuzz", "x", "--engine",
                   "honggfuzz");
    assert_refused("is not one of: json, md, junit", "report", "--format", "json,,md");
    assert_refused("is not one of: json, md, junit", "report", "--format", "");
    assert_refused("--json takes no argument", "list", "clauses", "--json=yes");
    assert_refused("--store: DIR is empty", "findings", "--store", "");
}

static void test_hostile_words_stay_one_safe_line(void **state)
{
    (void)state;
    assert_int_equal(parse("fu\033[31m\nzz"), RIG_ERROR_USAGE);
    assert_null(strchr(diagnostic.text, '\033'));
    assert_null(strchr(diagnostic.text, '\n'));
}

static void test_choices(void **state)
{
    (void)state;
    assert_int_equal(parse("report", "--format", "junit,json"), RIG_OK);
    assert_true(choice_is_in(line.text[OPTION_FORMAT], "junit"));
    assert_true(choice_is_in(line.text[OPTION_FORMAT], "json"));
    assert_false(choice_is_in(line.text[OPTION_FORMAT], "md"));
    assert_false(choice_is_in("junit", "jun"));
}

static void test_exit_code_precedence(void **state)
{
    static const enum exit_code order[] = {EXIT_INTERRUPTED, EXIT_CONFIGURATION, EXIT_FINDING,
                                           EXIT_BENCH,       EXIT_INCONCLUSIVE,  EXIT_CLEAN};

    (void)state;
    for (size_t a = 0; a < 6; a++) {
        for (size_t b = a; b < 6; b++) {
            assert_int_equal(exit_code_combine(order[a], order[b]), order[a]);
            assert_int_equal(exit_code_combine(order[b], order[a]), order[a]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_is_in_order),
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_each_form_is_read),
        cmocka_unit_test(test_last_one_counts),
        cmocka_unit_test(test_dashes_end_options),
        cmocka_unit_test(test_help_asks_for_nothing_else),
        cmocka_unit_test(test_unknown_words_are_refused),
        cmocka_unit_test(test_option_of_another_command_is_refused),
        cmocka_unit_test(test_operands_are_counted),
        cmocka_unit_test(test_arguments_are_checked),
        cmocka_unit_test(test_hostile_words_stay_one_safe_line),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_exit_code_precedence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
