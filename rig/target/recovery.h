/**
 * Brings a device back that does not answer: a ladder of steps, from the mildest on. After each the adapter
 * is asked for health, by the local interface; the first step that finds it healthy ends the climb.
 *
 *   health   nothing is done: it may only have been slow
 *   reset    the power driver's reset, where it has one
 *   power    the power driver's cycle, or off and on
 *
 * Each step has an equal share of the time that is left.
 */
#ifndef RIG_TARGET_RECOVERY_H
#define RIG_TARGET_RECOVERY_H

#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/bench.h"

/** Called once for each step that was climbed, with one line, escaped: "reset: healthy after 1.2 s". */
typedef void recovery_log_function(void *context, const char *line);

/** What is told on the way. */
struct recovery_log {
    recovery_log_function *log; /**< NULL: nobody listens */
    void *context;
};

/**
 * RIG_OK once the device is healthy; a note that it is wedged is taken back then. RIG_ERROR_BENCH when no
 * step helped: a board is noted as wedged (target/board_wedge.h). RIG_ERROR_USAGE without an adapter, since
 * nobody could tell that it is back; RIG_ERROR_INTERRUPTED, RIG_ERROR_NO_MEMORY.
 */
RIG_MUST_CHECK int board_recover(struct bench *bench, int64_t deadline_ms,
                                 const struct recovery_log *log, struct diagnostic *diagnostic);

#endif
