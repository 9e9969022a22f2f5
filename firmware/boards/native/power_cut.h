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

#include <stdbool.h>

/*
 * Reads "OPERATION" or "OPERATION:MOMENT", the moment being before (which is meant without one),
 * torn or after. Returns 0, or -1 after saying what is wrong.
 */
HAL_MUST_CHECK int power_cut_from_text(const char *text, struct fault *cut);

/*
 * From here on SIGUSR1 ends nothing: it waits in `signals`, which poll() shows as readable, to be taken.
 * The caller closes the descriptor. Returns 0, or -1 with errno.
 */
HAL_MUST_CHECK int power_cut_open(int *signals);

/*
 * Takes the signals that have come. The value with which sigqueue() sent one is 4 * operation + moment,
 * the moment being 0 before, 1 torn, 2 after; one without is reported and goes for nothing. Returns
 * whether there was a cut; the latest is in `cut`.
 */
HAL_MUST_CHECK bool power_cut_take(int signals, struct fault *cut);

#endif
