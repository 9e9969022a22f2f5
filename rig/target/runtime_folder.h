#ifndef RIG_TARGET_RUNTIME_FOLDER_H
#define RIG_TARGET_RUNTIME_FOLDER_H

#include "base/diagnostic.h"
#include "base/rig_error.h"

enum { RUNTIME_NAME = 96 }; /**< bytes of a name in it, with its NUL */

/**
 * Opens, and makes if missing, the folder for what this user's rigs share on this machine until it is
 * switched off: $XDG_RUNTIME_DIR/ordeal, or /tmp/ordeal-UID where that variable is not set. The descriptor
 * is the caller's to close. RIG_ERROR_BENCH with a remedy when it is no folder of this user's that is closed
 * to all others: someone else may have made it.
 */
RIG_MUST_CHECK int runtime_folder_open(int *folder, struct diagnostic *diagnostic);

/** NAME + SUFFIX, for a target's file in it. RIG_ERROR_USAGE when NAME is no name. */
RIG_MUST_CHECK int runtime_folder_name(const char *name, const char *suffix,
                                       char text[RUNTIME_NAME], struct diagnostic *diagnostic);

#endif
