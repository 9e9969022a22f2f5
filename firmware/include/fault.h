/*
 * fault.h - the one vocabulary of faults. A fault is data: it can be enumerated, sampled, mutated,
 * written down and replayed.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdint.h>

enum fault_kind {
    FAULT_NONE,
    FAULT_POWER_CUT,   /* the device stops at a flash operation */
    FAULT_FLASH_ERROR, /* the flash operation reports failure, the device runs on */
};

/* Where within the flash operation. */
enum fault_moment {
    FAULT_BEFORE, /* nothing of the operation took effect */
    FAULT_TORN,   /* program: `units` whole units took effect and half of the next;
                     erase: the first `units` program units of the sector are erased */
    FAULT_AFTER,  /* the operation took effect whole */
    FAULT_MOMENT_COUNT
};

struct fault {
    enum fault_kind kind;
    enum fault_moment moment;
    uint32_t operation; /* which flash operation from now on: 0 is the next one */
    uint32_t units;     /* program units, for FAULT_TORN; clipped to the operation's own length */
};

#endif
