/*
 * debug_lock.h - life cycle, and the one way to open debug on a closed device (EN 303 645, 5.6-4,
 * 5.4-1): a token signed by the vendor's unlock key for this device, this nonce and this epoch.
 *
 *   1. The application issues a nonce (debug_lock_challenge). It lives in retained memory and dies
 *      with the next reset, used or not.
 *   2. The application takes a token (debug_lock_offer): counted as an attempt first; a wrong one is
 *      refused at once. A right one is left in retained memory, and the application restarts.
 *   3. The boot stage judges the token itself (debug_lock_boot), raises the epoch, erases the user's
 *      data, logs the event, wipes the memory that the application has left, and only then opens
 *      the port, until the next reset. If anything of that fails, the port stays shut.
 *
 * Token: ECDSA P-256 over SHA-256 of DEBUG_LOCK_LABEL (without its zero), device id 16, nonce 32,
 * epoch 4 (little-endian).
 */
#ifndef BOOT_DEBUG_LOCK_H
#define BOOT_DEBUG_LOCK_H

#include "access.h"
#include "boot_state.h"
#include "crypto.h"
#include "drbg.h"
#include "factory.h"
#include "hal.h"

#include <stdbool.h>
#include <stdint.h>

#define DEBUG_LOCK_LABEL      "hearth debug unlock 1"
#define DEBUG_LOCK_NONCE_SIZE 32U
#define DEBUG_LOCK_TOKEN_SIZE CRYPTO_SIGNATURE_SIZE

enum debug_lock_error {
    DEBUG_LOCK_OK = 0,
    DEBUG_LOCK_ERROR_WAIT = -1,     /* too early for another attempt: access_wait_ms() */
    DEBUG_LOCK_ERROR_TOKEN = -2,    /* not for this device, nonce and epoch, or not the vendor's */
    DEBUG_LOCK_ERROR_NO_NONCE = -3, /* no challenge since the last reset, or it is used up */
    DEBUG_LOCK_ERROR_LIFE_CYCLE =
        -4, /* the device is not closed: nothing to open, or never again */
    DEBUG_LOCK_ERROR_UNAVAILABLE = -5, /* no random numbers */
    DEBUG_LOCK_ERROR_STORAGE = -6,     /* flash failed; the port stays shut */
};

const char *debug_lock_strerror(int error);

/* What a token is over, for whoever checks or signs one. */
struct debug_lock_claim {
    uint8_t device_id[FACTORY_DEVICE_ID_SIZE];
    uint8_t nonce[DEBUG_LOCK_NONCE_SIZE];
    uint32_t epoch;
};
HAL_MUST_CHECK int debug_lock_hash(const struct debug_lock_claim *claim,
                                   uint8_t hash[CRYPTO_HASH_SIZE]);

/* Issues a nonce, which takes the place of any other. */
HAL_MUST_CHECK int debug_lock_challenge(struct drbg *drbg, uint8_t nonce[DEBUG_LOCK_NONCE_SIZE]);

/*
 * Judges a token for the application. On DEBUG_LOCK_OK it waits for the boot stage: restart now.
 * The nonce is used up in any case but DEBUG_LOCK_ERROR_WAIT.
 */
HAL_MUST_CHECK int debug_lock_offer(struct access *access, const struct factory_page *factory,
                                    const struct boot_state *state,
                                    const uint8_t token[DEBUG_LOCK_TOKEN_SIZE]);

/*
 * What the boot stage does with a token, if one was left before a software reset. Always wipes
 * retained memory. DEBUG_LOCK_OK: the port is open; DEBUG_LOCK_ERROR_NO_NONCE: nothing was left.
 */
HAL_MUST_CHECK int debug_lock_boot(struct boot_state_store *state);

#endif
