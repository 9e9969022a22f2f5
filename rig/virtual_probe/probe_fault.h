/**
 * What can be wrong between a debugger and a chip, on purpose: so that the rig can be shown that it
 * tells a shut port from a broken bench.
 */
#ifndef RIG_VIRTUAL_PROBE_PROBE_FAULT_H
#define RIG_VIRTUAL_PROBE_PROBE_FAULT_H

#include <stdbool.h>

#include "virtual_probe/debug_pins.h"

enum probe_fault {
    PROBE_FAULT_NONE,
    PROBE_FAULT_WIRE_HIGH, /**< TDO reads as ones: no chip is plugged in */
    PROBE_FAULT_WIRE_LOW,  /**< TDO reads as zeros: the chip has no power, or a short */
    PROBE_FAULT_WAIT,      /**< the debug port asks to wait, for ever */
    PROBE_FAULT_UNPOWERED, /**< the chip's debug logic gets no power */
    PROBE_FAULT_NO_ACCESS, /**< there is no access port */
    PROBE_FAULTS
};

/** "none", "wire-high" ... Never NULL. */
const char *probe_fault_name(enum probe_fault fault);

/** By its name. False for any other. */
bool probe_fault_find(const char *name, enum probe_fault *fault);

/** Pins that pass everything on, but for TDO. */
struct faulty_pins {
    struct debug_pins pins;
    enum probe_fault fault; /**< may be changed at any time; those that are no wire's do nothing */
};

/** The pins with the fault. *faulty must outlive them. */
struct debug_pins faulty_pins(struct faulty_pins *faulty);

#endif
