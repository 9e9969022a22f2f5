/*
 * What a request has coming: the part of modbus_wire_oracle.h that knows functions and registers.
 * Section numbers are of the Modbus Application Protocol V1.1b3.
 */
#include "scenarios/modbus_wire_oracle.h"

enum {
    COIL_ON = 0xFF00,
    MEI = 43,
    MEI_IDENTIFICATION = 14,
    READ_BITS = 2000,
    READ_REGISTERS = 125,
    WRITE_BITS = 1968,
    WRITE_REGISTERS = 123,
    EXCHANGE_REGISTERS = 121,
};

static unsigned get16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

/* `count` things from `address` on exist among `have`. */
static bool range_fits(const uint8_t *range, unsigned limit, unsigned have)
{
    const unsigned address = get16(range);
    const unsigned count = get16(range + 2);

    return count >= 1 && count <= limit && address + count <= have;
}

static bool is_read(const struct modbus_map *map, const uint8_t *pdu, size_t size)
{
    const unsigned have[] = {0, map->coils, map->discrete_inputs, map->holding, map->inputs};

    return size == 5 && range_fits(pdu + 1, pdu[0] <= 2 ? READ_BITS : READ_REGISTERS, have[pdu[0]]);
}

/* ---- writes ---- */

static bool value_fits(const struct modbus_map *map, unsigned address, unsigned value)
{
    const int16_t number = (int16_t)value;

    return address < map->open_count && number >= map->open[address].low &&
           number <= map->open[address].high;
}

static unsigned masked(const uint8_t *pdu, unsigned before)
{
    return (before & get16(pdu + 3)) | (get16(pdu + 5) & ~get16(pdu + 3) & 0xFFFF);
}

static bool values_fit(const struct modbus_map *map, const uint8_t *range, const uint8_t *values)
{
    for (unsigned i = 0; i < get16(range + 2); i++) {
        if (!value_fits(map, get16(range) + i, get16(values + 2 * (size_t)i)))
            return false;
    }
    return true;
}

static bool is_coil_write(const struct modbus_map *map, const uint8_t *pdu, size_t size)
{
    if (pdu[0] == 5)
        return size == 5 && get16(pdu + 1) < map->coils &&
               (get16(pdu + 3) == 0 || get16(pdu + 3) == COIL_ON);
    return size >= 6 && range_fits(pdu + 1, WRITE_BITS, map->coils) &&
           pdu[5] == (get16(pdu + 3) + 7) / 8 && size == 6u + pdu[5];
}

static bool is_register_write(const struct modbus_map *map, const uint8_t *pdu, size_t size,
                              const uint16_t *registers)
{
    if (pdu[0] == 6)
        return size == 5 && value_fits(map, get16(pdu + 1), get16(pdu + 3));
    if (pdu[0] == 22)
        return size == 7 && get16(pdu + 1) < map->open_count &&
               value_fits(map, get16(pdu + 1), masked(pdu, registers[get16(pdu + 1)]));
    return size >= 6 && range_fits(pdu + 1, WRITE_REGISTERS, map->open_count) &&
           pdu[5] == 2 * get16(pdu + 3) && size == 6u + pdu[5] && values_fit(map, pdu + 1, pdu + 6);
}

static bool is_message(const struct modbus_map *map, const uint8_t *pdu, size_t size)
{
    return size >= 10 && map->mailbox_count > 0 && get16(pdu + 1) == map->mailbox &&
           get16(pdu + 3) == map->mailbox_count && get16(pdu + 5) == map->mailbox &&
           get16(pdu + 7) >= 1 && get16(pdu + 7) <= EXCHANGE_REGISTERS &&
           pdu[9] == 2 * get16(pdu + 7) && size == 10u + pdu[9];
}

static bool is_exchange(const struct modbus_bus *bus, const uint8_t *pdu, size_t size)
{
    const struct modbus_map *map = bus->map;

    if (is_message(map, pdu, size))
        return true;
    return bus->kind == MODBUS_RTU && size >= 10 &&
           range_fits(pdu + 1, READ_REGISTERS, map->holding) &&
           range_fits(pdu + 5, EXCHANGE_REGISTERS, map->open_count) &&
           pdu[9] == 2 * get16(pdu + 7) && size == 10u + pdu[9] &&
           values_fit(map, pdu + 5, pdu + 10);
}

static bool is_identification(const struct modbus_map *map, const uint8_t *pdu, size_t size)
{
    return size == 4 && pdu[1] == MEI_IDENTIFICATION && pdu[2] >= 1 && pdu[2] <= 4 &&
           (pdu[2] != 4 || pdu[3] < map->identification);
}

/* ---- the table ---- */

static bool is_legal(const struct modbus_bus *bus, const uint8_t *pdu, size_t size,
                     const uint16_t *registers)
{
    switch (pdu[0]) {
    case 1:
    case 2:
    case 3:
    case 4:
        return is_read(bus->map, pdu, size);
    case 5:
    case 15:
        return bus->kind == MODBUS_RTU && is_coil_write(bus->map, pdu, size);
    case 6:
    case 16:
    case 22:
        return bus->kind == MODBUS_RTU && is_register_write(bus->map, pdu, size, registers);
    case 23:
        return is_exchange(bus, pdu, size);
    case MEI:
        return is_identification(bus->map, pdu, size);
    default:
        return false;
    }
}

/* What no device may take, whatever its registers are. */
static bool breaks_protocol(const uint8_t *pdu, size_t size)
{
    switch (pdu[0]) {
    case 1:
    case 2:
        return size != 5 || !range_fits(pdu + 1, READ_BITS, 0x10000);
    case 3:
    case 4:
        return size != 5 || !range_fits(pdu + 1, READ_REGISTERS, 0x10000);
    case 5:
        return size != 5 || (get16(pdu + 3) != 0 && get16(pdu + 3) != COIL_ON);
    case 6:
        return size != 5;
    case 15:
        return size < 6 || !range_fits(pdu + 1, WRITE_BITS, 0x10000) || size != 6u + pdu[5] ||
               pdu[5] != (get16(pdu + 3) + 7) / 8;
    case 16:
        return size < 6 || !range_fits(pdu + 1, WRITE_REGISTERS, 0x10000) || size != 6u + pdu[5] ||
               pdu[5] != 2 * get16(pdu + 3);
    case 22:
        return size != 7;
    case 23:
        return size < 10 || !range_fits(pdu + 1, READ_REGISTERS, 0x10000) ||
               !range_fits(pdu + 5, EXCHANGE_REGISTERS, 0x10000) || size != 10u + pdu[9] ||
               pdu[9] != 2 * get16(pdu + 7);
    default:
        return pdu[0] == 0 || pdu[0] > 127; /* 4.1 */
    }
}

enum modbus_due modbus_request_due(const struct modbus_bus *bus,
                                   const struct modbus_request *request, const uint16_t *registers)
{
    if (breaks_protocol(request->pdu, request->size))
        return MODBUS_DUE_REFUSAL;
    if (bus->map == NULL)
        return MODBUS_DUE_EITHER;
    return is_legal(bus, request->pdu, request->size, registers) ? MODBUS_DUE_ANSWER
                                                                 : MODBUS_DUE_REFUSAL;
}

bool modbus_request_message(const struct modbus_bus *bus, const struct modbus_request *request,
                            const uint8_t **message, size_t *size)
{
    if (bus->map == NULL || request->pdu[0] != 23 ||
        !is_message(bus->map, request->pdu, request->size))
        return false;
    *message = request->pdu + 10;
    *size = request->size - 10;
    return true;
}

bool modbus_request_writes(const struct modbus_bus *bus, const struct modbus_request *request)
{
    const uint8_t *message;
    size_t size;

    switch (request->pdu[0]) {
    case 5:
    case 6:
    case 15:
    case 16:
    case 22:
        return true;
    case 23:
        return !modbus_request_message(bus, request, &message, &size);
    default:
        return false;
    }
}

static void apply_values(const uint8_t *range, const uint8_t *values, uint16_t *registers)
{
    for (unsigned i = 0; i < get16(range + 2); i++)
        registers[get16(range) + i] = (uint16_t)get16(values + 2 * (size_t)i);
}

static void apply_coils(const uint8_t *pdu, uint16_t *registers)
{
    const unsigned address = get16(pdu + 1);
    const unsigned mask = pdu[0] == 5 ? 1u : (1u << get16(pdu + 3)) - 1u;
    const unsigned bits = pdu[0] == 5 ? (unsigned)(get16(pdu + 3) == COIL_ON) : pdu[6];

    registers[1] = modbus_map_write_coils(registers[1], mask << address, bits << address);
}

void modbus_request_apply(const struct modbus_bus *bus, const struct modbus_request *request,
                          uint16_t *registers)
{
    const uint8_t *pdu = request->pdu;

    if (bus->map == NULL || !modbus_request_writes(bus, request) ||
        !is_legal(bus, pdu, request->size, registers))
        return;
    if (pdu[0] == 5 || pdu[0] == 15)
        apply_coils(pdu, registers);
    else if (pdu[0] == 6)
        registers[get16(pdu + 1)] = (uint16_t)get16(pdu + 3);
    else if (pdu[0] == 22)
        registers[get16(pdu + 1)] = (uint16_t)masked(pdu, registers[get16(pdu + 1)]);
    else if (pdu[0] == 16)
        apply_values(pdu + 1, pdu + 6, registers);
    else
        apply_values(pdu + 5, pdu + 10, registers);
}
