/**
 * The private peripheral bus of a Cortex-M core as a debugger sees it, 0xE0000000 to 0xE00FFFFF: the
 * debug components that are modelled here, and for all else what the emulated core answers.
 */
#ifndef RIG_VIRTUAL_PROBE_PRIVATE_BUS_H
#define RIG_VIRTUAL_PROBE_PRIVATE_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "virtual_probe/breakpoint_unit.h"
#include "virtual_probe/core_debug.h"
#include "virtual_probe/core_kind.h"
#include "virtual_probe/mem_ap.h"
#include "virtual_probe/soft_breakpoints.h"
#include "virtual_probe/watchpoint_unit.h"

/** The emulated core's own registers. All members must be set. */
struct private_bus_rest {
    void *context;

    /** One word. False: the core is gone, or has nothing there. */
    bool (*read)(void *context, uint32_t address, uint32_t *value);
    bool (*write)(void *context, uint32_t address, uint32_t value);
};

/** Fields are the bus's own, but `soft` and the bench's; the core and the watchpoints are told what
 * happens to the guest. */
struct private_bus {
    struct private_bus_rest rest;
    struct core_debug core;
    struct breakpoint_unit breakpoints;
    struct watchpoint_unit watchpoints;
    struct soft_breakpoints soft;  /**< after a change of it private_bus_update_points() is due */
    bool has_bench_point;          /**< likewise */
    struct core_point bench_point; /**< the bench's own, which no debugger sees */
};

/** After power-up. All but `kind` is copied; a control's set_points() is called by this bus alone. */
void private_bus_init(struct private_bus *bus, const struct core_kind *kind,
                      const struct core_control *control, const struct private_bus_rest *rest);

/** Whether the address lies on it. */
bool private_bus_holds(uint32_t address);

/**
 * One access. Registers are words: a smaller read gives a part of one, a smaller write does nothing.
 * False: a bus error.
 */
bool private_bus_read(struct private_bus *bus, const struct memory_access *access, uint32_t *value);
bool private_bus_write(struct private_bus *bus, const struct memory_access *access, uint32_t value);

/** Gives the core the points of all of them. False: it is gone. */
bool private_bus_update_points(struct private_bus *bus);

/** The chip lost its power: all that was set is gone. */
void private_bus_power_lost(struct private_bus *bus);

#endif
