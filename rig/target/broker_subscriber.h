/**
 * mosquitto_sub on a broker's telemetry, with a session that outlives the broker; for broker.c only.
 */
#ifndef RIG_TARGET_BROKER_SUBSCRIBER_H
#define RIG_TARGET_BROKER_SUBSCRIBER_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/broker_reading.h"

struct broker_subscriber;

/** Starts it in the broker's folder; it connects by itself, and again whenever the broker is back.
 * `product` is its client name, too. */
int broker_subscriber_start(const char *folder, const char *product,
                            struct broker_subscriber **subscriber,
                            struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** NULL is allowed. */
void broker_subscriber_destroy(struct broker_subscriber *subscriber);

/** Whose readings are looked for from now on. */
int broker_subscriber_expect(struct broker_subscriber *subscriber,
                             const char *topic) RIG_MUST_CHECK;

/** Takes what has come; does not wait. RIG_ERROR_BENCH when it has ended. */
int broker_subscriber_check(struct broker_subscriber *subscriber,
                            struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What has come so far. */
struct broker_readings broker_subscriber_readings(const struct broker_subscriber *subscriber);

#endif
