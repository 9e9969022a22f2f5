/*
 * uplink.h - when readings are taken and when they leave the device (EN 303 645, 5.9-2, 5.9-3, 6-2,
 * 6-3A). It decides and knows no transport: the board asks uplink_poll() what to do next, does it
 * without waiting, and tells uplink_report() how it went.
 *
 * Rules:
 *   - Nothing is gathered and nobody is called without the user's consent and a broker. When either
 *     goes, the connection is closed and the queue emptied at once. What was gathered for one broker
 *     is never sent to another.
 *   - A reading is taken every UPLINK_READING_PERIOD_MS, and when something switched, but then at
 *     least UPLINK_READING_SPACING_MS after the one before. The queue holds UPLINK_QUEUE_SIZE of
 *     them; the oldest gives way to a new one, and is counted.
 *   - At least once: a reading leaves the queue when the broker has acknowledged it. Until then it
 *     is the next one to be published, on a new connection if need be.
 *   - After n failures in a row the next attempt waits a random time of at most 1 s doubled n-1
 *     times, 300 s at most. The whole span is random ('full jitter'), so that devices that lost the
 *     broker together do not come back together. For the same reason a device that has just started
 *     waits up to UPLINK_START_SPREAD_MS. Without random numbers the whole span is waited.
 *   - A connection counts as a success once it has held for UPLINK_HOLD_MS. A broker that takes a
 *     connection and drops it again, being overloaded or refusing this device, would else be called
 *     every second for ever.
 *
 * The queue is in memory: readings are worth less than the flash that keeping them would wear out.
 */
#ifndef APP_UPLINK_H
#define APP_UPLINK_H

#include "drbg.h"
#include "settings.h"
#include "telemetry.h"
#include "thermostat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UPLINK_QUEUE_SIZE         64U
#define UPLINK_FIRST_DELAY_MS     1000U
#define UPLINK_MAX_DELAY_MS       300000U
#define UPLINK_START_SPREAD_MS    10000U
#define UPLINK_HOLD_MS            60000U
#define UPLINK_READING_PERIOD_MS  60000U
#define UPLINK_READING_SPACING_MS 10000U
#define UPLINK_CONNECT_TIMEOUT_MS 30000U /* for TCP, TLS and the broker's welcome together */
#define UPLINK_PUBLISH_TIMEOUT_MS 20000U /* until the acknowledgement */

/* What the board is to do now. Each is asked for once. */
enum uplink_action {
    UPLINK_NOTHING = 0,
    UPLINK_CONNECT = 1, /* to uplink->broker; then report CONNECTED or LOST */
    UPLINK_PUBLISH = 2, /* uplink_oldest(); then report ACKNOWLEDGED or LOST */
    UPLINK_CLOSE = 3,   /* the connection or the attempt; nothing to report */
};

/* What has happened to the transport. One that is not due is passed over. */
enum uplink_event {
    UPLINK_CONNECTED = 1,
    UPLINK_LOST = 2, /* the attempt failed, or the connection is gone */
    UPLINK_ACKNOWLEDGED = 3,
};

enum uplink_state {
    UPLINK_OFF = 0,     /* no consent, or no broker */
    UPLINK_DOWN = 1,    /* the time of the next attempt is still to be chosen */
    UPLINK_WAITING = 2, /* for that time */
    UPLINK_CONNECTING = 3,
    UPLINK_IDLE = 4,       /* connected, nothing under way */
    UPLINK_PUBLISHING = 5, /* connected, an acknowledgement is due */
};

/* Owned by the device. Plain bytes. Read freely, change only through the functions. */
struct uplink {
    enum uplink_state state;
    uint32_t failures;     /* in a row */
    uint64_t since_ms;     /* when the present connection was made */
    uint64_t due_ms;       /* of the next attempt, or when the answer to the last action is late */
    bool has_tried;        /* an attempt was made since the start */
    uint32_t under_way;    /* number of the reading that is being published */
    uint32_t last_number;  /* of the newest reading since the start; 0: none */
    uint32_t dropped;      /* readings that gave way, since the start */
    uint32_t acknowledged; /* publications that were, since the start; a reading that gave way
                              meanwhile counts here and as dropped */
    uint64_t last_read_ms; /* when the newest reading was taken */
    struct telemetry_reading newest;   /* number 0: none for this broker */
    char broker[SETTINGS_BROKER_SIZE]; /* that queue, connection and failures belong to */
    size_t first;                      /* place of the oldest reading */
    size_t count;                      /* readings in the queue */
    struct telemetry_reading queue[UPLINK_QUEUE_SIZE];
};

/* What the policy looks at. `now_ms` is on the clock of hal_time_ms(). */
struct uplink_context {
    uint64_t now_ms;
    const struct settings *settings;
    const struct thermostat *thermostat;
    struct drbg *drbg;
};

/* As after a reset: nothing queued, no connection. `uplink` may hold anything before. */
void uplink_start(struct uplink *uplink);

/* Takes readings and says what to do next. Call often, and again after anything but
 * UPLINK_NOTHING. Never waits. */
enum uplink_action uplink_poll(struct uplink *uplink, const struct uplink_context *context);

/* Tells what has happened at `now_ms`. */
void uplink_report(struct uplink *uplink, enum uplink_event event, uint64_t now_ms);

/* The reading to publish; NULL if there is none. Valid until the next uplink_poll(). */
const struct telemetry_reading *uplink_oldest(const struct uplink *uplink);

/* Whether there is a connection, or an attempt at one, that `settings` want. They may have changed
 * since the last turn: then what comes over it is not to be heeded any more. */
bool uplink_serves(const struct uplink *uplink, const struct settings *settings);

/* The most that the attempt after this many failures in a row may wait. For 0, which is so when the
 * user has just changed something, as for 1. */
uint32_t uplink_longest_delay_ms(uint32_t failures);

#endif
