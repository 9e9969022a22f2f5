/**
 * A device's telemetry as it reached the broker's subscriber. All of it is hostile: what is no
 * reading is counted and shown, and nothing of it is used.
 */
#ifndef RIG_TARGET_BROKER_READING_H
#define RIG_TARGET_BROKER_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rig_error.h"

/** How mosquitto_sub is to print a message: bytes of the payload, topic, payload in hexadecimal. */
#define BROKER_READING_FORMAT "%l %t %x"

enum {
    BROKER_READING_PAYLOAD = 1024, /**< longest payload, bytes */
    BROKER_READINGS_MAX = 65536,   /**< kept of one broker; more are only counted */
    BROKER_READING_TEXT = 512,
};

/** One arrival. With QoS 1 a reading may come more than once (MQTT 3.1.1, 4.3.2). */
struct broker_reading {
    uint32_t number;    /**< the device's own count */
    uint32_t uptime_s;  /**< the device's, when it took the reading */
    int64_t arrived_ms; /**< when the rig saw it, process_clock_ms() */
};

struct broker_readings {
    const struct broker_reading *items; /**< in the order of arrival */
    size_t count;
    size_t dropped;              /**< beyond BROKER_READINGS_MAX */
    size_t malformed;            /**< messages that are no reading of the admitted device */
    const char *first_malformed; /**< the first of them, escaped, cut; "" for none */
};

/**
 * Reads a line of BROKER_READING_FORMAT: the topic must be `topic` and the payload a JSON object with
 * the integers "number" (from 1) and "uptime_s", both of 32 bits; other members are passed over.
 * False, and *reading untouched, otherwise. `arrived_ms` is the caller's to set.
 */
bool broker_reading_parse(const char *line, size_t size, const char *topic,
                          struct broker_reading *reading) RIG_MUST_CHECK;

#endif
