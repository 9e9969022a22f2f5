/*
 * settings_log_input.h - inputs of the harness settings_log: what flash holds at first, then what
 * is done. Steps are framed as in history.h, with kinds of their own:
 *
 *   PLACE_BYTES     body: area (0 settings, 1 attempts), offset (16 bits, little-endian), bytes
 *   PLACE_RECORD    body: slot (16 bits), sequence (32 bits), mark (0 blank, 1 begun, else
 *                   settled), payload; header and CRC are made right
 *   CHANGE_SETTING  body: setting, value
 *   COUNT_ATTEMPT   body: 1 if it succeeds, else 0
 *   NEXT_FAULT      as HISTORY_FAULT; hits the next CHANGE_SETTING, COUNT_ATTEMPT or START_AGAIN
 *   START_AGAIN     no body
 *
 * The device starts before the first step that is no PLACE_*; those after it are passed over.
 */
#ifndef SETTINGS_LOG_INPUT_H
#define SETTINGS_LOG_INPUT_H

#include <stddef.h>
#include <stdint.h>

enum settings_log_kind {
    PLACE_BYTES = 0,
    PLACE_RECORD = 1,
    CHANGE_SETTING = 2,
    COUNT_ATTEMPT = 3,
    NEXT_FAULT = 4,
    START_AGAIN = 5,
};

#define PLACE_BYTES_HEADER  3U
#define PLACE_RECORD_HEADER 7U

#endif
