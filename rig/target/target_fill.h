/**
 * Settings that a target's file leaves to the person who has the device: their value holds TARGET_FILL_IN. A
 * bench file, or the file itself, has to say them before the target is opened.
 */
#ifndef RIG_TARGET_TARGET_FILL_H
#define RIG_TARGET_TARGET_FILL_H

#include <stdbool.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/target_file.h"

#define TARGET_FILL_IN "FILL-IN"

/** Whether somebody still has to say the value. */
bool target_is_to_fill(const char *value);

/** Whether somebody still has to say one of them. */
bool target_are_to_fill(const struct text_list *values);

/** RIG_OK, or RIG_ERROR_CONFIGURATION with the target's file and the names of all settings that are to be
 * filled in. */
RIG_MUST_CHECK int target_check_filled(const struct target *target, struct diagnostic *diagnostic);

#endif
