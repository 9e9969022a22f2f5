/**
 * One run at a time for a board: a lock of this user's rigs on this machine, which the kernel gives back with
 * the process, however it ends. Rigs of different users are kept apart by the board's serial port
 * (target/serial_port.h), not here.
 */
#ifndef RIG_TARGET_BOARD_LOCK_H
#define RIG_TARGET_BOARD_LOCK_H

#include "base/diagnostic.h"
#include "base/rig_error.h"

/**
 * Takes the lock of the target `name`; does not wait. RIG_OK with *lock for board_lock_release();
 * RIG_ERROR_BENCH with "board NAME is in use by process N" when another run has it, or with what is wrong
 * with the folder for locks (target/runtime_folder.h). *lock is -1 after an error.
 */
RIG_MUST_CHECK int board_lock_take(const char *name, int *lock, struct diagnostic *diagnostic);

/** Gives it back; -1 is none. */
void board_lock_release(int lock);

#endif
