/**
 * The Data Watchpoint and Trace unit of a Cortex-M core, as far as it halts the core on accesses to an
 * address: DWT_CTRL and its comparators (Armv7-M, DDI 0403, C1.8; Armv8-M, DDI 0553, D1.2.60).
 *
 * Not modelled, and said to be missing in DWT_CTRL: counters, trace, external triggers. Comparators
 * for data values, ranges and instructions do nothing.
 */
#ifndef RIG_VIRTUAL_PROBE_WATCHPOINT_UNIT_H
#define RIG_VIRTUAL_PROBE_WATCHPOINT_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtual_probe/core_control.h"

enum { WATCHPOINT_UNIT_MAX = 4 };

struct watchpoint_comparator {
    uint32_t address;
    uint32_t mask; /**< Armv7-M: how many lowest bits of the address do not count */
    uint32_t function;
    bool matched; /**< until it is read */
};

/** Fields are the unit's own. */
struct watchpoint_unit {
    bool is_v8;     /**< Armv8-M, whose functions are others */
    unsigned count; /**< of comparators */
    struct watchpoint_comparator comparators[WATCHPOINT_UNIT_MAX];
};

/** After power-up. `count` is 1 to WATCHPOINT_UNIT_MAX. */
void watchpoint_unit_init(struct watchpoint_unit *unit, bool is_v8, unsigned count);

/** A register by its offset in the unit, a multiple of 4 below 0x1000. What is not there reads as 0. */
uint32_t watchpoint_unit_read(struct watchpoint_unit *unit, uint32_t offset);
void watchpoint_unit_write(struct watchpoint_unit *unit, uint32_t offset, uint32_t value);

/** The points that are on, at most WATCHPOINT_UNIT_MAX. Returns how many. */
size_t watchpoint_unit_points(const struct watchpoint_unit *unit, struct core_point *points);

/** An access to the address halted the core. */
void watchpoint_unit_matched(struct watchpoint_unit *unit, uint32_t address);

#endif
