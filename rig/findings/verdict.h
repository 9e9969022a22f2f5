#ifndef RIG_FINDINGS_VERDICT_H
#define RIG_FINDINGS_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/exit_code.h"
#include "base/rig_error.h"

/** What a trial, a run or a clause comes to. TS 103 701 knows the first three for its tests. */
enum verdict {
    VERDICT_PASS,           /**< no counter-example in the stated attack set, and controls held */
    VERDICT_FAIL,           /**< a finding, with evidence */
    VERDICT_INCONCLUSIVE,   /**< the control failed, or what was to be tried did not happen */
    VERDICT_ERROR,          /**< the bench failed */
    VERDICT_NOT_TESTED,     /**< a capability is missing, or nothing touches the clause */
    VERDICT_NOT_APPLICABLE, /**< the manufacturer's statement, never a test's */
    VERDICT_MANUAL,         /**< evidence for a person to judge */
    VERDICT_COUNT,
};

/** Where an experiment ran. It stands beside every verdict. */
enum rung {
    RUNG_HOST,     /**< a Linux process, or code in a harness */
    RUNG_EMULATED, /**< the target's binary in an emulator */
    RUNG_SILICON,  /**< an attached board */
    RUNG_COUNT,
};

/** What a fuzz run or a trial can show for itself. */
struct trial_evidence {
    bool bench_failed;       /**< a tool, a disk or a process of the lab failed */
    bool capability_missing; /**< the target lacks what the trial needs */
    bool control_held;       /**< a planted failure was seen; of several controls: every one held */
    uint64_t attempts;       /**< inputs executed, or faults proven to have fired */
    uint64_t unproven;       /**< faults that were to fire, and nothing independent saw them */
    uint64_t unmeasured;     /**< checks that were declared and not measured, or have no limit */
    uint64_t failures; /**< findings, or checks that failed while all controls had held and all
                                  faults until then were proven; unreproducible ones do not count */
};

/**
 * The gate: the only place that turns evidence into PASS. A failure is FAIL even when the bench
 * broke later, for it had been seen by then. PASS needs a control that held, at least one attempt,
 * no fault without a proof and no check without a measurement and a limit.
 */
enum verdict verdict_decide(const struct trial_evidence *evidence);

/** "PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT TESTED", "N/A", "MANUAL"; never NULL. */
const char *verdict_name(enum verdict verdict);

/** Reads what verdict_name() writes. RIG_ERROR_NOT_FOUND otherwise. */
RIG_MUST_CHECK int verdict_parse(const char *name, enum verdict *verdict);

/** FAIL 1, ERROR 3, PASS 0, MANUAL and N/A 0, INCONCLUSIVE and NOT TESTED 4. */
enum exit_code verdict_exit_code(enum verdict verdict);

/** "host", "emulated", "silicon"; never NULL. */
const char *rung_name(enum rung rung);

/** Reads what rung_name() writes. RIG_ERROR_NOT_FOUND otherwise. */
RIG_MUST_CHECK int rung_parse(const char *name, enum rung *rung);

#endif
