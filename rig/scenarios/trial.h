/**
 * What one trial can show for itself: controls, proofs that its faults fired, measurements against
 * limits that were declared before, and a log of all of it as evidence.
 */
#ifndef RIG_SCENARIOS_TRIAL_H
#define RIG_SCENARIOS_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "findings/verdict.h"
#include "scenarios/scenario.h"

enum {
    TRIAL_CHECKS_MAX = 16,
    TRIAL_REASON = 256,
    TRIAL_DOUBT = TRIAL_REASON + 32, /**< what did not hold, and that it did not */
};

/** A check of a trial. */
struct check_result {
    const struct check_spec *spec;
    double limit; /**< NAN: it has none, and cannot be judged */
    bool is_measured;
    bool is_disclaimed; /**< and never measured: trial_disclaim(), trial_omit() */
    const char *claim;  /**< what is claimed instead; NULL: the target has nothing of the kind */
    double value;       /**< the worst one when it was measured more than once */
    bool ok;
    char detail[TRIAL_REASON]; /**< what was seen, escaped; of the worst value */
};

/** One trial. Private to trial.c but for reading. */
struct trial {
    const struct scenario *scenario;
    struct bench *bench;
    struct check_result checks[TRIAL_CHECKS_MAX];
    size_t check_count;
    unsigned controls; /**< recorded, held or not */
    unsigned controls_failed;
    unsigned device_ends; /**< how often the device ended by its own fault, as moves.c saw it */
    unsigned faults;      /**< recorded, proven or not */
    unsigned unproven;
    unsigned undeclared; /**< measurements of checks that nobody declared; of a sum: or trials that
                              measured nothing */
    bool bench_failed;   /**< of a sum */
    /** What of the bench was found broken, and made measurements void; or "". */
    struct diagnostic broken;
    char doubt[TRIAL_DOUBT]; /**< the first control that failed or fault that is not proven */
    FILE *log;               /**< evidence; NULL: none */
    int64_t began_ms;
};

/** Sets a trial up, with the scenario's checks and their limits from the target's file. */
void trial_begin(struct trial *trial, const struct scenario *scenario, struct bench *bench,
                 FILE *log);

/**
 * A control: something that the bench is known to be able to see was seen, for instance that a
 * device that is off does not answer. Returns `held`, so that a trial can stop where it makes no sense
 * to go on. `format` says what the control is.
 */
__attribute__((format(printf, 3, 4))) bool trial_control(struct trial *trial, bool held,
                                                         const char *format, ...);

/** A fault, and whether a channel that is independent of the injector saw it; `format` names both.
 * Returns `fired`. */
__attribute__((format(printf, 3, 4))) bool trial_proof(struct trial *trial, bool fired,
                                                       const char *format, ...);

/**
 * Whether what the bench runs still works: bench_check(). If not, `broken` says why, and the trial is an
 * error of the bench.
 */
bool trial_bench_works(struct trial *trial);

/**
 * Measures a declared check. A value that breaks its limit is a failure, if all controls and proofs
 * until now held, the bench works, and nobody has interrupted it; else the measurement is void.
 * Returns whether the value kept the limit. `format` says what was seen.
 */
__attribute__((format(printf, 4, 5))) bool trial_measure(struct trial *trial, const char *check,
                                                         double value, const char *format, ...);

/**
 * A declared check that the target's file says the device does not claim to keep: it is not judged,
 * and not missed where another check of the same clause is measured. `format` says what was seen
 * all the same, and `claim`, which stays in memory, what is claimed instead; both are logged, and
 * stand with the verdict.
 */
__attribute__((format(printf, 4, 5))) void
trial_disclaim(struct trial *trial, const char *check, const char *claim, const char *format, ...);

/** A declared check of something that the target does not have: likewise, but nothing stands with the verdict.
 */
void trial_omit(struct trial *trial, const char *check, const char *reason);

/**
 * What was seen of all checks that were disclaimed, each with its name, and behind those of one
 * claim the claim: "halted: 3 of 3 times; registers: 3 of 3 times (the lock claims memory alone)".
 * "" without one; cut at `size`.
 */
void trial_describe_disclaimers(const struct trial *trial, char *text, size_t size);

/** A line for the log. */
__attribute__((format(printf, 2, 3))) void trial_note(struct trial *trial, const char *format, ...);

/** Whether all controls and proofs until now held. */
bool trial_is_sound(const struct trial *trial);

/** Whether a check has failed. */
bool trial_has_failed(const struct trial *trial);

/**
 * Adds a trial that is over to the sum of its scenario's, which trial_begin() set up and nothing was
 * recorded in: counters add up, of each check the worst measurement stays. A trial without a control,
 * without a fault, or without any measurement casts doubt on the sum; `error` is what scenario->run
 * returned.
 */
void trial_add(struct trial *sum, const struct trial *one, int error);

/** What a sum of trials shows about a clause (NULL: about all). */
struct trial_evidence trial_evidence(const struct trial *sum, const char *clause);

#endif
