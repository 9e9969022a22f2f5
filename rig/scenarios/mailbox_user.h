/**
 * The genuine user of a Hearth, whose messages somebody records: a session by one of its interfaces, in
 * which a setting is read and changed.
 */
#ifndef RIG_SCENARIOS_MAILBOX_USER_H
#define RIG_SCENARIOS_MAILBOX_USER_H

#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/bench.h"
#include "target/hearth_mailbox.h"

enum { MAILBOX_RECORDS_MAX = 8 };

/** A message as it went over the wire. */
struct mailbox_record {
    size_t size;
    uint8_t bytes[HEARTH_MESSAGE];
};

struct mailbox_user {
    const struct modbus_port *port;
    struct modbus_client *client;
    struct hearth_mailbox mailbox;
    size_t count;
    struct mailbox_record records[MAILBOX_RECORDS_MAX]; /**< HELLO, LOGIN and what came after */
};

/** Logs in by that interface with the adapter's password. RIG_OK when the device took it;
 * RIG_ERROR_DEVICE when it did not; as modbus_client.h. Call mailbox_user_end() in each case. */
int mailbox_user_begin(struct mailbox_user *user, const struct bench *bench, enum modbus_kind kind,
                       int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** One more message of the session; `accepted`: the device did it, and proved that it is the one. */
int mailbox_user_ask(struct mailbox_user *user, const struct hearth_request *request,
                     bool *accepted, int64_t deadline_ms,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Forgets the session; the device is not told. */
void mailbox_user_end(struct mailbox_user *user);

#endif
