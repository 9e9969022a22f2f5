/**
 * What two flash images have in common that only one of them should have: runs of bytes that look
 * random. Pure functions.
 */
#ifndef RIG_SCENARIOS_COMMON_RUNS_H
#define RIG_SCENARIOS_COMMON_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rig_error.h"

enum {
    COMMON_RUN_BYTES = 16,    /**< of a secret: a key or salt of 128 bits */
    COMMON_RUN_DISTINCT = 12, /**< different values among so many bytes: what is less is no secret.
                                   Random bytes have fewer once in 10,000 */
};

/** Bytes from `from` up to `to`, which is not one of them. */
struct byte_range {
    size_t from;
    size_t to;
};

/** An image, and the places in it that do not count: slots with software, certificates. */
struct run_image {
    const uint8_t *bytes;
    size_t size;
    const struct byte_range *left_out;
    size_t left_out_count;
};

/** What was found. */
struct common_runs {
    size_t count;    /**< bytes of `image` that lie in a run which the other one has too */
    size_t at;       /**< of the first one in `image` */
    size_t at_other; /**< where the other one has it */
};

/** Whether COMMON_RUN_BYTES from `bytes` on look random. */
bool common_run_is_secret(const uint8_t *bytes);

/** Where the first run of `image` is that counts; its size when there is none. */
size_t common_runs_first(const struct run_image *image);

/**
 * Looks for runs of `image` anywhere in `other`. RIG_OK or RIG_ERROR_NO_MEMORY.
 */
int common_runs_find(const struct run_image *image, const struct run_image *other,
                     struct common_runs *found) RIG_MUST_CHECK;

/**
 * The X.509 certificates in an image, by their outer form (a SEQUENCE in a SEQUENCE, X.690 8.9, each with
 * a length in two bytes): they are public. At most `limit` ranges; returns how many.
 */
size_t common_runs_certificates(const uint8_t *bytes, size_t size, struct byte_range *ranges,
                                size_t limit);

#endif
