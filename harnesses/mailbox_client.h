/*
 * mailbox_client.h - the client's side of the secure mailbox (firmware/app/mailbox.h): builds
 * messages, checks answers. It knows no transport: carry each message by FC 23 and hand back what
 * was read.
 *
 * One log-in:
 *   mailbox_client_start, mailbox_client_hello -> device -> mailbox_client_take_hello,
 *   mailbox_client_key, mailbox_client_login -> device -> mailbox_client_take_answer,
 *   then mailbox_client_request -> device -> mailbox_client_take_answer, as often as wanted.
 */
#ifndef HARNESSES_MAILBOX_CLIENT_H
#define HARNESSES_MAILBOX_CLIENT_H

#include "access.h"
#include "factory.h"
#include "mailbox.h"

#include <stddef.h>
#include <stdint.h>

enum mailbox_client_error {
    MAILBOX_CLIENT_OK = 0,
    MAILBOX_CLIENT_REFUSED = 1,          /* no error of ours: the device answered REFUSED */
    MAILBOX_CLIENT_ERROR_MALFORMED = -1, /* no mailbox answer, or not to the last message */
    MAILBOX_CLIENT_ERROR_TAG = -2,       /* the answer is not from who knows the session's keys */
    MAILBOX_CLIENT_ERROR_ORDER = -3,     /* that step is not due yet; see above */
    MAILBOX_CLIENT_ERROR_TOO_LONG = -4,  /* payload above MAILBOX_MAX_PAYLOAD */
    MAILBOX_CLIENT_ERROR_CRYPTO = -5,    /* parameters that nobody should use, or library failure */
};

/* A fixed text for an enum mailbox_client_error; never NULL. */
const char *mailbox_client_strerror(int error);

/* How far a log-in has come. */
enum mailbox_client_state {
    MAILBOX_CLIENT_STARTED,
    MAILBOX_CLIENT_HELLO_SENT,
    MAILBOX_CLIENT_GREETED,
    MAILBOX_CLIENT_LOGIN_SENT,
    MAILBOX_CLIENT_OPEN, /* the device has proved that it knows the password's key */
};

/*
 * One session. The caller's memory: plain bytes without pointers, free to be copied and put back.
 * All fields may be read; a fuzzer may change any of them.
 */
struct mailbox_client {
    uint8_t device_id[FACTORY_DEVICE_ID_SIZE];
    uint8_t client_nonce[MAILBOX_NONCE_SIZE];
    enum mailbox_client_state state;
    uint8_t greeting;                 /* MAILBOX_HELLO or MAILBOX_HELLO_LABEL, the last one sent */
    uint32_t session;                 /* as the device gave it; 0 before */
    uint32_t sequence;                /* of the last message */
    uint8_t last_type;                /* of the last message */
    uint8_t salt[PASSWORD_SALT_SIZE]; /* for mailbox_client_key(), from the answer to HELLO */
    uint32_t iterations;              /* as salt */
    uint32_t wait_ms;                 /* from the answer to HELLO: LOGIN is refused before */
    uint8_t device_nonce[MAILBOX_NONCE_SIZE];
    uint8_t transcript[CRYPTO_HASH_SIZE];
    uint8_t to_device_key[CRYPTO_KEY_SIZE];
    uint8_t to_client_key[CRYPTO_KEY_SIZE];
};

/* What an answer said. */
struct mailbox_client_answer {
    uint8_t status;   /* enum mailbox_status; unauthenticated if the device REFUSED */
    uint32_t wait_ms; /* of REFUSED; 0 otherwise */
    size_t length;    /* bytes in `payload`: what followed the status */
    uint8_t payload[MAILBOX_MAX_PAYLOAD];
};

/* A new session with the device of that id. `client_nonce` must not have been used before. */
void mailbox_client_start(struct mailbox_client *client,
                          const uint8_t device_id[FACTORY_DEVICE_ID_SIZE],
                          const uint8_t client_nonce[MAILBOX_NONCE_SIZE]);

/* Builds HELLO in `message`. Returns its length in bytes. */
size_t mailbox_client_hello(struct mailbox_client *client, uint8_t message[MAILBOX_MAX_MESSAGE]);

/* Likewise HELLO_LABEL, for a session with the password on the label. */
size_t mailbox_client_hello_label(struct mailbox_client *client,
                                  uint8_t message[MAILBOX_MAX_MESSAGE]);

/*
 * Takes the answer to either HELLO: fills session, salt, iterations and wait_ms. `length` is how many
 * bytes were read; those beyond the answer are ignored. `refused` gets status and wait_ms when the
 * result is MAILBOX_CLIENT_REFUSED, and is zeroed otherwise.
 */
HAL_MUST_CHECK int mailbox_client_take_hello(struct mailbox_client *client, const uint8_t *answer,
                                             size_t length, struct mailbox_client_answer *refused);

/*
 * K of mailbox.h from a zero-terminated password. Takes about a microsecond an iteration.
 * MAILBOX_CLIENT_ERROR_CRYPTO for iterations outside PASSWORD_MIN_ITERATIONS to
 * PASSWORD_MAX_ITERATIONS: whoever asks for them is not the device.
 */
HAL_MUST_CHECK int mailbox_client_key(const char *password, const uint8_t salt[PASSWORD_SALT_SIZE],
                                      uint32_t iterations, uint8_t key[PASSWORD_KEY_SIZE]);

/* Builds LOGIN with K. */
HAL_MUST_CHECK int mailbox_client_login(struct mailbox_client *client,
                                        const uint8_t key[PASSWORD_KEY_SIZE],
                                        uint8_t message[MAILBOX_MAX_MESSAGE], size_t *length);

/*
 * Builds a sealed message with the next sequence. Any `type` is sent as it is, so that a fuzzer can
 * ask for what does not exist. Payloads: mailbox.h.
 */
HAL_MUST_CHECK int mailbox_client_request(struct mailbox_client *client, uint8_t type,
                                          const uint8_t *payload, size_t payload_length,
                                          uint8_t message[MAILBOX_MAX_MESSAGE], size_t *length);

/* SET_SETTING: makes the setting `id` (enum setting_id) `value`. */
HAL_MUST_CHECK int mailbox_client_set_setting(struct mailbox_client *client, uint8_t id,
                                              const uint8_t *value, size_t value_length,
                                              uint8_t message[MAILBOX_MAX_MESSAGE], size_t *length);

/* GET_SETTING: the answer's payload is the value. */
HAL_MUST_CHECK int mailbox_client_get_setting(struct mailbox_client *client, uint8_t id,
                                              uint8_t message[MAILBOX_MAX_MESSAGE], size_t *length);

/* SET_PASSWORD: salt and key (of mailbox_client_key()) of the new password. */
HAL_MUST_CHECK int mailbox_client_set_password(struct mailbox_client *client,
                                               const struct password_verifier *verifier,
                                               uint8_t message[MAILBOX_MAX_MESSAGE],
                                               size_t *length);

/* LOG_OUT: the session is over when its answer has been taken. */
HAL_MUST_CHECK int mailbox_client_log_out(struct mailbox_client *client,
                                          uint8_t message[MAILBOX_MAX_MESSAGE], size_t *length);

/*
 * Takes the answer to the last message but HELLO. `length` is how many bytes were read; those
 * beyond the answer are ignored. Fills `result`, which is zeroed on an error.
 * Returns MAILBOX_CLIENT_OK for a sealed answer whose tag is right, whatever its status is;
 * MAILBOX_CLIENT_REFUSED for REFUSED in clear; or an error.
 */
HAL_MUST_CHECK int mailbox_client_take_answer(struct mailbox_client *client, const uint8_t *answer,
                                              size_t length, struct mailbox_client_answer *result);

#endif
