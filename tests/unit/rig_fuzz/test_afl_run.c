/* Whole runs with the afl-fuzz that is installed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <sys/stat.h>

#include "base/file.h"
#include "fuzz/control.h"
#include "fuzz_fixture.h"
#include "scratch.h"

static struct fuzz_run_options afl_options(struct fuzz_fixture *fixture, unsigned time_s)
{
    struct fuzz_run_options options = fuzz_fixture_options(fixture, time_s);

    options.engine = engine_find("afl");
    options.program = FAKE_AFL_PROGRAM;
    return options;
}

/* Nothing of the corpus touches a defect: the fuzzer has to find them. */
static void test_a_run_finds_files_and_judges(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct fuzz_run_options options = afl_options(fixture, 8);
    struct fuzz_result result;
    struct finding finding;
    struct run run;

    fuzz_fixture_add_input(fixture, "dictionary.txt", "\"BUG1\"\n\"BUG2\"\n");
    fuzz_fixture_add_input(fixture, "seeds/one", "BUG0 and something");
    options.jobs = 2;
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_OK);
    assert_true(result.control_ok);
    assert_true(result.execs > 0);
    assert_true(result.edges > 0);
    assert_true(result.stability > 0 && result.stability <= 100);
    assert_int_equal(fuzz_fixture_verdict(&result, "5.13-1B")->verdict, VERDICT_FAIL);
    assert_int_equal(fuzz_fixture_verdict(&result, "5.1-5")->verdict, VERDICT_FAIL);
    finding = fuzz_fixture_finding(fixture, "heap-buffer-overflow in overflow_table");
    assert_int_equal(finding.class, FINDING_MEMORY);
    finding_clear(&finding);
    finding = fuzz_fixture_finding(fixture, "oracle attempts-counted");
    assert_string_equal(finding.clause, "5.1-5");
    finding_clear(&finding);
    assert_int_equal(store_get_run(fixture->store, result.run, &run, &fixture->diagnostic), RIG_OK);
    assert_string_equal(run.engine, "afl");
    assert_non_null(strstr(run.harness_hash, "fake_device.afl\n"));
    assert_non_null(strstr(run.tool_versions, "\nafl-fuzz++"));
    run_clear(&run);
    fuzz_result_clear(&result);
}

/* One defect is one finding whichever engine meets it; one function reached from two handlers holds
 * two. BUG86 and BUG85 are two requests, BUG86! and BUG86 the same one. */
static void test_both_engines_file_the_same_findings(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct fuzz_run_options options = afl_options(fixture, 3);
    struct fuzz_result by_afl;
    struct fuzz_result by_libfuzzer;

    fuzz_fixture_add_input(fixture, "seeds/a", "BUG86");
    fuzz_fixture_add_input(fixture, "seeds/b", "BUG85");
    fuzz_fixture_add_input(fixture, "seeds/c", "harmless");
    fixture->harness.max_length = 5;
    assert_int_equal(fuzz_run(&options, &by_afl, &fixture->diagnostic), RIG_OK);
    assert_true(by_afl.finding_count >= 2);
    options = fuzz_fixture_options(fixture, 3);
    assert_int_equal(fuzz_run(&options, &by_libfuzzer, &fixture->diagnostic), RIG_OK);
    assert_true(by_libfuzzer.finding_count >= 2);
    for (size_t i = 0; i < 2; i++) {
        bool met = false;

        for (size_t j = 0; j < by_libfuzzer.finding_count; j++) {
            met = met || by_libfuzzer.findings[j].id == by_afl.findings[i].id;
        }
        assert_true(met);
    }
    fuzz_result_clear(&by_afl);
    fuzz_result_clear(&by_libfuzzer);
}

static void test_a_run_without_failures_passes(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct fuzz_run_options options = afl_options(fixture, 2);
    struct fuzz_result result;

    fixture->harness.max_length = 3; /* too short for any defect */
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_OK);
    assert_int_equal(result.finding_count, 0);
    assert_int_equal(result.verdict, VERDICT_PASS);
    fuzz_result_clear(&result);
}

/* The control can fail: a harness that shows no failure when told to is not judged. */
static void test_a_deaf_harness_is_refused(void **state)
{
    struct fuzz_fixture *fixture = *state;
    const struct fuzz_run_options options = afl_options(fixture, 2);
    struct fuzz_result result;

    assert_int_equal(setenv("FAKE_MODE", "deaf", 1), 0);
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(fixture->diagnostic.text, "control 'oracle' failed"));
    assert_false(result.control_ok);
    assert_int_equal(result.execs, 0);
    fuzz_result_clear(&result);
}

/* A harness that fails on each input is a finding, then a bench error: AFL++ cannot begin. */
static void test_a_harness_that_always_fails_is_a_finding(void **state)
{
    struct fuzz_fixture *fixture = *state;
    const struct fuzz_run_options options = afl_options(fixture, 2);
    struct fuzz_result result;

    assert_int_equal(setenv("FAKE_MODE", "fragile", 1), 0);
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(fixture->diagnostic.text, "fails on the empty input"));
    assert_true(result.control_ok);
    assert_int_equal(result.finding_count, 1);
    fuzz_result_clear(&result);
}

/* A program without a fork server: AFL++'s own words say so. */
static void test_a_program_that_is_not_instrumented(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct fuzz_run_options options = afl_options(fixture, 2);
    struct fuzz_result result;

    options.program = FAKE_REPRODUCER;
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(fixture->diagnostic.text, "afl-fuzz on "));
    assert_null(strchr(fixture->diagnostic.text, '\n'));
    assert_int_equal(result.finding_count, 0);
    fuzz_result_clear(&result);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, fuzz_fixture_set_up, fuzz_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_run_finds_files_and_judges),
        TEST(test_both_engines_file_the_same_findings),
        TEST(test_a_run_without_failures_passes),
        TEST(test_a_deaf_harness_is_refused),
        TEST(test_a_harness_that_always_fails_is_a_finding),
        TEST(test_a_program_that_is_not_instrumented),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
