/*
 * mailbox.h - the secure mailbox: the only way to change anything security-relevant (EN 303 645,
 * 5.5-5). Log-in without sending the password, encrypted and authenticated messages afterwards.
 *
 * Transport: one Modbus FC 23 transaction writes a message to the holding registers from 0x1000 on
 * and reads the answer from there; two message bytes a register, first byte in the high half.
 *
 * Message and answer, numbers little-endian:
 *
 *   0  version   1 byte, MAILBOX_VERSION
 *   1  type      1 byte, enum mailbox_type; an answer sets MAILBOX_ANSWER
 *   2  length    2 bytes, of the payload
 *   4  session   4 bytes, as given by the answer to HELLO (0 in HELLO)
 *   8  sequence  4 bytes: HELLO 0, LOGIN 1, then rising by at least 1; the answer repeats it
 *  12  payload   0 to MAILBOX_MAX_PAYLOAD bytes
 *      tag       16 bytes, in all but HELLO, its answer, and REFUSED answers
 *
 * Bytes behind the tag are padding and ignored.
 *
 *   type          message                    its answer
 *   HELLO         client nonce 16            status 1, device nonce 16, salt 16, iterations 4,
 *                                            wait 4 (ms until LOGIN may come)
 *   LOGIN         empty; its tag is          status 1; its tag proves the device
 *                 the proof
 *   SET_SETTING   id 1, value                status 1
 *   GET_SETTING   id 1                       status 1, value
 *   SET_PASSWORD  salt 16, iterations 4,     status 1
 *                 key 32
 *   LOG_OUT       empty                      status 1
 *   any of them   any                        REFUSED, in clear: status 1, wait 4 (ms)
 *
 * Setting ids and the encoding of their values: enum setting_id in settings.h.
 *
 * Keys: K = PBKDF2-HMAC-SHA-256(password, salt, iterations), 32 bytes;
 *       to-device key 16, to-client key 16 = HKDF-SHA-256(K, salt: client nonce, device nonce;
 *       info: MAILBOX_KEY_LABEL, device id).
 * Sealing: AES-128-GCM; nonce = direction 1 (0 to the device, 1 to the client), session 4,
 *       sequence 4, zeros 3; associated data = header, and in LOGIN and its answer also
 *       SHA-256(HELLO message, HELLO answer), both without padding.
 *
 * Known limit: who records a log-in can guess the password off-line. The device never sees the
 * password, so a client has to refuse weak ones; the device insists on the iteration count and on
 * fresh salt and key.
 */
#ifndef APP_MAILBOX_H
#define APP_MAILBOX_H

#include "access.h"
#include "crypto.h"
#include "factory.h"
#include "settings_store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAILBOX_VERSION     1U
#define MAILBOX_ANSWER      0x80U
#define MAILBOX_MAX_MESSAGE 242U /* 121 registers: what FC 23 can write */
#define MAILBOX_HEADER_SIZE 12U
#define MAILBOX_MAX_PAYLOAD (MAILBOX_MAX_MESSAGE - MAILBOX_HEADER_SIZE - CRYPTO_TAG_SIZE)
#define MAILBOX_NONCE_SIZE  16U
#define MAILBOX_IDLE_MS     60000U
#define MAILBOX_KEY_LABEL   "hearth mailbox 1"

enum mailbox_type {
    MAILBOX_HELLO = 0x01,
    MAILBOX_LOGIN = 0x02,
    MAILBOX_SET_SETTING = 0x03,
    MAILBOX_GET_SETTING = 0x04,
    MAILBOX_SET_PASSWORD = 0x05,
    MAILBOX_LOG_OUT = 0x06,
    MAILBOX_REFUSED = 0x7F,
};

enum mailbox_status {
    MAILBOX_STATUS_OK = 0,
    MAILBOX_STATUS_MALFORMED = 1,    /* version, type or length make no sense */
    MAILBOX_STATUS_NO_SESSION = 2,   /* HELLO or LOGIN first; or the session has ended */
    MAILBOX_STATUS_WRONG_PROOF = 3,  /* log-in failed, or a later message's tag is wrong */
    MAILBOX_STATUS_WAIT = 4,         /* too many failed attempts; try after `wait` */
    MAILBOX_STATUS_BUSY = 5,         /* somebody is logged in; ends after `wait` of silence */
    MAILBOX_STATUS_REPLAYED = 6,     /* sequence not above the last one */
    MAILBOX_STATUS_VALUE = 7,        /* value refused; nothing changed */
    MAILBOX_STATUS_UNKNOWN = 8,      /* no such setting */
    MAILBOX_STATUS_STORAGE = 9,      /* flash failed; read back what counts */
    MAILBOX_STATUS_WEAK = 10,        /* verifier refused: too few iterations, or not fresh */
    MAILBOX_STATUS_UNAVAILABLE = 11, /* entropy or cryptography failed */
};

enum mailbox_state {
    MAILBOX_IDLE,
    MAILBOX_GREETED, /* HELLO answered, LOGIN expected */
    MAILBOX_OPEN,    /* logged in */
};

/* The one session. Owned by the device; fields are private to mailbox*.c. */
struct mailbox {
    enum mailbox_state state;
    uint32_t session;
    uint32_t last_sequence;
    uint64_t last_active_ms;
    uint8_t to_device_key[CRYPTO_KEY_SIZE];
    uint8_t to_client_key[CRYPTO_KEY_SIZE];
    uint8_t transcript[CRYPTO_HASH_SIZE];
};

/* What the mailbox acts on. All parts are owned by the device. */
struct mailbox_context {
    struct mailbox *mailbox;
    struct settings_store *settings;
    struct access *access;
    const struct factory_page *factory;
};

/* No session. */
void mailbox_start(struct mailbox *mailbox);

/* Ends a session that has been silent for MAILBOX_IDLE_MS. Call often. */
void mailbox_poll(struct mailbox *mailbox);

/*
 * Handles one message of `length` bytes (0 to MAILBOX_MAX_MESSAGE, any content) and writes the
 * answer. Returns the answer's length, always at least MAILBOX_HEADER_SIZE + 1.
 */
size_t mailbox_handle(const struct mailbox_context *context, const uint8_t *message, size_t length,
                      uint8_t answer[MAILBOX_MAX_MESSAGE]);

#endif
