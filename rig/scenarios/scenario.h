/**
 * Scenarios: experiments on a running device, each with the clauses it speaks to, what it needs of a
 * target, and the checks it makes, declared before anything is measured.
 *
 * A scenario plans its trials as words (data: they can be listed, sampled and replayed), and runs
 * one word at a time. It records controls, proofs and measurements (trial.h) and judges nothing: the
 * gate of findings/verdict.h does.
 */
#ifndef RIG_SCENARIOS_SCENARIO_H
#define RIG_SCENARIOS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "base/text.h"
#include "findings/finding.h"
#include "target/bench.h"

/** How a measured value must stand to its limit. */
enum check_relation {
    CHECK_AT_MOST,
    CHECK_AT_LEAST,
    CHECK_EQUALS,
};

/** A check as it is declared. */
struct check_spec {
    const char *name; /**< within the scenario, [a-z0-9-]; NULL ends a list */
    const char *unit; /**< "ms", "settings", "" for a yes (1) or no (0) */
    enum check_relation relation;
    double limit;          /**< NAN: only limit_key says it */
    const char *limit_key; /**< of `limits` in the target's file, which then comes first; or NULL */
    const char *clause;    /**< that a failure counts against, one of the scenario's */
    enum finding_class class;
    enum finding_severity severity;
    const char *meaning; /**< what it means when it fails: a finding's title */
};

/** How far a run goes. */
enum depth {
    DEPTH_QUICK,
    DEPTH_STANDARD,
    DEPTH_DEEP,
    DEPTH_COUNT,
};

/** What a plan depends on, beside the target. */
struct plan_options {
    enum depth depth;
    uint64_t seed; /**< of whatever the scenario samples */
};

struct trial;

/** A row of the catalogue. */
struct scenario {
    const char *id;             /**< "outage.power-settings": family, dot, name */
    const char *title;          /**< one line */
    const char *const *clauses; /**< ends with NULL */
    const char *const
        *network_clauses; /**< those of them that speak of what comes over a network and of
                                             nothing else (clause_verdict.h); ends with NULL; NULL: none */
    unsigned needs;       /**< enum capability: all of these */
    const struct check_spec *checks; /**< ends with one without a name */

    /** Appends the words of the trials, each of [A-Za-z0-9:.,_+-], at most SCENARIO_WORD_MAX. */
    int (*plan)(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic);

    /**
     * Runs one trial on a device that is off, and new where the target can make one. RIG_OK when it
     * has recorded all that it could, whatever that is; RIG_ERROR_USAGE for a word that plan() does
     * not write; RIG_ERROR_BENCH, RIG_ERROR_INTERRUPTED, RIG_ERROR_NO_MEMORY. RIG_ERROR_TIMEOUT and
     * RIG_ERROR_DEVICE: the device fell silent or talked nonsense where the trial cannot go on;
     * recorded as a bench that could not see.
     */
    int (*run)(struct trial *trial, const char *word, struct diagnostic *diagnostic);
};

enum { SCENARIO_WORD_MAX = 160 };

/** The catalogue, in the order in which they run. */
size_t scenario_count(void);
const struct scenario *scenario_at(size_t index);
const struct scenario *scenario_find(const char *id);

/** Whether `selector` names it: its id, or its family. */
bool scenario_is_selected(const struct scenario *scenario, const char *selector);
bool scenario_has_clause(const struct scenario *scenario, const char *clause);

/** "quick", "standard", "deep". */
const char *depth_name(enum depth depth);

/** Picks a number for each depth. */
struct by_depth {
    unsigned counts[DEPTH_COUNT];
};

#endif
