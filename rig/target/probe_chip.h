/**
 * The part that a target's virtual probe plays: `probe.chip` of its file.
 */
#ifndef RIG_TARGET_PROBE_CHIP_H
#define RIG_TARGET_PROBE_CHIP_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/target_file.h"
#include "virtual_probe/chip_profile.h"

/** Reads it; without the key it is "none". RIG_OK; RIG_ERROR_CONFIGURATION for a part that is not known,
 * which target_check() has told with its place. */
int probe_chip_read(const struct target *target, const struct chip_profile **profile,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
