#ifndef RIG_BASE_DESCRIPTOR_WAIT_H
#define RIG_BASE_DESCRIPTOR_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/**
 * Waits until poll(2) reports one of `events`, or an error or a hang-up, on the descriptor. RIG_OK;
 * RIG_ERROR_TIMEOUT at the deadline of process_clock_ms(), without a diagnostic; RIG_ERROR_INTERRUPTED;
 * RIG_ERROR_BENCH. A deadline that has passed still shows what is ready now.
 */
int descriptor_wait(int descriptor, short events, int64_t deadline_ms,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether it makes no sense to wait any longer, for nobody will answer. Must not wait itself. */
typedef bool descriptor_wait_doubt(void *context);

/**
 * Every descriptor_wait() of some seconds asks that meanwhile, and ends as at its deadline when it is
 * so: a device whose process has died need not be waited for. One for the rig; NULL: nobody is asked.
 */
void descriptor_wait_ask(descriptor_wait_doubt *doubt, void *context);

/** Waits until that time has come: RIG_OK, RIG_ERROR_INTERRUPTED or RIG_ERROR_BENCH. */
int descriptor_pause(int64_t until_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
