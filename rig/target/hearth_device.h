/**
 * Hearth as the adapter's verbs see it: a connection that lasts for one verb, and a mailbox session.
 * Private to adapter_hearth.c and hearth_update.c.
 */
#ifndef RIG_TARGET_HEARTH_DEVICE_H
#define RIG_TARGET_HEARTH_DEVICE_H

#include "target/adapter_hearth.h"
#include "target/hearth_mailbox.h"

struct hearth_device {
    struct hearth_adapter_options options;
    enum adapter_channel channel; /**< of the verb under way */
    struct modbus_client *client; /**< likewise; NULL: not connected yet */
    bool is_late;                 /**< an answer to a verb before may still come on the wired bus */
    uint16_t settling;            /**< registers that were asked for last, to find out */
    struct hearth_mailbox mailbox;
};

/** Begins a verb on that channel. RIG_ERROR_USAGE when the target has no such interface. */
int hearth_device_begin(struct hearth_device *device, enum adapter_channel channel,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The channel of verbs that name none. */
enum adapter_channel hearth_device_channel(const struct hearth_device *device);

/** Connects where that is not done yet. */
int hearth_device_connect(struct hearth_device *device, int64_t deadline_ms,
                          struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** One attempt. `patient`: LOGIN is not sent while the device's HELLO says that it has to wait. */
int hearth_device_attempt(struct hearth_device *device, const char *password, bool patient,
                          struct adapter_answer *answer, int64_t deadline_ms,
                          struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Begins a verb and logs in with the password of the options; waits while the device asks for it and
 * the deadline allows. RIG_OK with ADAPTER_ACCEPTED, or with why not. RIG_ERROR_BENCH when no password
 * or device id is known.
 */
int hearth_device_log_in(struct hearth_device *device, enum adapter_channel channel,
                         struct adapter_answer *answer, int64_t deadline_ms,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** hearth_device_log_in() for verbs without an answer: one that is not accepted is an error. */
int hearth_device_must_log_in(struct hearth_device *device, int64_t deadline_ms,
                              struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** A request of the session; *answer is what the status says. */
int hearth_device_ask(struct hearth_device *device, const struct hearth_request *request,
                      struct hearth_reply *reply, struct adapter_answer *answer,
                      int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Ends a verb whose result is `error`: logs out, unless it failed or the session is over, and
 * closes the connection. Returns `error`. */
int hearth_device_end(struct hearth_device *device, int error, int64_t deadline_ms);

/** Ends a verb as if the client had died: the device is told nothing. */
void hearth_device_drop(struct hearth_device *device);

#endif
