/**
 * A TCP port in a broker's place that never becomes a broker: for what a device does while it cannot
 * connect. How often it tries, and when, is what a scenario judges. Stop the broker first.
 */
#ifndef RIG_TARGET_BROKER_PEER_H
#define RIG_TARGET_BROKER_PEER_H

#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

enum broker_peer_mode {
    PEER_RESET,  /**< takes each connection and resets it at once (RST) */
    PEER_SILENT, /**< takes each connection and never says anything */
};

enum {
    BROKER_PEER_ATTEMPTS = 1024, /**< whose times are kept; more are only counted */
    BROKER_PEER_HELD = 64,       /**< silent connections held open; one more closes the oldest */
};

/** Fields are for reading. The struct must be opened before anything else is done with it. */
struct broker_peer {
    enum broker_peer_mode mode;
    int listening; /**< owned; -1: closed */
    int held[BROKER_PEER_HELD];
    size_t next_held;
    size_t attempts;                            /**< connections taken so far */
    int64_t attempted_ms[BROKER_PEER_ATTEMPTS]; /**< when each was taken, process_clock_ms() */
};

/** Listens on this port of 127.0.0.1. RIG_OK or RIG_ERROR_BENCH; broker_peer_close() is allowed in
 * both cases. */
int broker_peer_open(struct broker_peer *peer, uint16_t port, enum broker_peer_mode mode,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Takes the connections that wait; when there are none, waits for one until the deadline (one that has
 * passed: only looks). A connection's time is that of the call that takes it, so call it often.
 *
 * RIG_OK when at least one was taken; RIG_ERROR_TIMEOUT; RIG_ERROR_INTERRUPTED; RIG_ERROR_BENCH.
 */
int broker_peer_pump(struct broker_peer *peer, int64_t deadline_ms,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Closes the port and what is held. What was counted stays. */
void broker_peer_close(struct broker_peer *peer);

#endif
