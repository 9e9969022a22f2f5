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
 *   type             message                 its answer
 *   HELLO            client nonce 16         status 1, device nonce 16, salt 16, iterations 4,
 *                                            wait 4 (ms until LOGIN may come)
 *   HELLO_LABEL      as HELLO                as HELLO, for the password on the label: local bus
 *                                            only, and good for ERASE only (5.11-1)
 *   LOGIN            empty; its tag is       status 1; its tag proves the device
 *                    the proof
 *   SET_SETTING      id 1, value             status 1
 *   GET_SETTING      id 1                    status 1, value
 *   SET_PASSWORD     salt 16, iterations 4,  status 1
 *                    key 32
 *   LOG_OUT          empty                   status 1
 *   UPDATE_STATUS    empty                   status 1, flags 1 (MAILBOX_UPDATE_*), running slot 1,
 *                                            enum update_phase 1, running version 4, stored security
 *                                            counter 4, offset of the next UPDATE_DATA 4, address of
 *                                            the slot that an update is for 4
 *   UPDATE_BEGIN     image header 128        status 1
 *   UPDATE_DATA      offset in body 4, data  status 1, offset of the next UPDATE_DATA 4
 *   UPDATE_FINISH    empty                   status 1
 *   UPDATE_ACTIVATE  empty                   status 1; the device restarts
 *   UPDATE_CONFIRM   empty                   status 1
 *   ERASE            empty                   status 1; the session is over
 *   DEBUG_CHALLENGE  empty                   status 1, nonce 32, epoch 4
 *   DEBUG_TOKEN      token 64                status 1, wait 4; if right, the device restarts
 *   READ_EVENTS      number 4                status 1, events above that number, oldest first, as
 *                                            many as fit: number 4, type 1, detail 4, uptime 4 (s),
 *                                            interface 1, address 4
 *   any of them      any                     REFUSED, in clear: status 1, wait 4 (ms)
 *
 * Setting ids and the encoding of their values: enum setting_id in settings.h. Images: image.h.
 * Tokens: debug_lock.h. Events: event_log.h. In recovery there are log-in,
 * LOG_OUT and UPDATE_* without UPDATE_CONFIRM, on the local bus.
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

#include "crypto.h"
#include "hal.h"

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
    MAILBOX_HELLO_LABEL = 0x07,
    MAILBOX_UPDATE_STATUS = 0x10,
    MAILBOX_UPDATE_BEGIN = 0x11,
    MAILBOX_UPDATE_DATA = 0x12,
    MAILBOX_UPDATE_FINISH = 0x13,
    MAILBOX_UPDATE_ACTIVATE = 0x14,
    MAILBOX_UPDATE_CONFIRM = 0x15,
    MAILBOX_ERASE = 0x20,
    MAILBOX_DEBUG_CHALLENGE = 0x30,
    MAILBOX_DEBUG_TOKEN = 0x31,
    MAILBOX_READ_EVENTS = 0x40,
    MAILBOX_REFUSED = 0x7F,
};

enum mailbox_status {
    MAILBOX_STATUS_OK = 0,
    MAILBOX_STATUS_MALFORMED = 1,        /* version, type or length make no sense */
    MAILBOX_STATUS_NO_SESSION = 2,       /* HELLO or LOGIN first; or the session has ended */
    MAILBOX_STATUS_WRONG_PROOF = 3,      /* log-in failed, or a later message's tag is wrong */
    MAILBOX_STATUS_WAIT = 4,             /* too many failed attempts; try after `wait` */
    MAILBOX_STATUS_BUSY = 5,             /* somebody is logged in; ends after `wait` of silence */
    MAILBOX_STATUS_REPLAYED = 6,         /* sequence not above the last one */
    MAILBOX_STATUS_VALUE = 7,            /* value refused; nothing changed */
    MAILBOX_STATUS_UNKNOWN = 8,          /* no such setting */
    MAILBOX_STATUS_STORAGE = 9,          /* flash failed; read back what counts */
    MAILBOX_STATUS_WEAK = 10,            /* verifier refused: too few iterations, or not fresh */
    MAILBOX_STATUS_UNAVAILABLE = 11,     /* entropy or cryptography failed */
    MAILBOX_STATUS_NOT_ALLOWED = 12,     /* not in this session, on this bus, or in recovery */
    MAILBOX_STATUS_IMAGE_FORMAT = 13,    /* image refused: no image, or an unknown format */
    MAILBOX_STATUS_IMAGE_SIGNATURE = 14, /* ... not the vendor's, or altered */
    MAILBOX_STATUS_IMAGE_PRODUCT = 15,   /* ... for another product */
    MAILBOX_STATUS_IMAGE_SLOT = 16,      /* ... for another slot: see UPDATE_STATUS */
    MAILBOX_STATUS_IMAGE_LENGTH = 17,    /* ... empty or too large; more data than announced */
    MAILBOX_STATUS_IMAGE_OLDER = 18,     /* ... its security counter is below the stored one */
    MAILBOX_STATUS_IMAGE_BODY = 19,      /* ... the body is not the one that was signed */
    MAILBOX_STATUS_TRUNCATED = 20,       /* UPDATE_FINISH before all data have come */
    MAILBOX_STATUS_ORDER = 21,           /* that step is not due: see UPDATE_STATUS */
    MAILBOX_STATUS_NOT_READY = 22,       /* UPDATE_CONFIRM: the self-test has not passed (yet) */
    MAILBOX_STATUS_TOKEN = 23,           /* not a token for this device, nonce and epoch */
    MAILBOX_STATUS_LIFE_CYCLE = 24,      /* the device's life cycle does not provide for that */
};

/* Flags of UPDATE_STATUS. */
#define MAILBOX_UPDATE_TRIAL    0x01U /* the running image is on trial */
#define MAILBOX_UPDATE_RECOVERY 0x02U /* no image runs: recovery */
#define MAILBOX_UPDATE_REVERTED 0x04U /* this start went back from a trial */
#define MAILBOX_UPDATE_TESTED   0x08U /* the self-test has passed: UPDATE_CONFIRM may come */

#define MAILBOX_EVENT_SIZE 18U /* of one event in the answer to READ_EVENTS */

enum mailbox_state {
    MAILBOX_IDLE,
    MAILBOX_GREETED, /* HELLO answered, LOGIN expected */
    MAILBOX_OPEN,    /* logged in */
};

/* The one session. Owned by the device; fields are private to mailbox*.c. */
struct mailbox {
    enum mailbox_state state;
    bool label; /* with the password on the label: good for ERASE only */
    uint32_t session;
    uint32_t last_sequence;
    uint64_t last_active_ms;
    uint8_t to_device_key[CRYPTO_KEY_SIZE];
    uint8_t to_client_key[CRYPTO_KEY_SIZE];
    uint8_t transcript[CRYPTO_HASH_SIZE];
};

struct device;

/* No session. */
void mailbox_start(struct mailbox *mailbox);

/* Ends a session that has been silent for MAILBOX_IDLE_MS. Call often. */
void mailbox_poll(struct mailbox *mailbox);

/*
 * Handles one message of `length` bytes (0 to MAILBOX_MAX_MESSAGE, any content) that came from
 * device->requester, and writes the answer. Returns the answer's length, always at least MAILBOX_HEADER_SIZE + 1.
 */
size_t mailbox_handle(struct device *device, const uint8_t *message, size_t length,
                      uint8_t answer[MAILBOX_MAX_MESSAGE]);

#endif
