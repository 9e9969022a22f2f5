#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "scratch.h"
#include "store_fixture.h"

static struct finding get(struct store_fixture *fixture, struct store *store, int64_t id)
{
    struct finding finding;
    assert_int_equal(store_get_finding(store, id, &finding, &fixture->diagnostic), RIG_OK);
    return finding;
}

static void close_as(struct store_fixture *fixture, struct store *store, int64_t id,
                     struct finding_closing closing)
{
    assert_int_equal(store_close_finding(store, id, &closing, &fixture->diagnostic), RIG_OK);
}

static void expect_evidence(struct store_fixture *fixture, struct store *store,
                            const char *relative, const char *expected)
{
    struct file_content content;
    char *path = store_evidence_path(store, relative);
    assert_int_equal(file_read(path, 100, &content, &fixture->diagnostic), RIG_OK);
    assert_string_equal((char *)content.bytes, expected);
    file_content_free(&content);
    free(path);
}

static void files_the_same_once(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    int64_t run = store_fixture_run(fixture, store);
    struct finding_report report = store_fixture_report(fixture, "abc");
    char *frames[] = {"registers_read", "modbus\npdu\x1b"};
    const struct text_list frame_list = {frames, 2};
    report.frames = &frame_list;
    struct store_filed first = store_fixture_file(fixture, store, run, &report);
    struct store_filed second = store_fixture_file(fixture, store, run, &report);
    assert_true(first.is_new);
    assert_false(second.is_new);
    assert_int_equal(first.id, second.id);
    assert_int_equal(store_fixture_count(fixture, store), 1);
    struct finding finding = get(fixture, store, first.id);
    assert_int_equal(finding.occurrences, 2);
    assert_string_equal(finding.clause, "5.13-1B");
    assert_string_equal(finding.target, "native");
    assert_int_equal(finding.targets.count, 1);
    assert_string_equal(finding.source, "modbus_tcp");
    assert_string_equal(finding.engine, "libfuzzer");
    assert_string_equal(finding.replay, "modbus_tcp/native/F-1");
    assert_int_equal(finding.state, FINDING_OPEN);
    assert_string_equal(finding.frames.items[0], "registers_read");
    assert_string_equal(finding.frames.items[2], "pdu\\x1b");
    expect_evidence(fixture, store, finding.input.path, "input");
    expect_evidence(fixture, store, finding.report, "report");
    finding_clear(&finding);
    store_close(store);
}

static void other_fingerprints_and_rungs_are_others(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    int64_t run = store_fixture_run(fixture, store);
    const struct run_start board = {
        .command = "fuzz", .target = "bench", .rung = RUNG_SILICON, .harness = "modbus_tcp"};
    int64_t board_run = 0;
    assert_int_equal(store_begin_run(store, &board, &board_run, &fixture->diagnostic), RIG_OK);
    struct finding_report report = store_fixture_report(fixture, "abc");
    struct finding_report other = store_fixture_report(fixture, "def");
    assert_true(store_fixture_file(fixture, store, run, &report).is_new);
    assert_true(store_fixture_file(fixture, store, run, &other).is_new);
    assert_true(store_fixture_file(fixture, store, board_run, &report).is_new);
    assert_int_equal(store_fixture_count(fixture, store), 3);
    store_close(store);
}

static void one_rung_with_two_targets_is_one_finding(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    int64_t run = store_fixture_run(fixture, store);
    const struct run_start other = {
        .command = "fuzz", .target = "a_first", .rung = RUNG_HOST, .harness = "modbus_tcp"};
    int64_t other_run = 0;
    assert_int_equal(store_begin_run(store, &other, &other_run, &fixture->diagnostic), RIG_OK);
    struct finding_report report = store_fixture_report(fixture, "abc");
    int64_t id = store_fixture_file(fixture, store, run, &report).id;
    assert_false(store_fixture_file(fixture, store, other_run, &report).is_new);
    struct finding finding = get(fixture, store, id);
    assert_string_equal(finding.target, "native");
    assert_int_equal(finding.targets.count, 2);
    assert_string_equal(finding.targets.items[0], "a_first");
    assert_int_equal(finding.first_run, run);
    assert_int_equal(finding.last_run, other_run);
    finding_clear(&finding);
    store_close(store);
}

static void the_unreproducible_is_kept_apart(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    int64_t run = store_fixture_run(fixture, store);
    struct finding_report flaky = store_fixture_report(fixture, "abc");
    struct finding_report real = store_fixture_report(fixture, "abc");
    const struct finding_filter filter = {.only_open = true, .no_unreproducible = true};
    struct finding_list list;
    flaky.class = FINDING_UNREPRODUCIBLE;
    int64_t flaky_id = store_fixture_file(fixture, store, run, &flaky).id;
    struct store_filed filed = store_fixture_file(fixture, store, run, &real);
    assert_true(filed.is_new);
    assert_int_not_equal(filed.id, flaky_id);
    assert_int_equal(store_list_findings(store, &filter, &list, &fixture->diagnostic), RIG_OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].id, filed.id);
    assert_true(finding_counts(&list.items[0], 0));
    finding_list_free(&list);
    struct finding finding = get(fixture, store, flaky_id);
    assert_false(finding_counts(&finding, 0));
    finding_clear(&finding);
    store_close(store);
}

static void a_fixed_finding_opens_again(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    int64_t run = store_fixture_run(fixture, store);
    struct finding_report report = store_fixture_report(fixture, "abc");
    int64_t id = store_fixture_file(fixture, store, run, &report).id;
    close_as(fixture, store, id, (struct finding_closing){FINDING_FIXED, "bounds \x1b checked", 0});
    struct finding finding = get(fixture, store, id);
    assert_int_equal(finding.state, FINDING_FIXED);
    assert_string_equal(finding.reason, "bounds \\x1b checked");
    assert_false(finding_counts(&finding, 0));
    finding_clear(&finding);
    store_close(store);

    store = store_fixture_open(fixture, STORE_WRITE);
    int64_t later = store_fixture_run(fixture, store);
    scratch_write(fixture->folder, "crash-1", "newer input");
    struct store_filed filed = store_fixture_file(fixture, store, later, &report);
    assert_false(filed.is_new);
    assert_true(filed.reopened);
    assert_int_equal(filed.state, FINDING_OPEN);
    finding = get(fixture, store, id);
    assert_int_equal(finding.state, FINDING_OPEN);
    expect_evidence(fixture, store, finding.input.path, "newer input");
    finding_clear(&finding);
    store_close(store);
}

static void an_acceptance_holds_until_it_expires(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    int64_t run = store_fixture_run(fixture, store);
    struct finding_report report = store_fixture_report(fixture, "abc");
    int64_t id = store_fixture_file(fixture, store, run, &report).id;
    close_as(fixture, store, id, (struct finding_closing){FINDING_ACCEPTED, "known", 0});
    struct store_filed filed = store_fixture_file(fixture, store, run, &report);
    assert_int_equal(filed.state, FINDING_ACCEPTED);
    assert_false(filed.reopened);
    close_as(fixture, store, id, (struct finding_closing){FINDING_ACCEPTED, "until 1970", 1000});
    struct finding finding = get(fixture, store, id);
    assert_int_equal(finding.state, FINDING_OPEN);
    assert_string_equal(finding.reason, "");
    assert_int_equal(finding.expires, 1000);
    assert_true(finding_counts(&finding, 1000));
    finding_clear(&finding);
    filed = store_fixture_file(fixture, store, run, &report);
    assert_true(filed.reopened);
    assert_int_equal(filed.state, FINDING_OPEN);
    store_close(store);
}

static void settling_needs_a_reason_and_a_finding(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    const struct finding_closing silent = {FINDING_FIXED, " \t\n", 0};
    const struct finding_closing sound = {FINDING_FIXED, "why", 0};
    struct finding finding;
    assert_int_equal(store_close_finding(store, 1, &silent, &fixture->diagnostic), RIG_ERROR_USAGE);
    assert_int_equal(store_close_finding(store, 1, &sound, &fixture->diagnostic),
                     RIG_ERROR_NOT_FOUND);
    assert_non_null(strstr(fixture->diagnostic.text, "no finding F-1"));
    assert_int_equal(store_get_finding(store, 99, &finding, &fixture->diagnostic),
                     RIG_ERROR_NOT_FOUND);
    store_close(store);
}

static void lost_evidence_is_written_again(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    int64_t run = store_fixture_run(fixture, store);
    struct finding_report report = store_fixture_report(fixture, "abc");
    int64_t id = store_fixture_file(fixture, store, run, &report).id;
    struct finding finding = get(fixture, store, id);
    char *path = store_evidence_path(store, finding.input.path);
    assert_int_equal(unlink(path), 0);
    (void)store_fixture_file(fixture, store, run, &report);
    assert_true(file_is_regular(path));
    free(path);
    finding_clear(&finding);
    store_close(store);
}

static void a_refused_report_leaves_no_row(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    int64_t run = store_fixture_run(fixture, store);
    struct finding_report report = store_fixture_report(fixture, "../../etc/passwd");
    struct store_filed filed;
    assert_int_equal(store_file_finding(store, run, &report, &filed, &fixture->diagnostic),
                     RIG_ERROR_USAGE);
    report = store_fixture_report(fixture, "abc");
    report.input_path = "/nonexistent/input";
    assert_int_equal(store_file_finding(store, run, &report, &filed, &fixture->diagnostic),
                     RIG_ERROR_BENCH);
    report = store_fixture_report(fixture, "abc");
    assert_int_equal(store_file_finding(store, run + 1, &report, &filed, &fixture->diagnostic),
                     RIG_ERROR_NOT_FOUND);
    assert_int_equal(store_fixture_count(fixture, store), 0);
    assert_int_equal(store_fixture_file(fixture, store, run, &report).id, 1);
    store_close(store);
}

static void runs_begin_and_end_once(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    int64_t run = store_fixture_run(fixture, store);
    int64_t cut_off = store_fixture_run(fixture, store);
    const struct run_end end = {.execs = 123,
                                .execs_per_second = 4.5,
                                .edges = 6,
                                .control_held = true,
                                .verdict = VERDICT_PASS,
                                .reason = "time"};
    struct run_list list;
    assert_int_equal(store_end_run(store, run, &end, &fixture->diagnostic), RIG_OK);
    assert_int_equal(store_end_run(store, run, &end, &fixture->diagnostic), RIG_ERROR_USAGE);
    assert_int_equal(store_end_run(store, 99, &end, &fixture->diagnostic), RIG_ERROR_NOT_FOUND);
    assert_int_equal(store_list_runs(store, 0, &list, &fixture->diagnostic), RIG_OK);
    assert_int_equal(list.count, 2);
    assert_true(list.items[0].finished);
    assert_int_equal(list.items[0].execs, 123);
    assert_true(list.items[0].seed == UINT64_MAX);
    assert_true(list.items[0].control_held);
    assert_int_equal(list.items[0].verdict, VERDICT_PASS);
    assert_string_equal(list.items[0].tool_versions, "clang 14.0.6\nllvm-symbolizer 14.0.6");
    assert_false(list.items[1].finished);
    assert_int_equal(list.items[1].id, cut_off);
    run_list_free(&list);
    assert_int_equal(store_list_runs(store, cut_off, &list, &fixture->diagnostic), RIG_OK);
    assert_int_equal(list.count, 1);
    run_list_free(&list);
    store_close(store);
}

static void the_manifest_tells_the_run(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    int64_t run = store_fixture_run(fixture, store);
    struct finding_report report = store_fixture_report(fixture, "abc");
    const struct run_end end = {.execs = 7, .verdict = VERDICT_FAIL};
    char *path = scratch_path(fixture->path, "runs/R-1/manifest.json");
    assert_true(file_is_regular(path));
    (void)store_fixture_file(fixture, store, run, &report);
    assert_int_equal(store_end_run(store, run, &end, &fixture->diagnostic), RIG_OK);
    json_t *manifest = json_load_file(path, 0, NULL);
    assert_non_null(manifest);
    assert_string_equal(json_string_value(json_object_get(manifest, "seed")),
                        "18446744073709551615");
    assert_string_equal(json_string_value(json_object_get(manifest, "verdict")), "FAIL");
    assert_int_equal(json_integer_value(json_object_get(manifest, "execs")), 7);
    json_t *finding = json_array_get(json_object_get(manifest, "findings"), 0);
    assert_string_equal(json_string_value(json_object_get(finding, "id")), "F-1");
    json_decref(manifest);
    free(path);
    store_close(store);
}

static void results_are_kept_by_clause_and_source(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    int64_t run = store_fixture_run(fixture, store);
    struct run_result result = {"5.13-1B", VERDICT_ERROR, "modbus_tcp", NULL, "no disk"};
    struct clause_result_list list;
    assert_int_equal(store_add_result(store, run, &result, &fixture->diagnostic), RIG_OK);
    result.verdict = VERDICT_NOT_APPLICABLE;
    assert_int_equal(store_add_result(store, run, &result, &fixture->diagnostic), RIG_OK);
    assert_int_equal(store_add_result(store, 99, &result, &fixture->diagnostic),
                     RIG_ERROR_NOT_FOUND);
    assert_int_equal(store_list_results(store, 0, &list, &fixture->diagnostic), RIG_OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].verdict, VERDICT_NOT_APPLICABLE);
    assert_string_equal(list.items[0].target, "native");
    assert_string_equal(list.items[0].reason, "no disk");
    clause_result_list_free(&list);
    store_close(store);
}

static void a_reader_changes_nothing(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    int64_t run = store_fixture_run(fixture, store);
    struct finding_report report = store_fixture_report(fixture, "abc");
    struct store_filed filed;
    store_close(store);
    store = store_fixture_open(fixture, STORE_READ);
    assert_int_equal(store_file_finding(store, run, &report, &filed, &fixture->diagnostic),
                     RIG_ERROR_CONFIGURATION);
    assert_int_equal(store_fixture_count(fixture, store), 0);
    store_close(store);
}

static void filters_what_it_lists(void **state)
{
    struct store_fixture *fixture = *state;
    struct store *store = store_fixture_open(fixture, STORE_CREATE);
    int64_t first = store_fixture_run(fixture, store);
    int64_t second = store_fixture_run(fixture, store);
    struct finding_report report = store_fixture_report(fixture, "abc");
    struct finding_report other = store_fixture_report(fixture, "def");
    other.clause = "5.5-5";
    (void)store_fixture_file(fixture, store, first, &report);
    (void)store_fixture_file(fixture, store, second, &other);
    const struct finding_filter filters[] = {
        {.clause = "5.5-5"}, {.seen_in_run = second}, {.source = "none"}, {.source = "modbus_tcp"}};
    const size_t expected[] = {1, 1, 0, 2};
    for (size_t i = 0; i < 4; i++) {
        struct finding_list list;
        assert_int_equal(store_list_findings(store, &filters[i], &list, &fixture->diagnostic),
                         RIG_OK);
        assert_int_equal(list.count, expected[i]);
        finding_list_free(&list);
    }
    store_close(store);
}

#define STORE_TEST(function)                                                                       \
    cmocka_unit_test_setup_teardown(function, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(files_the_same_once),
        STORE_TEST(other_fingerprints_and_rungs_are_others),
        STORE_TEST(one_rung_with_two_targets_is_one_finding),
        STORE_TEST(the_unreproducible_is_kept_apart),
        STORE_TEST(a_fixed_finding_opens_again),
        STORE_TEST(an_acceptance_holds_until_it_expires),
        STORE_TEST(settling_needs_a_reason_and_a_finding),
        STORE_TEST(lost_evidence_is_written_again),
        STORE_TEST(a_refused_report_leaves_no_row),
        STORE_TEST(runs_begin_and_end_once),
        STORE_TEST(the_manifest_tells_the_run),
        STORE_TEST(results_are_kept_by_clause_and_source),
        STORE_TEST(a_reader_changes_nothing),
        STORE_TEST(filters_what_it_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
