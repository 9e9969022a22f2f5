#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "scenarios/word.h"

/* Words are planned only: nobody is cut. */
static int arm(void *self, const struct power_cut *cut, struct diagnostic *diagnostic)
{
    (void)self;
    (void)cut;
    (void)diagnostic;
    return RIG_ERROR_USAGE;
}

static const struct power_driver counting = {.counts_operations = true, .arm = arm};
static const struct power_driver timed = {.arm = arm};

static void parts_are_found_by_their_names(void **state)
{
    uint64_t number = 0;
    char text[8];

    (void)state;
    assert_int_equal(word_number("op:3:torn,seed:7", "seed", &number), RIG_OK);
    assert_int_equal(number, 7);
    assert_int_equal(word_text("kind:a+b,seed:7", "kind", text, sizeof text), RIG_OK);
    assert_string_equal(text, "a+b");
    assert_int_equal(word_number("reseed:7", "seed", &number), RIG_ERROR_USAGE);
    assert_int_equal(word_number("seed:x", "seed", &number), RIG_ERROR_USAGE);
    assert_int_equal(word_number("seed:", "seed", &number), RIG_ERROR_USAGE);
    assert_int_equal(word_text("kind:12345678", "kind", text, sizeof text), RIG_ERROR_USAGE);
}

static void cuts_are_found_anywhere(void **state)
{
    struct power_cut cut;

    (void)state;
    assert_int_equal(word_cut("seed:7,op:3:torn", &cut), RIG_OK);
    assert_int_equal(cut.operation, 3);
    assert_int_equal(word_cut("us:50,seed:7", &cut), RIG_OK);
    assert_int_equal(cut.after_us, 50);
    assert_int_equal(word_cut("seed:7", &cut), RIG_ERROR_USAGE);
    assert_int_equal(word_cut_within("part:250,seed:7", 4000, &cut), RIG_OK);
    assert_int_equal(cut.after_us, 1000);
    assert_int_equal(word_cut_within("op:2:after", 4000, &cut), RIG_OK);
    assert_int_equal(cut.kind, POWER_CUT_OPERATION);
    assert_int_equal(word_cut_within("part:1001", 4000, &cut), RIG_ERROR_USAGE);
}

static void names_are_known_from_the_plan(void **state)
{
    char *words[] = {(char *)"op:3:torn,rounds:2", (char *)"part:250,seed:7"};
    const struct text_list planned = {words, 2};
    const char *odd = NULL;
    size_t length = 0;

    (void)state;
    assert_true(word_is_known("op:9:after,rounds:1", &planned, &odd, &length));
    assert_true(word_is_known("seed:1,part:3", &planned, &odd, &length));
    assert_false(word_is_known("op:9,round:1", &planned, &odd, &length));
    assert_memory_equal(odd, "round:1", length);
    assert_false(word_is_known("rounds:1,op:9,rounds:2", &planned, &odd, &length));
    assert_memory_equal(odd, "rounds:1", length);
    assert_false(word_is_known("rounds", &planned, &odd, &length));
    assert_int_equal(length, 6);
}

static void exact_cuts_go_through_all_there_are(void **state)
{
    const struct bench bench = {.power = {&counting, NULL}};
    const struct plan_options options = {DEPTH_STANDARD, 1};
    const struct cut_range range = {2, 0, ""};
    static const char *const expected[] = {"op:0:torn", "op:0:before", "op:1:after",
                                           "op:1:torn", "op:1:before", "op:0:after"};
    struct text_list words = {NULL, 0};

    (void)state;
    assert_int_equal(word_append_cuts(&words, &bench, &options, &range, 6), RIG_OK);
    assert_int_equal(words.count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(strncmp(words.items[i], expected[i], strlen(expected[i])), 0);
    text_list_free(&words);
}

static void timed_cuts_are_spread_and_repeatable(void **state)
{
    const struct bench bench = {.power = {&timed, NULL}};
    const struct plan_options options = {DEPTH_STANDARD, 42};
    const struct cut_range range = {2, 1000, "x:1"};
    struct text_list first = {NULL, 0};
    struct text_list second = {NULL, 0};

    (void)state;
    assert_int_equal(word_append_cuts(&first, &bench, &options, &range, 10), RIG_OK);
    assert_int_equal(word_append_cuts(&second, &bench, &options, &range, 10), RIG_OK);
    for (uint32_t i = 0; i < 10; i++) {
        struct power_cut cut;

        assert_string_equal(first.items[i], second.items[i]);
        assert_int_equal(word_cut(first.items[i], &cut), RIG_OK);
        assert_in_range(cut.after_us, i * 100, i * 100 + 99);
        assert_non_null(strstr(first.items[i], ",x:1,seed:"));
    }
    text_list_free(&first);
    text_list_free(&second);
}

static struct power_cut spread_cut(const struct bench *bench, const struct plan_options *options,
                                   const struct cut_spread *spread, unsigned index,
                                   uint64_t *random)
{
    char text[POWER_CUT_TEXT];
    struct power_cut cut;

    word_spread_cut(bench, options, spread, index, random, text);
    assert_int_equal(word_cut(text, &cut), RIG_OK);
    return cut;
}

static void few_exact_cuts_are_spread(void **state)
{
    const struct bench bench = {.power = {&counting, NULL}};
    const struct cut_spread spread = {5, 17, {6, 36, 51}, {1, 1, 1}};
    struct plan_options options = {DEPTH_QUICK, 1};
    uint64_t random = 3;

    (void)state;
    assert_int_equal(word_spread_count(&bench, &options, &spread), 6);
    for (unsigned i = 0; i < 6; i++) {
        const struct power_cut cut = spread_cut(&bench, &options, &spread, i, &random);

        assert_in_range(cut.operation, 5 + 2 * i, 5 + 2 * i + 1);
    }
    options.depth = DEPTH_STANDARD;
    for (unsigned i = 0; i < 36; i++) {
        const struct power_cut cut = spread_cut(&bench, &options, &spread, i, &random);

        assert_int_equal(cut.operation, 5 + i / 3);
        assert_int_equal(cut.moment, i % 3);
    }
}

static void a_deep_run_cuts_in_the_log_in_too(void **state)
{
    const struct bench bench = {.power = {&counting, NULL}};
    const struct cut_spread spread = {5, 17, {6, 36, 51}, {1, 1, 1}};
    const struct plan_options options = {DEPTH_DEEP, 1};
    uint64_t random = 3;

    (void)state;
    assert_int_equal(word_spread_count(&bench, &options, &spread), 51);
    for (unsigned i = 0; i < 51; i++) {
        const struct power_cut cut = spread_cut(&bench, &options, &spread, i, &random);

        assert_int_equal(cut.operation, i / 3);
        assert_int_equal(cut.moment, i % 3);
    }
}

static void cuts_within_a_duration_favour_its_end(void **state)
{
    const struct bench bench = {.power = {&timed, NULL}};
    const struct cut_spread spread = {0, 12, {9, 9, 9}, {4, 5, 6}};
    const struct plan_options options = {DEPTH_QUICK, 1};
    uint64_t random = 3;
    uint32_t before = 0;

    (void)state;
    assert_int_equal(word_spread_count(&bench, &options, &spread), 4);
    for (unsigned i = 0; i < 4; i++) {
        char text[POWER_CUT_TEXT];
        struct power_cut cut;

        word_spread_cut(&bench, &options, &spread, i, &random, text);
        assert_int_equal(word_cut_within(text, 1000000, &cut), RIG_OK);
        assert_true(cut.after_us >= before && cut.after_us <= 1000000);
        before = cut.after_us;
    }
    assert_true(before >= 930000); /* the last quarter is in the last sixteenth */
}

static void what_is_no_word_is_not_appended(void **state)
{
    struct text_list words = {NULL, 0};

    (void)state;
    assert_int_equal(word_append(&words, "a b"), RIG_ERROR_USAGE);
    assert_int_equal(word_append(&words, "%s", ""), RIG_ERROR_USAGE);
    assert_int_equal(word_append(&words, "%0200d", 1), RIG_ERROR_USAGE);
    assert_int_equal(words.count, 0);
}

static void numbers_of_parts_are_read_and_written(void **state)
{
    bool keep[20] = {false};
    char text[16];

    (void)state;
    assert_true(word_has("seed:7,keep:3+17", "keep"));
    assert_false(word_has("seed:7,keeps:3", "keep"));
    assert_int_equal(word_parts("seed:7,keep:3+17", "keep", keep, 20), RIG_OK);
    for (size_t i = 0; i < 20; i++)
        assert_int_equal(keep[i], i == 3 || i == 17);
    assert_true(word_write_parts(keep, 20, text, sizeof text));
    assert_string_equal(text, "3+17");
    assert_false(word_write_parts(keep, 20, text, 4));
    assert_true(word_write_parts(keep, 3, text, sizeof text));
    assert_string_equal(text, "");
}

static void what_is_no_number_of_a_part_is_refused(void **state)
{
    static const char *const words[] = {"keep:",   "keep:20", "keep:1+",
                                        "keep:+1", "keep:-1", "keep:1x",
                                        "keep: 1", "seed:1",  "keep:99999999999999999999"};
    bool keep[20];

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        assert_int_equal(word_parts(words[i], "keep", keep, 20), RIG_ERROR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_found_by_their_names),
        cmocka_unit_test(cuts_are_found_anywhere),
        cmocka_unit_test(names_are_known_from_the_plan),
        cmocka_unit_test(exact_cuts_go_through_all_there_are),
        cmocka_unit_test(timed_cuts_are_spread_and_repeatable),
        cmocka_unit_test(few_exact_cuts_are_spread),
        cmocka_unit_test(a_deep_run_cuts_in_the_log_in_too),
        cmocka_unit_test(cuts_within_a_duration_favour_its_end),
        cmocka_unit_test(what_is_no_word_is_not_appended),
        cmocka_unit_test(numbers_of_parts_are_read_and_written),
        cmocka_unit_test(what_is_no_number_of_a_part_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
