#ifndef RIG_FUZZ_BASELINE_H
#define RIG_FUZZ_BASELINE_H

#include <stddef.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/**
 * Known defects of third-party code under a harness: they are recorded, told and counted, but fail
 * nothing, so that a new defect stands out. A harness names its file with `baseline:`.
 *
 *     schema: 1
 *     known:
 *       - bucket: memory|read_io_status<modbus_reply
 *         title: write behind the reply of a read of many coils
 *         reason: in the packaged version; the library's users are told
 *         since: libmodbus 3.1.6
 *         cite: https://example.org/issue/1        # optional
 *
 * `bucket` is what `ordeal findings show F-n` prints as such: the kind of failure and the call
 * stack by function names. It survives edits that only move lines, as the fingerprint does, and can
 * be read by a reviewer. It must be equal as a whole.
 */

/** One known defect. Strings belong to the baseline. */
struct known_defect {
    char *bucket; /**< struct fingerprint's `signature` */
    char *title;  /**< one line for a person */
    char *reason; /**< "REASON (since SINCE; CITE)": the reason of its finding */
};

/** What a file says, as often as a harness reads it. */
struct baseline;

/**
 * Reads a file. Keys that are unknown or missing and a bucket that is there twice are errors with
 * file and line. RIG_ERROR_NOT_FOUND when there is none. Free with baseline_free().
 */
RIG_MUST_CHECK int baseline_load(const char *path, struct baseline **baseline,
                                 struct diagnostic *diagnostic);

/** NULL is fine. */
void baseline_free(struct baseline *baseline);

/** The number of known defects; 0 for NULL. */
size_t baseline_count(const struct baseline *baseline);

/** The known defect of that bucket, or NULL; none for NULL. */
const struct known_defect *baseline_find(const struct baseline *baseline, const char *bucket);

#endif
