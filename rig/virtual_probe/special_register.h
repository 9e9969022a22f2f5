/**
 * The special registers that a debugger reads through DCRSR and that QEMU's gdb stub does not give:
 * stack pointers, their limits, masks and CONTROL. They are read and written by instructions, MRS and
 * MSR, that the core is made to run (core_run.h). Here: which ones, and how they are encoded.
 */
#ifndef RIG_VIRTUAL_PROBE_SPECIAL_REGISTER_H
#define RIG_VIRTUAL_PROBE_SPECIAL_REGISTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SPECIAL_PARTS_MAX = 4, /**< special registers behind one number of DCRSR */
    SPECIAL_CODE = 4,      /**< bytes of an instruction here */
};

/** One special register, and where it stands in the value that DCRDR holds. */
struct special_part {
    uint8_t number; /**< SYSm of MRS and MSR */
    uint8_t shift;
    uint32_t mask; /**< of its value, not shifted */
};

/** What a number of DCRSR is made of. */
struct special_register {
    struct special_part parts[SPECIAL_PARTS_MAX];
    size_t count;
};

/**
 * By the number in DCRSR (Armv8-M, DDI 0553, D1.2.34; Armv7-M, DDI 0403, C1.6.3). `has_main`: BASEPRI
 * and FAULTMASK are there; `is_v8`: banked ones of both Security states, too. False for any other.
 */
bool special_register_find(unsigned number, bool has_main, bool is_v8,
                           struct special_register *special);

/** MRS R0, <number>, and MSR <number>, R0. */
void special_register_read_code(uint8_t number, uint8_t code[SPECIAL_CODE]);
void special_register_write_code(uint8_t number, uint8_t code[SPECIAL_CODE]);

#endif
