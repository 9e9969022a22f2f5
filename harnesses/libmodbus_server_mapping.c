#include "libmodbus_server_mapping.h"

#include <string.h>

#define MARGIN      64U /* values on either side of a roomy area */
#define MARGIN_BYTE 0xC5

struct server_mapping server_mapping;

/* Memory of roomy areas; an area begins MARGIN values in. */
static uint8_t roomy_bits[2][MARGIN + MAPPING_MOST + MARGIN];
static uint16_t roomy_registers[2][MARGIN + MAPPING_MOST + MARGIN];

/* What areas hold at first. */
static struct mapping_values pattern;
static uint8_t whole_margin[MARGIN * sizeof(uint16_t)];

static void make_pattern(void)
{
    if (whole_margin[0] == MARGIN_BYTE) {
        return;
    }
    memset(whole_margin, MARGIN_BYTE, sizeof whole_margin);
    for (unsigned i = 0; i < MAPPING_MOST; i++) {
        pattern.bits[0][i] = (uint8_t)((i * 5U / 3U) & 1U);
        pattern.bits[1][i] = (uint8_t)((i * 3U / 2U) & 1U);
        pattern.registers[0][i] = (uint16_t)(0x1000U + i);
        pattern.registers[1][i] = (uint16_t)(0xF000U + i);
    }
}

static void choose_areas(const uint8_t choices[2 * AREA_COUNT])
{
    static const unsigned firsts[] = {0, 1, 100, 0x130, 0x7FFF, 0x8000, 0xFFF0, 0xFFFF};
    static const unsigned counts[] = {16,  0,   1,   2,   7,    8,    9,    17,
                                      100, 123, 125, 126, 1968, 2000, 2001, MAPPING_MOST};

    for (size_t i = 0; i < AREA_COUNT; i++) {
        server_mapping.areas[i].first = firsts[choices[2 * i] % (sizeof firsts / sizeof *firsts)];
        server_mapping.areas[i].count =
            counts[choices[2 * i + 1] % (sizeof counts / sizeof *counts)];
    }
}

static void use_roomy_memory(void)
{
    const struct mapping_area *areas = server_mapping.areas;
    modbus_mapping_t *around = &server_mapping.around;

    around->start_bits = (int)areas[COILS].first;
    around->nb_bits = (int)areas[COILS].count;
    around->tab_bits = roomy_bits[0] + MARGIN;
    around->start_input_bits = (int)areas[DISCRETE_INPUTS].first;
    around->nb_input_bits = (int)areas[DISCRETE_INPUTS].count;
    around->tab_input_bits = roomy_bits[1] + MARGIN;
    around->start_registers = (int)areas[HOLDING_REGISTERS].first;
    around->nb_registers = (int)areas[HOLDING_REGISTERS].count;
    around->tab_registers = roomy_registers[0] + MARGIN;
    around->start_input_registers = (int)areas[INPUT_REGISTERS].first;
    around->nb_input_registers = (int)areas[INPUT_REGISTERS].count;
    around->tab_input_registers = roomy_registers[1] + MARGIN;
    server_mapping.mapping = around;
    for (size_t i = 0; i < 2; i++) {
        memset(roomy_bits[i], MARGIN_BYTE, MARGIN);
        memset(roomy_bits[i] + MARGIN + areas[COILS + i].count, MARGIN_BYTE, MARGIN);
        memset(roomy_registers[i], MARGIN_BYTE, MARGIN * sizeof(uint16_t));
        memset(roomy_registers[i] + MARGIN + areas[HOLDING_REGISTERS + i].count, MARGIN_BYTE,
               MARGIN * sizeof(uint16_t));
    }
}

static uint8_t *library_bits(size_t i)
{
    return i == 0 ? server_mapping.mapping->tab_bits : server_mapping.mapping->tab_input_bits;
}

static uint16_t *library_registers(size_t i)
{
    return i == 0 ? server_mapping.mapping->tab_registers
                  : server_mapping.mapping->tab_input_registers;
}

static void fill(void)
{
    for (size_t i = 0; i < 2; i++) {
        const size_t bits = server_mapping.areas[COILS + i].count;
        const size_t registers =
            server_mapping.areas[HOLDING_REGISTERS + i].count * sizeof(uint16_t);

        /* An empty area has no memory. */
        if (bits > 0) {
            memcpy(library_bits(i), pattern.bits[i], bits);
            memcpy(server_mapping.expected.bits[i], pattern.bits[i], bits);
        }
        if (registers > 0) {
            memcpy(library_registers(i), pattern.registers[i], registers);
            memcpy(server_mapping.expected.registers[i], pattern.registers[i], registers);
        }
    }
}

bool mapping_start(bool roomy, const uint8_t choices[2 * AREA_COUNT])
{
    const struct mapping_area *areas = server_mapping.areas;

    make_pattern();
    choose_areas(choices);
    server_mapping.roomy = roomy;
    if (roomy) {
        use_roomy_memory();
    } else {
        server_mapping.mapping = modbus_mapping_new_start_address(
            areas[COILS].first, areas[COILS].count, areas[DISCRETE_INPUTS].first,
            areas[DISCRETE_INPUTS].count, areas[HOLDING_REGISTERS].first,
            areas[HOLDING_REGISTERS].count, areas[INPUT_REGISTERS].first,
            areas[INPUT_REGISTERS].count);
    }
    if (server_mapping.mapping == NULL) {
        return false;
    }
    fill();
    return true;
}

void mapping_end(void)
{
    if (!server_mapping.roomy) {
        modbus_mapping_free(server_mapping.mapping);
    }
    server_mapping.mapping = NULL;
}

bool mapping_is_as_expected(void)
{
    for (size_t i = 0; i < 2; i++) {
        const size_t bits = server_mapping.areas[COILS + i].count;
        const size_t registers =
            server_mapping.areas[HOLDING_REGISTERS + i].count * sizeof(uint16_t);

        if ((bits > 0 && memcmp(library_bits(i), server_mapping.expected.bits[i], bits) != 0) ||
            (registers > 0 &&
             memcmp(library_registers(i), server_mapping.expected.registers[i], registers) != 0)) {
            return false;
        }
    }
    return true;
}

bool mapping_margins_are_whole(void)
{
    if (!server_mapping.roomy) {
        return true;
    }
    for (size_t i = 0; i < 2; i++) {
        const uint8_t *bits = roomy_bits[i];
        const uint16_t *registers = roomy_registers[i];
        const size_t bit_count = server_mapping.areas[COILS + i].count;
        const size_t register_count = server_mapping.areas[HOLDING_REGISTERS + i].count;

        if (memcmp(bits, whole_margin, MARGIN) != 0 ||
            memcmp(bits + MARGIN + bit_count, whole_margin, MARGIN) != 0 ||
            memcmp(registers, whole_margin, sizeof whole_margin) != 0 ||
            memcmp(registers + MARGIN + register_count, whole_margin, sizeof whole_margin) != 0) {
            return false;
        }
    }
    return true;
}
