/*
 * What a report says, gathered once from the store and the clause catalogue; the formats only
 * write it down.
 */
#ifndef ORDEAL_REPORT_REPORT_MODEL_H
#define ORDEAL_REPORT_REPORT_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "coverage/coverage.h"
#include "findings/clauses.h"
#include "findings/rollup.h"
#include "findings/store.h"

/* A target that runs or findings name, as its file describes it. Borrowed from the caller. */
struct report_target {
    const char *name;
    const char *title;
    const char *class_name;           /* "native", "emulated", "board" */
    const struct text_list *fidelity; /* what its rung does not model, one sentence each */
};

/* What a report is gathered from. All of it must live as long as the report. */
struct report_sources {
    struct store *store; /* NULL: there is none, nothing was run */
    const struct clauses *clauses;
    const struct report_target *targets; /* may be NULL when target_count is 0 */
    size_t target_count;
    const struct coverage *coverage; /* NULL: not asked for */
    int64_t now; /* seconds since 1970: stands on the report and ends acceptances */
};

struct report {
    struct report_sources sources;
    struct finding_list findings;      /* by id */
    struct run_list runs;              /* by id */
    struct clause_result_list results; /* in the order of runs */
    struct rollup rollup;              /* a verdict for each clause of the catalogue */
    size_t unknown; /* results and findings whose clause the catalogue does not know */
};

/* Reads all of it. Free with report_clear(), after an error too. Errors as the store's. */
RIG_MUST_CHECK int report_gather(const struct report_sources *sources, struct report *report,
                                 struct diagnostic *diagnostic);

/* Frees what the report owns and makes it all zero. */
void report_clear(struct report *report);

/* The run with that number, or NULL. */
const struct run *report_find_run(const struct report *report, int64_t id);

/* Whether a later result of the same source on the same target stands in the place of that of `results`. */
bool report_is_replaced(const struct report *report, size_t index);

/*
 * The attack set behind a clause's verdict: each result for it that no later result of the same
 * source on the same target has replaced. Give NULL to begin, then the last one returned; NULL at
 * the end.
 */
const struct clause_result *report_next_attack(const struct report *report, const char *clause,
                                               const struct clause_result *previous);

/* The next finding that counts against the clause (finding_counts()), likewise. */
const struct finding *report_next_finding(const struct report *report, const char *clause,
                                          const struct finding *previous);

/* Whether anything was tried or found for the clause; the others are only listed. */
bool report_clause_touched(const struct report *report, const struct clause_verdict *verdict);

/* How a run ended, as one word for a table: its verdict, or "running" or "interrupted". */
const char *report_run_outcome(const struct run *run);

/* The first REPORT_HASH_DIGITS digits of the fuzzer's SHA-256; "-" when it is not known. Returns
 * TEXT. */
#define REPORT_HASH_DIGITS 12
const char *report_hash_phrase(const struct run *run, char text[REPORT_HASH_DIGITS + 1]);

/* Whether a run or a finding names the target. */
bool report_target_used(const struct report *report, const char *target);

/*
 * One line on an attack, such as "modbus_tcp on native (host): 1200345 inputs by libfuzzer in R-3,
 * seed 7". For free(); NULL when memory is short.
 */
char *report_attack_phrase(const struct report *report, const struct clause_result *attack);

/*
 * What weakens the attack, one clause of a sentence: the harness says that its oracles judge this
 * provision, and the committed inputs evaluated none. NULL when nothing is known against it.
 */
const char *report_attack_doubt(const struct report *report, const struct clause_result *attack);

/* The rungs of a verdict, such as "host, emulated"; "-" when there is none. Returns TEXT. */
#define REPORT_RUNGS_SIZE 64
const char *report_rungs_phrase(const struct clause_verdict *verdict, char text[REPORT_RUNGS_SIZE]);

#endif
