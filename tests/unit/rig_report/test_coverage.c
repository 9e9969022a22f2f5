/* Coverage in each format of the report, with hostile names, and without figures. */
#include <inttypes.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/report_files.h"

#define HOSTILE        "<b>&\"'|]]> \x1b[31m\xff`x` \xEF\xBF\xBF end"
#define HOSTILE_CLAUSE "<b>|\x1b"

/* A report without a store: only coverage is of interest. */
struct fixture {
    struct clauses *clauses;
    struct coverage coverage;
    struct report report;
};

static void add_file(struct fixture *fixture, const char *path, struct coverage_count count)
{
    struct coverage_file *file = NULL;

    assert_int_equal(coverage_add_file(&fixture->coverage, path, &file), RIG_OK);
    file->count = count;
    file->is_in_program = count.lines_covered > 0;
}

/* Two folders, a file that no program holds, names that are hostile, an input that failed. */
static void fill_coverage(struct fixture *fixture)
{
    struct coverage *coverage = &fixture->coverage;
    struct coverage_file *file;

    coverage->project = text_duplicate("/a <project>");
    coverage->inputs = 12;
    coverage->harnesses = calloc(1, sizeof *coverage->harnesses);
    assert_non_null(coverage->harnesses);
    coverage->harness_count = 1;
    coverage->harnesses[0].name = text_duplicate("modbus_tcp");
    coverage->harnesses[0].counts_oracles = true;
    assert_int_equal(coverage_add_checks(coverage->harnesses, "5.1-4", 0), RIG_OK);
    assert_int_equal(coverage_add_checks(coverage->harnesses, "5.5-5", 40), RIG_OK);
    assert_int_equal(coverage_add_checks(coverage->harnesses, HOSTILE_CLAUSE, 1), RIG_OK);
    for (int i = 0; i < 7; i++)
        assert_int_equal(
            text_list_append(&coverage->harnesses[0].failed, "seeds/" HOSTILE ": signal 6"),
            RIG_OK);
    add_file(fixture, "src/" HOSTILE ".c", (struct coverage_count){71, 55, 30, 16});
    add_file(fixture, "src/whole.c", (struct coverage_count){9, 9, 0, 0});
    add_file(fixture, "forgotten.c", (struct coverage_count){20, 0, 0, 0});
    file = &coverage->files[0];
    assert_int_equal(text_list_append(&file->never_entered, "f`|\x1b[31m\xff"), RIG_OK);
    file->never_reached = calloc(2, sizeof *file->never_reached);
    assert_non_null(file->never_reached);
    file->never_reached_count = 2;
    file->never_reached[0] = (struct line_range){120, 124};
    file->never_reached[1] = (struct line_range){188, 188};
    coverage_sort(coverage);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct diagnostic diagnostic = {.text = ""};

    assert_non_null(fixture);
    assert_int_equal(clauses_load(CLAUSES_FILE, &fixture->clauses, &diagnostic), RIG_OK);
    fill_coverage(fixture);
    const struct report_sources sources = {
        .clauses = fixture->clauses, .coverage = &fixture->coverage, .now = 1769860800};
    assert_int_equal(report_gather(&sources, &fixture->report, &diagnostic), RIG_OK);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    report_clear(&fixture->report);
    coverage_clear(&fixture->coverage);
    clauses_free(fixture->clauses);
    free(fixture);
    return 0;
}

static char *render(const struct fixture *fixture, enum report_format format)
{
    char *text = NULL;
    size_t size = 0;

    assert_int_equal(report_render(&fixture->report, format, &text, &size), RIG_OK);
    assert_int_equal(strlen(text), size);
    for (size_t i = 0; i < size; i++)
        assert_true((unsigned char)text[i] >= 0x20 || text[i] == '\n');
    return text;
}

static const json_t *find(const json_t *array, const char *key, const char *value)
{
    size_t i;
    json_t *each;

    json_array_foreach(array, i, each)
    {
        if (strcmp(json_string_value(json_object_get(each, key)), value) == 0)
            return each;
    }
    return NULL;
}

static size_t count(const char *text, const char *piece)
{
    size_t found = 0;

    for (const char *at = strstr(text, piece); at != NULL; at = strstr(at + 1, piece))
        found++;
    return found;
}

static int64_t number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static void test_coverage_json(void **state)
{
    char *text = render(*state, REPORT_JSON);
    json_t *report = json_loads(text, 0, NULL);
    const json_t *coverage = json_object_get(report, "coverage");
    const json_t *files = json_object_get(coverage, "files");
    const json_t *file = json_array_get(files, 1);

    assert_true(json_is_true(json_object_get(coverage, "measured")));
    assert_true(json_is_null(json_object_get(coverage, "reason")));
    assert_true(json_is_false(json_object_get(coverage, "complete")));
    assert_int_equal(number(coverage, "inputs"), 12);
    assert_int_equal(json_array_size(files), 3);
    assert_int_equal(number(file, "lines"), 71);
    assert_int_equal(number(file, "lines_covered"), 55);
    assert_int_equal(number(file, "branches"), 30);
    assert_int_equal(number(file, "branches_covered"), 16);
    assert_int_equal(json_array_size(json_object_get(file, "never_entered")), 1);
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(file, "never_reached"), 0)), "120-124");
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(file, "never_reached"), 1)), "188");
    file = find(files, "file", "forgotten.c");
    assert_true(json_is_false(json_object_get(file, "in_program")));
    file = find(json_object_get(coverage, "folders"), "folder", "src");
    assert_int_equal(number(file, "lines"), 80);
    assert_int_equal(number(file, "lines_covered"), 64);
    file = find(json_object_get(coverage, "harnesses"), "harness", "modbus_tcp");
    assert_int_equal(json_array_size(json_object_get(file, "failed")), 7);
    assert_int_equal(number(json_object_get(file, "oracles"), "5.1-4"), 0);
    assert_int_equal(number(json_object_get(file, "oracles"), "5.5-5"), 40);
    json_decref(report);
    free(text);
}

static void test_coverage_for_people(void **state)
{
    char *text = render(*state, REPORT_MARKDOWN);

    assert_non_null(strstr(text, "## Coverage by the committed inputs"));
    assert_non_null(strstr(text, "a lower bound"));
    assert_non_null(strstr(text, "| modbus\\_tcp | 0 | 5.1-4: **never**, 5.5-5: 40, "));
    assert_non_null(strstr(text, "| src | 64/80 (80.0 %) | 16/30 (53.3 %) |\n"));
    assert_non_null(strstr(text, "| all | 64/100 (64.0 %) | 16/30 (53.3 %) |\n"));
    assert_non_null(strstr(text, "| forgotten.c | 0/20 (0.0 %) | - | in no harness program |\n"));
    assert_non_null(strstr(text, "never entered: `f'\\|\\x1b[31m\\xff`; lines 120-124, 188 |\n"));
    assert_non_null(strstr(text, "| src/whole.c | 9/9 (100.0 %) | - |  |\n"));
    assert_int_equal(count(text, "` failed on seeds/"), 5);
    assert_non_null(strstr(text, "` failed on 2 more\n"));
    free(text);
    text = render(*state, REPORT_JUNIT);
    assert_non_null(
        strstr(text, "<property name=\"coverage\" value=\"incomplete: a lower bound\"/>"));
    assert_non_null(strstr(text, "<property name=\"coverage.lines.src\" value=\"64/80\"/>"));
    assert_non_null(strstr(text, "<property name=\"coverage.branches.src\" value=\"16/30\"/>"));
    free(text);
}

/* No table, which would look like a measured 0 or 100 %. */
static void test_coverage_that_was_not_measured(void **state)
{
    struct fixture *fixture = *state;
    json_t *report;
    char *text;

    coverage_clear(&fixture->coverage);
    fixture->coverage.reason = text_duplicate(HOSTILE);
    text = render(fixture, REPORT_MARKDOWN);
    assert_non_null(strstr(text, "Not measured: &lt;b&gt;"));
    assert_null(strstr(text, "| folder |"));
    free(text);
    text = render(fixture, REPORT_JUNIT);
    assert_non_null(strstr(text, "value=\"not measured: &lt;b&gt;"));
    assert_null(strstr(text, "coverage.lines"));
    free(text);
    text = render(fixture, REPORT_JSON);
    report = json_loads(text, 0, NULL);
    assert_true(json_is_false(json_object_get(json_object_get(report, "coverage"), "measured")));
    json_decref(report);
    free(text);
}

/* A PASS whose oracles no input reaches says so; those of a program that does not count them say
 * nothing. */
static void test_doubt(void **state)
{
    struct fixture *fixture = *state;
    char source[] = "modbus_tcp";
    char never[] = "5.1-4";
    char often[] = "5.5-5";
    struct clause_result attack = {.clause = never, .source = source};

    assert_string_equal(report_attack_doubt(&fixture->report, &attack),
                        "no committed input reaches an oracle of it");
    attack.clause = often;
    assert_null(report_attack_doubt(&fixture->report, &attack));
    attack.clause = never;
    fixture->coverage.harnesses[0].counts_oracles = false;
    assert_null(report_attack_doubt(&fixture->report, &attack));
    fixture->coverage.harnesses[0].counts_oracles = true;
    fixture->report.sources.coverage = NULL;
    assert_null(report_attack_doubt(&fixture->report, &attack));
}

static void test_coverage_that_nobody_asked_for(void **state)
{
    struct fixture *fixture = *state;
    json_t *report;
    char *text;

    fixture->report.sources.coverage = NULL;
    text = render(fixture, REPORT_MARKDOWN);
    assert_null(strstr(text, "Coverage"));
    free(text);
    text = render(fixture, REPORT_JUNIT);
    assert_null(strstr(text, "<properties>"));
    free(text);
    text = render(fixture, REPORT_JSON);
    report = json_loads(text, 0, NULL);
    assert_true(json_is_null(json_object_get(report, "coverage")));
    json_decref(report);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_coverage_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_coverage_for_people, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_coverage_that_was_not_measured, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_doubt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_coverage_that_nobody_asked_for, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
