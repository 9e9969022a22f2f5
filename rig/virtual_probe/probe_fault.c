#include "virtual_probe/probe_fault.h"

#include <string.h>

static const char *const names[PROBE_FAULTS] = {
    [PROBE_FAULT_NONE] = "none",           [PROBE_FAULT_WIRE_HIGH] = "wire-high",
    [PROBE_FAULT_WIRE_LOW] = "wire-low",   [PROBE_FAULT_WAIT] = "wait",
    [PROBE_FAULT_UNPOWERED] = "unpowered", [PROBE_FAULT_NO_ACCESS] = "no-access",
};

const char *probe_fault_name(enum probe_fault fault)
{
    return (unsigned)fault < PROBE_FAULTS ? names[fault] : "unknown";
}

bool probe_fault_find(const char *name, enum probe_fault *fault)
{
    for (int i = 0; i < PROBE_FAULTS; i++) {
        if (strcmp(names[i], name) == 0) {
            *fault = (enum probe_fault)i;
            return true;
        }
    }
    return false;
}

/* A chip that is not there, or has no power, gets no clock either. */
static bool clock_pins(void *context, bool tms, bool tdi)
{
    const struct faulty_pins *faulty = context;

    switch (faulty->fault) {
    case PROBE_FAULT_WIRE_HIGH:
        return true;
    case PROBE_FAULT_WIRE_LOW:
        return false;
    default:
        return faulty->pins.clock(faulty->pins.context, tms, tdi);
    }
}

static void tap_reset(void *context, bool asserted)
{
    const struct faulty_pins *faulty = context;

    faulty->pins.tap_reset(faulty->pins.context, asserted);
}

static void system_reset(void *context, bool asserted)
{
    const struct faulty_pins *faulty = context;

    faulty->pins.system_reset(faulty->pins.context, asserted);
}

struct debug_pins faulty_pins(struct faulty_pins *faulty)
{
    return (struct debug_pins){faulty, clock_pins, tap_reset, system_reset};
}
