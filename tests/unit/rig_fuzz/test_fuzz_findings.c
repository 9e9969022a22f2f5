/* What becomes of the inputs that made a fuzzer stop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fuzz/fuzz_findings.h"
#include "fuzz_fixture.h"
#include "scratch.h"

/* A run that has begun, whose fuzzer hands inputs over. */
struct bench {
    struct fuzz_fixture *fixture;
    struct reproducer reproducer;
    struct fuzz_result result;
    struct fuzz_findings findings;
    unsigned told; /* calls of on_finding */
};

static void count_told(void *context, int64_t finding)
{
    struct bench *bench = context;

    assert_true(finding > 0);
    bench->told++;
}

static void bench_make(struct fuzz_fixture *fixture, struct bench *bench)
{
    const struct run_start start = {
        .command = "fuzz", .target = "native", .harness = "fake_device"};
    int64_t run = 0;

    memset(bench, 0, sizeof(*bench));
    bench->fixture = fixture;
    bench->reproducer =
        (struct reproducer){.program = FAKE_REPRODUCER, .timeout_s = 5, .attempts = 2};
    assert_int_equal(triage_find_symbolizer(bench->reproducer.symbolizer,
                                            sizeof(bench->reproducer.symbolizer),
                                            &fixture->diagnostic),
                     RIG_OK);
    assert_int_equal(store_begin_run(fixture->store, &start, &run, &fixture->diagnostic), RIG_OK);
    bench->findings = (struct fuzz_findings){
        .reproducer = &bench->reproducer,
        .filing = {.store = fixture->store, .run = run, .clause = "5.13-1B"},
        .result = &bench->result,
        .on_finding = count_told,
        .context = bench,
    };
}

static void bench_clear(struct bench *bench)
{
    fuzz_findings_close(&bench->findings);
    fuzz_result_clear(&bench->result);
}

/* Hands an input over with what the fuzzer is said to have printed. */
static void take(struct bench *bench, const char *input, const char *text)
{
    char *path = scratch_path(bench->fixture->folder, "input");
    const struct triage_artifact artifact = {path, text, text != NULL ? strlen(text) : 0};

    scratch_write(bench->fixture->folder, "input", input);
    assert_int_equal(fuzz_findings_take(&bench->findings, &artifact, &bench->fixture->diagnostic),
                     RIG_OK);
    free(path);
}

static const char stack[] = "==7==ERROR: AddressSanitizer: ABRT on unknown address 0x1\n"
                            "    #0 0x1111  (/build/fake+0x10)\n";

static void test_a_flood_is_not_looked_at_one_by_one(void **state)
{
    struct bench bench;

    bench_make(*state, &bench);
    for (unsigned i = 0; i < FUZZ_TRIAGE_LIMIT + 3; i++) {
        take(&bench, "BUG4", stack);
    }
    assert_int_equal(bench.result.not_triaged, 3);
    assert_int_equal(bench.result.finding_count, 1);
    assert_int_equal(bench.result.findings[0].artifacts, FUZZ_TRIAGE_LIMIT + 3);
    assert_int_equal(bench.told, 1);
    bench_clear(&bench);
}

/* The same stack, but the input is another failure, or none that comes back. */
static void test_another_failure_in_a_flood_is_seen(void **state)
{
    struct bench bench;

    bench_make(*state, &bench);
    take(&bench, "BUG4", stack);
    take(&bench, "BUG2", stack);
    take(&bench, "harmless", stack);
    assert_int_equal(bench.result.finding_count, 3);
    assert_true(bench.result.findings[1].counts);
    assert_false(bench.result.findings[2].counts);
    bench_clear(&bench);
}

/* An engine that prints nothing must not hide the sixth defect behind five others. */
static void test_without_a_report_each_is_looked_at(void **state)
{
    struct bench bench;

    bench_make(*state, &bench);
    for (unsigned i = 0; i < FUZZ_TRIAGE_LIMIT + 1; i++) {
        take(&bench, "BUG4", NULL);
    }
    take(&bench, "BUG2", NULL);
    assert_int_equal(bench.result.not_triaged, 0);
    assert_int_equal(bench.result.finding_count, 2);
    bench_clear(&bench);
}

static void test_a_known_defect_is_looked_at_once(void **state)
{
    struct fuzz_fixture *fixture = *state;
    char *path = scratch_path(fixture->folder, "known.yaml");
    struct baseline *baseline = NULL;
    struct bench bench;

    scratch_write(
        fixture->folder, "known.yaml",
        "schema: 1\nknown:\n  - {bucket: fault|assert_state, title: T, reason: by design, "
        "since: 1}\n");
    assert_int_equal(baseline_load(path, &baseline, &fixture->diagnostic), RIG_OK);
    bench_make(fixture, &bench);
    bench.findings.baseline = baseline;
    for (unsigned i = 0; i < 3; i++) {
        take(&bench, "BUG4", stack);
    }
    take(&bench, "BUG2", stack);
    assert_int_equal(bench.result.not_triaged, 3);
    assert_int_equal(bench.result.baseline_met, 1);
    assert_int_equal(bench.result.findings[0].state, FINDING_KNOWN);
    assert_false(bench.result.findings[0].counts);
    bench_clear(&bench);
    baseline_free(baseline);
    free(path);
}

static void test_a_reopened_finding_is_told(void **state)
{
    const struct finding_closing fixed = {FINDING_FIXED, "bounds checked", 0};
    struct bench bench;

    bench_make(*state, &bench);
    take(&bench, "BUG4", stack);
    assert_false(bench.result.findings[0].is_reopened);
    assert_int_equal(
        store_close_finding(bench.fixture->store, 1, &fixed, &bench.fixture->diagnostic), RIG_OK);
    take(&bench, "BUG4", stack);
    assert_true(bench.result.findings[0].is_reopened);
    assert_int_equal(bench.told, 2);
    take(&bench, "BUG4", stack);
    assert_int_equal(bench.told, 2);
    bench_clear(&bench);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, fuzz_fixture_set_up, fuzz_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_flood_is_not_looked_at_one_by_one),
        TEST(test_another_failure_in_a_flood_is_seen),
        TEST(test_without_a_report_each_is_looked_at),
        TEST(test_a_known_defect_is_looked_at_once),
        TEST(test_a_reopened_finding_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
