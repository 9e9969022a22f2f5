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

#endif
