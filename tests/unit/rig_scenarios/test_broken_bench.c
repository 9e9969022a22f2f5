/* Benches that are broken on purpose: none of them may end in a PASS, nor blame the device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "fake_bench.h"
#include "scenarios/families.h"
#include "scenarios/trial.h"

#define RECOVER_MS "200" /* how long the moves wait for a device that is gone */

static char *limit_text[] = {(char *)RECOVER_MS};
static struct target_setting limit = {.name = (char *)"limits.recover_ms",
                                      .values = {limit_text, 1}};

/* The verdict of one trial of a scenario on that bench; *doubt is why it is none. */
static enum verdict judge(const struct scenario *scenario, struct fake_bench *fake,
                          const char *word, char doubt[TRIAL_DOUBT])
{
    struct diagnostic diagnostic = {""};
    struct trial_evidence evidence;
    struct trial sum;
    struct trial one;
    int error;

    fake->target.settings = &limit;
    fake->target.setting_count = 1;
    trial_begin(&sum, scenario, &fake->bench, NULL);
    trial_begin(&one, scenario, &fake->bench, NULL);
    error = scenario->run(&one, word, &diagnostic);
    if (!trial_bench_works(&one)) /* as scenario_run() asks */
        error = RIG_ERROR_BENCH;
    trial_add(&sum, &one, error);
    evidence = trial_evidence(&sum, NULL);
    (void)strcpy(doubt, sum.doubt);
    return verdict_decide(&evidence);
}

static enum verdict judge_idle(struct fake_bench *fake, char doubt[TRIAL_DOUBT])
{
    return judge(&outage_power_idle, fake, "cuts:2", doubt);
}

static void a_sound_bench_passes_a_sound_device(void **state)
{
    struct fake_bench fake;
    char doubt[TRIAL_DOUBT];

    (void)state;
    fake_bench_make(&fake);
    assert_int_equal(judge_idle(&fake, doubt), VERDICT_PASS);
    assert_string_equal(doubt, "");
}

static void a_sound_bench_fails_a_device_that_forgets(void **state)
{
    struct fake_bench fake;
    char doubt[TRIAL_DOUBT];

    (void)state;
    fake_bench_make(&fake);
    fake.forgets = true;
    assert_int_equal(judge_idle(&fake, doubt), VERDICT_FAIL);
}

static void a_sound_bench_fails_a_device_that_dies(void **state)
{
    struct fake_bench fake;
    char doubt[TRIAL_DOUBT];

    (void)state;
    fake_bench_make(&fake);
    fake.dies = true;
    assert_int_equal(judge_idle(&fake, doubt), VERDICT_FAIL);
}

static void a_power_driver_that_does_nothing_is_inconclusive(void **state)
{
    struct fake_bench fake;
    char doubt[TRIAL_DOUBT];

    (void)state;
    fake_bench_make(&fake);
    fake.power_does_nothing = true;
    assert_int_equal(judge_idle(&fake, doubt), VERDICT_INCONCLUSIVE);
    assert_string_equal(doubt, "did not hold: a device without power does not answer");
}

static void it_is_inconclusive_of_a_bad_device_as_well(void **state)
{
    struct fake_bench fake;
    char doubt[TRIAL_DOUBT];

    (void)state;
    fake_bench_make(&fake);
    fake.power_does_nothing = true;
    fake.dies = true;
    assert_int_equal(judge_idle(&fake, doubt), VERDICT_INCONCLUSIVE);
}

static void an_adapter_that_always_says_healthy_is_inconclusive(void **state)
{
    struct fake_bench fake;
    char doubt[TRIAL_DOUBT];

    (void)state;
    fake_bench_make(&fake);
    fake.adapter_always_healthy = true;
    assert_int_equal(judge_idle(&fake, doubt), VERDICT_INCONCLUSIVE);
    fake_bench_make(&fake);
    fake.adapter_always_healthy = true;
    fake.dies = true;
    assert_int_equal(judge_idle(&fake, doubt), VERDICT_INCONCLUSIVE);
}

static void an_adapter_that_shows_old_settings_is_inconclusive(void **state)
{
    struct fake_bench fake;
    char doubt[TRIAL_DOUBT];

    (void)state;
    fake_bench_make(&fake);
    fake.dump_is_stale = true;
    fake.forgets = true;
    assert_int_equal(judge_idle(&fake, doubt), VERDICT_INCONCLUSIVE);
    assert_non_null(strstr(doubt, "the dump shows 0"));
}

static void a_power_driver_that_fails_is_an_error(void **state)
{
    struct fake_bench fake;
    char doubt[TRIAL_DOUBT];

    (void)state;
    fake_bench_make(&fake);
    fake.power_fails = true;
    assert_int_equal(judge_idle(&fake, doubt), VERDICT_ERROR);
}

static enum verdict judge_settings(struct fake_bench *fake, char doubt[TRIAL_DOUBT])
{
    return judge(&outage_power_settings, fake, "op:0:before,rounds:2", doubt);
}

static void a_cut_that_comes_passes_a_sound_device(void **state)
{
    struct fake_bench fake;
    char doubt[TRIAL_DOUBT];

    (void)state;
    fake_bench_make(&fake);
    assert_int_equal(judge_settings(&fake, doubt), VERDICT_PASS);
    assert_string_equal(doubt, "");
}

static void a_cut_that_never_comes_is_inconclusive(void **state)
{
    struct fake_bench fake;
    char doubt[TRIAL_DOUBT];

    (void)state;
    fake_bench_make(&fake);
    fake.cut_never_comes = true;
    assert_int_equal(judge_settings(&fake, doubt), VERDICT_INCONCLUSIVE);
    assert_string_equal(doubt, "did not hold: a cut that is armed comes by itself");
}

/* ---- odd values in settings ---- */

#define TRIES "9"

static enum verdict judge_odd(struct fake_bench *fake, char doubt[TRIAL_DOUBT])
{
    fake->chooses = true;
    return judge(&input_settings, fake, "tries:" TRIES ",seed:1", doubt);
}

static void odd_values_pass_a_sound_device(void **state)
{
    struct fake_bench fake;
    char doubt[TRIAL_DOUBT];

    (void)state;
    fake_bench_make(&fake);
    assert_int_equal(judge_odd(&fake, doubt), VERDICT_PASS);
    assert_string_equal(doubt, "");
}

/* At each write of the trial: the first is the control's, the last the last value. */
static void a_bench_that_stands_still_is_an_error(void **state)
{
    (void)state;
    for (unsigned at = 1; at <= 10; at++) {
        struct fake_bench fake;
        char doubt[TRIAL_DOUBT];

        fake_bench_make(&fake);
        fake.freezes_at = at;
        assert_int_equal(judge_odd(&fake, doubt), VERDICT_ERROR);
    }
}

static void a_device_that_falls_silent_fails(void **state)
{
    (void)state;
    for (unsigned at = 2; at <= 10; at += 8) {
        struct fake_bench fake;
        char doubt[TRIAL_DOUBT];

        fake_bench_make(&fake);
        fake.hangs_at = at;
        assert_int_equal(judge_odd(&fake, doubt), VERDICT_FAIL);
    }
}

static void values_without_an_answer_are_inconclusive(void **state)
{
    struct fake_bench fake;
    char doubt[TRIAL_DOUBT];

    (void)state;
    fake_bench_make(&fake);
    fake.loses_answers = true;
    assert_int_equal(judge_odd(&fake, doubt), VERDICT_INCONCLUSIVE);
    assert_non_null(strstr(doubt, "were not answered"));
}

static void values_that_were_not_sent_are_inconclusive(void **state)
{
    struct fake_bench fake;
    char doubt[TRIAL_DOUBT];

    (void)state;
    fake_bench_make(&fake);
    fake.lacks_words = true;
    assert_int_equal(judge_odd(&fake, doubt), VERDICT_INCONCLUSIVE);
    assert_non_null(strstr(doubt, "more the adapter could not express"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_bench_passes_a_sound_device),
        cmocka_unit_test(a_sound_bench_fails_a_device_that_forgets),
        cmocka_unit_test(a_sound_bench_fails_a_device_that_dies),
        cmocka_unit_test(a_power_driver_that_does_nothing_is_inconclusive),
        cmocka_unit_test(it_is_inconclusive_of_a_bad_device_as_well),
        cmocka_unit_test(an_adapter_that_always_says_healthy_is_inconclusive),
        cmocka_unit_test(an_adapter_that_shows_old_settings_is_inconclusive),
        cmocka_unit_test(a_power_driver_that_fails_is_an_error),
        cmocka_unit_test(a_cut_that_comes_passes_a_sound_device),
        cmocka_unit_test(a_cut_that_never_comes_is_inconclusive),
        cmocka_unit_test(odd_values_pass_a_sound_device),
        cmocka_unit_test(a_bench_that_stands_still_is_an_error),
        cmocka_unit_test(a_device_that_falls_silent_fails),
        cmocka_unit_test(values_without_an_answer_are_inconclusive),
        cmocka_unit_test(values_that_were_not_sent_are_inconclusive),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
