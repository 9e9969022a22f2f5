/*
 * event_log.h - security events (EN 303 645, 5.10-1), newest kept. What identifies a user is in an
 * area of its own, so that a user's erase can remove it and leave the events (5.11-1).
 */
#ifndef APP_EVENT_LOG_H
#define APP_EVENT_LOG_H

#include "hal.h"
#include "record_log.h"

#include <stdbool.h>
#include <stdint.h>

enum event_type {
    EVENT_RESET = 1,        /* detail: enum hal_reset_cause */
    EVENT_LOGIN_FAILED = 2, /* detail: failures in a row */
    EVENT_LOGGED_IN = 3,
    EVENT_PASSWORD_CHANGED = 4,
    EVENT_IMAGE_REFUSED = 5,   /* detail: enum image_error, negated */
    EVENT_TRIAL_ASKED = 6,     /* detail: version */
    EVENT_TRIAL_CONFIRMED = 7, /* detail: version */
    EVENT_TRIAL_REVERTED = 8,  /* detail: version that runs again */
    EVENT_UNLOCK_REFUSED = 9,  /* detail: enum debug_lock_error, negated */
    EVENT_UNLOCKED = 10,       /* detail: epoch that the token was for */
    EVENT_ERASED = 11,
};

/* From where somebody acted. */
enum event_interface { EVENT_FROM_NOBODY = 0, EVENT_FROM_RTU = 1, EVENT_FROM_TCP = 2 };

/* What identifies a user. */
struct event_user {
    enum event_interface interface;
    uint8_t address[4]; /* IPv4, network order; zeros on the bus */
};

struct event {
    uint32_t number; /* rising from 1 for the life of the device; never used twice. One that is
                        left out: flash refused that event, or the power failed in it */
    enum event_type type;
    uint32_t detail;
    uint32_t uptime_s;      /* when, in seconds since that start */
    struct event_user user; /* EVENT_FROM_NOBODY: nobody, or erased */
};

enum event_log_error {
    EVENT_LOG_OK = 0,
    EVENT_LOG_END = 1,            /* not an error: no event after that one */
    EVENT_LOG_ERROR_STORAGE = -1, /* flash failed */
};

const char *event_log_strerror(int error);

/* Owned by the device. Private. */
struct event_log {
    struct record_log events;
    struct record_log users;
    uint32_t last_number; /* the highest ever used */
    bool ready;           /* both areas were readable, so that last_number is known */
};

#define EVENT_LOG_KIND      0x5645U /* "EV" */
#define EVENT_LOG_USER_KIND 0x5545U /* "EU" */

/*
 * Opens the log; any flash content is tolerated. Also after an erase, which empties the users'.
 * After EVENT_LOG_ERROR_STORAGE nothing can be added: start again.
 */
HAL_MUST_CHECK int event_log_start(struct event_log *log);

/*
 * Adds an event; `user` may be NULL. The event is in flash before its user is: one whose user was
 * cut off is an event of nobody. A failure is no reason to refuse what the event is about.
 */
HAL_MUST_CHECK int event_log_add(struct event_log *log, enum event_type type, uint32_t detail,
                                 const struct event_user *user);

/* The oldest event kept whose number is above `after`. EVENT_LOG_OK, EVENT_LOG_END or an error.
 * Reads both areas once. `event` counts only after EVENT_LOG_OK. */
HAL_MUST_CHECK int event_log_next(const struct event_log *log, uint32_t after, struct event *event);

/* The highest number used so far: the newest event's, unless flash refused that one; 0 if none. */
uint32_t event_log_newest(const struct event_log *log);

#endif
