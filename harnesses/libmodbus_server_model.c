#include "libmodbus_server_model.h"

#include "byte_order.h"

#include <string.h>

enum {
    READ_COILS = 1,
    READ_DISCRETE_INPUTS = 2,
    READ_HOLDING_REGISTERS = 3,
    READ_INPUT_REGISTERS = 4,
    WRITE_SINGLE_COIL = 5,
    WRITE_SINGLE_REGISTER = 6,
    WRITE_MULTIPLE_COILS = 15,
    WRITE_MULTIPLE_REGISTERS = 16,
    MASK_WRITE_REGISTER = 22,
    READ_WRITE_REGISTERS = 23,
};

#define COIL_ON 0xFF00U

/* ---- may it be served? ---- */

static bool is_inside(const struct server_mapping *mapping, enum mapping_area_kind kind,
                      unsigned address, unsigned quantity)
{
    const struct mapping_area *area = &mapping->areas[kind];

    return address >= area->first && address - area->first + quantity <= area->count;
}

static enum model_verdict serve_if(bool lawful)
{
    return lawful ? MODEL_SERVE : MODEL_REFUSE;
}

static bool is_quantity(unsigned quantity, unsigned most)
{
    return quantity >= 1 && quantity <= most;
}

static enum model_verdict judge_coils(const struct server_mapping *mapping, const uint8_t *pdu)
{
    const unsigned address = get_be16(pdu + 1);
    const unsigned quantity = get_be16(pdu + 3);
    const unsigned needed = (quantity + 7U) / 8U;

    if (!is_quantity(quantity, 1968) || pdu[5] < needed ||
        !is_inside(mapping, COILS, address, quantity)) {
        return MODEL_REFUSE;
    }
    return pdu[5] == needed ? MODEL_SERVE : MODEL_EITHER;
}

static enum model_verdict judge_registers(const struct server_mapping *mapping, const uint8_t *pdu,
                                          unsigned most)
{
    const unsigned quantity = get_be16(pdu + 2);

    return serve_if(is_quantity(quantity, most) && pdu[4] == 2U * quantity &&
                    is_inside(mapping, HOLDING_REGISTERS, get_be16(pdu), quantity));
}

/* The length of a request up to its values; 0 for a function that is not one on registers. */
static size_t fixed_length(uint8_t function)
{
    if (function >= READ_COILS && function <= WRITE_SINGLE_REGISTER) {
        return 5;
    }
    switch (function) {
    case WRITE_MULTIPLE_COILS:
    case WRITE_MULTIPLE_REGISTERS:
        return 6;
    case MASK_WRITE_REGISTER:
        return 7;
    case READ_WRITE_REGISTERS:
        return 10;
    default:
        return 0;
    }
}

/* True if the values that the byte count promises are there. */
static bool has_values(const uint8_t *pdu, size_t length)
{
    switch (pdu[0]) {
    case WRITE_MULTIPLE_COILS:
    case WRITE_MULTIPLE_REGISTERS:
        return length >= 6U + pdu[5];
    case READ_WRITE_REGISTERS:
        return length >= 10U + pdu[9];
    default:
        return true;
    }
}

static enum model_verdict judge_complete(const struct server_mapping *mapping, const uint8_t *pdu)
{
    const unsigned address = get_be16(pdu + 1);
    const unsigned quantity = get_be16(pdu + 3);

    switch (pdu[0]) {
    case READ_COILS:
        return serve_if(is_quantity(quantity, 2000) &&
                        is_inside(mapping, COILS, address, quantity));
    case READ_DISCRETE_INPUTS:
        return serve_if(is_quantity(quantity, 2000) &&
                        is_inside(mapping, DISCRETE_INPUTS, address, quantity));
    case READ_HOLDING_REGISTERS:
        return serve_if(is_quantity(quantity, 125) &&
                        is_inside(mapping, HOLDING_REGISTERS, address, quantity));
    case READ_INPUT_REGISTERS:
        return serve_if(is_quantity(quantity, 125) &&
                        is_inside(mapping, INPUT_REGISTERS, address, quantity));
    case WRITE_SINGLE_COIL:
        return serve_if((quantity == COIL_ON || quantity == 0) &&
                        is_inside(mapping, COILS, address, 1));
    case WRITE_SINGLE_REGISTER:
    case MASK_WRITE_REGISTER:
        return serve_if(is_inside(mapping, HOLDING_REGISTERS, address, 1));
    case WRITE_MULTIPLE_COILS:
        return judge_coils(mapping, pdu);
    case WRITE_MULTIPLE_REGISTERS:
        return judge_registers(mapping, pdu + 1, 123);
    default: /* READ_WRITE_REGISTERS */
        return is_quantity(quantity, 125) &&
                       is_inside(mapping, HOLDING_REGISTERS, address, quantity)
                   ? judge_registers(mapping, pdu + 5, 121)
                   : MODEL_REFUSE;
    }
}

enum model_verdict model_judge(const struct server_mapping *mapping, const uint8_t *pdu,
                               size_t length)
{
    const size_t fixed = fixed_length(pdu[0]);

    if (fixed == 0) {
        return MODEL_UNKNOWN;
    }
    return length >= fixed && has_values(pdu, length) ? judge_complete(mapping, pdu) : MODEL_REFUSE;
}

/* ---- serving it ---- */

static size_t read_bits(const uint8_t *bits, unsigned quantity, uint8_t *reply)
{
    const size_t bytes = (quantity + 7U) / 8U;

    reply[1] = (uint8_t)bytes;
    memset(reply + 2, 0, bytes);
    for (size_t i = 0; i < quantity; i++) {
        reply[2 + i / 8U] = (uint8_t)(reply[2 + i / 8U] | (bits[i] << (i % 8U)));
    }
    return 2U + bytes;
}

static size_t read_registers(const uint16_t *registers, unsigned quantity, uint8_t *reply)
{
    reply[1] = (uint8_t)(2U * quantity);
    for (size_t i = 0; i < quantity; i++) {
        put_be16(reply + 2U + 2U * i, registers[i]);
    }
    return 2U + 2U * quantity;
}

static void write_registers(uint16_t *registers, unsigned quantity, const uint8_t *values)
{
    for (size_t i = 0; i < quantity; i++) {
        registers[i] = get_be16(values + 2U * i);
    }
}

static void write_coils(uint8_t *coils, const uint8_t *pdu)
{
    const unsigned number = get_be16(pdu + 3);

    if (pdu[0] == WRITE_SINGLE_COIL) {
        *coils = number == COIL_ON ? 1 : 0;
        return;
    }
    for (size_t i = 0; i < number; i++) {
        coils[i] = (uint8_t)((pdu[6 + i / 8U] >> (i % 8U)) & 1U);
    }
}

/* A write is answered by the beginning of its request. */
static size_t serve_write(struct server_mapping *mapping, const uint8_t *pdu, uint8_t *reply)
{
    const unsigned address = get_be16(pdu + 1);
    const unsigned number = get_be16(pdu + 3);
    uint16_t *registers = mapping->expected.registers[0];
    const size_t echo = pdu[0] == MASK_WRITE_REGISTER ? 7 : 5;

    memcpy(reply, pdu, echo);
    if (pdu[0] == WRITE_SINGLE_COIL || pdu[0] == WRITE_MULTIPLE_COILS) {
        write_coils(mapping->expected.bits[0] + (address - mapping->areas[COILS].first), pdu);
        return echo;
    }
    registers += address - mapping->areas[HOLDING_REGISTERS].first;
    if (pdu[0] == WRITE_SINGLE_REGISTER) {
        *registers = (uint16_t)number;
    } else if (pdu[0] == WRITE_MULTIPLE_REGISTERS) {
        write_registers(registers, number, pdu + 6);
    } else { /* MASK_WRITE_REGISTER: (current AND and) OR (or AND NOT and) */
        *registers = (uint16_t)((*registers & number) | (get_be16(pdu + 5) & ~number));
    }
    return echo;
}

size_t model_serve(struct server_mapping *mapping, const uint8_t *pdu, uint8_t reply[MODEL_MAX_PDU])
{
    const struct mapping_area *areas = mapping->areas;
    struct mapping_values *expected = &mapping->expected;
    const unsigned address = get_be16(pdu + 1);
    const unsigned quantity = get_be16(pdu + 3);

    reply[0] = pdu[0];
    switch (pdu[0]) {
    case READ_COILS:
        return read_bits(expected->bits[0] + (address - areas[COILS].first), quantity, reply);
    case READ_DISCRETE_INPUTS:
        return read_bits(expected->bits[1] + (address - areas[DISCRETE_INPUTS].first), quantity,
                         reply);
    case READ_INPUT_REGISTERS:
        return read_registers(expected->registers[1] + (address - areas[INPUT_REGISTERS].first),
                              quantity, reply);
    case READ_WRITE_REGISTERS: /* writes first */
        write_registers(expected->registers[0] +
                            (get_be16(pdu + 5) - areas[HOLDING_REGISTERS].first),
                        get_be16(pdu + 7), pdu + 10);
        return read_registers(expected->registers[0] + (address - areas[HOLDING_REGISTERS].first),
                              quantity, reply);
    case READ_HOLDING_REGISTERS:
        return read_registers(expected->registers[0] + (address - areas[HOLDING_REGISTERS].first),
                              quantity, reply);
    default:
        return serve_write(mapping, pdu, reply);
    }
}
