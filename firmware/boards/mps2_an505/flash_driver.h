/*
 * flash_driver.h - NOR flash in the place of the board's PSRAM. The emulator backs it with a file, in
 * which every store is kept at once: a power cut is the end of the emulator at any store.
 *
 * The memory would take any store. That it behaves as NOR does is this driver's part: programming
 * clears bits only, in whole units; what had been programmed before is not what was asked for, and
 * that is reported. Reading, programming and erasing are those of hal.h; the geometry is that of
 * mps2_an505_layout.h.
 */
#ifndef MPS2_AN505_FLASH_DRIVER_H
#define MPS2_AN505_FLASH_DRIVER_H

#include "image.h"

/* From now on this slot is running code: it is neither programmed nor erased. A boot stage without
 * an application under it never calls this. */
void flash_driver_protect_slot(enum image_slot slot);

#endif
