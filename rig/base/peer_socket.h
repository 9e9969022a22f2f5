/**
 * A connection to another program that is used in turns: a request is sent whole, then its answer is
 * waited for.
 */
#ifndef RIG_BASE_PEER_SOCKET_H
#define RIG_BASE_PEER_SOCKET_H

#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

struct peer_socket {
    int descriptor;   /**< connected stream socket; the caller's to close */
    const char *name; /**< for diagnostics, as "QEMU's gdb stub" */
};

/**
 * Sends all of it. RIG_OK; RIG_ERROR_TIMEOUT at the deadline of process_clock_ms();
 * RIG_ERROR_INTERRUPTED; RIG_ERROR_BENCH when the other side is gone. All with a diagnostic.
 */
int peer_socket_send(const struct peer_socket *socket, const void *bytes, size_t size,
                     int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Waits for bytes and reads what there is, up to `room` (not 0). Errors as above; a deadline that has
 * passed still reads what has come.
 */
int peer_socket_receive(const struct peer_socket *socket, void *bytes, size_t room, size_t *size,
                        int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
