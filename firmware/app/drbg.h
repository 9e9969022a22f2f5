/*
 * drbg.h - random numbers. The stream follows from a seed in flash and the board's entropy source;
 * the next seed is committed before the first output, so that no power cut repeats a stream, even if
 * the entropy source has failed.
 */
#ifndef APP_DRBG_H
#define APP_DRBG_H

#include "crypto.h"
#include "hal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum drbg_error {
    DRBG_OK = 0,
    DRBG_ERROR_UNAVAILABLE = -1, /* neither a committed seed nor entropy: nothing unpredictable */
};

const char *drbg_strerror(int error);

/* Owned by the device. Private. Plain bytes. */
struct drbg {
    uint8_t key[CRYPTO_HASH_SIZE]; /* all that the output follows from; replaced by every read */
    bool ready;
};

/* The seed in flash: a record log of its own. A board without an entropy source has to leave the
 * factory with a random one. */
#define DRBG_SEED_LOG_KIND 0x4453U /* "SD" */
#define DRBG_SEED_SIZE     CRYPTO_HASH_SIZE

/*
 * Starts the generator: mixes stored seed, entropy and `personal` (the device id), and commits the
 * next seed. Ready if the seed was stored and its successor committed, or if there is entropy; else
 * DRBG_ERROR_UNAVAILABLE, and drbg_read() fails.
 */
HAL_MUST_CHECK int drbg_start(struct drbg *drbg, const uint8_t *personal, size_t personal_length);

/* Fills `buffer` with `length` bytes, at most 1024. On failure it is zeroed. */
HAL_MUST_CHECK int drbg_read(struct drbg *drbg, uint8_t *buffer, size_t length);

#endif
