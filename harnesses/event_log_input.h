/*
 * event_log_input.h - inputs of the harness event_log: what flash holds at first, then what is
 * done. Steps are framed as in history.h, with kinds of their own:
 *
 *   LOG_PLACE_BYTES   body: area (even: events, odd: users), offset (16 bits, little-endian), bytes
 *   LOG_PLACE_RECORD  body: area likewise, slot (16 bits), sequence (32 bits), mark (0 blank, 1
 *                     begun, else settled), payload; header and CRC are made right
 *   LOG_ADD           body: type, detail (32 bits), interface, address (4), how many
 *   LOG_READ          body: how far before the newest event to begin (16 bits)
 *   LOG_ERASE         no body: the user's data are erased
 *   LOG_FAULT         body: kind, moment, operation, units; hits the next step that acts
 *   LOG_RESTART       no body
 *
 * The log starts before the first step that is no LOG_PLACE_*; those after it are passed over.
 */
#ifndef EVENT_LOG_INPUT_H
#define EVENT_LOG_INPUT_H

#include <stdint.h>

enum event_log_kind {
    LOG_PLACE_BYTES = 0,
    LOG_PLACE_RECORD = 1,
    LOG_ADD = 2,
    LOG_READ = 3,
    LOG_ERASE = 4,
    LOG_FAULT = 5,
    LOG_RESTART = 6,
};

#define LOG_PLACE_BYTES_HEADER  3U
#define LOG_PLACE_RECORD_HEADER 8U
#define LOG_ADD_SIZE            11U
#define LOG_EVENT_RECORD_SIZE   16U /* as in event_log.c: number, type, detail, uptime */
#define LOG_USER_RECORD_SIZE    12U /* number, interface, address */
#define LOG_MAX_REPEAT          48U

#endif
