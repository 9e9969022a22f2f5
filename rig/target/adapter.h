/**
 * How to ask this product for what every product has: who it is, how it does, what its settings are,
 * a log-in, a change, an update, an erase. Two drivers: `hearth` (libmodbus and the secure mailbox)
 * and `command` (a program that speaks JSON).
 *
 * What a device says is hostile: an adapter hands on lengths that it has checked and texts that may
 * hold any byte, and callers escape what they print.
 *
 * Every call has a deadline (process_clock_ms()) and one of these results:
 *   RIG_OK                 the device answered; `answer` says what
 *   RIG_ERROR_TIMEOUT      it does not answer: it is off, dead, cut, or out of reach
 *   RIG_ERROR_DEVICE       it answers nonsense
 *   RIG_ERROR_USAGE        this adapter has no such verb
 *   RIG_ERROR_BENCH, RIG_ERROR_INTERRUPTED, RIG_ERROR_NO_MEMORY
 */
#ifndef RIG_TARGET_ADAPTER_H
#define RIG_TARGET_ADAPTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

enum {
    ADAPTER_TEXT = 128,    /**< bytes of a text, with its NUL */
    ADAPTER_PASSWORD = 80, /**< likewise of a password */
    ADAPTER_SETTINGS_MAX = 64,
    ADAPTER_UNLOCK_MAX = 512, /**< bytes of a challenge, and of a token */
};

/** By which interface a verb reaches the device. */
enum adapter_channel {
    ADAPTER_LOCAL,   /**< the user's, wired */
    ADAPTER_NETWORK, /**< the network's */
    ADAPTER_CHANNELS,
};

/** What the device made of a request. */
enum adapter_outcome {
    ADAPTER_ACCEPTED,
    ADAPTER_REFUSED,
    ADAPTER_WAIT, /**< not now: after wait_ms (back-off) */
    ADAPTER_BUSY, /**< not now: somebody else is logged in, or another update is under way */
};

struct adapter_answer {
    enum adapter_outcome outcome;
    uint64_t wait_ms;          /**< of ADAPTER_WAIT; 0: the device does not say */
    char reason[ADAPTER_TEXT]; /**< the device's, escaped; "" when it gives none */
};

struct adapter_identity {
    char product[ADAPTER_TEXT];
    char version[ADAPTER_TEXT];   /**< of the running software */
    char device_id[ADAPTER_TEXT]; /**< "" when there is none */
    char slot[8];                 /**< "a" or "b"; "" when there are no slots */
    bool on_trial;                /**< an update that still needs a confirm runs */
};

/** How it does. A device that answers at all is healthy unless it says otherwise. */
struct adapter_health {
    bool ok;           /**< its own word; true when it has none */
    uint64_t uptime_s; /**< since its last start */
    bool has_starts;
    uint64_t starts; /**< rises with each start; never twice the same */
    bool has_link;
    bool link_up; /**< network link as the device sees it */
    bool has_uplink;
    bool uplink_connected;
    uint64_t queued;       /**< readings that wait for the broker */
    uint64_t dropped;      /**< readings that gave way, since the start */
    uint64_t acknowledged; /**< readings that the broker acknowledged, since the start */
    bool function_ok;      /**< the main function works (a controller controls) */
    char reset_cause[24];  /**< "power-on", "pin", "software", "watchdog", "fault"; "" unknown */
};

/** A setting as text, in the adapter's own encoding; what dump gives, set takes. */
struct adapter_setting {
    char name[32];
    char value[ADAPTER_TEXT];
    bool is_open; /**< whoever is at the local interface may change it without log-in */
};

/** All settings, in an order that does not change. */
struct adapter_dump {
    size_t count;
    struct adapter_setting settings[ADAPTER_SETTINGS_MAX];
};

/** An update to offer. */
struct adapter_update {
    const char *image;   /**< file */
    uint64_t stop_after; /**< bytes of it to send, then to fall silent; UINT64_MAX: all */
    bool activate;       /**< ask for its start once it is complete */
    enum adapter_channel channel;
};

/** A challenge that the device gave, or a token that is to open its debug port: what is in it only the
 * device and its vendor know. */
struct adapter_bytes {
    size_t size;
    uint8_t bytes[ADAPTER_UNLOCK_MAX];
};

/** What the device's own log tells of its debug port, over all that it has kept. */
struct adapter_unlock_log {
    uint64_t opened;  /**< times */
    uint64_t refused; /**< tokens */
};

struct adapter_driver {
    unsigned verbs; /**< ADAPTER_CAN_* */
    int (*identity)(void *self, struct adapter_identity *identity, int64_t deadline_ms,
                    struct diagnostic *diagnostic);
    int (*health)(void *self, enum adapter_channel channel, struct adapter_health *health,
                  int64_t deadline_ms, struct diagnostic *diagnostic);
    int (*dump)(void *self, struct adapter_dump *dump, int64_t deadline_ms,
                struct diagnostic *diagnostic);
    int (*login)(void *self, enum adapter_channel channel, const char *password,
                 struct adapter_answer *answer, int64_t deadline_ms, struct diagnostic *diagnostic);
    int (*set)(void *self, const char *name, const char *value, struct adapter_answer *answer,
               int64_t deadline_ms, struct diagnostic *diagnostic);
    int (*set_password)(void *self, const char *password, struct adapter_answer *answer,
                        int64_t deadline_ms, struct diagnostic *diagnostic);
    int (*update)(void *self, const struct adapter_update *update, struct adapter_answer *answer,
                  int64_t deadline_ms, struct diagnostic *diagnostic);
    int (*confirm)(void *self, struct adapter_answer *answer, int64_t deadline_ms,
                   struct diagnostic *diagnostic);
    int (*erase)(void *self, struct adapter_answer *answer, int64_t deadline_ms,
                 struct diagnostic *diagnostic);
    int (*challenge)(void *self, struct adapter_bytes *challenge, struct adapter_answer *answer,
                     int64_t deadline_ms, struct diagnostic *diagnostic);
    int (*unlock)(void *self, const struct adapter_bytes *token, struct adapter_answer *answer,
                  int64_t deadline_ms, struct diagnostic *diagnostic);
    int (*unlock_log)(void *self, struct adapter_unlock_log *log, int64_t deadline_ms,
                      struct diagnostic *diagnostic);
    void (*forget)(void *self);
    void (*destroy)(void *self);
};

/** Verbs that an adapter has. Identity and health it must have. */
enum adapter_verb {
    ADAPTER_CAN_DUMP = 1 << 0,
    ADAPTER_CAN_LOGIN = 1 << 1,
    ADAPTER_CAN_SET = 1 << 2,
    ADAPTER_CAN_SET_PASSWORD = 1 << 3,
    ADAPTER_CAN_UPDATE = 1 << 4, /**< update and confirm */
    ADAPTER_CAN_ERASE = 1 << 5,
    ADAPTER_CAN_UNLOCK = 1 << 6, /**< challenge and unlock */
    ADAPTER_CAN_UNLOCK_LOG = 1 << 7,
};

/** All zero: the target has no adapter. */
struct adapter {
    const struct adapter_driver *driver;
    void *self;
    char password[ADAPTER_PASSWORD]; /**< that verbs log in with; "" when none is known. Hostile. */
};

bool adapter_exists(const struct adapter *adapter);
bool adapter_can(const struct adapter *adapter, unsigned verbs);

int adapter_identity(const struct adapter *adapter, struct adapter_identity *identity,
                     int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;
int adapter_health(const struct adapter *adapter, enum adapter_channel channel,
                   struct adapter_health *health, int64_t deadline_ms,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** All settings, those that take a log-in to be read included. */
int adapter_dump(const struct adapter *adapter, struct adapter_dump *dump, int64_t deadline_ms,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** One attempt with that password, by that interface; one that is accepted is logged out again. */
int adapter_login(const struct adapter *adapter, enum adapter_channel channel, const char *password,
                  struct adapter_answer *answer, int64_t deadline_ms,
                  struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** These log in with adapter->password by themselves, and wait out a back-off that the device asks
 * for as long as the deadline allows. */
int adapter_set(const struct adapter *adapter, const char *name, const char *value,
                struct adapter_answer *answer, int64_t deadline_ms,
                struct diagnostic *diagnostic) RIG_MUST_CHECK;
int adapter_set_password(const struct adapter *adapter, const char *password,
                         struct adapter_answer *answer, int64_t deadline_ms,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;
/** ACCEPTED: the device took all that was to be sent and, if asked to, starts the image now. */
int adapter_update(const struct adapter *adapter, const struct adapter_update *update,
                   struct adapter_answer *answer, int64_t deadline_ms,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;
int adapter_confirm(const struct adapter *adapter, struct adapter_answer *answer,
                    int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;
/** ACCEPTED: the device says that the user's data are gone. */
int adapter_erase(const struct adapter *adapter, struct adapter_answer *answer, int64_t deadline_ms,
                  struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Asks for a challenge. ACCEPTED: *challenge is what the device gave. */
int adapter_challenge(const struct adapter *adapter, struct adapter_bytes *challenge,
                      struct adapter_answer *answer, int64_t deadline_ms,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;
/** Offers a token. ACCEPTED: the device says that it opens its debug port, now or with the restart that
 * it begins. */
int adapter_unlock(const struct adapter *adapter, const struct adapter_bytes *token,
                   struct adapter_answer *answer, int64_t deadline_ms,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;
int adapter_unlock_log(const struct adapter *adapter, struct adapter_unlock_log *log,
                       int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Drops connections and sessions, as after a power cut. */
void adapter_forget(const struct adapter *adapter);

void adapter_destroy(struct adapter *adapter);

/** The value of a setting in a dump, or NULL. */
const char *adapter_dump_value(const struct adapter_dump *dump, const char *name);

/** The first setting that differs between two dumps, or NULL; a missing one counts as differing.
 * `without_open`: those that are_open do not count. */
const char *adapter_dump_difference(const struct adapter_dump *before,
                                    const struct adapter_dump *after, bool without_open);

/** "accepted", "refused", "wait", "busy". */
const char *adapter_outcome_name(enum adapter_outcome outcome);

#endif
