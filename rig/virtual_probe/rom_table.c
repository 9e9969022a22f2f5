#include "virtual_probe/rom_table.h"

#include <stddef.h>

enum {
    ENTRY_PRESENT = 0x3, /* and in the 32-bit format */
    PIDR4 = 0xFD0,       /* registers of identity, a byte each */
    PIDR0 = 0xFE0,
    PIDR1 = 0xFE4,
    PIDR2 = 0xFE8,
    CIDR0 = 0xFF0,
    CIDR1 = 0xFF4,
    CIDR2 = 0xFF8,
    CIDR3 = 0xFFC,
    MEMORY_TYPE = 0xFCC, /* of a ROM table: system memory can be reached through the port */
    CLASS_ROM_TABLE = 0x10,
    CLASS_GENERIC = 0xE0,
    ARM_PIDR1 = 0xB0, /* designer, its lowest four bits: 0x23B, Arm */
    ARM_PIDR2 = 0x0B,
    ARM_PIDR4 = 0x04,
    TABLE_PART = 0xC4, /* lowest byte of the part number */
    NAME_SCS = 0x0C,
    NAME_DWT = 0x02,
    NAME_FPB = 0x03,
};

static const uint32_t components[] = {COMPONENT_SCS, COMPONENT_DWT, COMPONENT_FPB};

/* What all of Arm's components have in common. */
static uint32_t identity(uint32_t offset, uint32_t component_class, uint32_t part)
{
    switch (offset) {
    case PIDR0:
        return part;
    case PIDR1:
        return ARM_PIDR1;
    case PIDR2:
        return ARM_PIDR2;
    case PIDR4:
        return ARM_PIDR4;
    case CIDR0:
        return 0x0D;
    case CIDR1:
        return component_class;
    case CIDR2:
        return 0x05;
    case CIDR3:
        return 0xB1;
    default:
        return 0;
    }
}

uint32_t rom_table_read(uint32_t offset)
{
    const size_t entry = offset / sizeof(uint32_t);

    if (entry < sizeof(components) / sizeof(components[0])) {
        return (components[entry] - ROM_TABLE_ADDRESS) | ENTRY_PRESENT;
    }
    return offset == MEMORY_TYPE ? 1 : identity(offset, CLASS_ROM_TABLE, TABLE_PART);
}

uint32_t rom_table_identity(enum rom_table_component component, uint32_t offset)
{
    switch (component) {
    case COMPONENT_SCS:
        return identity(offset, CLASS_GENERIC, NAME_SCS);
    case COMPONENT_DWT:
        return identity(offset, CLASS_GENERIC, NAME_DWT);
    default:
        return identity(offset, CLASS_GENERIC, NAME_FPB);
    }
}
