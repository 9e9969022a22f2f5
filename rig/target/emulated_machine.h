/**
 * Whether the emulator has the machine that a target names, with flash as its `storage` says.
 */
#ifndef RIG_TARGET_EMULATED_MACHINE_H
#define RIG_TARGET_EMULATED_MACHINE_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/target_file.h"

/**
 * Asks QEMU (machine_check.h). RIG_OK, also for a target of another class; RIG_ERROR_CONFIGURATION with the
 * target's file and `power.machine` or `storage.size`; else as machine_check().
 */
int emulated_machine_check(const struct target *target,
                           struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
