/* What a person who watches a run is told, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fuzz/libfuzzer.h"
#include "fuzz_fixture.h"
#include "scratch.h"

struct watch {
    unsigned reports;
    unsigned reports_in_time; /* half a second before the end or earlier */
    double longest_silence_s;
    double last_s;
    unsigned artifacts;
    uint64_t execs;
};

static void on_progress(void *context, const struct engine_progress *progress)
{
    struct watch *watch = context;
    double silence_s = progress->elapsed_s - watch->last_s;

    watch->reports++;
    watch->reports_in_time += progress->elapsed_s <= progress->total_s - 0.5;
    watch->longest_silence_s =
        silence_s > watch->longest_silence_s ? silence_s : watch->longest_silence_s;
    watch->last_s = progress->elapsed_s;
    watch->execs = progress->figures.execs;
}

static int count_artifact(void *context, const struct triage_artifact *artifact,
                          struct diagnostic *diagnostic)
{
    struct watch *watch = context;

    (void)artifact;
    (void)diagnostic;
    watch->artifacts++;
    return RIG_OK;
}

static struct watch watch_jobs(struct fuzz_fixture *fixture, const char *mode)
{
    static const char *const no_folders[] = {NULL};
    struct watch watch = {0};
    char *corpus = scratch_path(fixture->folder, "working");
    const struct engine_options options = {
        .type = &libfuzzer_engine,
        .program = FAKE_FUZZER,
        .corpus_folders = no_folders,
        .working_corpus = corpus,
        .scratch_folder = fixture->folder,
        .max_length = 64,
        .timeout_s = 2,
        .memory_mb = 512,
        .time_s = 4,
        .jobs = 1,
        .seed = 3,
        .on_artifact = count_artifact,
        .artifact_context = &watch,
        .on_progress = on_progress,
        .progress_context = &watch,
    };
    struct engine_figures figures;

    assert_int_equal(setenv("FAKE_MODE", mode, 1), 0);
    assert_int_equal(libfuzzer_engine.run(&options, &figures, &fixture->diagnostic), RIG_OK);
    watch.execs = figures.execs;
    free(corpus);
    return watch;
}

/* Each job ends at once, so that there is never a quiet second. */
static void test_jobs_that_end_at_once_do_not_hide_progress(void **state)
{
    const struct watch watch = watch_jobs(*state, "fragile");

    assert_true(watch.artifacts > 4);
    assert_true(watch.reports >= watch.artifacts);
    assert_true(watch.reports_in_time > 2);
    assert_true(watch.longest_silence_s < 2.5);
}

/* More restarts than a sum of 64 bits has room for. */
static void test_forged_figures_do_not_overflow(void **state)
{
    const struct watch watch = watch_jobs(*state, "boaster");

    assert_true(watch.artifacts > 10);
    assert_true(watch.execs == INT64_MAX);
}

struct told {
    struct fuzz_fixture *fixture;
    unsigned findings;
    unsigned reports;
    unsigned reports_before;
    int64_t last;
};

static void on_finding(void *context, int64_t id)
{
    struct told *told = context;
    struct finding finding;

    assert_int_equal(
        store_get_finding(told->fixture->store, id, &finding, &told->fixture->diagnostic), RIG_OK);
    finding_clear(&finding);
    told->findings++;
    told->last = id;
    told->reports_before = told->reports;
}

static void count_report(void *context, const struct engine_progress *progress)
{
    struct told *told = context;

    (void)progress;
    told->reports++;
}

static struct told watch_run(struct fuzz_fixture *fixture)
{
    struct told told = {.fixture = fixture};
    struct fuzz_run_options options = fuzz_fixture_options(fixture, 2);
    struct fuzz_result result;

    options.on_finding = on_finding;
    options.on_progress = count_report;
    options.context = &told;
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_OK);
    fuzz_result_clear(&result);
    return told;
}

/* A regression fails before the fuzzer starts, so before any progress. */
static void test_a_new_finding_is_told_when_it_is_filed(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct told told;

    fixture->harness.max_length = 3;
    fuzz_fixture_add_input(fixture, "regressions/one", "BUG2");
    told = watch_run(fixture);
    assert_int_equal(told.findings, 1);
    assert_int_equal(told.last, 1);
    assert_int_equal(told.reports_before, 0);
    assert_true(told.reports > 0);
    told = watch_run(fixture);
    assert_int_equal(told.findings, 0); /* a known one */
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, fuzz_fixture_set_up, fuzz_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_jobs_that_end_at_once_do_not_hide_progress),
        TEST(test_forged_figures_do_not_overflow),
        TEST(test_a_new_finding_is_told_when_it_is_filed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
