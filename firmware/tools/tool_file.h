/* tool_file.h - files of hearth-image, read and written whole. All functions say what went wrong. */
#ifndef TOOLS_TOOL_FILE_H
#define TOOLS_TOOL_FILE_H

#include "hal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOOL_FILE_MOST (16U * 1024U * 1024U) /* bytes; more than any slot holds */

/* Reads a file of at most `capacity` bytes to `bytes`. Returns 0, or -1. */
HAL_MUST_CHECK int tool_file_read(const char *path, uint8_t *bytes, size_t capacity,
                                  size_t *length);

/* Writes a file, which must not exist yet: it could be a key, or a device. A `secret` one can be read
 * by its owner only. Nothing half written stays. Returns 0, or -1. */
HAL_MUST_CHECK int tool_file_write(const char *path, const void *bytes, size_t length, bool secret);

#endif
