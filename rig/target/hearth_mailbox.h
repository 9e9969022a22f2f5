/**
 * A client of Hearth's secure mailbox: log-in, sealed requests, log-out; firmware/app/mailbox.h is
 * the protocol's description. It knows no transport: the caller carries each message and brings the
 * answer, which may hold anything.
 */
#ifndef RIG_TARGET_HEARTH_MAILBOX_H
#define RIG_TARGET_HEARTH_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/adapter.h"
#include "target/hearth_seal.h"

enum {
    HEARTH_MESSAGE = 242, /**< bytes of the longest message */
    HEARTH_HEADER = 12,
    HEARTH_PAYLOAD = HEARTH_MESSAGE - HEARTH_HEADER - HEARTH_TAG,
};

/** Types of messages. */
enum hearth_type {
    HEARTH_HELLO = 0x01,
    HEARTH_LOGIN = 0x02,
    HEARTH_SET_SETTING = 0x03,
    HEARTH_GET_SETTING = 0x04,
    HEARTH_SET_PASSWORD = 0x05,
    HEARTH_LOG_OUT = 0x06,
    HEARTH_UPDATE_STATUS = 0x10,
    HEARTH_UPDATE_BEGIN = 0x11,
    HEARTH_UPDATE_DATA = 0x12,
    HEARTH_UPDATE_FINISH = 0x13,
    HEARTH_UPDATE_ACTIVATE = 0x14,
    HEARTH_UPDATE_CONFIRM = 0x15,
    HEARTH_ERASE = 0x20,
    HEARTH_DEBUG_CHALLENGE = 0x30,
    HEARTH_DEBUG_TOKEN = 0x31,
    HEARTH_READ_EVENTS = 0x40,
    HEARTH_REFUSED = 0x7F,
    HEARTH_ANSWER = 0x80, /**< set in the type of each answer */
};

/** Statuses that mean something to this side; hearth_status_text() knows all. */
enum hearth_status {
    HEARTH_STATUS_OK = 0,
    HEARTH_STATUS_NO_SESSION = 2,
    HEARTH_STATUS_WRONG_PROOF = 3,
    HEARTH_STATUS_WAIT = 4,
    HEARTH_STATUS_BUSY = 5,
    HEARTH_STATUS_NOT_READY = 22,
};

/** In words: "image refused: signature"; of any value. */
const char *hearth_status_text(unsigned status);

/**
 * Brings `size` bytes to the device and its answer back, HEARTH_MESSAGE bytes with whatever padding.
 * Errors as of modbus_client.h.
 */
typedef int hearth_carry(void *context, const uint8_t *message, size_t size,
                         uint8_t answer[HEARTH_MESSAGE], int64_t deadline_ms,
                         struct diagnostic *diagnostic);

/** What the device made of a message. */
struct hearth_reply {
    uint8_t status;   /**< of a refusal in clear nobody has proved who sent it */
    uint32_t wait_ms; /**< of a refusal, and of HELLO: until LOGIN may come */
    size_t size;
    uint8_t bytes[HEARTH_PAYLOAD]; /**< what followed the status */
};

/** One session. All zero but for `carry`, `context` and `device_id` is none. */
struct hearth_mailbox {
    hearth_carry *carry;
    void *context;
    uint8_t device_id[HEARTH_DEVICE_ID];

    bool is_open; /**< logged in; the device has proved that it knows the password's key */
    uint32_t session;
    uint32_t sequence; /**< of the last message */
    uint8_t client_nonce[HEARTH_NONCE];
    uint8_t device_nonce[HEARTH_NONCE];
    uint8_t transcript[HEARTH_HASH];
    struct hearth_keys keys;
    struct hearth_verifier verifier; /**< salt and iterations as HELLO said; key once derived */
    char password[ADAPTER_PASSWORD]; /**< that verifier.key is of, so that it is derived once */
};

/**
 * Tells whose mailbox it is: an id of 32 hexadecimal digits, or NULL. RIG_ERROR_BENCH when it is none,
 * since nobody can log in then.
 */
int hearth_mailbox_set_id(struct hearth_mailbox *mailbox, const char *id,
                          struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Each returns RIG_OK when the device answered in form: reply->status is its word. RIG_ERROR_DEVICE
 * when the answer is none, or is not from who knows the keys; else as the carrier.
 *
 * HELLO begins a session, LOGIN opens it. LOGIN comes once after a HELLO that was HEARTH_STATUS_OK,
 * or after one that was HEARTH_STATUS_WAIT.
 */
int hearth_mailbox_hello(struct hearth_mailbox *mailbox, struct hearth_reply *reply,
                         int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;
int hearth_mailbox_login(struct hearth_mailbox *mailbox, const char *password,
                         struct hearth_reply *reply, int64_t deadline_ms,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** A message of an open session. */
struct hearth_request {
    enum hearth_type type;
    const uint8_t *payload; /**< may be NULL when `size` is 0 */
    size_t size;            /**< at most HEARTH_PAYLOAD */
};
int hearth_mailbox_request(struct hearth_mailbox *mailbox, const struct hearth_request *request,
                           struct hearth_reply *reply, int64_t deadline_ms,
                           struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Forgets the session's keys, not those of the password. The device is told nothing. */
void hearth_mailbox_forget(struct hearth_mailbox *mailbox);

#endif
