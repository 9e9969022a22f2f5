/**
 * The lock that a target's virtual probe plays: `probe.lock` of its file.
 */
#ifndef RIG_TARGET_PROBE_LOCK_H
#define RIG_TARGET_PROBE_LOCK_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/target_file.h"
#include "virtual_probe/chip_lock.h"

/**
 * Reads it. Which keys are there says what the lock is: none; `fuse` and `open` (latched); `set` (late);
 * `fuse`, `protects` and `protects_size` (read-out); `fuse` and `protects: all` (memory). RIG_OK;
 * RIG_ERROR_CONFIGURATION for any other set of them, which target_check() has told with its place.
 */
int probe_lock_read(const struct target *target, struct chip_lock_model *lock,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
