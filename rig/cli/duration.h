/* Durations as people type and read them. */
#ifndef ORDEAL_CLI_DURATION_H
#define ORDEAL_CLI_DURATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rig_error.h"

/* Room for what duration_format() writes, with its end. */
#define DURATION_TEXT_SIZE 32

/*
 * Reads `90`, `90s`, `5m` or `1h` into seconds. False for anything else and on overflow; *seconds
 * is untouched then.
 */
RIG_MUST_CHECK bool duration_parse(const char *text, uint64_t *seconds);

/* Writes seconds as `45s`, `5m00s` or `1h02m`; returns text. */
const char *duration_format(uint64_t seconds, char text[DURATION_TEXT_SIZE]);

#endif
