/* Sums, folders and phrases of coverage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coverage/coverage.h"

static void add(struct coverage *coverage, const char *path, uint64_t covered, uint64_t lines)
{
    struct coverage_file *file = NULL;

    assert_int_equal(coverage_add_file(coverage, path, &file), RIG_OK);
    file->count = (struct coverage_count){lines, covered, 2 * lines, covered};
}

static int set_up(void **state)
{
    static struct coverage coverage;

    memset(&coverage, 0, sizeof coverage);
    add(&coverage, "src/a.c", 5, 10);
    add(&coverage, "main.c", 0, 1);
    add(&coverage, "src/net/c.c", 3, 4);
    add(&coverage, "src/b.c", 2, 2);
    add(&coverage, "srcs/d.c", 7, 7);
    coverage_sort(&coverage);
    *state = &coverage;
    return 0;
}

static int tear_down(void **state)
{
    coverage_clear(*state);
    return 0;
}

static void test_sums_are_of_all_below_a_folder(void **state)
{
    static const struct {
        const char *path;
        size_t files;
        uint64_t covered;
        uint64_t lines;
    } cases[] = {{"src", 3, 10, 16},    {"src/", 3, 10, 16}, {"src/net", 1, 3, 4},
                 {"src/a.c", 1, 5, 10}, {"", 5, 17, 24},     {".", 5, 17, 24},
                 {"sr", 0, 0, 0},       {"src/a", 0, 0, 0},  {"other", 0, 0, 0}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct coverage_count sum;

        assert_int_equal(coverage_sum(*state, cases[i].path, &sum), cases[i].files);
        assert_int_equal(sum.lines_covered, cases[i].covered);
        assert_int_equal(sum.lines, cases[i].lines);
        assert_int_equal(sum.branches, 2 * cases[i].lines);
    }
}

static void test_folders_come_once_with_their_own_files(void **state)
{
    static const char *const folders[] = {".", "src", "src/net", "srcs"};
    static const uint64_t lines[] = {1, 12, 4, 7};
    struct coverage_count sum;
    size_t index = 0;

    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        assert_string_equal(coverage_next_folder(*state, &index, &sum), folders[i]);
        assert_int_equal(sum.lines, lines[i]);
    }
    assert_null(coverage_next_folder(*state, &index, &sum));
}

static void test_only_all_is_a_hundred_percent(void **state)
{
    char text[COVERAGE_PHRASE_SIZE];

    (void)state;
    assert_string_equal(coverage_phrase(55, 71, text), "55/71 (77.4 %)");
    assert_string_equal(coverage_phrase(9999, 10000, text), "9999/10000 (99.9 %)");
    assert_string_equal(coverage_phrase(3, 3, text), "3/3 (100.0 %)");
    assert_string_equal(coverage_phrase(0, 3, text), "0/3 (0.0 %)");
    assert_string_equal(coverage_phrase(0, 0, text), "-");
}

static void test_a_single_line_is_no_range(void **state)
{
    char text[COVERAGE_PHRASE_SIZE];
    const struct line_range one = {188, 188};
    const struct line_range several = {120, 124};

    (void)state;
    assert_string_equal(line_range_phrase(&one, text), "188");
    assert_string_equal(line_range_phrase(&several, text), "120-124");
}

static void test_complete_means_every_input_of_every_harness(void **state)
{
    struct coverage coverage = {.project = NULL};

    (void)state;
    coverage.harnesses = calloc(2, sizeof *coverage.harnesses);
    coverage.harness_count = 2;
    assert_non_null(coverage.harnesses);
    assert_true(coverage_is_complete(&coverage));
    assert_int_equal(text_list_append(&coverage.harnesses[1].failed, "seeds/a: signal 6"), RIG_OK);
    assert_false(coverage_is_complete(&coverage));
    text_list_free(&coverage.harnesses[1].failed);
    coverage.harnesses[0].reason = text_duplicate("not built");
    assert_false(coverage_is_complete(&coverage));
    coverage_clear(&coverage);
    coverage.note = text_duplicate("mismatched data");
    assert_false(coverage_is_complete(&coverage));
    coverage_clear(&coverage);
}

static void test_oracles_that_are_never_evaluated(void **state)
{
    struct coverage coverage = {.project = NULL};
    struct coverage_harness *harness = calloc(1, sizeof *harness);

    (void)state;
    assert_non_null(harness);
    coverage.harnesses = harness;
    coverage.harness_count = 1;
    harness->name = text_duplicate("tags");
    assert_int_equal(coverage_add_checks(harness, "5.5-5", 0), RIG_OK);
    assert_int_equal(coverage_add_checks(harness, "5.1-4", 0), RIG_OK);
    assert_int_equal(coverage_add_checks(harness, "5.5-5", 3), RIG_OK);
    assert_int_equal(coverage_add_checks(harness, "5.5-5", 4), RIG_OK);
    assert_int_equal(harness->oracle_count, 2);
    assert_int_equal(harness->oracles[0].checks, 7);
    assert_false(coverage_is_unjudged(&coverage, "tags", "5.1-4"));
    harness->counts_oracles = true;
    assert_true(coverage_is_unjudged(&coverage, "tags", "5.1-4"));
    assert_false(coverage_is_unjudged(&coverage, "tags", "5.5-5"));
    assert_false(coverage_is_unjudged(&coverage, "tags", "5.13-1B"));
    assert_false(coverage_is_unjudged(&coverage, "other", "5.1-4"));
    coverage_clear(&coverage);
}

static void test_clauses_are_bounded(void **state)
{
    struct coverage coverage = {.project = NULL};

    (void)state;
    coverage.harnesses = calloc(1, sizeof *coverage.harnesses);
    coverage.harness_count = 1;
    assert_non_null(coverage.harnesses);
    for (unsigned i = 0; i <= COVERAGE_ORACLES_MAXIMUM; i++) {
        char *clause = text_format("c%u", i);

        assert_non_null(clause);
        assert_int_equal(coverage_add_checks(coverage.harnesses, clause, 1),
                         i < COVERAGE_ORACLES_MAXIMUM ? RIG_OK : RIG_ERROR_BENCH);
        free(clause);
    }
    coverage_clear(&coverage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sums_are_of_all_below_a_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_folders_come_once_with_their_own_files, set_up,
                                        tear_down),
        cmocka_unit_test(test_only_all_is_a_hundred_percent),
        cmocka_unit_test(test_a_single_line_is_no_range),
        cmocka_unit_test(test_oracles_that_are_never_evaluated),
        cmocka_unit_test(test_clauses_are_bounded),
        cmocka_unit_test(test_complete_means_every_input_of_every_harness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
