#ifndef RIG_TARGET_TCP_CONNECT_H
#define RIG_TARGET_TCP_CONNECT_H

#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/**
 * Connects to an IPv4 address or name. *descriptor is the caller's: it does not block, is
 * close-on-exec, and sends small messages at once. A name's look-up takes as long as the resolver's
 * own limits; prefer addresses.
 *
 * RIG_OK; RIG_ERROR_TIMEOUT when nobody accepts by `deadline_ms` of process_clock_ms();
 * RIG_ERROR_BENCH when the name is unknown or there is no socket; RIG_ERROR_INTERRUPTED.
 */
int tcp_connect(const char *host, uint16_t port, int64_t deadline_ms, int *descriptor,
                struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
