/**
 * The ROM table, by which a debugger finds the core's debug components, and what these say of
 * themselves at their ends (ADIv5.2, IHI 0031, part D; CoreSight, IHI 0029, B2.2).
 */
#ifndef RIG_VIRTUAL_PROBE_ROM_TABLE_H
#define RIG_VIRTUAL_PROBE_ROM_TABLE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    ROM_TABLE_ADDRESS = 0xE00FF000,
    ROM_TABLE_BASE = 0xE00FF003, /**< for BASE of the MEM-AP: present, 32-bit format */
    ROM_TABLE_IDENTITY = 0xFD0,  /**< offset in a component where its identity begins */
    ROM_TABLE_BLOCK = 0x1000,    /**< bytes of a component */
};

/** The debug components, by the first address of each. */
enum rom_table_component {
    COMPONENT_DWT = 0xE0001000,
    COMPONENT_FPB = 0xE0002000,
    COMPONENT_SCS = 0xE000E000,
};

/** A word of the table, at an offset that is a multiple of 4 below ROM_TABLE_BLOCK. */
uint32_t rom_table_read(uint32_t offset);

/** A word of a component's identity, at an offset from ROM_TABLE_IDENTITY on. */
uint32_t rom_table_identity(enum rom_table_component component, uint32_t offset);

#endif
