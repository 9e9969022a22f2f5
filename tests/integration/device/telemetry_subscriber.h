/*
 * telemetry_subscriber.h - who gets the readings that a device has sent to a broker of broker_bench.h:
 * mosquitto_sub with a session that outlives the broker, so that no reading is lost behind the device.
 */
#ifndef TESTS_TELEMETRY_SUBSCRIBER_H
#define TESTS_TELEMETRY_SUBSCRIBER_H

#include "broker_bench.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define TELEMETRY_SUBSCRIBER_MAX_ARRIVALS 64U
#define TELEMETRY_SUBSCRIBER_MAX_LINE     512U

struct telemetry_subscriber {
    struct process *process; /* NULL: none */
    size_t count;            /* of arrivals; more than the limit are counted only */
    char lines[TELEMETRY_SUBSCRIBER_MAX_ARRIVALS][TELEMETRY_SUBSCRIBER_MAX_LINE]; /* topic, text */
};

/* Subscribes to the telemetry of all devices; returns once the broker has saved that. `subscriber`
 * must stay where it is. */
void telemetry_subscriber_start(struct telemetry_subscriber *subscriber,
                                const struct broker_bench *broker);

/* NULL-safe in parts: does nothing when there is none. */
void telemetry_subscriber_stop(struct telemetry_subscriber *subscriber);

/* Takes what has arrived. Does not wait. */
void telemetry_subscriber_turn(struct telemetry_subscriber *subscriber);

/* One arrival's topic (at most 80 bytes with the zero) and its members; json_decref() is the
 * caller's. What is no JSON object fails the test. */
json_t *telemetry_subscriber_reading(const struct telemetry_subscriber *subscriber, size_t index,
                                     char topic[80]);

/* The highest number up to which all from 1 on have arrived. A reading may come twice (QoS 1), but
 * one that comes while a lower one is still missing fails the test. */
uint32_t telemetry_subscriber_complete(const struct telemetry_subscriber *subscriber);

#endif
