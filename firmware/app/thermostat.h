/*
 * thermostat.h - the control loop: temperature in, boiler relay out. Works without any network
 * (EN 303 645, 5.9-2) and fails safe: without a plausible temperature the relay stays open.
 */
#ifndef APP_THERMOSTAT_H
#define APP_THERMOSTAT_H

#include "settings.h"

#include <stdbool.h>
#include <stdint.h>

#define THERMOSTAT_PERIOD_MS     1000U
#define THERMOSTAT_FAULT_READS   3U     /* bad readings in a row that make a sensor fault */
#define THERMOSTAT_MIN_PLAUSIBLE (-400) /* tenths of a degree: the sensor's own range */
#define THERMOSTAT_MAX_PLAUSIBLE 1250

struct thermostat {
    int16_t temperature; /* newest plausible reading, tenths of a degree Celsius */
    bool sensor_fault;   /* no plausible reading lately: relay open */
    bool frost;          /* heating to keep the frost limit */
    bool relay_closed;
    uint8_t bad_reads;    /* in a row, up to THERMOSTAT_FAULT_READS */
    uint64_t next_run_ms; /* on the clock of hal_time_ms() */
};

/* Relay open, no reading yet: a sensor fault until the first good one. */
void thermostat_start(struct thermostat *thermostat);

/* Reads the sensor and switches the relay, once every THERMOSTAT_PERIOD_MS. Call often. */
void thermostat_poll(struct thermostat *thermostat, const struct settings *settings);

/* The temperature that is to be held at `minute` of the day (0 to 1439) in the present mode. */
int16_t thermostat_target(const struct settings *settings, uint16_t minute);

#endif
