#include "report/report_model.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int read_store(struct report *report, struct diagnostic *diagnostic)
{
    static const struct finding_filter everything;
    struct store *store = report->sources.store;
    int error = store_list_findings(store, &everything, &report->findings, diagnostic);

    if (error == RIG_OK)
        error = store_list_runs(store, 0, &report->runs, diagnostic);
    if (error == RIG_OK)
        error = store_list_results(store, 0, &report->results, diagnostic);
    return error;
}

int report_gather(const struct report_sources *sources, struct report *report,
                  struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    memset(report, 0, sizeof *report);
    report->sources = *sources;
    if (sources->store != NULL)
        error = read_store(report, diagnostic);
    if (error == RIG_OK) {
        const struct rollup_input input = {sources->clauses, &report->findings, &report->results,
                                           sources->now};
        error = rollup_clauses(&input, &report->rollup, &report->unknown);
    }
    return error;
}

void report_clear(struct report *report)
{
    finding_list_free(&report->findings);
    run_list_free(&report->runs);
    clause_result_list_free(&report->results);
    rollup_free(&report->rollup);
    memset(report, 0, sizeof *report);
}

const struct run *report_find_run(const struct report *report, int64_t id)
{
    for (size_t i = 0; i < report->runs.count; i++) {
        if (report->runs.items[i].id == id)
            return &report->runs.items[i];
    }
    return NULL;
}

bool report_is_replaced(const struct report *report, size_t index)
{
    const struct clause_result *result = &report->results.items[index];

    for (size_t i = index + 1; i < report->results.count; i++) {
        const struct clause_result *later = &report->results.items[i];
        if (strcmp(later->clause, result->clause) == 0 &&
            strcmp(later->source, result->source) == 0 &&
            strcmp(later->target, result->target) == 0)
            return true;
    }
    return false;
}

const struct clause_result *report_next_attack(const struct report *report, const char *clause,
                                               const struct clause_result *previous)
{
    size_t index = previous == NULL ? 0 : (size_t)(previous - report->results.items) + 1;

    for (; index < report->results.count; index++) {
        if (strcmp(report->results.items[index].clause, clause) == 0 &&
            !report_is_replaced(report, index))
            return &report->results.items[index];
    }
    return NULL;
}

const struct finding *report_next_finding(const struct report *report, const char *clause,
                                          const struct finding *previous)
{
    size_t index = previous == NULL ? 0 : (size_t)(previous - report->findings.items) + 1;

    for (; index < report->findings.count; index++) {
        const struct finding *finding = &report->findings.items[index];
        if (strcmp(finding->clause, clause) == 0 && finding_counts(finding, report->sources.now))
            return finding;
    }
    return NULL;
}

bool report_clause_touched(const struct report *report, const struct clause_verdict *verdict)
{
    const char *clause = verdict->clause->id;

    return report_next_attack(report, clause, NULL) != NULL ||
           report_next_finding(report, clause, NULL) != NULL;
}

const char *report_run_outcome(const struct run *run)
{
    if (run->finished)
        return verdict_name(run->verdict);
    return run->is_running ? "running" : "interrupted";
}

const char *report_hash_phrase(const struct run *run, char text[REPORT_HASH_DIGITS + 1])
{
    const bool is_hash = strspn(run->harness_hash, "0123456789abcdef") >= REPORT_HASH_DIGITS;

    (void)snprintf(text, REPORT_HASH_DIGITS + 1, "%s", is_hash ? run->harness_hash : "-");
    return text;
}

bool report_target_used(const struct report *report, const char *target)
{
    for (size_t i = 0; i < report->runs.count; i++) {
        if (strcmp(report->runs.items[i].target, target) == 0)
            return true;
    }
    for (size_t i = 0; i < report->findings.count; i++) {
        if (text_list_contains(&report->findings.items[i].targets, target))
            return true;
    }
    return false;
}

char *report_attack_phrase(const struct report *report, const struct clause_result *attack)
{
    const struct run *run = report_find_run(report, attack->run);

    if (run == NULL || !run->finished)
        return text_format("%s on %s (%s): R-%" PRId64 ", which did not end", attack->source,
                           attack->target, rung_name(attack->rung), attack->run);
    return text_format("%s on %s (%s): %" PRIu64 " inputs by %s in R-%" PRId64 ", seed %" PRIu64,
                       attack->source, attack->target, rung_name(attack->rung), run->execs,
                       run->engine, run->id, run->seed);
}

const char *report_attack_doubt(const struct report *report, const struct clause_result *attack)
{
    const struct coverage *coverage = report->sources.coverage;

    if (coverage == NULL || !coverage_is_unjudged(coverage, attack->source, attack->clause))
        return NULL;
    return "no committed input reaches an oracle of it";
}

const char *report_rungs_phrase(const struct clause_verdict *verdict, char text[REPORT_RUNGS_SIZE])
{
    size_t used = 0;

    text[0] = '\0';
    for (int rung = 0; rung < RUNG_COUNT; rung++) {
        if (!verdict->rungs[rung])
            continue;
        int length = snprintf(text + used, REPORT_RUNGS_SIZE - used, "%s%s", used > 0 ? ", " : "",
                              rung_name((enum rung)rung));
        if (length > 0 && (size_t)length < REPORT_RUNGS_SIZE - used)
            used += (size_t)length;
    }
    if (used == 0)
        (void)snprintf(text, REPORT_RUNGS_SIZE, "-");
    return text;
}
