#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/process.h"
#include "fuzz/fuzz_findings.h"
#include "fuzz/minimise.h"
#include "fuzz_fixture.h"
#include "scratch.h"

/* A minimisation of a text that fails. Free with bench_clear(). */
struct bench {
    struct reproducer reproducer;
    struct triage_result failure; /* of the original */
    char *input;
    char *output;
    struct minimise_request request;
};

static void bench_make(struct fuzz_fixture *fixture, const char *text, struct bench *bench)
{
    memset(bench, 0, sizeof(*bench));
    bench->reproducer = (struct reproducer){.program = FAKE_REPRODUCER, .timeout_s = 5};
    bench->input = scratch_path(fixture->folder, "input");
    bench->output = scratch_path(fixture->folder, "output");
    scratch_write(fixture->folder, "input", text);
    assert_int_equal(triage_find_symbolizer(bench->reproducer.symbolizer,
                                            sizeof(bench->reproducer.symbolizer),
                                            &fixture->diagnostic),
                     RIG_OK);
    assert_int_equal(
        triage_run_input(&bench->reproducer, bench->input, &bench->failure, &fixture->diagnostic),
        RIG_OK);
    bench->request = (struct minimise_request){
        .reproducer = &bench->reproducer,
        .input_path = bench->input,
        .fingerprint = bench->failure.fingerprint.text,
        .output_path = bench->output,
        .tries = MINIMISE_TRIES,
        .deadline_ms = process_clock_ms() + 60000,
    };
}

static void bench_clear(struct bench *bench)
{
    triage_result_clear(&bench->failure);
    free(bench->input);
    free(bench->output);
}

static struct minimise_result minimise(struct fuzz_fixture *fixture, const struct bench *bench)
{
    struct minimise_result result;
    int error = minimise_input(&bench->request, &result, &fixture->diagnostic);

    if (error != RIG_OK) {
        fail_msg("error %d: %s", error, fixture->diagnostic.text);
    }
    return result;
}

static void expect_output(struct fuzz_fixture *fixture, const struct bench *bench,
                          const char *expected)
{
    struct file_content content;

    assert_int_equal(file_read(bench->output, 4096, &content, &fixture->diagnostic), RIG_OK);
    assert_int_equal(content.size, strlen(expected));
    assert_memory_equal(content.bytes, expected, content.size);
    file_content_free(&content);
}

static void test_what_does_not_matter_goes(void **state)
{
    static const struct {
        const char *input;
        const char *expected;
    } cases[] = {
        {"BUG1 and much more that the defect does not need at all", "BUG1"},
        {"BUG4............................................", "BUG4"},
        {"BUG3 a hang by the harness's own budget", "BUG3"},
        {"BUGA: no report, no stack", "BUGA"},
        /* A byte less, and the same oracle is broken by another request. */
        {"BUG86 a change by function 6", "BUG86"},
        /* Without the w it is another handler. */
        {"BUGBwwwwwwwwwwwwwwwwwwwwwww", "BUGBw"},
    };
    struct fuzz_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct minimise_result result;
        struct bench bench;

        bench_make(fixture, cases[i].input, &bench);
        result = minimise(fixture, &bench);
        assert_int_equal(result.size_before, strlen(cases[i].input));
        assert_int_equal(result.size_after, strlen(cases[i].expected));
        assert_true(result.is_minimal);
        expect_output(fixture, &bench, cases[i].expected);
        bench_clear(&bench);
    }
}

static void test_tries_and_time_are_bounded(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct minimise_result result;
    struct bench bench;

    bench_make(fixture, "BUG1 and much more that the defect does not need at all", &bench);
    bench.request.tries = 6;
    result = minimise(fixture, &bench);
    assert_false(result.is_minimal);
    assert_true(result.tries >= 6 && result.tries <= 7); /* the last may need a closer look */
    assert_true(result.size_after < result.size_before && result.size_after > 4);
    bench.request.tries = MINIMISE_TRIES;
    bench.request.deadline_ms = process_clock_ms();
    result = minimise(fixture, &bench);
    assert_false(result.is_minimal);
    assert_int_equal(result.size_after, result.size_before);
    bench_clear(&bench);
}

/* What fails in another way, not at all, or only now and then, stays as it is. */
static void test_another_failure_does_not_do(void **state)
{
    static const char text[] = "BUG1 and more";
    struct fuzz_fixture *fixture = *state;
    struct minimise_result result;
    struct bench bench;

    bench_make(fixture, text, &bench);
    bench.request.fingerprint = "memory-0000000000000000";
    result = minimise(fixture, &bench);
    assert_int_equal(result.size_after, strlen(text));
    assert_false(result.is_minimal);
    expect_output(fixture, &bench, text);
    scratch_write(fixture->folder, "input", "harmless");
    result = minimise(fixture, &bench);
    assert_int_equal(result.size_after, strlen("harmless"));
    expect_output(fixture, &bench, "harmless");
    bench_clear(&bench);
}

/* A reproducer that fails while inputs become smaller, and no longer when the result is checked. */
static void test_a_failure_that_comes_and_goes_stays(void **state)
{
    static const char text[] = "BUG1 and more that is not needed";
    struct fuzz_fixture *fixture = *state;
    char *program = scratch_path(fixture->folder, "moody");
    char script[4096];
    struct minimise_result result;
    struct bench bench;

    bench_make(fixture, text, &bench);
    bench.request.tries = 8;
    (void)snprintf(script, sizeof(script),
                   "#!/bin/sh\n"
                   "n=$(cat %s.runs)\n"
                   "echo $((n + 1)) > %s.runs\n"
                   "[ $n -lt 9 ] || exit 0\n"
                   "exec " FAKE_REPRODUCER " \"$@\"\n",
                   program, program);
    scratch_write(fixture->folder, "moody", script);
    scratch_write(fixture->folder, "moody.runs", "0\n");
    assert_int_equal(chmod(program, 0755), 0);
    result = minimise(fixture, &bench); /* the sound one gets somewhere with so many tries */
    assert_true(result.size_after < result.size_before);
    bench.reproducer.program = program;
    result = minimise(fixture, &bench);
    assert_int_equal(result.size_after, strlen(text));
    expect_output(fixture, &bench, text);
    free(program);
    bench_clear(&bench);
}

static void test_an_interrupt_ends_it(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct minimise_result result;
    struct bench bench;

    bench_make(fixture, "BUG1 and more", &bench);
    interrupt_request();
    assert_int_equal(minimise_input(&bench.request, &result, &fixture->diagnostic),
                     RIG_ERROR_INTERRUPTED);
    assert_int_equal(interrupt_install(), RIG_OK);
    bench_clear(&bench);
}

/* Files an input as a run does, and gives its findings to `findings`. */
static void file_failure(struct fuzz_fixture *fixture, const struct bench *bench,
                         struct fuzz_result *fuzzed, struct fuzz_findings *findings)
{
    const struct run_start start = {
        .command = "fuzz", .target = "native", .harness = "fake_device"};
    const struct triage_artifact artifact = {.path = bench->input};
    int64_t run = 0;

    assert_int_equal(store_begin_run(fixture->store, &start, &run, &fixture->diagnostic), RIG_OK);
    *findings = (struct fuzz_findings){
        .reproducer = &bench->reproducer,
        .filing = {.store = fixture->store, .run = run, .clause = "5.13-1B"},
        .result = fuzzed,
    };
    assert_int_equal(fuzz_findings_take(findings, &artifact, &fixture->diagnostic), RIG_OK);
}

static struct finding first_finding(struct fuzz_fixture *fixture)
{
    struct finding finding;

    assert_int_equal(store_get_finding(fixture->store, 1, &finding, &fixture->diagnostic), RIG_OK);
    return finding;
}

/* The finding is there before; the smaller input comes beside it, in this run or in a later one. */
static void test_a_finding_keeps_both_inputs(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct fuzz_result fuzzed = {.harness = "fake_device"};
    struct fuzz_findings findings;
    struct finding finding;
    struct bench bench;

    bench_make(fixture, "BUG1 and more", &bench);
    file_failure(fixture, &bench, &fuzzed, &findings);
    interrupt_request();
    assert_int_equal(fuzz_findings_minimise(&findings, fixture->folder, &fixture->diagnostic),
                     RIG_ERROR_INTERRUPTED);
    assert_int_equal(interrupt_install(), RIG_OK);
    finding = first_finding(fixture);
    assert_int_equal(finding.state, FINDING_OPEN);
    assert_int_equal(finding.input.size, 13);
    assert_string_equal(finding.minimised.path, "");
    finding_clear(&finding);
    assert_int_equal(fuzz_findings_minimise(&findings, fixture->folder, &fixture->diagnostic),
                     RIG_OK);
    finding = first_finding(fixture);
    assert_int_equal(finding.input.size, 13);
    assert_int_equal(finding.minimised.size, 4);
    finding_clear(&finding);
    fuzz_findings_close(&findings);
    fuzz_result_clear(&fuzzed);
    bench_clear(&bench);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, fuzz_fixture_set_up, fuzz_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_does_not_matter_goes),   TEST(test_tries_and_time_are_bounded),
        TEST(test_another_failure_does_not_do), TEST(test_a_failure_that_comes_and_goes_stays),
        TEST(test_an_interrupt_ends_it),        TEST(test_a_finding_keeps_both_inputs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
