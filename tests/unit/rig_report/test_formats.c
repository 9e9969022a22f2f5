/* A report of a real store, in each format, with hostile content. */
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

#include "base/file.h"
#include "report/long_reason.h"
#include "report/report_files.h"

#define HOSTILE   "<b>&\"'|]]> \x1b[31m\xff`x` \xEF\xBF\xBF end"
#define MOST_TAGS 64
#define HASH      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A store with a run that passed, one that failed, one that still runs and one whose process is
 * gone. */
struct fixture {
    char *folder;
    struct store *store;
    struct clauses *clauses;
    struct text_list fidelity;
    struct report_target targets[2];
    struct report report;
    struct diagnostic diagnostic;
};

static int64_t begin_run(struct fixture *fixture, const char *harness)
{
    const struct run_start start = {.command = "fuzz",
                                    .target = "native",
                                    .rung = RUNG_HOST,
                                    .harness = harness,
                                    .engine = "libfuzzer",
                                    .seed = 7,
                                    .harness_hash = HASH "  fuzzer\n" HASH "  reproducer",
                                    .tool_versions = "one 1\ntwo 2"};
    int64_t run = 0;

    assert_int_equal(store_begin_run(fixture->store, &start, &run, &fixture->diagnostic), RIG_OK);
    return run;
}

static void end_run(struct fixture *fixture, int64_t run, enum verdict verdict)
{
    const struct run_end end = {.execs = 1200345,
                                .execs_per_second = 100000.5,
                                .edges = 512,
                                .control_held = true,
                                .verdict = verdict,
                                .reason = HOSTILE};

    assert_int_equal(store_end_run(fixture->store, run, &end, &fixture->diagnostic), RIG_OK);
}

static void add_result(struct fixture *fixture, int64_t run, struct run_result result)
{
    assert_int_equal(store_add_result(fixture->store, run, &result, &fixture->diagnostic), RIG_OK);
}

static void file_finding(struct fixture *fixture, int64_t run, const char *fingerprint,
                         enum finding_class class)
{
    struct text_list frames = {NULL, 0};
    struct store_filed filed;
    const struct finding_report finding = {.clause = "5.13-1B",
                                           .class = class,
                                           .severity = SEVERITY_HIGH,
                                           .fingerprint = fingerprint,
                                           .title = HOSTILE,
                                           .frames = &frames,
                                           .report_text = HOSTILE,
                                           .report_size = sizeof HOSTILE - 1};

    assert_int_equal(text_list_append(&frames, "parse<int> a.c:1"), RIG_OK);
    assert_int_equal(
        store_file_finding(fixture->store, run, &finding, &filed, &fixture->diagnostic), RIG_OK);
    text_list_free(&frames);
}

static void fill(struct fixture *fixture)
{
    int64_t run = begin_run(fixture, "settings_log");

    add_result(fixture, run,
               (struct run_result){"5.9-1", VERDICT_PASS, "settings_log", NULL, NULL});
    end_run(fixture, run, VERDICT_PASS);
    run = begin_run(fixture, "modbus_tcp");
    add_result(fixture, run,
               (struct run_result){"5.13-1B", VERDICT_FAIL, "modbus_tcp", NULL, HOSTILE});
    add_result(fixture, run,
               (struct run_result){"5.5-5", VERDICT_INCONCLUSIVE, "modbus_tcp", NULL, "control"});
    file_finding(fixture, run, "aaaa", FINDING_MEMORY);
    file_finding(fixture, run, "bbbb", FINDING_UNREPRODUCIBLE);
    end_run(fixture, run, VERDICT_FAIL);
    (void)begin_run(fixture, "modbus_rtu");
}

/* A run ends with the process that holds its store open. */
static void abandon_run(struct fixture *fixture)
{
    struct store *others = fixture->store;

    assert_int_equal(
        store_open(fixture->folder, STORE_CREATE, &fixture->store, &fixture->diagnostic), RIG_OK);
    (void)begin_run(fixture, "abandoned");
    store_close(fixture->store);
    fixture->store = others;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    assert_int_equal(file_make_temporary(&fixture->folder, &fixture->diagnostic), RIG_OK);
    assert_int_equal(
        store_open(fixture->folder, STORE_CREATE, &fixture->store, &fixture->diagnostic), RIG_OK);
    assert_int_equal(clauses_load(CLAUSES_FILE, &fixture->clauses, &fixture->diagnostic), RIG_OK);
    assert_int_equal(text_list_append(&fixture->fidelity, "no *flash* wear"), RIG_OK);
    fixture->targets[0] =
        (struct report_target){"native", "Native <process>", "native", &fixture->fidelity};
    fixture->targets[1] = (struct report_target){"unused", "Unused", "board", &fixture->fidelity};
    abandon_run(fixture);
    fill(fixture);
    const struct report_sources sources = {.store = fixture->store,
                                           .clauses = fixture->clauses,
                                           .targets = fixture->targets,
                                           .target_count = 2,
                                           .now = 1769860800};
    assert_int_equal(report_gather(&sources, &fixture->report, &fixture->diagnostic), RIG_OK);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    report_clear(&fixture->report);
    store_close(fixture->store);
    clauses_free(fixture->clauses);
    text_list_free(&fixture->fidelity);
    assert_int_equal(file_remove(fixture->folder, &fixture->diagnostic), RIG_OK);
    free(fixture->folder);
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

static const char *verdict_of(const json_t *report, const char *clause)
{
    const json_t *found = find(json_object_get(report, "clauses"), "id", clause);

    assert_non_null(found);
    return json_string_value(json_object_get(found, "verdict"));
}

static void test_json(void **state)
{
    char *text = render(*state, REPORT_JSON);
    json_t *report = json_loads(text, 0, NULL);
    const json_t *passed;
    const json_t *run;

    assert_non_null(report);
    assert_int_equal(json_array_size(json_object_get(report, "clauses")), CLAUSES_COUNT);
    assert_int_equal(json_array_size(json_object_get(report, "findings")), 2);
    assert_int_equal(json_array_size(json_object_get(report, "runs")), 4);
    assert_string_equal(verdict_of(report, "5.9-1"), "PASS");
    assert_string_equal(verdict_of(report, "5.13-1B"), "FAIL");
    assert_string_equal(verdict_of(report, "5.5-5"), "INCONCLUSIVE");
    assert_string_equal(verdict_of(report, "5.1-1"), "NOT TESTED");
    passed = find(json_object_get(report, "clauses"), "id", "5.9-1");
    assert_int_equal(json_array_size(json_object_get(passed, "attacks")), 1);
    assert_string_equal(json_string_value(json_array_get(json_object_get(passed, "rungs"), 0)),
                        "host");
    run = find(json_object_get(report, "runs"), "harness", "modbus_rtu");
    assert_true(json_is_true(json_object_get(run, "running")));
    run = find(json_object_get(report, "runs"), "harness", "abandoned");
    assert_true(json_is_false(json_object_get(run, "running")));
    assert_string_equal(json_string_value(json_array_get(json_object_get(run, "harness_hash"), 1)),
                        HASH "  reproducer");
    assert_int_equal(json_array_size(json_object_get(run, "tool_versions")), 2);
    assert_int_equal(json_array_size(json_object_get(report, "targets")), 1);
    assert_non_null(
        strstr(json_string_value(json_object_get(report, "note")), "certifies nothing"));
    json_decref(report);
    free(text);
}

static void test_finding_fields(void **state)
{
    static const char *const fields[] = {"id",     "clause",      "class",   "severity",
                                         "state",  "source",      "targets", "occurrences",
                                         "replay", "fingerprint", "title"};
    char *text = render(*state, REPORT_JSON);
    json_t *report = json_loads(text, 0, NULL);
    const json_t *finding = find(json_object_get(report, "findings"), "id", "F-1");

    assert_non_null(finding);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        assert_non_null(json_object_get(finding, fields[i]));
    json_decref(report);
    free(text);
}

static size_t count(const char *text, const char *piece)
{
    size_t found = 0;

    for (const char *at = strstr(text, piece); at != NULL; at = strstr(at + 1, piece))
        found++;
    return found;
}

static void test_markdown(void **state)
{
    char *text = render(*state, REPORT_MARKDOWN);

    assert_non_null(strstr(text, "certifies nothing"));
    assert_non_null(strstr(text, "### F-1: &lt;b&gt;&amp;"));
    assert_non_null(strstr(text, "ordeal repro F-1 --store"));
    assert_non_null(strstr(text, "settings\\_log on native (host): 1200345 inputs by libfuzzer in "
                                 "R-2, seed 7"));
    assert_non_null(strstr(text, "INCONCLUSIVE: modbus\\_tcp on native (host): 1200345 inputs by "
                                 "libfuzzer in R-3, seed 7: control |"));
    assert_non_null(strstr(text, "no \\*flash\\* wear"));
    assert_non_null(strstr(text, "| abandoned | 0123456789ab | native (host) |"));
    assert_int_equal(count(text, "| - | interrupted |"), 1);
    assert_int_equal(count(text, "| - | running |"), 1);
    assert_int_equal(count(text, "| held | "), 2);
    assert_null(strstr(text, "<b>"));
    assert_null(strstr(text, "Unused"));
    free(text);
}

/* Steps over one tag at `<`; returns its end. Keeps the open elements in STACK. */
static const char *check_tag(const char *at, const char *stack[MOST_TAGS], size_t *depth)
{
    const char *end = strchr(at, '>');
    size_t length;

    assert_non_null(end);
    if (at[1] == '?' || end[-1] == '/')
        return end;
    if (at[1] != '/') {
        assert_true(*depth < MOST_TAGS);
        stack[(*depth)++] = at + 1;
        return end;
    }
    assert_true(*depth > 0);
    length = (size_t)(end - at - 2);
    assert_int_equal(strncmp(stack[--(*depth)], at + 2, length), 0);
    return end;
}

/* Attributes hold no `>` unescaped, so tags end at the first one. */
static void assert_well_formed(const char *text)
{
    const char *stack[MOST_TAGS];
    size_t depth = 0;

    for (const char *at = strchr(text, '<'); at != NULL; at = strchr(at, '<'))
        at = check_tag(at, stack, &depth);
    assert_int_equal(depth, 0);
}

static void test_junit(void **state)
{
    char *text = render(*state, REPORT_JUNIT);

    assert_well_formed(text);
    assert_int_equal(count(text, "<testcase "), CLAUSES_COUNT);
    assert_int_equal(count(text, "<failure "), 1);
    assert_int_equal(count(text, "<error "), 1);
    assert_int_equal(count(text, "<skipped "), CLAUSES_COUNT - 3);
    assert_non_null(strstr(text, "failures=\"1\" errors=\"1\" skipped=\"75\""));
    assert_non_null(
        strstr(text, "F-1 (memory, high) against 5.13-1B: &lt;b&gt;&amp;&quot;&apos;|"));
    assert_non_null(strstr(text, "reproduce: ordeal repro F-1"));
    assert_null(strstr(text, "F-2 "));
    assert_null(strstr(text, "]]>"));
    free(text);
}

static void test_files(void **state)
{
    struct fixture *fixture = *state;
    char *folder = file_join(fixture->folder, "out/deep");

    assert_non_null(folder);
    for (int format = 0; format < REPORT_FORMAT_COUNT; format++) {
        const enum report_format each = (enum report_format)format;
        char *path = file_join(folder, report_format_file(each));

        assert_int_equal(report_write_file(&fixture->report, each, folder, &fixture->diagnostic),
                         RIG_OK);
        assert_true(file_is_regular(path));
        free(path);
    }
    free(folder);
}

static void test_folder_that_cannot_be_made(void **state)
{
    struct fixture *fixture = *state;
    char *folder = file_join(fixture->folder, "lab.db/out");

    assert_non_null(folder);
    assert_int_not_equal(
        report_write_file(&fixture->report, REPORT_JSON, folder, &fixture->diagnostic), RIG_OK);
    assert_string_not_equal(fixture->diagnostic.text, "");
    free(folder);
}

static void test_a_later_run_replaces_an_earlier_one(void **state)
{
    struct fixture *fixture = *state;
    const int64_t run = begin_run(fixture, "settings_log");
    const struct clause_result *attack;
    struct report report;

    add_result(fixture, run,
               (struct run_result){"5.9-1", VERDICT_INCONCLUSIVE, "settings_log", NULL, NULL});
    end_run(fixture, run, VERDICT_INCONCLUSIVE);
    assert_int_equal(report_gather(&fixture->report.sources, &report, &fixture->diagnostic),
                     RIG_OK);
    attack = report_next_attack(&report, "5.9-1", NULL);
    assert_non_null(attack);
    assert_int_equal(attack->verdict, VERDICT_INCONCLUSIVE);
    assert_null(report_next_attack(&report, "5.9-1", attack));
    report_clear(&report);
}

/* What is not claimed stands beside a pass; a reason too long for the table is below it, once. */
static void test_long_reasons(void **state)
{
    static const char *const reason =
        "no counter-example in 1 trial; not claimed: memory-left: 3 in RAM, at 0x20001624, which "
        "is "
        "a schedule; keys-left: 480 in RAM "
        "(the erasure claims flash alone: the chip does not clear its RAM)";
    struct fixture *fixture = *state;
    const int64_t run = begin_run(fixture, "debug_lock.recover");
    char *text;

    add_result(fixture, run,
               (struct run_result){"5.4-1", VERDICT_PASS, "debug_lock.recover", NULL, reason});
    add_result(fixture, run,
               (struct run_result){"5.6-3", VERDICT_PASS, "debug_lock.recover", NULL, reason});
    add_result(fixture, run,
               (struct run_result){"5.6-5", VERDICT_PASS, "debug_lock.recover", NULL,
                                   "no counter-example in 1 trial"});
    end_run(fixture, run, VERDICT_PASS);
    report_clear(&fixture->report);
    assert_int_equal(report_gather(&(struct report_sources){.store = fixture->store,
                                                            .clauses = fixture->clauses,
                                                            .now = 1769860800},
                                   &fixture->report, &fixture->diagnostic),
                     RIG_OK);
    text = render(fixture, REPORT_MARKDOWN);
    assert_int_equal(count(text, "seed 7: not claimed: memory-left: 3 in RAM, at 0x20001624, which "
                                 "is a schedule ... (R-5, below) |"),
                     2);
    assert_int_equal(count(text, "seed 7 |"), 2);
    assert_int_equal(count(text, "### Reasons in full"), 1);
    assert_int_equal(count(text, "- R-5, `debug_lock.recover`, PASS: not claimed: memory-left"), 1);
    assert_int_equal(
        count(text, "(the erasure claims flash alone: the chip does not clear its RAM)"), 1);
    free(text);
}

static void assert_row(const char *reason, bool fits, const char *wanted)
{
    char row[REASON_ROW_SIZE];

    assert_int_equal(reason_fits_row(reason, row), fits);
    assert_string_equal(row, wanted);
}

static void test_rows_of_reasons(void **state)
{
#define TEN   "123456789 "
#define FIFTY TEN TEN TEN TEN TEN
    (void)state;
    assert_row("", true, "");
    assert_row(FIFTY FIFTY TEN "1234567890", true, FIFTY FIFTY TEN "1234567890");
    assert_row(FIFTY "end. " FIFTY FIFTY, false, FIFTY "end ...");
    assert_row(FIFTY "end: " FIFTY FIFTY, false, FIFTY "end ...");
    assert_row(FIFTY "one; " FIFTY "two: " FIFTY, false, FIFTY "one ...");
    assert_row("held: " FIFTY FIFTY FIFTY, false, "held: " FIFTY FIFTY "123456789 ...");
    assert_row(FIFTY FIFTY TEN "12345678901" TEN, false, FIFTY FIFTY "123456789 ...");
}

static void test_no_store(void **state)
{
    struct fixture *fixture = *state;
    struct report_sources sources = fixture->report.sources;
    struct report report;

    sources.store = NULL;
    assert_int_equal(report_gather(&sources, &report, &fixture->diagnostic), RIG_OK);
    assert_int_equal(report.rollup.count, CLAUSES_COUNT);
    for (size_t i = 0; i < report.rollup.count; i++)
        assert_int_not_equal(report.rollup.items[i].verdict, VERDICT_PASS);
    report_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_finding_fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_markdown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_junit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_folder_that_cannot_be_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_later_run_replaces_an_earlier_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_long_reasons, set_up, tear_down),
        cmocka_unit_test(test_rows_of_reasons),
        cmocka_unit_test_setup_teardown(test_no_store, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
