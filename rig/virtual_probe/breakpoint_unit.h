/**
 * The Flash Patch and Breakpoint unit of a Cortex-M core, as far as it halts the core: FP_CTRL and its
 * comparators. Version 1 of it (Armv6-M, Armv7-M, DDI 0403, C1.11) reaches the lower half gigabyte
 * alone, version 2 (Armv8-M, DDI 0553, D1.2.105) all of the memory. Patching flash is not modelled.
 */
#ifndef RIG_VIRTUAL_PROBE_BREAKPOINT_UNIT_H
#define RIG_VIRTUAL_PROBE_BREAKPOINT_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtual_probe/core_control.h"

enum { BREAKPOINT_UNIT_MAX = 8 };

/** Fields are the unit's own. */
struct breakpoint_unit {
    bool reaches_all; /**< version 2 */
    unsigned count;   /**< of comparators */
    bool enabled;
    uint32_t comparators[BREAKPOINT_UNIT_MAX];
};

/** After power-up: off. `count` is 1 to BREAKPOINT_UNIT_MAX. */
void breakpoint_unit_init(struct breakpoint_unit *unit, bool reaches_all, unsigned count);

/** A register by its offset in the unit, a multiple of 4 below 0x1000. What is not there reads as 0. */
uint32_t breakpoint_unit_read(const struct breakpoint_unit *unit, uint32_t offset);
void breakpoint_unit_write(struct breakpoint_unit *unit, uint32_t offset, uint32_t value);

/** The points that are on, at most BREAKPOINT_UNIT_MAX. Returns how many. */
size_t breakpoint_unit_points(const struct breakpoint_unit *unit, struct core_point *points);

#endif
