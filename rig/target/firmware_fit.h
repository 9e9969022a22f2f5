/**
 * Whether a file of the firmware fits where the target's `storage` says that it lies.
 */
#ifndef RIG_TARGET_FIRMWARE_FIT_H
#define RIG_TARGET_FIRMWARE_FIT_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/target_file.h"

/**
 * `key` of `firmware` is the file at `path`: a boot stage that lies in flash is plain bytes of at most
 * `storage.boot_size`, an image has at most `storage.slot_size`. Of others nothing is known. RIG_OK;
 * RIG_ERROR_CONFIGURATION with the target's file and both keys; errors of opening and reading it.
 */
int firmware_fit(const struct target *target, const char *key, const char *path,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
