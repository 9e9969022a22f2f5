/**
 * The cryptography of Hearth's secure mailbox, as a client needs it; firmware/app/mailbox.h is the
 * protocol's description. RIG_ERROR_BENCH when the library fails.
 */
#ifndef RIG_TARGET_HEARTH_SEAL_H
#define RIG_TARGET_HEARTH_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

enum {
    HEARTH_NONCE = 16,
    HEARTH_SALT = 16,
    HEARTH_DEVICE_ID = 16,
    HEARTH_PASSWORD_KEY = 32,
    HEARTH_KEY = 16,
    HEARTH_TAG = 16,
    HEARTH_HASH = 32,
    HEARTH_ITERATIONS_MIN = 10000,   /**< PASSWORD_MIN_ITERATIONS of firmware/app/access.h */
    HEARTH_ITERATIONS_MAX = 1000000, /**< a second or two; who asks for more wants to stop us */
};

/** What a password becomes on the way into the device. */
struct hearth_verifier {
    uint8_t salt[HEARTH_SALT];
    uint32_t iterations;
    uint8_t key[HEARTH_PASSWORD_KEY];
};

/**
 * Fills `key` from the password and the other two fields: PBKDF2-HMAC-SHA-256 (RFC 8018, 5.2), about
 * a microsecond an iteration. RIG_ERROR_DEVICE for iterations that are 0 or above
 * HEARTH_ITERATIONS_MAX.
 */
int hearth_verifier_derive(struct hearth_verifier *verifier, const char *password,
                           struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What the keys of a session depend on. */
struct hearth_session_secrets {
    const uint8_t *password_key; /**< HEARTH_PASSWORD_KEY bytes */
    const uint8_t *client_nonce;
    const uint8_t *device_nonce;
    const uint8_t *device_id;
};

struct hearth_keys {
    uint8_t to_device[HEARTH_KEY];
    uint8_t to_client[HEARTH_KEY];
};

/** HKDF-SHA-256 (RFC 5869). */
int hearth_keys_derive(const struct hearth_session_secrets *secrets, struct hearth_keys *keys,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** SHA-256 (FIPS 180-4) over a message and its answer. */
struct hearth_transcript {
    const uint8_t *message;
    size_t message_size;
    const uint8_t *answer;
    size_t answer_size;
};
int hearth_transcript_hash(const struct hearth_transcript *transcript, uint8_t hash[HEARTH_HASH],
                           struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** One message: header, `size` bytes of payload behind it, room for the tag behind that. */
struct hearth_sealing {
    const uint8_t *key;
    uint8_t direction;         /**< 0 to the device, 1 to the client */
    const uint8_t *transcript; /**< of log-in and its answer; else NULL */
    uint8_t *message;
    size_t size;
};

/** AES-128-GCM (NIST SP 800-38D), in place. hearth_open(): RIG_ERROR_DEVICE when the tag is wrong. */
int hearth_seal(const struct hearth_sealing *sealing, struct diagnostic *diagnostic) RIG_MUST_CHECK;
int hearth_open(const struct hearth_sealing *sealing, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Overwrites a secret in a way that the compiler cannot drop. */
void hearth_wipe(void *secret, size_t size);

#endif
