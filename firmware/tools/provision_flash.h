/*
 * provision_flash.h - the flash of a device that is being made, in memory: arranged as its board has
 * it, and read by the firmware's own code, which checks what was put into it.
 */
#ifndef TOOLS_PROVISION_FLASH_H
#define TOOLS_PROVISION_FLASH_H

#include "credentials.h"
#include "flash_layout.h"
#include "hal.h"
#include "image.h"
#include "provision_page.h"

#include <stddef.h>
#include <stdint.h>

/* All erased, of the board with this layout. Returns 0, or -1 after saying why not. */
HAL_MUST_CHECK int provision_flash_begin(const struct flash_layout *layout);

/* Wipes it, as there are keys in it, and gives the memory back. */
void provision_flash_end(void);

/* Puts the page into the factory area. */
void provision_flash_add_page(const struct provision_page *page);

/* Puts the credentials behind the page. Returns 0, or -1 after saying why not. */
HAL_MUST_CHECK int provision_flash_add_credentials(const struct credentials *credentials);

/*
 * Commits the first seed of the random generator, from the system's random numbers: a board without
 * entropy of its own has no other beginning. Returns 0, or -1 after saying why not.
 */
HAL_MUST_CHECK int provision_flash_add_seed(void);

/* The factory area, `length` bytes. */
const uint8_t *provision_flash_page(size_t *length);

/* All of it. */
const uint8_t *provision_flash_whole(size_t *length);

/* Puts the boot stage, a file with its code, where the board's flash has room for it. Returns 0, or -1
 * after saying why not. */
HAL_MUST_CHECK int provision_flash_install_boot(const char *path);

/*
 * Puts the image in a file into its slot, if the boot stage of a new device would start it from
 * there. Returns 0, or -1 after saying why not.
 */
HAL_MUST_CHECK int provision_flash_install(enum image_slot slot, const char *path);

#endif
