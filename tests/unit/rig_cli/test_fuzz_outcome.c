/* What a run's result comes to: exit code, one word, JSON fields. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/fuzz_harness.h"

static struct fuzz_verdict pass = {.clause = "5.13-1B", .verdict = VERDICT_PASS};
static struct fuzz_verdict fail = {.clause = "5.13-1B", .verdict = VERDICT_FAIL};
static struct fuzz_verdict inconclusive = {.clause = "5.13-1B", .verdict = VERDICT_INCONCLUSIVE};
static struct fuzz_finding counting = {.id = 3, .is_new = true, .counts = true, .artifacts = 1};
static struct fuzz_finding apart = {.id = 4, .is_new = true, .counts = false, .artifacts = 1};

static struct fuzz_result result_of(struct fuzz_verdict *verdict, struct fuzz_finding *finding)
{
    struct fuzz_result result = {
        .harness = "h",
        .target = "native",
        .engine = "libfuzzer",
        .stability = NAN,
        .verdicts = verdict,
        .verdict_count = verdict != NULL ? 1 : 0,
        .findings = finding,
        .finding_count = finding != NULL ? 1 : 0,
        .verdict = verdict != NULL ? verdict->verdict : VERDICT_ERROR,
    };
    return result;
}

static void test_exit_codes(void **state)
{
    struct fuzz_result clean = result_of(&pass, NULL);
    struct fuzz_result found = result_of(&fail, &counting);
    struct fuzz_result unreproducible = result_of(&pass, &apart);
    struct fuzz_result unjudged = result_of(&inconclusive, NULL);
    struct fuzz_result nothing = result_of(NULL, NULL);

    (void)state;
    assert_int_equal(fuzz_exit_code(&clean, RIG_OK), EXIT_CLEAN);
    assert_int_equal(fuzz_exit_code(&found, RIG_OK), EXIT_FINDING);
    assert_int_equal(fuzz_exit_code(&unreproducible, RIG_OK), EXIT_CLEAN);
    assert_int_equal(fuzz_exit_code(&unjudged, RIG_OK), EXIT_INCONCLUSIVE);
    assert_int_equal(fuzz_exit_code(&nothing, RIG_OK), EXIT_INCONCLUSIVE);
    assert_int_equal(fuzz_exit_code(&nothing, RIG_ERROR_BENCH), EXIT_BENCH);
    assert_int_equal(fuzz_exit_code(&found, RIG_ERROR_BENCH), EXIT_FINDING);
    assert_int_equal(fuzz_exit_code(&found, RIG_ERROR_INTERRUPTED), EXIT_INTERRUPTED);
    assert_int_equal(fuzz_exit_code(&found, RIG_ERROR_CONFIGURATION), EXIT_CONFIGURATION);
}

static void test_words(void **state)
{
    struct fuzz_result clean = result_of(&pass, NULL);
    struct fuzz_result found = result_of(&fail, &counting);
    struct fuzz_result nothing = result_of(NULL, NULL);

    (void)state;
    assert_string_equal(fuzz_outcome(&clean, RIG_OK), "PASS");
    assert_string_equal(fuzz_outcome(&found, RIG_OK), "FAIL");
    assert_string_equal(fuzz_outcome(&found, RIG_ERROR_BENCH), "FAIL");
    assert_string_equal(fuzz_outcome(&nothing, RIG_ERROR_BENCH), "ERROR");
    assert_string_equal(fuzz_outcome(&nothing, RIG_OK), "INCONCLUSIVE");
    assert_string_equal(fuzz_outcome(&clean, RIG_ERROR_INTERRUPTED), "INTERRUPTED");
}

static void test_json_fields(void **state)
{
    static const char *const fields[] = {"harness", "target",    "engine",   "execs",
                                         "edges",   "stability", "findings", "execs_per_second"};
    struct fuzz_result found = result_of(&fail, &counting);
    json_t *value = fuzz_result_json(&found);

    (void)state;
    assert_non_null(value);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        assert_non_null(json_object_get(value, fields[i]));
    assert_true(json_is_null(json_object_get(value, "stability")));
    assert_string_equal(json_string_value(json_array_get(json_object_get(value, "findings"), 0)),
                        "F-3");
    json_decref(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit_codes),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_json_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
