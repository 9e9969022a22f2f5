#ifndef RIG_BASE_DESCRIPTOR_WAIT_H
#define RIG_BASE_DESCRIPTOR_WAIT_H

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

/** Waits until that time has come: RIG_OK, RIG_ERROR_INTERRUPTED or RIG_ERROR_BENCH. */
int descriptor_pause(int64_t until_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
