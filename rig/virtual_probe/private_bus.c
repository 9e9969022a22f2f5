#include "virtual_probe/private_bus.h"

#include "virtual_probe/rom_table.h"

enum {
    FIRST = 0xE0000000,
    LAST = 0xE00FFFFF,
    WORD = 4,
    BYTE_BITS = 8,
    INSTRUCTION = 2, /* bytes of BKPT */
};

_Static_assert(CORE_POINTS_MAX >=
                   BREAKPOINT_UNIT_MAX + WATCHPOINT_UNIT_MAX + SOFT_BREAKPOINTS_MAX + 1,
               "all points of a chip must find room");

void private_bus_init(struct private_bus *bus, const struct core_kind *kind,
                      const struct core_control *control, const struct private_bus_rest *rest)
{
    bus->rest = *rest;
    bus->soft.count = 0;
    bus->has_bench_point = false;
    core_debug_init(&bus->core, control, kind->is_v8);
    breakpoint_unit_init(&bus->breakpoints, kind->breakpoints_reach, kind->breakpoints);
    watchpoint_unit_init(&bus->watchpoints, kind->is_v8, kind->watchpoints);
}

bool private_bus_holds(uint32_t address)
{
    return address >= FIRST && address <= LAST;
}

void private_bus_power_lost(struct private_bus *bus)
{
    core_debug_power_lost(&bus->core);
    bus->soft.count = 0;
    breakpoint_unit_init(&bus->breakpoints, bus->breakpoints.reaches_all, bus->breakpoints.count);
    watchpoint_unit_init(&bus->watchpoints, bus->watchpoints.is_v8, bus->watchpoints.count);
}

/* ---- words ---- */

static bool has_identity(uint32_t component, uint32_t address)
{
    return address - component >= ROM_TABLE_IDENTITY && address - component < ROM_TABLE_BLOCK;
}

static bool read_word(struct private_bus *bus, uint32_t address, uint32_t *value)
{
    const uint32_t component = address & ~(uint32_t)(ROM_TABLE_BLOCK - 1);
    const uint32_t offset = address - component;

    if (core_debug_has(address)) {
        return core_debug_read(&bus->core, address, value);
    }
    switch (component) {
    case ROM_TABLE_ADDRESS:
        *value = rom_table_read(offset);
        return true;
    case COMPONENT_DWT:
        *value = has_identity(component, address) ? rom_table_identity(COMPONENT_DWT, offset)
                                                  : watchpoint_unit_read(&bus->watchpoints, offset);
        return true;
    case COMPONENT_FPB:
        *value = has_identity(component, address) ? rom_table_identity(COMPONENT_FPB, offset)
                                                  : breakpoint_unit_read(&bus->breakpoints, offset);
        return true;
    case COMPONENT_SCS:
        if (has_identity(component, address)) {
            *value = rom_table_identity(COMPONENT_SCS, offset);
            return true;
        }
        break;
    default:
        break;
    }
    return bus->rest.read(bus->rest.context, address, value);
}

bool private_bus_update_points(struct private_bus *bus)
{
    const struct core_control *control = &bus->core.control;
    struct core_point points[CORE_POINTS_MAX];
    size_t count = breakpoint_unit_points(&bus->breakpoints, points);

    count += watchpoint_unit_points(&bus->watchpoints, points + count);
    for (size_t i = 0; i < bus->soft.count; i++) {
        points[count++] = (struct core_point){CORE_POINT_BREAK, bus->soft.places[i], INSTRUCTION};
    }
    if (bus->has_bench_point) {
        points[count++] = bus->bench_point;
    }
    return control->set_points(control->context, points, count);
}

static bool write_word(struct private_bus *bus, uint32_t address, uint32_t value)
{
    const uint32_t component = address & ~(uint32_t)(ROM_TABLE_BLOCK - 1);

    if (core_debug_asks_reset(address, value)) {
        return core_debug_reset(&bus->core);
    }
    if (core_debug_has(address)) {
        return core_debug_write(&bus->core, address, value);
    }
    switch (component) {
    case ROM_TABLE_ADDRESS:
        return true;
    case COMPONENT_DWT:
        watchpoint_unit_write(&bus->watchpoints, address - component, value);
        return private_bus_update_points(bus);
    case COMPONENT_FPB:
        breakpoint_unit_write(&bus->breakpoints, address - component, value);
        return private_bus_update_points(bus);
    default:
        return bus->rest.write(bus->rest.context, address, value);
    }
}

/* ---- accesses ---- */

bool private_bus_read(struct private_bus *bus, const struct memory_access *access, uint32_t *value)
{
    uint32_t word = 0;

    if (!read_word(bus, access->address & ~(uint32_t)(WORD - 1), &word)) {
        return false;
    }
    *value = word >> BYTE_BITS * (access->address % WORD);
    return true;
}

bool private_bus_write(struct private_bus *bus, const struct memory_access *access, uint32_t value)
{
    return access->size == WORD ? write_word(bus, access->address, value) : true;
}
