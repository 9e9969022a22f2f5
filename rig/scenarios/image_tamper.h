/**
 * Update images that were genuine: one thing is changed, which a seed decides.
 */
#ifndef RIG_SCENARIOS_IMAGE_TAMPER_H
#define RIG_SCENARIOS_IMAGE_TAMPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/file.h"
#include "base/rig_error.h"

/** What is changed. */
enum tamper_kind {
    TAMPER_HEAD,  /**< one bit of the first TAMPER_HEAD_SIZE bytes */
    TAMPER_BODY,  /**< one bit of what lies behind them */
    TAMPER_TAIL,  /**< one bit of the last TAMPER_TAIL_SIZE bytes */
    TAMPER_LAST,  /**< one bit of the last byte: where checks stop too early */
    TAMPER_SHORT, /**< the end is missing: one byte, or more up to half of it */
    TAMPER_LONG,  /**< 1 to TAMPER_MORE bytes follow the end */
    TAMPER_KINDS,
};

enum {
    TAMPER_HEAD_SIZE = 128, /**< where products keep what a signature covers, and often itself */
    TAMPER_TAIL_SIZE = 64,  /**< where others keep it */
    TAMPER_MORE = 16,
    TAMPER_SIZE_MIN = 1024, /**< of an image, bytes */
    TAMPER_WHAT = 80,
};

/** "head", "body" ... */
const char *tamper_name(enum tamper_kind kind);

/** Finds a kind by its name. */
bool tamper_find(const char *name, enum tamper_kind *kind);

/**
 * Changes an image in memory, and tells in *what how, for a log. RIG_ERROR_CONFIGURATION for one that
 * is shorter than TAMPER_SIZE_MIN; RIG_ERROR_NO_MEMORY.
 */
int image_tamper(struct file_content *image, enum tamper_kind kind, uint64_t *random,
                 char what[TAMPER_WHAT], struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Turns a sampled bit of byte `at`, which lies within the image. */
void image_flip(struct file_content *image, size_t at, uint64_t *random, char what[TAMPER_WHAT]);

#endif
