/* What scenarios may claim, and what the gate makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "scenarios/trial.h"

static const char *const clauses[] = {"5.9-1", "5.9-2", NULL};

static const struct check_spec checks[] = {
    {"answers", "", CHECK_EQUALS, 1, NULL, "5.9-1", FINDING_HANG, SEVERITY_HIGH, "it is silent"},
    {"back-within", "ms", CHECK_AT_MOST, 100, "recover_ms", "5.9-2", FINDING_HANG, SEVERITY_MEDIUM,
     "it takes too long"},
    {.name = NULL},
};

static const struct check_spec checks_with_third[] = {
    {"answers", "", CHECK_EQUALS, 1, NULL, "5.9-1", FINDING_HANG, SEVERITY_HIGH, "it is silent"},
    {"back-within", "ms", CHECK_AT_MOST, 100, "recover_ms", "5.9-2", FINDING_HANG, SEVERITY_MEDIUM,
     "it takes too long"},
    {"same-clause", "", CHECK_EQUALS, 1, NULL, "5.9-1", FINDING_HANG, SEVERITY_HIGH, "it is odd"},
    {.name = NULL},
};

static const struct check_spec checks_without_limit[] = {
    {"grows", "ms", CHECK_AT_LEAST, NAN, "reconnect_first_ms", "5.9-1", FINDING_ORACLE,
     SEVERITY_MEDIUM, "it does not grow"},
    {.name = NULL},
};

static const struct scenario scenario = {
    .id = "outage.test", .title = "a test", .clauses = clauses, .checks = checks};
static const struct scenario scenario_with_third = {
    .id = "outage.test", .title = "a test", .clauses = clauses, .checks = checks_with_third};
static const struct scenario scenario_without_limit = {
    .id = "outage.test", .title = "a test", .clauses = clauses, .checks = checks_without_limit};

static struct target_setting limit = {.name = (char *)"limits.recover_ms"};
static char *limit_text[] = {(char *)"500"};
static struct target target;
static struct bench bench;

/* The sum of one trial that DOES something and ends with ERROR. */
static struct trial sum_of(const struct scenario *which, void (*does)(struct trial *trial),
                           int error)
{
    struct trial sum;
    struct trial one;

    bench.target = &target;
    trial_begin(&sum, which, &bench, NULL);
    trial_begin(&one, which, &bench, NULL);
    does(&one);
    trial_add(&sum, &one, error);
    return sum;
}

static enum verdict verdict_of(void (*does)(struct trial *trial), int error)
{
    const struct trial sum = sum_of(&scenario, does, error);
    const struct trial_evidence evidence = trial_evidence(&sum, NULL);

    return verdict_decide(&evidence);
}

static void measure_all(struct trial *trial)
{
    assert_true(trial_measure(trial, "answers", 1, "it does"));
    assert_true(trial_measure(trial, "back-within", 50, "quick"));
}

static void do_it_all(struct trial *trial)
{
    assert_true(trial_control(trial, true, "off is silent"));
    assert_true(trial_proof(trial, true, "start 2 follows start 1"));
    measure_all(trial);
}

static void disclaim_one(struct trial *trial)
{
    assert_true(trial_control(trial, true, "off is silent"));
    assert_true(trial_proof(trial, true, "start 2 follows start 1"));
    assert_true(trial_measure(trial, "answers", 1, "it does"));
    trial_disclaim(trial, "same-clause", "no such claim", "%d times", 3);
}

static void disclaim_a_clause(struct trial *trial)
{
    disclaim_one(trial);
    trial_disclaim(trial, "back-within", "nor such a one", "in any time");
}

static void disclaim_two_of_one_claim(struct trial *trial)
{
    disclaim_one(trial);
    trial_disclaim(trial, "back-within", "no such claim", "%d ms", 4);
}

static void disclaim_what_nobody_declared(struct trial *trial)
{
    disclaim_one(trial);
    assert_true(trial_measure(trial, "back-within", 50, "quick"));
    trial_disclaim(trial, "unheard-of", "no claim", "whatever");
}

static void disclaim_and_measure(struct trial *trial)
{
    disclaim_one(trial);
    assert_true(trial_measure(trial, "back-within", 50, "quick"));
    assert_false(trial_measure(trial, "same-clause", 0, "broken"));
    trial_disclaim(trial, "same-clause", "no such claim", "too late");
}

static enum verdict verdict_with_third(void (*does)(struct trial *trial),
                                       char disclaimers[TRIAL_REASON])
{
    static struct trial sum;
    struct trial_evidence evidence;

    sum = sum_of(&scenario_with_third, does, RIG_OK);
    evidence = trial_evidence(&sum, NULL);
    trial_describe_disclaimers(&sum, disclaimers, TRIAL_REASON);
    return verdict_decide(&evidence);
}

/* What the target does not claim is neither judged nor missed; but a clause of which nothing is left is open.
 */
static void what_is_not_claimed_is_not_judged(void **state)
{
    char disclaimers[TRIAL_REASON];

    (void)state;
    assert_int_equal(verdict_with_third(disclaim_one, disclaimers),
                     VERDICT_INCONCLUSIVE); /* "back-within" is missing */
    assert_string_equal(disclaimers, "same-clause: 3 times (no such claim)");
    assert_int_equal(verdict_with_third(disclaim_a_clause, disclaimers), VERDICT_INCONCLUSIVE);
    assert_string_equal(disclaimers, "back-within: in any time (nor such a one); "
                                     "same-clause: 3 times (no such claim)");
    assert_int_equal(verdict_with_third(disclaim_two_of_one_claim, disclaimers),
                     VERDICT_INCONCLUSIVE);
    assert_string_equal(disclaimers, "back-within: 4 ms; same-clause: 3 times (no such claim)");
    assert_int_equal(verdict_with_third(disclaim_what_nobody_declared, disclaimers),
                     VERDICT_INCONCLUSIVE);
    assert_int_equal(verdict_with_third(disclaim_and_measure, disclaimers), VERDICT_FAIL);
    assert_string_equal(disclaimers, "");
}

static void measure_all_but_what_is_not_claimed(struct trial *trial)
{
    disclaim_one(trial);
    assert_true(trial_measure(trial, "back-within", 50, "quick"));
}

static void a_trial_passes_without_what_is_not_claimed(void **state)
{
    char disclaimers[TRIAL_REASON];

    (void)state;
    assert_int_equal(verdict_with_third(measure_all_but_what_is_not_claimed, disclaimers),
                     VERDICT_PASS);
    assert_string_equal(disclaimers, "same-clause: 3 times (no such claim)");
}

static void a_whole_trial_passes(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(do_it_all, RIG_OK), VERDICT_PASS);
}

static void claim_without_proof(struct trial *trial)
{
    (void)trial_control(trial, true, "off is silent");
    measure_all(trial);
}

static void prove_nothing(struct trial *trial)
{
    (void)trial_control(trial, true, "off is silent");
    assert_false(trial_proof(trial, false, "start 1 follows start 1"));
    measure_all(trial);
}

static void success_without_proof_is_inconclusive(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(claim_without_proof, RIG_OK), VERDICT_INCONCLUSIVE);
    assert_int_equal(verdict_of(prove_nothing, RIG_OK), VERDICT_INCONCLUSIVE);
}

static void prove_without_control(struct trial *trial)
{
    (void)trial_proof(trial, true, "start 2 follows start 1");
    measure_all(trial);
}

static void fail_control(struct trial *trial)
{
    assert_false(trial_control(trial, false, "off is silent"));
    (void)trial_proof(trial, true, "start 2 follows start 1");
    measure_all(trial);
}

static void fail_one_control_of_two(struct trial *trial)
{
    do_it_all(trial);
    (void)trial_control(trial, false, "a change shows");
}

static void proof_without_control_is_inconclusive(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(prove_without_control, RIG_OK), VERDICT_INCONCLUSIVE);
    assert_int_equal(verdict_of(fail_control, RIG_OK), VERDICT_INCONCLUSIVE);
    assert_int_equal(verdict_of(fail_one_control_of_two, RIG_OK), VERDICT_INCONCLUSIVE);
}

static void break_a_limit(struct trial *trial)
{
    (void)trial_control(trial, true, "off is silent");
    (void)trial_proof(trial, true, "start 2 follows start 1");
    assert_false(trial_measure(trial, "answers", 0, "it does not"));
}

static void break_a_limit_unproven(struct trial *trial)
{
    (void)trial_control(trial, true, "off is silent");
    (void)trial_proof(trial, false, "start 1 follows start 1");
    assert_false(trial_measure(trial, "answers", 0, "it does not"));
}

static void break_a_limit_uncontrolled(struct trial *trial)
{
    (void)trial_control(trial, false, "off is silent");
    (void)trial_proof(trial, true, "start 2 follows start 1");
    assert_false(trial_measure(trial, "answers", 0, "it does not"));
}

static void a_failure_counts_only_behind_control_and_proof(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(break_a_limit, RIG_OK), VERDICT_FAIL);
    assert_int_equal(verdict_of(break_a_limit_unproven, RIG_OK), VERDICT_INCONCLUSIVE);
    assert_int_equal(verdict_of(break_a_limit_uncontrolled, RIG_OK), VERDICT_INCONCLUSIVE);
}

static void a_bench_error_in_the_middle_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(do_it_all, RIG_ERROR_BENCH), VERDICT_ERROR);
    /* A device that is silent where nobody measured it is no fault of the bench, and no success. */
    assert_int_equal(verdict_of(do_it_all, RIG_ERROR_TIMEOUT), VERDICT_INCONCLUSIVE);
    assert_int_equal(verdict_of(do_it_all, RIG_ERROR_DEVICE), VERDICT_INCONCLUSIVE);
    /* What had been seen by then stays seen. */
    assert_int_equal(verdict_of(break_a_limit, RIG_ERROR_BENCH), VERDICT_FAIL);
}

static void measure_half(struct trial *trial)
{
    (void)trial_control(trial, true, "off is silent");
    (void)trial_proof(trial, true, "start 2 follows start 1");
    (void)trial_measure(trial, "answers", 1, "it does");
}

static void measure_nothing(struct trial *trial)
{
    (void)trial_control(trial, true, "off is silent");
    (void)trial_proof(trial, true, "start 2 follows start 1");
}

static void measure_the_undeclared(struct trial *trial)
{
    do_it_all(trial);
    assert_false(trial_measure(trial, "invented", 1, "well"));
}

static void a_check_that_was_not_measured_is_inconclusive(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(measure_half, RIG_OK), VERDICT_INCONCLUSIVE);
    assert_int_equal(verdict_of(measure_nothing, RIG_OK), VERDICT_INCONCLUSIVE);
    assert_int_equal(verdict_of(measure_the_undeclared, RIG_OK), VERDICT_INCONCLUSIVE);
}

static void measure_without_limit(struct trial *trial)
{
    (void)trial_control(trial, true, "the broker hears attempts");
    (void)trial_proof(trial, true, "the broker's log");
    assert_false(trial_measure(trial, "grows", 5, "5 ms"));
}

static void a_check_without_a_limit_is_inconclusive(void **state)
{
    const struct trial sum = sum_of(&scenario_without_limit, measure_without_limit, RIG_OK);
    const struct trial_evidence evidence = trial_evidence(&sum, NULL);

    (void)state;
    assert_int_equal(verdict_decide(&evidence), VERDICT_INCONCLUSIVE);
    assert_string_equal(sum.doubt, "a check without a declared limit");
}

static void a_limit_of_the_target_comes_first(void **state)
{
    struct trial trial;

    (void)state;
    limit.values = (struct text_list){limit_text, 1};
    target.settings = &limit;
    target.setting_count = 1;
    bench.target = &target;
    trial_begin(&trial, &scenario, &bench, NULL);
    target.setting_count = 0;
    assert_true(trial.checks[1].limit > 499 && trial.checks[1].limit < 501);
    (void)trial_control(&trial, true, "off is silent");
    assert_true(trial_measure(&trial, "back-within", 500, "just so"));
    assert_false(trial_measure(&trial, "back-within", 501, "too late"));
    assert_true(trial_measure(&trial, "back-within", 1, "quick"));
    /* The worst stays. */
    assert_true(trial.checks[1].value > 500 && !trial.checks[1].ok);
    assert_string_equal(trial.checks[1].detail, "too late");
}

static void one_bad_trial_spoils_the_sum(void **state)
{
    struct trial sum;
    struct trial one;
    struct trial_evidence evidence;

    (void)state;
    bench.target = &target;
    trial_begin(&sum, &scenario, &bench, NULL);
    for (int i = 0; i < 3; i++) {
        trial_begin(&one, &scenario, &bench, NULL);
        if (i == 1)
            claim_without_proof(&one);
        else
            do_it_all(&one);
        trial_add(&sum, &one, RIG_OK);
    }
    evidence = trial_evidence(&sum, NULL);
    assert_int_equal(verdict_decide(&evidence), VERDICT_INCONCLUSIVE);
    assert_string_equal(sum.doubt, "a trial whose fault nobody proved");
}

static void a_failure_counts_against_its_own_clause(void **state)
{
    const struct trial sum = sum_of(&scenario, break_a_limit, RIG_OK);

    (void)state;
    assert_int_equal(trial_evidence(&sum, "5.9-1").failures, 1);
    assert_int_equal(trial_evidence(&sum, "5.9-2").failures, 0);
    assert_int_equal(trial_evidence(&sum, "5.9-2").unmeasured, 1);
}

static void no_trial_at_all_is_inconclusive(void **state)
{
    struct trial sum;
    struct trial_evidence evidence;

    (void)state;
    bench.target = &target;
    trial_begin(&sum, &scenario, &bench, NULL);
    evidence = trial_evidence(&sum, NULL);
    assert_int_equal(verdict_decide(&evidence), VERDICT_INCONCLUSIVE);
}

static void hostile_words_are_escaped(void **state)
{
    struct trial trial;

    (void)state;
    bench.target = &target;
    trial_begin(&trial, &scenario, &bench, NULL);
    (void)trial_control(&trial, false, "it said '%s'", "\x1b[2J\n");
    assert_string_equal(trial.doubt, "did not hold: it said '\\x1b[2J\\n'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_trial_passes),
        cmocka_unit_test(what_is_not_claimed_is_not_judged),
        cmocka_unit_test(a_trial_passes_without_what_is_not_claimed),
        cmocka_unit_test(success_without_proof_is_inconclusive),
        cmocka_unit_test(proof_without_control_is_inconclusive),
        cmocka_unit_test(a_failure_counts_only_behind_control_and_proof),
        cmocka_unit_test(a_bench_error_in_the_middle_is_an_error),
        cmocka_unit_test(a_check_that_was_not_measured_is_inconclusive),
        cmocka_unit_test(a_check_without_a_limit_is_inconclusive),
        cmocka_unit_test(a_limit_of_the_target_comes_first),
        cmocka_unit_test(one_bad_trial_spoils_the_sum),
        cmocka_unit_test(a_failure_counts_against_its_own_clause),
        cmocka_unit_test(no_trial_at_all_is_inconclusive),
        cmocka_unit_test(hostile_words_are_escaped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
