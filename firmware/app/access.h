/*
 * access.h - who may log in, and how often may be guessed (EN 303 645, 5.1-1, 5.1-4, 5.1-5).
 *
 * Every attempt is counted in flash before its proof is compared, so that cutting the power cannot
 * take a failure back. After n failures in a row the next attempt has to wait 1 s doubled n-1
 * times, 300 s at most; a device that restarts waits the whole delay again. Nobody is ever locked
 * out for good.
 */
#ifndef APP_ACCESS_H
#define APP_ACCESS_H

#include "hal.h"
#include "record_log.h"

#include <stdbool.h>
#include <stdint.h>

#define ACCESS_FIRST_DELAY_MS 1000U
#define ACCESS_MAX_DELAY_MS   300000U

#define PASSWORD_SALT_SIZE      16U
#define PASSWORD_KEY_SIZE       32U
#define PASSWORD_MIN_ITERATIONS 10000U
#define PASSWORD_MAX_ITERATIONS 10000000U
#define PASSWORD_VERIFIER_SIZE  (PASSWORD_SALT_SIZE + 4U + PASSWORD_KEY_SIZE)

/* All that a device stores of a password: PBKDF2-HMAC-SHA-256 with its salt. */
struct password_verifier {
    uint8_t salt[PASSWORD_SALT_SIZE];
    uint32_t iterations; /* PASSWORD_MIN_ITERATIONS to PASSWORD_MAX_ITERATIONS */
    uint8_t key[PASSWORD_KEY_SIZE];
};

/* To and from PASSWORD_VERIFIER_SIZE bytes: salt, iterations (little-endian), key. */
void password_verifier_encode(const struct password_verifier *verifier, uint8_t *bytes);
void password_verifier_decode(struct password_verifier *verifier, const uint8_t *bytes);

enum access_error {
    ACCESS_OK = 0,
    ACCESS_ERROR_WAIT = -1,    /* too early; see access_wait_ms() */
    ACCESS_ERROR_STORAGE = -2, /* the attempt could not be counted, so it must not be judged */
};

const char *access_strerror(int error);

/* Back-off state. Owned by the device; fields are private. */
struct access {
    struct record_log log;
    uint32_t failures;      /* attempts since the last success, those under way included */
    uint64_t wait_until_ms; /* on the clock of hal_time_ms() */
};

/* Loads the count; a delay that was due before the restart starts anew. */
HAL_MUST_CHECK int access_start(struct access *access);

/* Milliseconds until the next attempt is allowed, 0 to ACCESS_MAX_DELAY_MS. */
uint32_t access_wait_ms(const struct access *access);

/* Counts an attempt as failed. Only after ACCESS_OK may its proof be compared. */
HAL_MUST_CHECK int access_begin_attempt(struct access *access);

/* The proof was right: clears the count. On ACCESS_ERROR_STORAGE the count stands. */
HAL_MUST_CHECK int access_succeed(struct access *access);

#endif
