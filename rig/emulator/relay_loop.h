/**
 * The relay itself: carries Ethernet frames from QEMU back to QEMU, as the weather lets them.
 * It never waits for a receiver: what one does not take in time is lost (frame_queue.h), so that
 * QEMU, which does wait when it sends, goes on.
 */
#ifndef RIG_EMULATOR_RELAY_LOOP_H
#define RIG_EMULATOR_RELAY_LOOP_H

#include "base/diagnostic.h"
#include "base/rig_error.h"

enum {
    RELAY_DIRECTIONS = 2, /**< out of the guest, and into it */
};

/** Connected sockets; the caller's. */
struct relay_sockets {
    int control;                /**< orders and reports (link_relay_message.h) */
    int from[RELAY_DIRECTIONS]; /**< streams that frames come from */
    int to[RELAY_DIRECTIONS];   /**< streams that they go on to */
};

/**
 * Runs until QEMU closes an end (a last report is sent), or the rig closes the control socket.
 *
 * RIG_OK then; RIG_ERROR_BENCH with a diagnostic when what comes is no frame or no order, or the
 * system fails; RIG_ERROR_NO_MEMORY.
 */
int relay_run(const struct relay_sockets *sockets, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
