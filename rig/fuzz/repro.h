/**
 * Runs one failing input again in its own process, a finding of the store or a plain file, and says
 * whether the same failure came up.
 */
#ifndef RIG_FUZZ_REPRO_H
#define RIG_FUZZ_REPRO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "findings/triage.h"
#include "fuzz/harness_catalogue.h"

struct repro_options {
    const struct harness *harness;  /**< its limits; from the catalogue */
    const char *reproducer_program; /**< path of NAME.reproducer */
    const char *input_path;         /**< the finding's evidence, or a person's file */
    const char
        *expected_fingerprint; /**< of the finding; NULL or "" for a plain file: any failure */
    unsigned attempts;         /**< 1..TRIAGE_ATTEMPTS_MAX; 0 means TRIAGE_ATTEMPTS */
};

struct repro_result {
    bool reproduced; /**< hits > 0 */
    unsigned attempts;
    unsigned hits;  /**< attempts that failed with the expected fingerprint (any, when none
                                  is expected) */
    unsigned other; /**< attempts that failed otherwise */
    struct sanitizer_report report; /**< of the hits; of the other failure when there was no hit */
    struct fingerprint fingerprint; /**< of that report */
};

/**
 * Returns RIG_OK whether it failed or passed; RIG_ERROR_NOT_FOUND with a diagnostic when the input
 * is not a readable regular file or the reproducer is missing; RIG_ERROR_BENCH;
 * RIG_ERROR_INTERRUPTED.
 */
int repro_run(const struct repro_options *options, struct repro_result *result,
              struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Replaces this process by gdb on the reproducer with the input, started so that it stops where the
 * failure is reported. Returns only on error: RIG_ERROR_BENCH (gdb is missing), RIG_ERROR_NOT_FOUND
 * as above.
 */
int repro_debug(const struct repro_options *options, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
