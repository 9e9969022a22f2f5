/*
 * mpu.h - memory protection (Armv8-M ARM, B10): what no code may do, whatever input made it try.
 *
 *   boot ROM        never written; executed by the boot stage only
 *   flash           never written but for the sector that the flash driver has opened; of it only the
 *                   slot that runs is executed
 *   RAM             never executed; each stage sees its own stack and data, and what is retained
 *   peripherals     never executed
 *   all else        faults, the memory below a stack too
 *
 * All code is privileged, so this stops mistakes and what grows out of them; it does not stop code
 * that turns the MPU off.
 */
#ifndef MPS2_AN505_MPU_H
#define MPS2_AN505_MPU_H

#include <stdint.h>

enum mpu_stage {
    MPU_BOOT,   /* nothing in flash is executed */
    MPU_SLOT_A, /* the application in that slot */
    MPU_SLOT_B,
};

/* Turns protection on. */
void mpu_start(enum mpu_stage stage);

/* Turns it off, for the stage that comes next to set up its own. */
void mpu_stop(void);

/*
 * Makes [begin, begin + size) writable, addresses that are multiples of 32 and lie in one of the
 * three parts of flash: below slot A, slot A, slot B; never in the slot that runs. One window at a
 * time, as short as can be.
 */
void mpu_open_window(uint32_t begin, uint32_t size);
void mpu_close_window(void);

#endif
