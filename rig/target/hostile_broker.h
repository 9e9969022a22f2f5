/**
 * A broker's place taken by somebody hostile who has the genuine certificate: TLS is as it should be,
 * the device's certificate is asked for, and inside TLS the device gets whatever bytes the rig sends.
 * It is `openssl s_server` on the broker's port, which serves one connection after another.
 *
 * Deadlines and errors as in broker.h.
 */
#ifndef RIG_TARGET_HOSTILE_BROKER_H
#define RIG_TARGET_HOSTILE_BROKER_H

#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/broker.h"

struct hostile_broker;

enum { HOSTILE_BROKER_RECEIVED = 256 * 1024 }; /**< bytes kept of what devices sent */

/** Takes the place of a broker that is stopped (RIG_ERROR_USAGE otherwise), with its keys, and
 * returns once it listens. On error *hostile is NULL. */
int hostile_broker_start(const struct broker *broker, int64_t deadline_ms,
                         struct hostile_broker **hostile,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Ends it and its connection. NULL is allowed. */
void hostile_broker_destroy(struct hostile_broker *hostile);

/**
 * Waits until devices have sent `connects` whole CONNECT packets (MQTT 3.1.1, 3.1) in all: with 1 the
 * first time, with hostile_broker_connects() + 1 the next time. Only those are seen that are among
 * hostile_broker_received().
 */
int hostile_broker_wait_connect(struct hostile_broker *hostile, size_t connects,
                                int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** How many have come by now, as far as seen: the other functions look. */
size_t hostile_broker_connects(const struct hostile_broker *hostile);

/**
 * Sends any bytes to the device that is connected. RIG_OK once s_server has room for them all, which
 * says nothing of whether they have arrived; with no connection the next one gets them.
 */
int hostile_broker_send(struct hostile_broker *hostile, const void *bytes, size_t size,
                        int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Takes what has come by now; does not wait. RIG_ERROR_BENCH when s_server has ended. */
int hostile_broker_check(struct hostile_broker *hostile,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The first HOSTILE_BROKER_RECEIVED bytes of all that devices sent inside TLS, one connection after
 * another. Owned. */
const uint8_t *hostile_broker_received(const struct hostile_broker *hostile, size_t *size);

/** What OpenSSL said of the handshakes: a file in the broker's folder. */
const char *hostile_broker_log_path(const struct hostile_broker *hostile);

#endif
