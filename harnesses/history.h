/*
 * history.h - what the protocol harnesses do to a live device: a history of steps, as bytes.
 *
 * Each step is a kind byte (kind in the low three bits, options above), a body length (16 bits,
 * little-endian) and the body. Any byte string is a history: kinds without a meaning are passed
 * over, a length that goes beyond the end is cut to what is there.
 *
 *   HISTORY_REQUEST  body: a Modbus PDU; framing, checksum and lengths around it are made right
 *   HISTORY_RAW      body: bytes for the wire as they are
 *   HISTORY_MAILBOX  body: message type, payload; the test client adds session, sequence, keys, tag
 *   HISTORY_WAIT     body: 32-bit milliseconds, taken modulo HISTORY_MAX_WAIT_MS
 *   HISTORY_FAULT    body: kind, moment, operation, units of fault.h, a byte each; hits the next
 *                    step
 *   HISTORY_RESTART  no body: power off and on
 *   HISTORY_WORLD    body: room temperature (16 bits, tenths of a degree), flags HISTORY_WORLD_*
 *   HISTORY_UPDATE   body: what an updating client does next, see update_client.h; other harnesses
 *                    pass it over
 */
#ifndef HISTORY_H
#define HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_STEP_HEADER 3U
#define HISTORY_MAX_STEPS   48U /* what follows is not carried out */
#define HISTORY_MAX_WAIT_MS 400000U
#define HISTORY_KIND_MASK   0x07U

enum history_kind {
    HISTORY_REQUEST = 0,
    HISTORY_RAW = 1,
    HISTORY_MAILBOX = 2,
    HISTORY_WAIT = 3,
    HISTORY_FAULT = 4,
    HISTORY_RESTART = 5,
    HISTORY_WORLD = 6,
    HISTORY_UPDATE = 7,
    HISTORY_KIND_COUNT = 8
};

/* Options of REQUEST, RAW, MAILBOX and UPDATE. */
#define HISTORY_SPLIT 0x08U /* arrives in two parts */

/* Options of MAILBOX and UPDATE: the client misbehaves. */
#define HISTORY_TAMPER      0x10U /* one bit of the sealed message is turned over */
#define HISTORY_REPLAY      0x20U /* the sequence number is the last one again */
#define HISTORY_OTHER_KEY   0x40U /* LOGIN: with another password */
#define HISTORY_OTHER_PLACE 0x80U /* session number off by two */

/* Option of REQUEST on RTU: to the broadcast address. */
#define HISTORY_BROADCAST 0x10U

#define HISTORY_WORLD_SENSOR_ABSENT 0x01U
#define HISTORY_WORLD_NO_ENTROPY    0x02U
#define HISTORY_WORLD_BUS_FAILS     0x04U

struct history_step {
    enum history_kind kind;
    uint8_t options; /* the bits above the kind */
    const uint8_t *body;
    size_t length;
};

/*
 * Reads the step at `*position` and moves `*position` behind it. False at the end of the history.
 * `step->body` points into `data`.
 */
bool history_next(const uint8_t *data, size_t size, size_t *position, struct history_step *step);

/* Appends a step to `data` (`*size` bytes used of `capacity`). False, nothing done, if too long. */
bool history_append(uint8_t *data, size_t *size, size_t capacity, const struct history_step *step);

#endif
