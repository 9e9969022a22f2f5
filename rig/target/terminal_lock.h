#ifndef RIG_TARGET_TERMINAL_LOCK_H
#define RIG_TARGET_TERMINAL_LOCK_H

#include "base/diagnostic.h"
#include "base/rig_error.h"

/**
 * Keeps other programs off a terminal, by flock(2) as terminal programs do it. Within this program
 * it may be taken several times: who asks in turn does not disturb each other.
 *
 * Takes it for an open descriptor. RIG_OK with *lock; RIG_ERROR_BENCH when another program has it,
 * with a diagnostic that names `path`, or when it cannot be taken.
 */
int terminal_lock_take(int descriptor, const char *path, int *lock,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Gives back what terminal_lock_take() gave; a negative lock is none. */
void terminal_lock_release(int lock);

#endif
