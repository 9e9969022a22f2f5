#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_hash.h"
#include "base/interrupt.h"
#include "fuzz_fixture.h"
#include "scratch.h"

/* Nothing of the corpus touches a defect: the fuzzer has to find them. */
static void test_a_run_finds_files_and_judges(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct fuzz_run_options options = fuzz_fixture_options(fixture, 6);
    struct fuzz_result result;
    struct finding finding;

    fuzz_fixture_add_input(fixture, "dictionary.txt", "\"BUG1\"\n\"BUG2\"\n");
    fuzz_fixture_add_input(fixture, "seeds/one", "BUG0 and something");
    options.jobs = 2;
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_OK);
    assert_true(result.control_ok);
    assert_true(result.execs > 0);
    assert_true(result.edges > 0);
    assert_true(isnan(result.stability));
    assert_int_equal(result.verdict, VERDICT_FAIL);
    assert_int_equal(fuzz_fixture_verdict(&result, "5.13-1B")->verdict, VERDICT_FAIL);
    assert_int_equal(fuzz_fixture_verdict(&result, "5.1-5")->verdict, VERDICT_FAIL);
    finding = fuzz_fixture_finding(fixture, "heap-buffer-overflow in overflow_table");
    assert_int_equal(finding.class, FINDING_MEMORY);
    assert_string_equal(finding.clause, "5.13-1B");
    finding_clear(&finding);
    finding = fuzz_fixture_finding(fixture, "oracle attempts-counted");
    assert_int_equal(finding.class, FINDING_ORACLE);
    assert_string_equal(finding.clause, "5.1-5");
    finding_clear(&finding);
    fuzz_result_clear(&result);
}

/* Seeds that fail at once: each is filed, left out, and fuzzing goes on. */
static void test_fuzzing_goes_on_past_seeds_that_fail(void **state)
{
    struct fuzz_fixture *fixture = *state;
    const struct fuzz_run_options options = fuzz_fixture_options(fixture, 8);
    struct fuzz_result result;
    struct finding finding;

    fuzz_fixture_add_input(fixture, "seeds/a", "BUG1aaaaaaaa");
    fuzz_fixture_add_input(fixture, "seeds/b", "BUG3");
    fuzz_fixture_add_input(fixture, "seeds/c", "BUG4");
    fuzz_fixture_add_input(fixture, "seeds/d", "harmless");
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_OK);
    assert_true(result.execs > 0);
    finding = fuzz_fixture_finding(fixture, "hang device-calls in answer_for_ever");
    assert_int_equal(finding.class, FINDING_HANG);
    finding_clear(&finding);
    finding = fuzz_fixture_finding(fixture, "abort in assert_state");
    assert_int_equal(finding.class, FINDING_FAULT);
    finding_clear(&finding);
    fuzz_result_clear(&result);
}

static void test_a_run_without_failures_passes(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct fuzz_run_options options = fuzz_fixture_options(fixture, 1);
    struct fuzz_result result;

    fixture->harness.max_length = 3; /* too short for any defect */
    fuzz_fixture_add_input(fixture, "regressions/one", "BUG0");
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_OK);
    assert_int_equal(result.finding_count, 0);
    assert_int_equal(result.verdict, VERDICT_PASS);
    assert_int_equal(result.verdict_count, 2);
    assert_int_equal(fuzz_fixture_verdict(&result, "5.1-5")->verdict, VERDICT_PASS);
    fuzz_result_clear(&result);
}

static void test_a_failing_regression_is_a_finding(void **state)
{
    struct fuzz_fixture *fixture = *state;
    const struct fuzz_run_options options = fuzz_fixture_options(fixture, 1);
    struct fuzz_result result;

    fixture->harness.max_length = 3;
    fuzz_fixture_add_input(fixture, "regressions/fixed-once", "BUG2");
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_OK);
    assert_int_equal(result.finding_count, 1);
    assert_true(result.findings[0].is_new);
    assert_int_equal(fuzz_fixture_verdict(&result, "5.1-5")->verdict, VERDICT_FAIL);
    assert_int_equal(fuzz_fixture_verdict(&result, "5.13-1B")->verdict, VERDICT_PASS);
    fuzz_result_clear(&result);
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_OK);
    assert_int_equal(result.finding_count, 1);
    assert_false(result.findings[0].is_new);
    fuzz_result_clear(&result);
}

/* The record leads back to the programs, and names the target that was chosen. */
static void test_the_record_names_programs_and_target(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct fuzz_run_options options = fuzz_fixture_options(fixture, 1);
    struct fuzz_result result;
    struct run run;
    char fuzzer[FILE_HASH_TEXT_SIZE];
    char reproducer[FILE_HASH_TEXT_SIZE];
    char *hashes;

    fixture->harness.max_length = 3;
    options.target = "my_device";
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_OK);
    assert_string_equal(result.target, "my_device");
    assert_int_equal(store_get_run(fixture->store, result.run, &run, &fixture->diagnostic), RIG_OK);
    assert_string_equal(run.target, "my_device");
    assert_int_equal(file_sha256(FAKE_FUZZER, fuzzer, &fixture->diagnostic), RIG_OK);
    assert_int_equal(file_sha256(FAKE_REPRODUCER, reproducer, &fixture->diagnostic), RIG_OK);
    hashes =
        text_format("%s  fake_device.libfuzzer\n%s  fake_device.reproducer", fuzzer, reproducer);
    assert_string_equal(run.harness_hash, hashes);
    assert_non_null(strstr(run.tool_versions, "ordeal "));
    assert_non_null(strstr(run.tool_versions, "\nlibFuzzer of "));
    assert_non_null(strstr(run.tool_versions, "clang version "));
    assert_non_null(strstr(run.tool_versions, "\nllvm-symbolizer: "));
    assert_non_null(strstr(strstr(run.tool_versions, "\nllvm-symbolizer: "), "version "));
    free(hashes);
    run_clear(&run);
    fuzz_result_clear(&result);
}

static void interrupt_now(void *context, const struct engine_progress *progress)
{
    (void)context;
    (void)progress;
    interrupt_request();
}

static void test_an_interrupt_keeps_what_was_found(void **state)
{
    struct fuzz_fixture *fixture = *state;
    struct fuzz_run_options options = fuzz_fixture_options(fixture, 60);
    struct fuzz_result result;
    struct run_list runs = {0};

    fuzz_fixture_add_input(fixture, "regressions/one", "BUG2");
    options.jobs = 2;
    options.on_progress = interrupt_now;
    fixture->harness.max_length = 3;
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_ERROR_INTERRUPTED);
    assert_int_equal(result.finding_count, 1);
    assert_int_equal(fuzz_fixture_verdict(&result, "5.1-5")->verdict, VERDICT_FAIL);
    assert_int_equal(fuzz_fixture_verdict(&result, "5.13-1B")->verdict, VERDICT_INCONCLUSIVE);
    fuzz_result_clear(&result);
    assert_int_equal(store_list_runs(fixture->store, 0, &runs, &fixture->diagnostic), RIG_OK);
    assert_int_equal(runs.count, 1);
    assert_true(runs.items[0].finished);
    run_list_free(&runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_run_finds_files_and_judges, fuzz_fixture_set_up,
                                        fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_fuzzing_goes_on_past_seeds_that_fail,
                                        fuzz_fixture_set_up, fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_run_without_failures_passes, fuzz_fixture_set_up,
                                        fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_failing_regression_is_a_finding, fuzz_fixture_set_up,
                                        fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_the_record_names_programs_and_target,
                                        fuzz_fixture_set_up, fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_an_interrupt_keeps_what_was_found, fuzz_fixture_set_up,
                                        fuzz_fixture_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
