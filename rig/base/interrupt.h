/**
 * SIGINT, SIGTERM and SIGHUP as a flag and a descriptor to poll, so that every wait of the rig
 * ends early, children are stopped and what was found so far is kept.
 */
#ifndef RIG_BASE_INTERRUPT_H
#define RIG_BASE_INTERRUPT_H

#include <stdbool.h>

#include "base/rig_error.h"

/**
 * Installs the handlers, and ignores SIGPIPE so that a closed pipe is an error of write() and not
 * the end of the program. A signal that was ignored at the start (nohup) stays ignored. May be
 * called again: the flag is cleared.
 *
 * Returns RIG_OK, or RIG_ERROR_BENCH when the pipe or a handler cannot be made (errno says why).
 */
int interrupt_install(void) RIG_MUST_CHECK;

/** Whether one of the signals has come since interrupt_install(). False before it. */
bool interrupt_requested(void);

/**
 * Descriptor that is readable once an interrupt was requested, for poll(). -1 before
 * interrupt_install(); poll() ignores a negative descriptor. Owned by this module: do not read
 * from it and do not close it.
 */
int interrupt_descriptor(void);

/** Requests an interrupt as a signal would. Callable from a signal handler. */
void interrupt_request(void);

#endif
