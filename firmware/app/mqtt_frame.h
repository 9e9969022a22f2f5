/*
 * mqtt_frame.h - where the packets of an MQTT connection begin and end (MQTT 3.1.1, 2.2), for
 * whoever wants to look at the bytes before the library does.
 *
 * A packet is one byte, a remaining length of one to four bytes, of which all but the last have the
 * highest bit set, and as many bytes as that says. Bytes come in pieces of any size.
 */
#ifndef APP_MQTT_FRAME_H
#define APP_MQTT_FRAME_H

#include "hal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MQTT_FRAME_LENGTH_BYTES 4U

/* Plain bytes; all zero at the beginning of a connection. */
struct mqtt_frame {
    bool in_length;       /* the next byte is one of the remaining length */
    uint8_t length_bytes; /* of the present packet that have come */
    uint32_t left;        /* of the present packet, beyond the length */
};

/* Takes the next bytes. False, for good, when they hold a remaining length of more than four bytes:
 * then nothing of them, and nothing that follows, is MQTT. */
HAL_MUST_CHECK bool mqtt_frame_take(struct mqtt_frame *frame, const uint8_t *bytes, size_t count);

#endif
