/**
 * Moves of the scenarios that take the network or the broker away: a device is connected, watched at
 * its local interface all the time, and asked afterwards for what it owes.
 *
 * A device that is silent, or ends, is counted in the watch and is no error; errors are those of the
 * bench (RIG_ERROR_BENCH, RIG_ERROR_INTERRUPTED, RIG_ERROR_NO_MEMORY, RIG_ERROR_USAGE).
 */
#ifndef RIG_SCENARIOS_NETWORK_MOVES_H
#define RIG_SCENARIOS_NETWORK_MOVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/moves.h"

/** What the local interface showed since the outage began. */
struct network_watch {
    struct adapter_health last;   /**< the newest answer */
    struct adapter_health before; /**< before the outage */
    struct adapter_dump settings; /**< likewise */
    unsigned polls;
    unsigned failed;        /**< polls without an answer, asked again some times */
    unsigned function_lost; /**< polls in which the main function did not work */
    uint64_t taken;         /**< the most readings that the device has counted at any time */
    uint64_t counted;       /**< readings that it counted last */
    unsigned fewer;         /**< polls in a row in which it counted fewer */
    uint64_t forgotten;     /**< by how many its count went back, and stayed there */
    double slowest_ms;      /**< of the answers, and of the polls that failed */
    bool ended;             /**< the device ended by its own fault */
    uint64_t console;       /**< position at which the trial began */
    size_t readings;        /**< that had reached the broker when the trial began */
};

/** Checks that every one of these scenarios declares. */
#define NETWORK_LOCAL_CHECKS(WHEN)                                                                 \
    {"local-silent",                                                                               \
     "polls",                                                                                      \
     CHECK_EQUALS,                                                                                 \
     0,                                                                                            \
     NULL,                                                                                         \
     "5.9-2",                                                                                      \
     FINDING_HANG,                                                                                 \
     SEVERITY_HIGH,                                                                                \
     "the local interface does not answer " WHEN},                                                 \
        {"local-slowest",                                                                          \
         "ms",                                                                                     \
         CHECK_AT_MOST,                                                                            \
         NETWORK_LOCAL_MS,                                                                         \
         NULL,                                                                                     \
         "5.9-2",                                                                                  \
         FINDING_HANG,                                                                             \
         SEVERITY_MEDIUM,                                                                          \
         "the local interface answers too late " WHEN},                                            \
        {"function-lost",                                                                          \
         "polls",                                                                                  \
         CHECK_EQUALS,                                                                             \
         0,                                                                                        \
         NULL,                                                                                     \
         "5.9-1",                                                                                  \
         FINDING_ORACLE,                                                                           \
         SEVERITY_HIGH,                                                                            \
         "the main function stops " WHEN},                                                         \
        {"resets",                                                                                 \
         "starts",                                                                                 \
         CHECK_EQUALS,                                                                             \
         0,                                                                                        \
         NULL,                                                                                     \
         "5.9-1",                                                                                  \
         FINDING_RESET,                                                                            \
         SEVERITY_HIGH,                                                                            \
         "the device resets " WHEN},                                                               \
        {"faults",                                                                                 \
         "faults",                                                                                 \
         CHECK_EQUALS,                                                                             \
         0,                                                                                        \
         NULL,                                                                                     \
         "5.9-1",                                                                                  \
         FINDING_FAULT,                                                                            \
         SEVERITY_HIGH,                                                                            \
         "the device faults " WHEN},                                                               \
        {"settings-changed", "settings",    CHECK_EQUALS,           0, NULL, "5.9-2",              \
         FINDING_SILENT,     SEVERITY_HIGH, "settings change " WHEN},                              \
    {                                                                                              \
        "network-back-within", "ms", CHECK_AT_MOST, 20000, "recover_ms", "5.9-2", FINDING_HANG,    \
            SEVERITY_HIGH, "the network interface does not answer again " WHEN                     \
    }

/** Checks of those that connect it to a broker. */
#define NETWORK_UPLINK_CHECKS(WHEN)                                                                  \
    {"local-write",                                                                                  \
     "",                                                                                             \
     CHECK_EQUALS,                                                                                   \
     1,                                                                                              \
     NULL,                                                                                           \
     "5.9-2",                                                                                        \
     FINDING_ORACLE,                                                                                 \
     SEVERITY_HIGH,                                                                                  \
     "a setting written at the local interface is not taken " WHEN},                                 \
        {"uplink-back-within",                                                                       \
         "ms",                                                                                       \
         CHECK_AT_MOST,                                                                              \
         NETWORK_UPLINK_MS,                                                                          \
         NULL,                                                                                       \
         "5.9-2",                                                                                    \
         FINDING_HANG,                                                                               \
         SEVERITY_MEDIUM,                                                                            \
         "the connection to the broker does not come back " WHEN},                                   \
        {"loss-noticed-within", "ms",         CHECK_AT_MOST,                                         \
         NETWORK_NOTICE_MS,     NULL,         "5.9-1",                                               \
         FINDING_ORACLE,        SEVERITY_LOW, "the device counts as connected to its broker " WHEN}, \
    {                                                                                                \
        "readings-lost", "readings", CHECK_EQUALS, 0, NULL, "5.9-1", FINDING_SILENT,                 \
            SEVERITY_MEDIUM, "readings are lost " WHEN                                               \
    }

enum {
    /** For an answer of the local interface. A handshake keeps the main loop of a small device, and an
     * emulated one on a busy machine is slow. */
    NETWORK_LOCAL_MS = 8000,
    /** Until there is a connection again; behind half a dozen failures a device may wait a minute. */
    NETWORK_UPLINK_MS = 100000,
    NETWORK_CONNECT_MS = 60000, /**< until the first reading of a new device arrives */
    NETWORK_NOTICE_MS = 20000,  /**< until the device shows what was done to it */
    NETWORK_LOOK_MS = 20,       /**< between two polls */
};

/** The setting that is written at the local interface; a change of it makes a reading. */
#define NETWORK_SETTING "set_point"

/** A value for it, in tenths of a degree, that heats nothing in a room of 21.5 degrees and that no
 * device has from the factory. */
void network_value(uint64_t number, char value[ADAPTER_TEXT]);

/**
 * Starts a device in fair weather with its cable in. Controls: it answers at the network interface,
 * too, and (`with_broker`) its first reading reaches the broker, which was started. Fills `watch`.
 * RIG_ERROR_TIMEOUT or RIG_ERROR_DEVICE when one of them does not hold: recorded.
 */
int network_begin(struct trial *trial, struct network_watch *watch, bool with_broker,
                  struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Makes a new device, starts it and tells it consent and the broker's port. Starts no broker. */
int network_start_device(struct trial *trial, struct adapter_health *health,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Tells the device the broker's port; RIG_ERROR_DEVICE when it does not accept it. */
int network_name_broker(struct trial *trial, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Where that is: "host:port", in the device's own words. */
void network_broker_place(const struct trial *trial, char place[ADAPTER_TEXT]);

/** A setting that the rig has changed is no change that is held against the device: network_end() expects
 * `value`. Nothing for one that the device does not show. */
void network_expect(struct network_watch *watch, const char *name, const char *value);

/** The device has ended, or fallen silent: there is nothing left to try, and network_end() measures it.
 * Waits end at once, and what the device should have shown stays open. */
bool network_is_over(const struct network_watch *watch);

/** Lets a moment pass, and asks the local interface once. */
int network_turn(struct trial *trial, struct network_watch *watch,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What is waited for. */
struct network_wish {
    bool (*holds)(const struct adapter_health *health, uint64_t number);
    uint64_t number;
    int64_t limit_ms;
};

/** Of a wait that only lets time pass. */
bool network_never(const struct adapter_health *health, uint64_t unused);
bool network_link_is_down(const struct adapter_health *health, uint64_t unused);
bool network_link_is_up(const struct adapter_health *health, uint64_t unused);
bool network_uplink_is_down(const struct adapter_health *health, uint64_t unused);
bool network_uplink_is_up(const struct adapter_health *health, uint64_t unused);
/** So many readings were taken since the start: acknowledged, or still queued. */
bool network_has_taken(const struct adapter_health *health, uint64_t number);
/** The queue is empty, and the connection stands. */
bool network_has_sent(const struct adapter_health *health, uint64_t unused);

/** Turns until it holds, the time is over, or all is. *took_ms may be NULL. */
int network_wait(struct trial *trial, struct network_watch *watch, const struct network_wish *wish,
                 bool *held, double *took_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Waits until the device says that it has no connection to a broker: "loss-noticed-within". */
int network_measure_loss(struct trial *trial, struct network_watch *watch,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Writes NETWORK_SETTING at the local interface, and measures "local-write". */
int network_write(struct trial *trial, const char *value,
                  struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** How many different readings of this device have reached the broker. */
int network_count_readings(struct trial *trial, const struct network_watch *watch, size_t *count,
                           struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Waits a moment for what is under way, and measures "readings-lost". */
int network_measure_readings(struct trial *trial, struct network_watch *watch,
                             struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * After the outage: waits until the device answers at the network interface and (`with_broker`) has
 * sent all its readings, and measures all the checks above. `written` (NULL: nothing was) is what
 * NETWORK_SETTING must be now.
 */
int network_end(struct trial *trial, struct network_watch *watch, bool with_broker,
                const char *written, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Puts cable, weather and broker as they are before a trial. */
int network_restore(struct trial *trial, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
