#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fuzz/control.h"
#include "fuzz_fixture.h"

static int check(struct fuzz_fixture *fixture)
{
    const struct engine_options engine = {
        .type = engine_find("libfuzzer"),
        .program = FAKE_FUZZER,
        .scratch_folder = fixture->folder,
        .max_length = 64,
        .timeout_s = 5,
        .memory_mb = 512,
        .time_s = 5,
        .jobs = 2,
        .seed = 7,
    };
    struct reproducer reproducer = {.program = FAKE_REPRODUCER, .timeout_s = 5, .memory_mb = 512};

    assert_int_equal(triage_find_symbolizer(reproducer.symbolizer, sizeof(reproducer.symbolizer),
                                            &fixture->diagnostic),
                     RIG_OK);
    return control_check(&engine, &reproducer, &fixture->diagnostic);
}

static void test_a_sound_harness_holds(void **state)
{
    assert_int_equal(check(*state), RIG_OK);
}

/* The control can fail: a harness that shows no failure when told to is not judged. */
static void test_a_deaf_harness_is_refused(void **state)
{
    struct fuzz_fixture *fixture = *state;

    assert_int_equal(setenv("FAKE_MODE", "deaf", 1), 0);
    assert_int_equal(check(fixture), RIG_ERROR_BENCH);
    assert_non_null(strstr(fixture->diagnostic.text, "control 'oracle' failed"));
    assert_non_null(strstr(fixture->diagnostic.text, "did not fail"));
}

static void test_a_deaf_run_judges_nothing(void **state)
{
    struct fuzz_fixture *fixture = *state;
    const struct fuzz_run_options options = fuzz_fixture_options(fixture, 2);
    struct fuzz_result result;

    assert_int_equal(setenv("FAKE_MODE", "deaf", 1), 0);
    assert_int_equal(fuzz_run(&options, &result, &fixture->diagnostic), RIG_ERROR_BENCH);
    assert_false(result.control_ok);
    assert_int_equal(result.execs, 0);
    assert_int_equal(result.verdict, VERDICT_ERROR);
    assert_int_equal(fuzz_fixture_verdict(&result, "5.13-1B")->verdict, VERDICT_ERROR);
    fuzz_result_clear(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_sound_harness_holds, fuzz_fixture_set_up,
                                        fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_deaf_harness_is_refused, fuzz_fixture_set_up,
                                        fuzz_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_deaf_run_judges_nothing, fuzz_fixture_set_up,
                                        fuzz_fixture_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
