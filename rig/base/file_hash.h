/**
 * Identity of a file by its content.
 */
#ifndef RIG_BASE_FILE_HASH_H
#define RIG_BASE_FILE_HASH_H

#include <stddef.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

enum {
    FILE_HASH_TEXT_SIZE = 65, /**< 64 hexadecimal digits and a NUL */
};

/**
 * Writes the SHA-256 (FIPS 180-4) of a regular file of at most 1 GiB into `text`, in lower-case
 * digits. Errors as of file_read(); `text` is then "".
 */
RIG_MUST_CHECK int file_sha256(const char *path, char text[FILE_HASH_TEXT_SIZE],
                               struct diagnostic *diagnostic);

/** The same of `size` bytes in memory. RIG_ERROR_BENCH when it cannot be computed; `text` is "". */
RIG_MUST_CHECK int bytes_sha256(const void *bytes, size_t size, char text[FILE_HASH_TEXT_SIZE]);

#endif
