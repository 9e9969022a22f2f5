/**
 * Identity of what a device runs, so that a replay is not held against another build.
 */
#ifndef RIG_TARGET_BENCH_FIRMWARE_H
#define RIG_TARGET_BENCH_FIRMWARE_H

#include "target/bench.h"

/**
 * SHA-256 (FIPS 180-4) over the SHA-256 of each file of the firmware that runs on the target's device
 * (program, boot stage, image), in this order, as text. "" for a board whose target names no file.
 * Errors of workspace_find_firmware() and file_sha256().
 */
int bench_firmware_hash(const struct target *target, const struct workspace *workspace,
                        char hash[FILE_HASH_TEXT_SIZE],
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The product, all code of the device in one file, and the hash that the target's file names. */
struct bench_product {
    const char *file;  /**< `firmware.product`; the target's, as `named` is */
    const char *named; /**< `firmware.sha256` */
    char hash
        [FILE_HASH_TEXT_SIZE]; /**< of the file that was built; "": there is nothing to compare */
};

/**
 * Reads it. What the target does not name, or what is not built, is nothing to compare, and no error.
 * Errors of file_sha256().
 */
int bench_product_read(const struct target *target, const struct workspace *workspace,
                       struct bench_product *product, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether the one that was built is another than the one that is named: verdicts are about that one then. */
bool bench_product_is_other(const struct bench_product *product);

#endif
