/*
 * libmodbus_server_mapping.h - the registers of a libmodbus server, in buffers of their exact size
 * (an access beyond them is seen by AddressSanitizer) or with known bytes around them.
 */
#ifndef LIBMODBUS_SERVER_MAPPING_H
#define LIBMODBUS_SERVER_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modbus.h"

#define MAPPING_MOST 2048U /* values of one area */

enum mapping_area_kind { COILS, DISCRETE_INPUTS, HOLDING_REGISTERS, INPUT_REGISTERS, AREA_COUNT };

struct mapping_area {
    unsigned first; /* address */
    unsigned count;
};

/* What the registers should hold. Of each array the first `count` of its area are in use. */
struct mapping_values {
    uint8_t bits[2][MAPPING_MOST];       /* COILS, DISCRETE_INPUTS: 0 or 1 */
    uint16_t registers[2][MAPPING_MOST]; /* HOLDING_REGISTERS, INPUT_REGISTERS, less 2 */
};

struct server_mapping {
    bool roomy;
    struct mapping_area areas[AREA_COUNT];
    modbus_mapping_t *mapping; /* what the library works on */
    modbus_mapping_t around;   /* its memory if roomy */
    struct mapping_values expected;
};

/* The one mapping. */
extern struct server_mapping server_mapping;

/*
 * Makes areas as chosen by AREA_COUNT pairs of numbers (place, size), with values that tell their
 * place. Returns false if memory is short.
 */
bool mapping_start(bool roomy, const uint8_t choices[2 * AREA_COUNT]);

void mapping_end(void);

/* True if the library's registers hold what is expected. */
bool mapping_is_as_expected(void);

/* True if nothing around roomy buffers has changed. */
bool mapping_margins_are_whole(void);

#endif
