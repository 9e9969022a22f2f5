/*
 * libmodbus_server_model.h - what a Modbus server has to do with a request, after the Modbus
 * Application Protocol V1.1b3, 6; written without a look at how libmodbus does it.
 */
#ifndef LIBMODBUS_SERVER_MODEL_H
#define LIBMODBUS_SERVER_MODEL_H

#include "libmodbus_server_mapping.h"

#include <stddef.h>
#include <stdint.h>

#define MODEL_MAX_PDU 253U

enum model_verdict {
    MODEL_SERVE,   /* lawful, and must be served */
    MODEL_REFUSE,  /* must be refused */
    MODEL_EITHER,  /* may be served or refused: more bytes than the values need (function 15) */
    MODEL_UNKNOWN, /* not a function on registers: whatever is answered, they stay as they are */
};

/* Judges a request PDU of `length` bytes, at least 1, for the areas of `mapping`. */
enum model_verdict model_judge(const struct server_mapping *mapping, const uint8_t *pdu,
                               size_t length);

/*
 * Carries out a request that may be served on `mapping->expected`. Writes the normal reply's PDU to
 * `reply` and returns its length.
 */
size_t model_serve(struct server_mapping *mapping, const uint8_t *pdu,
                   uint8_t reply[MODEL_MAX_PDU]);

#endif
