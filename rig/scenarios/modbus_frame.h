/**
 * Frames that are sent to a device, well or ill formed, and histories of them.
 */
#ifndef RIG_SCENARIOS_MODBUS_FRAME_H
#define RIG_SCENARIOS_MODBUS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/modbus_wire_oracle.h"

enum {
    MODBUS_FRAME_MAX = 640,   /**< bytes; longer than any that a device has to take */
    MODBUS_HISTORY_MAX = 256, /**< frames */
};

struct modbus_frame {
    const char *what; /**< for people; a literal */
    size_t size;
    uint8_t bytes[MODBUS_FRAME_MAX];
    size_t split; /**< so many bytes go first, the rest after a pause; 0: no pause */
    size_t
        session_at; /**< four bytes there become the number of the mailbox session that the device
                            gave last; 0: none do. Of a frame of one request */
};

struct modbus_history {
    size_t count;
    struct modbus_frame frames[MODBUS_HISTORY_MAX];
};

/** A frame around function code and data, with right lengths and checksum. */
void modbus_frame_wrap(const struct modbus_bus *bus, uint8_t unit, uint16_t transaction,
                       const uint8_t *pdu, size_t size, struct modbus_frame *frame);

/** Bytes before function code and data. */
size_t modbus_frame_head(const struct modbus_bus *bus);

/** Writes the checksum of a serial frame anew, of all but its last two bytes. */
void modbus_frame_seal(const struct modbus_bus *bus, struct modbus_frame *frame);

/** Puts the session's number where the frame wants it, and seals it. */
void modbus_frame_take_session(const struct modbus_bus *bus, struct modbus_frame *frame,
                               uint32_t session);

/** The bytes as hexadecimal digits; what does not fit is left out behind "...". */
void modbus_frame_format(const struct modbus_frame *frame, char *text, size_t size);

#endif
