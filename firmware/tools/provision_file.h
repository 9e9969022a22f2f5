/* provision_file.h - the files of hearth-provision. All functions say what went wrong. */
#ifndef TOOLS_PROVISION_FILE_H
#define TOOLS_PROVISION_FILE_H

#include "hal.h"

#include <stddef.h>
#include <stdint.h>

/* Reads the file that `option` names, of at most `capacity` bytes. Returns how many there were, or -1. */
HAL_MUST_CHECK int provision_file_read(const char *option, const char *path, uint8_t *bytes,
                                       size_t capacity);

/*
 * Makes a file that only its owner can read. It appears whole or not at all, and takes the place of
 * nothing. Returns 0, or -1.
 */
HAL_MUST_CHECK int provision_file_create(const char *path, const uint8_t *bytes, size_t length);

#endif
