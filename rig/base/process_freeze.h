#ifndef RIG_BASE_PROCESS_FREEZE_H
#define RIG_BASE_PROCESS_FREEZE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/**
 * Stops a child of the rig where it is (SIGSTOP) and waits until all its threads stand still; one that
 * is stopped already is fine. Its memory then stays as it is. Not cut short by an interrupt; takes a
 * moment.
 *
 * RIG_OK; RIG_ERROR_NOT_FOUND when it has ended, which is left to its owner to find out; RIG_ERROR_BENCH
 * with a diagnostic when it is no child or does not stop (it hangs in the kernel).
 */
int process_freeze(pid_t child, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** RIG_ERROR_BENCH when a child of the rig stands still now, by whomever: it will not answer. The
 * diagnostic calls it `name`. */
int process_refuse_frozen(pid_t child, const char *name,
                          struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether nobody will answer: it is stopped, or has ended, which is left to its owner to find out. */
bool process_is_mute(pid_t child);

#endif
