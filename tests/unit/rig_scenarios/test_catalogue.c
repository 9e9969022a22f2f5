/* What every scenario must say about itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "findings/verdict.h"
#include "scenarios/clause_verdict.h"
#include "scenarios/trial.h"

static void ids_are_names_and_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scenario *each = scenario_at(i);

        assert_non_null(strchr(each->id, '.'));
        assert_true(strlen(each->id) <= 40);
        assert_ptr_equal(scenario_find(each->id), each);
        assert_true(strlen(each->title) > 0);
        assert_true(each->needs != 0);
    }
    assert_null(scenario_find("outage"));
}

static void every_check_belongs_to_a_clause_and_has_a_limit(void **state)
{
    (void)state;
    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scenario *each = scenario_at(i);
        size_t count = 0;

        for (; each->checks[count].name != NULL; count++) {
            const struct check_spec *check = &each->checks[count];

            assert_true(scenario_has_clause(each, check->clause));
            assert_true(check->limit == check->limit || check->limit_key != NULL);
            assert_non_null(check->meaning);
            /* A finding's fingerprint holds both. */
            assert_true(strlen(each->id) + strlen(check->name) + 1 < 64);
        }
        assert_in_range(count, 1, TRIAL_CHECKS_MAX);
    }
}

static void every_clause_has_a_check(void **state)
{
    (void)state;
    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scenario *each = scenario_at(i);

        for (size_t k = 0; each->clauses[k] != NULL; k++) {
            bool has = false;

            for (size_t c = 0; each->checks[c].name != NULL; c++)
                has |= strcmp(each->checks[c].clause, each->clauses[k]) == 0;
            if (!has)
                fail_msg("%s: no check speaks to %s", each->id, each->clauses[k]);
        }
    }
}

static void network_clauses_are_clauses_of_the_scenario(void **state)
{
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scenario *each = scenario_at(i);

        for (size_t k = 0; each->network_clauses != NULL && each->network_clauses[k] != NULL; k++) {
            assert_true(scenario_has_clause(each, each->network_clauses[k]));
            count++;
        }
    }
    assert_int_equal(count, 3);
}

/* A device without a network has not shown that it withstands one; a failure stays one. */
static void a_pass_without_a_network_is_for_a_person(void **state)
{
    struct scenario_result result = {.scenario = scenario_find("update.tampered"),
                                     .verdict = VERDICT_PASS,
                                     .reason = "no counter-example in 2 trials"};
    char reason[SCENARIO_REASON];

    (void)state;
    assert_non_null(result.scenario);
    assert_int_equal(clause_verdict_of(&result, "5.3-10"), VERDICT_MANUAL);
    assert_int_equal(clause_verdict_of(&result, "5.3-9"), VERDICT_PASS);
    clause_reason_of(&result, "5.3-10", reason, sizeof reason);
    assert_string_equal(reason,
                        "this provision speaks of a network, and the target has none; at its local "
                        "interface: no counter-example in 2 trials");
    clause_reason_of(&result, "5.3-9", reason, sizeof reason);
    assert_string_equal(reason, result.reason);
    result.has_network = true;
    assert_int_equal(clause_verdict_of(&result, "5.3-10"), VERDICT_PASS);
    result.has_network = false;
    result.verdict = VERDICT_INCONCLUSIVE;
    assert_int_equal(clause_verdict_of(&result, "5.3-10"), VERDICT_INCONCLUSIVE);
}

static void a_family_selects_its_scenarios(void **state)
{
    const struct scenario *first = scenario_at(0);
    char family[64];
    char *dot;

    (void)state;
    (void)strcpy(family, first->id);
    assert_true(scenario_is_selected(first, family));
    dot = strchr(family, '.');
    assert_non_null(dot);
    *dot = '\0';
    assert_true(scenario_is_selected(first, family));
    family[strlen(family) - 1] = '\0';
    assert_false(scenario_is_selected(first, family));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_names_and_unique),
        cmocka_unit_test(every_check_belongs_to_a_clause_and_has_a_limit),
        cmocka_unit_test(every_clause_has_a_check),
        cmocka_unit_test(network_clauses_are_clauses_of_the_scenario),
        cmocka_unit_test(a_pass_without_a_network_is_for_a_person),
        cmocka_unit_test(a_family_selects_its_scenarios),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
