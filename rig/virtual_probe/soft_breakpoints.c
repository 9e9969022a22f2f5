#include "virtual_probe/soft_breakpoints.h"

#include <string.h>

enum {
    BKPT_ALGORITHM = 0xBE00,
    BKPT_GDB = 0xBE11,
    INSTRUCTION = 2,
    INSTRUCTION_BITS = 16,
    INSTRUCTION_MASK = 0xFFFF,
};

static bool is_breakpoint(uint32_t instruction)
{
    return instruction == BKPT_ALGORITHM || instruction == BKPT_GDB;
}

static void remove_at(struct soft_breakpoints *breakpoints, size_t place)
{
    breakpoints->count--;
    memmove(breakpoints->places + place, breakpoints->places + place + 1,
            (breakpoints->count - place) * sizeof(breakpoints->places[0]));
}

/* Forgets the breakpoints whose instruction is written over. */
static bool forget(struct soft_breakpoints *breakpoints, uint32_t address, unsigned size)
{
    bool changed = false;

    for (size_t i = breakpoints->count; i > 0; i--) {
        const uint32_t place = breakpoints->places[i - 1];

        if (place - address < size || address - place < INSTRUCTION) {
            remove_at(breakpoints, i - 1);
            changed = true;
        }
    }
    return changed;
}

static void add(struct soft_breakpoints *breakpoints, uint32_t place)
{
    if (breakpoints->count == SOFT_BREAKPOINTS_MAX) {
        remove_at(breakpoints, 0);
    }
    breakpoints->places[breakpoints->count++] = place;
}

bool soft_breakpoints_note(struct soft_breakpoints *breakpoints, uint32_t address, unsigned size,
                           uint32_t value)
{
    bool changed = forget(breakpoints, address, size);

    for (unsigned i = 0; i + INSTRUCTION <= size; i += INSTRUCTION) {
        if (is_breakpoint(value & INSTRUCTION_MASK)) {
            add(breakpoints, address + i);
            changed = true;
        }
        value >>= INSTRUCTION_BITS;
    }
    return changed;
}
