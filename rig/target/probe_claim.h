/**
 * What the lock of a closed device claims to keep from a debugger: `probe.claim` of the target's file.
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

#endif
