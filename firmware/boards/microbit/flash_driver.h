/* flash_driver.h - what the board needs of its flash beside hal.h; the geometry is that of
 * microbit_layout.h. */
#ifndef MICROBIT_FLASH_DRIVER_H
#define MICROBIT_FLASH_DRIVER_H

#include "image.h"

/* From now on this slot is running code: it is neither programmed nor erased. A boot stage without
 * an application under it never calls this. */
void flash_driver_protect_slot(enum image_slot slot);

#endif
