/* What happens to a finding after it was filed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "scratch.h"
#include "store_fixture.h"

/* A store with one run. */
struct bench {
    struct store_fixture *fixture;
    struct store *store;
    int64_t run;
    struct finding_report report;
};

static struct bench open_bench(struct store_fixture *fixture)
{
    struct bench bench = {.fixture = fixture, .store = store_fixture_open(fixture, STORE_CREATE)};
    bench.run = store_fixture_run(fixture, bench.store);
    bench.report = store_fixture_report(fixture, "abc");
    bench.report.bucket = "memory|registers_read";
    return bench;
}

static struct store_filed file(const struct bench *bench, const char *known)
{
    struct finding_report report = bench->report;
    report.known = known;
    return store_fixture_file(bench->fixture, bench->store, bench->run, &report);
}

static void settle(const struct bench *bench, struct finding_closing closing)
{
    assert_int_equal(store_close_finding(bench->store, 1, &closing, &bench->fixture->diagnostic),
                     RIG_OK);
}

static struct finding get(const struct bench *bench)
{
    struct finding finding;
    assert_int_equal(store_get_finding(bench->store, 1, &finding, &bench->fixture->diagnostic),
                     RIG_OK);
    return finding;
}

static void expect(const struct bench *bench, enum finding_state state, const char *reason)
{
    struct finding finding = get(bench);
    assert_int_equal(finding.state, state);
    assert_string_equal(finding.reason, reason);
    finding_clear(&finding);
}

static void expect_change(const struct finding_change_list *list, size_t index,
                          enum finding_state state, const char *reason)
{
    assert_true(index < list->count);
    assert_int_equal(list->items[index].state, state);
    assert_string_equal(list->items[index].reason, reason);
    assert_true(list->items[index].at > 0);
}

static void a_reopened_finding_has_no_reason_but_a_past(void **state)
{
    const struct bench bench = open_bench(*state);
    struct finding_change_list changes;
    (void)file(&bench, NULL);
    settle(&bench, (struct finding_closing){FINDING_FIXED, "bounds checked", 0});
    expect(&bench, FINDING_FIXED, "bounds checked");
    assert_true(file(&bench, NULL).reopened);
    expect(&bench, FINDING_OPEN, "");
    assert_false(file(&bench, NULL).reopened);
    settle(&bench, (struct finding_closing){FINDING_OPEN, "seen by hand", 0});
    expect(&bench, FINDING_OPEN, "");
    assert_int_equal(store_list_changes(bench.store, 1, &changes, &bench.fixture->diagnostic),
                     RIG_OK);
    assert_int_equal(changes.count, 3);
    expect_change(&changes, 0, FINDING_FIXED, "bounds checked");
    expect_change(&changes, 1, FINDING_OPEN, "seen again in R-1");
    expect_change(&changes, 2, FINDING_OPEN, "seen by hand");
    finding_change_list_free(&changes);
    store_close(bench.store);
}

static void a_baseline_knows_and_forgets(void **state)
{
    const struct bench bench = open_bench(*state);
    struct store_filed filed = file(&bench, "packaged");
    assert_true(filed.is_new);
    assert_int_equal(filed.state, FINDING_KNOWN);
    expect(&bench, FINDING_KNOWN, "packaged");
    struct finding finding = get(&bench);
    assert_false(finding_counts(&finding, 1));
    assert_string_equal(finding.bucket, "memory|registers_read");
    finding_clear(&finding);
    (void)file(&bench, "packaged, said better");
    expect(&bench, FINDING_KNOWN, "packaged, said better");
    filed = file(&bench, NULL);
    assert_true(filed.reopened && !filed.is_new);
    expect(&bench, FINDING_OPEN, "");
    filed = file(&bench, "packaged");
    assert_false(filed.reopened);
    expect(&bench, FINDING_KNOWN, "packaged");
    store_close(bench.store);
}

/* What a person has accepted stays so while it lasts; after that the baseline has its say. */
static void a_person_goes_before_a_baseline(void **state)
{
    const struct bench bench = open_bench(*state);
    (void)file(&bench, NULL);
    settle(&bench, (struct finding_closing){FINDING_ACCEPTED, "only in the lab", INT64_C(1) << 40});
    (void)file(&bench, "packaged");
    expect(&bench, FINDING_ACCEPTED, "only in the lab");
    settle(&bench, (struct finding_closing){FINDING_ACCEPTED, "only in the lab", 1000});
    (void)file(&bench, "packaged");
    expect(&bench, FINDING_KNOWN, "packaged");
    settle(&bench, (struct finding_closing){FINDING_FIXED, "newer version", 0});
    assert_false(file(&bench, "packaged").reopened);
    expect(&bench, FINDING_KNOWN, "packaged");
    store_close(bench.store);
}

/* Nobody needs to meet it again: the day is over, so it is open, for lists and verdicts alike. */
static void an_expired_acceptance_is_open_at_once(void **state)
{
    const struct bench bench = open_bench(*state);
    const struct finding_filter only_open = {.only_open = true};
    struct finding_list list;
    (void)file(&bench, NULL);
    settle(&bench, (struct finding_closing){FINDING_ACCEPTED, "for a while", INT64_C(1) << 40});
    assert_int_equal(
        store_list_findings(bench.store, &only_open, &list, &bench.fixture->diagnostic), RIG_OK);
    assert_int_equal(list.count, 0);
    finding_list_free(&list);
    settle(&bench, (struct finding_closing){FINDING_ACCEPTED, "for a while", 1000});
    assert_int_equal(
        store_list_findings(bench.store, &only_open, &list, &bench.fixture->diagnostic), RIG_OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].state, FINDING_OPEN);
    assert_true(finding_counts(&list.items[0], 1));
    finding_list_free(&list);
    expect(&bench, FINDING_OPEN, "");
    store_close(bench.store);
}

static void known_is_no_way_to_settle(void **state)
{
    const struct bench bench = open_bench(*state);
    const struct finding_closing closing = {FINDING_KNOWN, "why", 0};
    (void)file(&bench, NULL);
    assert_int_equal(store_close_finding(bench.store, 1, &closing, &bench.fixture->diagnostic),
                     RIG_ERROR_USAGE);
    expect(&bench, FINDING_OPEN, "");
    store_close(bench.store);
}

static void a_smaller_input_stands_beside_the_original(void **state)
{
    const struct bench bench = open_bench(*state);
    struct diagnostic *diagnostic = &bench.fixture->diagnostic;
    char *smaller = scratch_path(bench.fixture->folder, "smaller");
    (void)file(&bench, NULL);
    struct finding finding = get(&bench);
    assert_int_equal(finding.input.size, 5);
    /* SHA-256 of "input". */
    assert_string_equal(finding.input.sha256,
                        "c96c6d5be8d08a12e7b5cdc1b207fa6b2430974c86803d8891675e76fd992c20");
    assert_string_equal(finding.minimised.path, "");
    finding_clear(&finding);
    scratch_write(bench.fixture->folder, "smaller", "in");
    assert_int_equal(store_set_minimised(bench.store, 1, smaller, diagnostic), RIG_OK);
    finding = get(&bench);
    assert_string_equal(finding.minimised.path, "runs/R-1/F-1.minimised");
    assert_int_equal(finding.minimised.size, 2);
    assert_int_equal(finding.input.size, 5);
    finding_clear(&finding);
    assert_int_equal(store_set_minimised(bench.store, 1, NULL, diagnostic), RIG_OK);
    finding = get(&bench);
    assert_string_equal(finding.minimised.path, finding.input.path);
    assert_int_equal(finding.minimised.size, 5);
    finding_clear(&finding);
    assert_int_equal(store_set_minimised(bench.store, 9, NULL, diagnostic), RIG_ERROR_NOT_FOUND);
    /* A reopened finding has a new input; what was made of the old one is not its. */
    settle(&bench, (struct finding_closing){FINDING_FIXED, "why", 0});
    (void)file(&bench, NULL);
    finding = get(&bench);
    assert_string_equal(finding.minimised.path, "");
    finding_clear(&finding);
    free(smaller);
    store_close(bench.store);
}

static void evidence_is_checked_before_it_is_used(void **state)
{
    const struct bench bench = open_bench(*state);
    struct diagnostic *diagnostic = &bench.fixture->diagnostic;
    char *path = NULL;
    (void)file(&bench, NULL);
    struct finding finding = get(&bench);
    assert_int_equal(store_check_input(bench.store, &finding.input, &path, diagnostic), RIG_OK);
    assert_true(file_is_regular(path));
    free(path);
    scratch_write(bench.fixture->path, finding.input.path, "other");
    assert_int_equal(store_check_input(bench.store, &finding.input, &path, diagnostic),
                     RIG_ERROR_CONFIGURATION);
    assert_null(path);
    assert_non_null(strstr(diagnostic->text, "F-1.input: not the input that was stored"));
    finding.input.sha256[0] = '\0'; /* as in a store of version 1 */
    assert_int_equal(store_check_input(bench.store, &finding.input, &path, diagnostic), RIG_OK);
    assert_int_equal(unlink(path), 0);
    free(path);
    assert_int_equal(store_check_input(bench.store, &finding.input, &path, diagnostic),
                     RIG_ERROR_NOT_FOUND);
    finding.input.path[0] = '\0';
    assert_int_equal(store_check_input(bench.store, &finding.input, &path, diagnostic),
                     RIG_ERROR_NOT_FOUND);
    finding_clear(&finding);
    store_close(bench.store);
}

#define STORE_TEST(function)                                                                       \
    cmocka_unit_test_setup_teardown(function, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_reopened_finding_has_no_reason_but_a_past),
        STORE_TEST(a_baseline_knows_and_forgets),
        STORE_TEST(a_person_goes_before_a_baseline),
        STORE_TEST(an_expired_acceptance_is_open_at_once),
        STORE_TEST(known_is_no_way_to_settle),
        STORE_TEST(a_smaller_input_stands_beside_the_original),
        STORE_TEST(evidence_is_checked_before_it_is_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
