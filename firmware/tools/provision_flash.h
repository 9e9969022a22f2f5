/*
 * provision_flash.h - the flash of a device that is being made, in memory: arranged as hearth-native
 * has it, and read by the firmware's own code, which checks what was put into it.
 */
#ifndef TOOLS_PROVISION_FLASH_H
#define TOOLS_PROVISION_FLASH_H

#include "flash_model.h"
#include "hal.h"
#include "image.h"
#include "provision_page.h"

#include <stdint.h>

/* FLASH_SIZE bytes. */
extern uint8_t provision_flash[FLASH_SIZE];

/* All erased. */
void provision_flash_begin(void);

/* Puts the page into the factory area. */
void provision_flash_add_page(const struct provision_page *page);

/* The factory area, `length` bytes. */
const uint8_t *provision_flash_page(size_t *length);

/*
 * Puts the image in a file into its slot, if the boot stage of a new device would start it from
 * there. Returns 0, or -1 after saying why not.
 */
HAL_MUST_CHECK int provision_flash_install(enum image_slot slot, const char *path);

#endif
