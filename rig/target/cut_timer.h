/**
 * Kills or stops one process at a chosen time, whatever the rig waits for meanwhile: a power cut for
 * devices that are processes. One timer for the rig.
 */
#ifndef RIG_TARGET_CUT_TIMER_H
#define RIG_TARGET_CUT_TIMER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/** What becomes of the process. */
enum cut_timer_deed {
    CUT_TIMER_KILLS, /**< SIGKILL */
    CUT_TIMER_STOPS, /**< SIGSTOP, for one that has the device's flash in its memory */
};

/**
 * Does it to `process`, a child that is not reaped before cut_timer_stop(), once `after_us`
 * microseconds are over. Uses SIGALRM. RIG_ERROR_BENCH when the system gives no timer.
 */
int cut_timer_start(pid_t process, enum cut_timer_deed deed, uint32_t after_us,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Disarms it. Does nothing when it is not armed. */
void cut_timer_stop(void);

/** Whether it has come since cut_timer_start(). */
bool cut_timer_has_fallen(void);

#endif
