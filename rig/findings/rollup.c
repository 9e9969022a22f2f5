#include "findings/rollup.h"

#include <stdlib.h>
#include <string.h>

static struct clause_verdict *find_mutable(struct rollup *rollup, const char *clause)
{
    for (size_t i = 0; i < rollup->count; i++) {
        if (strcmp(rollup->items[i].clause->id, clause) == 0) {
            return &rollup->items[i];
        }
    }
    return NULL;
}

const struct clause_verdict *rollup_find(const struct rollup *rollup, const char *clause)
{
    for (size_t i = 0; i < rollup->count; i++) {
        if (strcmp(rollup->items[i].clause->id, clause) == 0) {
            return &rollup->items[i];
        }
    }
    return NULL;
}

/* The list is in the order of runs: a later result of the same kind replaces this one. */
static bool is_replaced(const struct clause_result_list *results, size_t index)
{
    const struct clause_result *old = &results->items[index];
    for (size_t i = index + 1; i < results->count; i++) {
        const struct clause_result *newer = &results->items[i];
        if (strcmp(old->clause, newer->clause) == 0 && strcmp(old->source, newer->source) == 0 &&
            strcmp(old->target, newer->target) == 0) {
            return true;
        }
    }
    return false;
}

static int add_result(struct clause_verdict *verdict, const struct clause_result *result)
{
    verdict->results[result->verdict]++;
    verdict->rungs[result->rung] = true;
    if (text_list_contains(&verdict->sources, result->source)) {
        return RIG_OK;
    }
    int error = text_list_append(&verdict->sources, result->source);
    text_list_sort(&verdict->sources);
    return error;
}

static int add_results(const struct rollup_input *input, struct rollup *rollup, size_t *unknown)
{
    int error = RIG_OK;
    for (size_t i = 0; i < input->results->count && error == RIG_OK; i++) {
        const struct clause_result *result = &input->results->items[i];
        struct clause_verdict *verdict = find_mutable(rollup, result->clause);
        if (verdict == NULL) {
            (*unknown)++;
        } else if (!is_replaced(input->results, i)) {
            error = add_result(verdict, result);
        }
    }
    return error;
}

static void add_findings(const struct rollup_input *input, struct rollup *rollup, size_t *unknown)
{
    for (size_t i = 0; i < input->findings->count; i++) {
        const struct finding *finding = &input->findings->items[i];
        struct clause_verdict *verdict = find_mutable(rollup, finding->clause);
        if (verdict == NULL) {
            (*unknown)++;
        } else if (finding_counts(finding, input->now)) {
            verdict->findings++;
            verdict->rungs[finding->rung] = true;
        }
    }
}

static enum verdict decide(const struct clause_verdict *item)
{
    static const enum verdict rest[] = {VERDICT_PASS, VERDICT_MANUAL, VERDICT_NOT_APPLICABLE,
                                        VERDICT_NOT_TESTED};
    if (item->findings > 0 || item->results[VERDICT_FAIL] > 0) {
        return VERDICT_FAIL;
    }
    if (item->results[VERDICT_ERROR] > 0 || item->results[VERDICT_INCONCLUSIVE] > 0) {
        return VERDICT_INCONCLUSIVE;
    }
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        if (item->results[rest[i]] > 0) {
            return rest[i];
        }
    }
    return item->clause->testability == CLAUSE_DOCUMENT ? VERDICT_MANUAL : VERDICT_NOT_TESTED;
}

int rollup_clauses(const struct rollup_input *input, struct rollup *rollup, size_t *unknown)
{
    *unknown = 0;
    *rollup = (struct rollup){NULL, 0};
    rollup->items = calloc(clauses_count(input->clauses), sizeof *rollup->items);
    if (rollup->items == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    rollup->count = clauses_count(input->clauses);
    for (size_t i = 0; i < rollup->count; i++) {
        rollup->items[i].clause = clauses_at(input->clauses, i);
    }
    int error = add_results(input, rollup, unknown);
    if (error != RIG_OK) {
        rollup_free(rollup);
        return error;
    }
    add_findings(input, rollup, unknown);
    for (size_t i = 0; i < rollup->count; i++) {
        rollup->items[i].verdict = decide(&rollup->items[i]);
    }
    return RIG_OK;
}

void rollup_free(struct rollup *rollup)
{
    for (size_t i = 0; i < rollup->count; i++) {
        text_list_free(&rollup->items[i].sources);
    }
    free(rollup->items);
    *rollup = (struct rollup){NULL, 0};
}

enum exit_code rollup_exit_code(const struct rollup *rollup)
{
    size_t counts[VERDICT_COUNT] = {0};
    for (size_t i = 0; i < rollup->count; i++) {
        counts[rollup->items[i].verdict]++;
    }
    if (counts[VERDICT_FAIL] > 0) {
        return EXIT_FINDING;
    }
    return counts[VERDICT_INCONCLUSIVE] == 0 && counts[VERDICT_PASS] > 0 ? EXIT_CLEAN
                                                                         : EXIT_INCONCLUSIVE;
}
