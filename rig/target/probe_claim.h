/**
 * What is claimed of a closed device's lock, and of an erasure of all by a debugger, where it is
 * not all that there is: `probe.claim` and `probe.erase.claim` of the target's file. What is not
 * claimed is looked at all the same, and told with the verdict (trial_disclaim(),
 * scenarios/trial.h).
 */
#ifndef RIG_TARGET_PROBE_CLAIM_H
#define RIG_TARGET_PROBE_CLAIM_H

#include <stdbool.h>

#include "target/target_file.h"

/** What can be said of a lock that claims memory alone, for whoever reads a verdict. */
#define PROBE_CLAIM_LIMIT                                                                          \
    "the lock claims memory alone: the core can be halted and its registers read, and by a load "  \
    "instruction of the code's own it reads the code (published)"

/**
 * Whether the lock claims memory alone: code, RAM and peripherals, but not the core, which a debugger can
 * halt, step, and read the registers of. Otherwise it claims the whole port.
 */
bool probe_claims_memory_alone(const struct target *target);

/** The same of an erasure that claims flash alone. */
#define PROBE_ERASE_LIMIT                                                                          \
    "the erasure claims flash alone: the chip does not clear its RAM, which is open to a "         \
    "debugger "                                                                                    \
    "after the reset"

/** Whether an erasure claims to leave nothing in flash alone; otherwise in RAM neither. */
bool probe_erases_flash_alone(const struct target *target);

#endif
