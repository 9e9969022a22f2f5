/**
 * Bytes as hexadecimal text, two digits each.
 */
#ifndef RIG_BASE_HEXADECIMAL_H
#define RIG_BASE_HEXADECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rig_error.h"

/** Reads all of `text`, digits of either case, into at most `room` bytes; *size is how many there are, at
 * least one. False otherwise. */
RIG_MUST_CHECK bool hexadecimal_read(const char *text, uint8_t *bytes, size_t room, size_t *size);

/** Writes 2 * size digits of lower case and a NUL. */
void hexadecimal_write(const uint8_t *bytes, size_t size, char *text);

#endif
