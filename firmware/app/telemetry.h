/*
 * telemetry.h - the texts that are exchanged with the broker: readings out, set-point commands in.
 * Both are small flat JSON objects (RFC 8259). Which topic a text belongs to is the transport's
 * business.
 *
 * A reading names no person, room or device, and holds nothing but these members, always all of
 * them and in this order (EN 303 645, 6-4):
 *
 *   {"number":7,"uptime_s":420,"temperature":20.5,"set_point":21.0,"heating":true,
 *    "sensor_fault":false,"frost_protection":false,"dropped":0}      (one line, no blanks)
 *
 * `temperature` is null while the sensor is faulty.
 *
 * A command is one object with one member and nothing behind it but blanks:
 *
 *   {"set_point": 21.5}
 *
 * The number is in degrees Celsius, without exponent, with one decimal at most. A broker is a
 * stranger, whatever certificate it holds: all else is refused (5.13-1), and a set-point is all that
 * it can ever change (5.5-5).
 */
#ifndef APP_TELEMETRY_H
#define APP_TELEMETRY_H

#include "hal.h"
#include "settings_store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TELEMETRY_MAX_TEXT    192U /* of a reading, with its zero */
#define TELEMETRY_MAX_COMMAND 64U  /* bytes */

enum telemetry_error {
    TELEMETRY_OK = 0,
    TELEMETRY_ERROR_TOO_LONG = -1,  /* a command of more than TELEMETRY_MAX_COMMAND bytes */
    TELEMETRY_ERROR_SYNTAX = -2,    /* no object as above */
    TELEMETRY_ERROR_MEMBER = -3,    /* a member that is unknown, double or missing */
    TELEMETRY_ERROR_RANGE = -4,     /* not SETTINGS_MIN_SET_POINT to SETTINGS_MAX_SET_POINT */
    TELEMETRY_ERROR_PRECISION = -5, /* more than one decimal */
    TELEMETRY_ERROR_STORAGE = -6,   /* not written for certain: what counts has been read again */
    TELEMETRY_ERROR_NO_BROKER = -7, /* a command of nobody that it may come from: device_uplink.h */
};

/* A fixed text for an enum telemetry_error; never NULL. */
const char *telemetry_strerror(int error);

/* The device at one moment. Any values can be encoded. */
struct telemetry_reading {
    uint32_t number;     /* from 1 since the last start, rising by 1: a gap was dropped */
    uint32_t uptime_s;   /* when it was taken, seconds since the last start */
    uint32_t dropped;    /* readings that had been dropped by then, since the last start */
    int16_t temperature; /* tenths of a degree Celsius; valid unless sensor_fault */
    int16_t set_point;   /* likewise, as settings.set_point */
    bool heating;        /* the relay is closed */
    bool sensor_fault;
    bool frost_protection;
};

/* Writes a reading as text, zero-terminated. Returns its length without the zero. */
size_t telemetry_encode(const struct telemetry_reading *reading, char text[TELEMETRY_MAX_TEXT]);

/*
 * Reads a command of `length` bytes, of any content. On TELEMETRY_OK `set_point` is in range, in
 * tenths of a degree; else it is untouched.
 */
HAL_MUST_CHECK int telemetry_command_parse(const uint8_t *text, size_t length, int16_t *set_point);

/* Obeys a command: makes its set-point current and permanent. What is refused changes nothing. */
HAL_MUST_CHECK int telemetry_command_apply(struct settings_store *settings, const uint8_t *text,
                                           size_t length);

#endif
