#ifndef RIG_BASE_LOG_FILE_H
#define RIG_BASE_LOG_FILE_H

#include <stddef.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/**
 * A file that grows with what a child or a device says: evidence. A log is a descriptor; -1 is none.
 */

/**
 * Opens `path` for appending, and creates it when it is missing. The descriptor is close-on-exec
 * and the caller's to close. RIG_ERROR_BENCH with a diagnostic when that cannot be.
 */
int log_file_open(const char *path, int *log, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Appends all `size` bytes; does nothing without a log. After RIG_ERROR_BENCH (a full disk) the log
 * is closed and *log is -1: it is said once, and what is logged can go on.
 */
int log_file_append(int *log, const char *bytes, size_t size,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
