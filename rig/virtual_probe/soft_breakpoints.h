/**
 * Breakpoints that a debugger makes by writing the instruction BKPT into RAM. QEMU's core takes a
 * fault for it; so the places are kept here, to be given to QEMU as points.
 *
 * The two instructions that OpenOCD writes are known, BKPT 0x00 (the end of its algorithms) and BKPT
 * 0x11 (for gdb). Data that looks like one halts nobody who does not run it.
 */
#ifndef RIG_VIRTUAL_PROBE_SOFT_BREAKPOINTS_H
#define RIG_VIRTUAL_PROBE_SOFT_BREAKPOINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SOFT_BREAKPOINTS_MAX = 64 /**< when there are more, the oldest are forgotten */ };

/** All zero is one without any. */
struct soft_breakpoints {
    uint32_t places[SOFT_BREAKPOINTS_MAX];
    size_t count;
};

/** The debugger writes 1, 2 or 4 bytes to RAM. True when the places are others now. */
bool soft_breakpoints_note(struct soft_breakpoints *breakpoints, uint32_t address, unsigned size,
                           uint32_t value);

#endif
