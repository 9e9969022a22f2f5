/**
 * The device's side of the wire that OpenOCD's driver "buspirate" speaks over a serial line: the Bus
 * Pirate's binary mode with its JTAG extension "OCD1" (OpenOCD, src/jtag/drivers/buspirate.c).
 *
 * What arrives is untrusted: any bytes are taken, in any pieces, and the parser never reads or keeps
 * more than this structure. The serial line's speed has no meaning here; it may be set, and is
 * acknowledged.
 */
#ifndef RIG_VIRTUAL_PROBE_BUS_PIRATE_H
#define RIG_VIRTUAL_PROBE_BUS_PIRATE_H

#include <stddef.h>
#include <stdint.h>

#include "virtual_probe/debug_pins.h"

enum {
    BUS_PIRATE_REPLY_MAX = 10, /**< bytes that one byte of input can be answered with */
    BUS_PIRATE_ZEROS = 20,     /**< zero bytes that lead from the terminal to the binary mode */
};

enum bus_pirate_mode {
    BUS_PIRATE_TERMINAL, /**< for people; nothing is answered but zeros counted */
    BUS_PIRATE_BINARY,   /**< "BBIO1" */
    BUS_PIRATE_JTAG,     /**< "OCD1" */
};

/** Fields are the parser's own. */
struct bus_pirate {
    struct debug_pins pins;
    enum bus_pirate_mode mode;
    unsigned zeros;      /**< in a row, in the terminal */
    uint8_t command[4];  /**< the command that has begun, as far as it has come */
    size_t command_size; /**< bytes of it; 0 between commands */
    uint32_t shift_bits; /**< that a shift still has to come */
    uint8_t shift_tdi;   /**< first half of a pair */
    bool has_tdi;
};

/** Begins in the terminal. The pins are copied. */
void bus_pirate_init(struct bus_pirate *wire, const struct debug_pins *pins);

/**
 * The line was opened anew: what a dead client began is forgotten, its resets are let go.
 */
void bus_pirate_reopen(struct bus_pirate *wire);

/** Takes one byte. Returns how many bytes of `reply` have to be sent back, in order; often none. */
size_t bus_pirate_take(struct bus_pirate *wire, uint8_t byte, uint8_t reply[BUS_PIRATE_REPLY_MAX]);

#endif
