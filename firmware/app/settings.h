/*
 * settings.h - what the user may change: values, ranges, and their names in the mailbox. Where they
 * are kept: settings_store.h.
 */
#ifndef APP_SETTINGS_H
#define APP_SETTINGS_H

#include "access.h"
#include "hal.h"

#include <stdbool.h>
#include <stdint.h>

#define SETTINGS_SCHEDULE_ENTRIES 4U
#define SETTINGS_NAME_SIZE        24U /* bytes, printable ASCII, zero-padded */
#define SETTINGS_BROKER_SIZE      40U
#define SETTINGS_MAX_VALUE        SETTINGS_BROKER_SIZE

/* Temperatures are in tenths of a degree Celsius everywhere. */
#define SETTINGS_MIN_SET_POINT 50
#define SETTINGS_MAX_SET_POINT 300

enum heating_mode {
    HEATING_OFF = 0, /* frost protection only */
    HEATING_ON = 1,  /* hold the set-point */
    HEATING_SCHEDULE = 2,
};

struct schedule_entry {
    uint16_t minute;   /* of the day from which it holds, 0 to 1439 */
    int16_t set_point; /* as settings.set_point */
};

struct settings {
    int16_t set_point;   /* SETTINGS_MIN_SET_POINT to SETTINGS_MAX_SET_POINT */
    uint16_t mode;       /* enum heating_mode */
    int16_t hysteresis;  /* 2 to 30 */
    int16_t frost_limit; /* 30 to 120: heated to at least this in every mode */
    struct schedule_entry schedule[SETTINGS_SCHEDULE_ENTRIES]; /* minutes rising */
    char name[SETTINGS_NAME_SIZE];                             /* of the room */
    uint8_t address[4];                /* IPv4, network order; all zeros: by DHCP */
    char broker[SETTINGS_BROKER_SIZE]; /* of the telemetry: broker_address.h; empty: none */
    bool telemetry_consent;            /* telemetry leaves the device only if true */
    bool has_password;                 /* the user has replaced the password on the label */
    struct password_verifier password; /* valid if has_password */
};

/* Names of the settings in the mailbox. Values are little-endian. */
enum setting_id {
    SETTING_SET_POINT = 1,   /* int16 */
    SETTING_MODE = 2,        /* uint16 */
    SETTING_HYSTERESIS = 3,  /* int16 */
    SETTING_FROST_LIMIT = 4, /* int16 */
    SETTING_SCHEDULE = 5,    /* 4 times minute uint16, set-point int16 */
    SETTING_NAME = 6,        /* 0 to 24 characters */
    SETTING_ADDRESS = 7,     /* 4 bytes */
    SETTING_BROKER = 8,      /* 0 to 40 characters: host, or host:port (broker_address.h) */
    SETTING_CONSENT = 9,     /* uint8, 0 or 1 */
};

enum settings_error {
    SETTINGS_OK = 0,
    SETTINGS_ERROR_UNKNOWN = -1, /* no such setting */
    SETTINGS_ERROR_VALUE = -2,   /* wrong length, or outside its range */
    SETTINGS_ERROR_STORAGE = -3, /* not written for certain: what counts has been read again */
};

const char *settings_strerror(int error);

/* What an erased device begins with. */
void settings_defaults(struct settings *settings);

/* Whether every field is in range. */
bool settings_valid(const struct settings *settings);

/* Changes one field of `settings`, which may be a draft for settings_commit() of settings_store.h.
 */
HAL_MUST_CHECK int settings_set(struct settings *settings, uint8_t id, const uint8_t *value,
                                size_t length);

/* One field's value, at most SETTINGS_MAX_VALUE bytes. Returns its length or an error. */
HAL_MUST_CHECK int settings_get(const struct settings *settings, uint8_t id, uint8_t *value);

#endif
