/*
 * erase_state_input.h - inputs of the harness erase_state: what flash holds at first, then what is
 * done. Steps are framed as in history.h, with kinds of their own:
 *
 *   ERASE_PLACE_BYTES   body: area (modulo 3: settings, event users, boot state), offset (16 bits,
 *                       little-endian), bytes
 *   ERASE_PLACE_RECORD  body: area likewise, slot (16 bits), sequence (32 bits), mark (0 blank, 1
 *                       begun, else settled), payload; header and CRC are made right
 *   ERASE_USE           body: how many settings, how many events: the user's data come in
 *   ERASE_ATTEMPT       no body: a log-in fails
 *   ERASE_BEGIN         no body: the user erases
 *   ERASE_FAULT         body: kind, moment, operation, units; several wait in line, and each next
 *                       erase or start takes one
 *   ERASE_RESTART       no body
 *
 * The device starts before the first step that is no ERASE_PLACE_*; those after it are passed over.
 */
#ifndef ERASE_STATE_INPUT_H
#define ERASE_STATE_INPUT_H

enum erase_state_kind {
    ERASE_PLACE_BYTES = 0,
    ERASE_PLACE_RECORD = 1,
    ERASE_USE = 2,
    ERASE_ATTEMPT = 3,
    ERASE_BEGIN = 4,
    ERASE_FAULT = 5,
    ERASE_RESTART = 6,
};

#define ERASE_PLACE_BYTES_HEADER  3U
#define ERASE_PLACE_RECORD_HEADER 8U
#define ERASE_AREAS               3U
#define ERASE_MAX_FAULTS          16U /* in line; what comes after is dropped */

#endif
