/*
 * protection.h - what the boot stage locks before anything else runs, with the two mechanisms that
 * the chip has. Neither is there in the emulator, where these functions change nothing that counts.
 */
#ifndef MICROBIT_PROTECTION_H
#define MICROBIT_PROTECTION_H

#include "image.h"

/* Boot stage and factory page are neither written nor erased by any code until the next reset (RM 9:
 * PROTENSET; a debugger that has halted the core is not stopped by it). */
void protection_lock_boot(void);

/* Likewise the slot that is about to run. */
void protection_lock_slot(enum image_slot slot);

/*
 * If the fuses of the factory page say that the device has left the factory, read-back protection is
 * programmed (RM 8: UICR.RBPCONF, PALL), unless it is already: from the next reset on a debugger
 * reads neither flash nor RAM, and nothing but an erase of all flash takes it back. Says so on the
 * console if it cannot be programmed.
 */
void protection_lock_debug(void);

#endif
