/*
 * Method: a command is kept until all of its bytes are there (four at most) and then done. The one
 * long command, a shift, is done as it comes: after its header, each pair of bytes, eight times TDI
 * and eight times TMS, moves the pins and is answered with eight times TDO. So no length that a
 * client names has to be believed, or kept.
 */
#include "virtual_probe/bus_pirate.h"

#include <string.h>

enum command {
    COMMAND_LEAVE = 0x00,
    COMMAND_PORT_MODE = 0x01,
    COMMAND_FEATURE = 0x02,
    COMMAND_READ_ADC = 0x03,
    COMMAND_TAP_SHIFT = 0x05,
    COMMAND_UART_SPEED = 0x07,
    COMMAND_JTAG_SPEED = 0x08,
};

enum binary_command {
    BINARY_AGAIN = 0x00,
    BINARY_ENTER_JTAG = 0x06,
    BINARY_LEAVE = 0x0F,
};

enum feature {
    FEATURE_TRST = 0x04,
    FEATURE_SRST = 0x08,
};

enum {
    ADC_REPLY = 10,         /* four voltages and two unused bytes; all are zero here */
    SPEED_CONFIRM_1 = 0xAA, /* sent at the new speed, before it is acknowledged */
    SPEED_CONFIRM_2 = 0x55,
    BITS = 8,
};

void bus_pirate_init(struct bus_pirate *wire, const struct debug_pins *pins)
{
    memset(wire, 0, sizeof(*wire));
    wire->pins = *pins;
    wire->mode = BUS_PIRATE_TERMINAL;
}

void bus_pirate_reopen(struct bus_pirate *wire)
{
    const struct debug_pins pins = wire->pins;

    pins.tap_reset(pins.context, false);
    pins.system_reset(pins.context, false);
    bus_pirate_init(wire, &pins);
}

static const uint8_t binary_greeting[] = {'B', 'B', 'I', 'O', '1'};
static const uint8_t jtag_greeting[] = {'O', 'C', 'D', '1'};

static size_t enter_binary(struct bus_pirate *wire, uint8_t *reply)
{
    wire->mode = BUS_PIRATE_BINARY;
    wire->zeros = 0;
    memcpy(reply, binary_greeting, sizeof(binary_greeting));
    return sizeof(binary_greeting);
}

static size_t take_in_terminal(struct bus_pirate *wire, uint8_t byte, uint8_t *reply)
{
    wire->zeros = byte == 0 ? wire->zeros + 1 : 0;
    return wire->zeros >= BUS_PIRATE_ZEROS ? enter_binary(wire, reply) : 0;
}

static size_t take_in_binary(struct bus_pirate *wire, uint8_t byte, uint8_t *reply)
{
    switch (byte) {
    case BINARY_AGAIN:
        return enter_binary(wire, reply);
    case BINARY_ENTER_JTAG:
        wire->mode = BUS_PIRATE_JTAG;
        memcpy(reply, jtag_greeting, sizeof(jtag_greeting));
        return sizeof(jtag_greeting);
    case BINARY_LEAVE:
        wire->mode = BUS_PIRATE_TERMINAL;
        return 0;
    default:
        return 0;
    }
}

/* ---- commands of the JTAG mode ---- */

/* Bytes of a command, a shift's data not counted. One that is not known is passed over. */
static size_t command_length(uint8_t command)
{
    switch (command) {
    case COMMAND_PORT_MODE:
        return 2;
    case COMMAND_FEATURE:
    case COMMAND_TAP_SHIFT:
    case COMMAND_JTAG_SPEED:
        return 3;
    case COMMAND_UART_SPEED:
        return 4;
    default:
        return 1;
    }
}

/* Reset lines are open-drain: a line that is not "enabled" is pulled low. */
static void set_feature(struct bus_pirate *wire, uint8_t feature, uint8_t action)
{
    const bool low = action == 0;

    if (feature == FEATURE_TRST) {
        wire->pins.tap_reset(wire->pins.context, low);
    } else if (feature == FEATURE_SRST) {
        wire->pins.system_reset(wire->pins.context, low);
    }
}

static size_t begin_shift(struct bus_pirate *wire, uint8_t *reply)
{
    wire->shift_bits = (uint32_t)wire->command[1] << BITS | wire->command[2];
    wire->has_tdi = false;
    memcpy(reply, wire->command, 3);
    return 3;
}

static size_t run_command(struct bus_pirate *wire, uint8_t *reply)
{
    const uint8_t *command = wire->command;

    switch (command[0]) {
    case COMMAND_LEAVE:
        return enter_binary(wire, reply);
    case COMMAND_FEATURE:
        set_feature(wire, command[1], command[2]);
        return 0;
    case COMMAND_READ_ADC:
        memset(reply, 0, ADC_REPLY);
        return ADC_REPLY;
    case COMMAND_TAP_SHIFT:
        return begin_shift(wire, reply);
    case COMMAND_UART_SPEED:
        if (command[2] != SPEED_CONFIRM_1 || command[3] != SPEED_CONFIRM_2) {
            return 0;
        }
        memcpy(reply, command, 2);
        return 2;
    default:
        return 0;
    }
}

static uint8_t shift_byte(struct bus_pirate *wire, uint8_t tdi, uint8_t tms)
{
    const unsigned count = wire->shift_bits < BITS ? wire->shift_bits : BITS;
    uint8_t tdo = 0;

    for (unsigned i = 0; i < count; i++) {
        const bool bit =
            wire->pins.clock(wire->pins.context, (tms >> i & 1) != 0, (tdi >> i & 1) != 0);

        tdo = (uint8_t)(tdo | (unsigned)bit << i);
    }
    wire->shift_bits -= count;
    return tdo;
}

static size_t take_shift_data(struct bus_pirate *wire, uint8_t byte, uint8_t *reply)
{
    if (!wire->has_tdi) {
        wire->shift_tdi = byte;
        wire->has_tdi = true;
        return 0;
    }
    wire->has_tdi = false;
    reply[0] = shift_byte(wire, wire->shift_tdi, byte);
    return 1;
}

static size_t take_in_jtag(struct bus_pirate *wire, uint8_t byte, uint8_t *reply)
{
    if (wire->shift_bits > 0) {
        return take_shift_data(wire, byte, reply);
    }
    wire->command[wire->command_size++] = byte;
    if (wire->command_size < command_length(wire->command[0])) {
        return 0;
    }
    wire->command_size = 0;
    return run_command(wire, reply);
}

size_t bus_pirate_take(struct bus_pirate *wire, uint8_t byte, uint8_t reply[BUS_PIRATE_REPLY_MAX])
{
    switch (wire->mode) {
    case BUS_PIRATE_BINARY:
        return take_in_binary(wire, byte, reply);
    case BUS_PIRATE_JTAG:
        return take_in_jtag(wire, byte, reply);
    case BUS_PIRATE_TERMINAL:
    default:
        return take_in_terminal(wire, byte, reply);
    }
}
