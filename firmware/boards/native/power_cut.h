/*
 * power_cut.h - when hearth-native cuts its own power: at a chosen flash operation, so that a cut can
 * be repeated exactly. What a command line and a signal say about it.
 *
 * Flash operations of the boot stage and of the application count alike, across restarts. A torn
 * one leaves what flash_model.h says, with half of the operation's program units done.
 */
#ifndef BOARDS_NATIVE_POWER_CUT_H
#define BOARDS_NATIVE_POWER_CUT_H

#include "fault.h"
#include "hal.h"

#include <sys/signalfd.h>

/*
 * Reads "OPERATION" or "OPERATION:MOMENT", the moment being before (which is meant without one),
 * torn or after. Returns 0, or -1 after saying what is wrong.
 */
HAL_MUST_CHECK int power_cut_from_text(const char *text, struct fault *cut);

/*
 * Reads the value of a signal that was sent by sigqueue(): 4 * operation + moment, the moment being
 * 0 before, 1 torn, 2 after. Returns 0, or -1 after saying what is wrong.
 */
HAL_MUST_CHECK int power_cut_from_signal(const struct signalfd_siginfo *signal, struct fault *cut);

#endif
