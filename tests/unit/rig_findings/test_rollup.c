#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "findings/rollup.h"

#define NOW 1000

static struct clauses *clauses;

static int load(void **state)
{
    struct diagnostic diagnostic;
    (void)state;
    return clauses_load(CLAUSES_FILE, &clauses, &diagnostic);
}

static int unload(void **state)
{
    (void)state;
    clauses_free(clauses);
    return 0;
}

static struct rollup roll_up(struct finding *findings, size_t finding_count,
                             struct clause_result *results, size_t result_count, size_t *unknown)
{
    const struct finding_list finding_list = {findings, finding_count};
    const struct clause_result_list result_list = {results, result_count};
    const struct rollup_input input = {clauses, &finding_list, &result_list, NOW};
    struct rollup rollup;
    assert_int_equal(rollup_clauses(&input, &rollup, unknown), RIG_OK);
    assert_int_equal(rollup.count, CLAUSES_COUNT);
    return rollup;
}

static struct clause_result result_of(enum verdict verdict, char *source)
{
    return (struct clause_result){.run = 1,
                                  .clause = "5.13-1B",
                                  .verdict = verdict,
                                  .rung = RUNG_HOST,
                                  .target = "native",
                                  .source = source,
                                  .replay = "",
                                  .reason = ""};
}

/* The verdict of 5.13-1B from results of different sources. */
static enum verdict verdict_of(struct finding *finding, const enum verdict *verdicts, size_t count)
{
    static char sources[8][2] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    struct clause_result results[8];
    size_t unknown = 0;
    for (size_t i = 0; i < count; i++) {
        results[i] = result_of(verdicts[i], sources[i]);
    }
    struct rollup rollup = roll_up(finding, finding == NULL ? 0 : 1, results, count, &unknown);
    enum verdict verdict = rollup_find(&rollup, "5.13-1B")->verdict;
    assert_int_equal(unknown, 0);
    rollup_free(&rollup);
    return verdict;
}

static void the_gravest_result_stands(void **state)
{
    /* From the gravest: each must beat all that follow it. */
    static const struct {
        enum verdict given;
        enum verdict becomes;
    } order[] = {
        {VERDICT_FAIL, VERDICT_FAIL},
        {VERDICT_ERROR, VERDICT_INCONCLUSIVE},
        {VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE},
        {VERDICT_PASS, VERDICT_PASS},
        {VERDICT_MANUAL, VERDICT_MANUAL},
        {VERDICT_NOT_APPLICABLE, VERDICT_NOT_APPLICABLE},
        {VERDICT_NOT_TESTED, VERDICT_NOT_TESTED},
    };
    (void)state;
    for (size_t i = 0; i < 7; i++) {
        for (size_t k = i; k < 7; k++) {
            const enum verdict there[] = {order[i].given, order[k].given};
            const enum verdict back[] = {order[k].given, order[i].given};
            assert_int_equal(verdict_of(NULL, there, 2), order[i].becomes);
            assert_int_equal(verdict_of(NULL, back, 2), order[i].becomes);
        }
    }
}

static void an_open_finding_fails_the_clause(void **state)
{
    const enum verdict pass[] = {VERDICT_PASS};
    struct finding finding = {.clause = "5.13-1B", .class = FINDING_MEMORY, .state = FINDING_OPEN};
    (void)state;
    assert_int_equal(verdict_of(&finding, pass, 1), VERDICT_FAIL);
    assert_int_equal(verdict_of(&finding, NULL, 0), VERDICT_FAIL);
    finding.class = FINDING_UNREPRODUCIBLE;
    assert_int_equal(verdict_of(&finding, pass, 1), VERDICT_PASS);
    finding.class = FINDING_MEMORY;
    finding.state = FINDING_FIXED;
    assert_int_equal(verdict_of(&finding, pass, 1), VERDICT_PASS);
    finding.state = FINDING_ACCEPTED;
    assert_int_equal(verdict_of(&finding, pass, 1), VERDICT_PASS);
    finding.expires = NOW + 1;
    assert_int_equal(verdict_of(&finding, pass, 1), VERDICT_PASS);
    finding.expires = NOW;
    assert_int_equal(verdict_of(&finding, pass, 1), VERDICT_FAIL);
}

static void a_later_result_replaces_an_earlier_one(void **state)
{
    struct clause_result results[] = {result_of(VERDICT_FAIL, "a"), result_of(VERDICT_PASS, "a")};
    size_t unknown = 0;
    (void)state;
    struct rollup rollup = roll_up(NULL, 0, results, 2, &unknown);
    assert_int_equal(rollup_find(&rollup, "5.13-1B")->verdict, VERDICT_PASS);
    rollup_free(&rollup);
    results[1].target = "other";
    rollup = roll_up(NULL, 0, results, 2, &unknown);
    assert_int_equal(rollup_find(&rollup, "5.13-1B")->verdict, VERDICT_FAIL);
    assert_int_equal(rollup_find(&rollup, "5.13-1B")->sources.count, 1);
    rollup_free(&rollup);
}

static void untouched_clauses_are_not_passed(void **state)
{
    size_t unknown = 0;
    (void)state;
    struct rollup rollup = roll_up(NULL, 0, NULL, 0, &unknown);
    for (size_t i = 0; i < rollup.count; i++) {
        bool document = rollup.items[i].clause->testability == CLAUSE_DOCUMENT;
        assert_int_equal(rollup.items[i].verdict, document ? VERDICT_MANUAL : VERDICT_NOT_TESTED);
    }
    assert_int_equal(rollup_exit_code(&rollup), EXIT_INCONCLUSIVE);
    assert_null(rollup_find(&rollup, "9.9-9"));
    rollup_free(&rollup);
}

static void exit_codes_and_unknown_ids(void **state)
{
    struct clause_result results[] = {result_of(VERDICT_PASS, "a"), result_of(VERDICT_FAIL, "b")};
    struct finding finding = {.clause = "0.0-0", .class = FINDING_MEMORY, .state = FINDING_OPEN};
    size_t unknown = 0;
    (void)state;
    struct rollup rollup = roll_up(&finding, 1, results, 1, &unknown);
    assert_int_equal(unknown, 1);
    assert_int_equal(rollup_exit_code(&rollup), EXIT_CLEAN);
    assert_true(rollup_find(&rollup, "5.13-1B")->rungs[RUNG_HOST]);
    assert_false(rollup_find(&rollup, "5.13-1B")->rungs[RUNG_SILICON]);
    rollup_free(&rollup);
    rollup = roll_up(NULL, 0, results, 2, &unknown);
    assert_int_equal(rollup_exit_code(&rollup), EXIT_FINDING);
    rollup_free(&rollup);
    results[1].verdict = VERDICT_ERROR;
    rollup = roll_up(NULL, 0, results, 2, &unknown);
    assert_int_equal(rollup_exit_code(&rollup), EXIT_INCONCLUSIVE);
    rollup_free(&rollup);
}

static void the_gate_gives_nothing_away(void **state)
{
    const struct trial_evidence sound = {.control_held = true, .attempts = 1};
    struct trial_evidence evidence = sound;
    (void)state;
    assert_int_equal(verdict_decide(&evidence), VERDICT_PASS);
    evidence.attempts = 0;
    assert_int_equal(verdict_decide(&evidence), VERDICT_INCONCLUSIVE);
    evidence = sound;
    evidence.control_held = false;
    assert_int_equal(verdict_decide(&evidence), VERDICT_INCONCLUSIVE);
    evidence = sound;
    evidence.bench_failed = true;
    assert_int_equal(verdict_decide(&evidence), VERDICT_ERROR);
    evidence.failures = 1;
    assert_int_equal(verdict_decide(&evidence), VERDICT_FAIL);
    evidence = sound;
    evidence.capability_missing = true;
    assert_int_equal(verdict_decide(&evidence), VERDICT_NOT_TESTED);
    evidence = (struct trial_evidence){0};
    assert_int_equal(verdict_decide(&evidence), VERDICT_INCONCLUSIVE);
}

static void names_are_read_back(void **state)
{
    enum verdict verdict = VERDICT_PASS;
    enum rung rung = RUNG_HOST;
    (void)state;
    for (size_t i = 0; i < VERDICT_COUNT; i++) {
        assert_int_equal(verdict_parse(verdict_name((enum verdict)i), &verdict), RIG_OK);
        assert_int_equal(verdict, i);
    }
    for (size_t i = 0; i < RUNG_COUNT; i++) {
        assert_int_equal(rung_parse(rung_name((enum rung)i), &rung), RIG_OK);
        assert_int_equal(rung, i);
    }
    assert_int_equal(verdict_parse("pass", &verdict), RIG_ERROR_NOT_FOUND);
    assert_int_equal(rung_parse("", &rung), RIG_ERROR_NOT_FOUND);
}

static void finding_names_and_numbers_are_read_back(void **state)
{
    static const char *const wrong[] = {
        "", "F-", "F-0", "F--1", "f-1", "1x", "F-99999999999999999999"};
    enum finding_class class = FINDING_MEMORY;
    enum finding_severity severity = SEVERITY_LOW;
    enum finding_state parsed = FINDING_OPEN;
    int64_t id = 0;
    (void)state;
    for (size_t i = 0; i < FINDING_CLASS_COUNT; i++) {
        assert_int_equal(finding_class_parse(finding_class_name((enum finding_class)i), &class), 0);
        assert_int_equal(class, i);
    }
    for (size_t i = 0; i < SEVERITY_COUNT; i++) {
        const char *name = finding_severity_name((enum finding_severity)i);
        assert_int_equal(finding_severity_parse(name, &severity), 0);
        assert_int_equal(severity, i);
    }
    for (size_t i = 0; i < FINDING_STATE_COUNT; i++) {
        assert_int_equal(finding_state_parse(finding_state_name((enum finding_state)i), &parsed),
                         0);
        assert_int_equal(parsed, i);
    }
    assert_int_equal(finding_class_parse("bug", &class), RIG_ERROR_NOT_FOUND);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(finding_parse_id(wrong[i], &id), RIG_ERROR_NOT_FOUND);
    }
    assert_int_equal(finding_parse_id("F-12", &id), RIG_OK);
    assert_int_equal(id, 12);
    assert_int_equal(finding_parse_id("7", &id), RIG_OK);
    assert_int_equal(id, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gravest_result_stands),
        cmocka_unit_test(an_open_finding_fails_the_clause),
        cmocka_unit_test(a_later_result_replaces_an_earlier_one),
        cmocka_unit_test(untouched_clauses_are_not_passed),
        cmocka_unit_test(exit_codes_and_unknown_ids),
        cmocka_unit_test(the_gate_gives_nothing_away),
        cmocka_unit_test(names_are_read_back),
        cmocka_unit_test(finding_names_and_numbers_are_read_back),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
