/*
 * flash_layout.h - how a board's flash is divided, as data: what a board answers from when it is
 * asked for hal_flash_geometry(), and what the factory's tools arrange a device's flash by.
 *
 * Each board has one, in <board>_layout.c, and links no other. The tools know all of them
 * (tools/board_layouts.h).
 */
#ifndef BOARDS_FLASH_LAYOUT_H
#define BOARDS_FLASH_LAYOUT_H

#include "hal.h"

#include <stdint.h>

struct flash_layout {
    const char *board;     /* its folder's name */
    uint32_t size;         /* of the part, bytes, a multiple of sector_size */
    uint32_t sector_size;  /* as in struct hal_flash_geometry, from here on */
    uint32_t program_unit; /* bytes */
    uint8_t erased_value;
    uint32_t
        boot_sectors; /* from the part's begin on, of the boot stage's code; 0: it is elsewhere */
    struct {
        uint32_t first_sector;
        uint32_t sectors;
    } areas[HAL_FLASH_AREA_COUNT];
};

/* Where `area` is: what hal_flash_geometry() returns. Bytes between its fields are zero. */
struct hal_flash_geometry flash_layout_geometry(const struct flash_layout *layout,
                                                enum hal_flash_area area);

/*
 * What is wrong with a layout by the rules of hal.h: NULL, or a fixed text that names the first rule
 * that it breaks. For whoever writes one.
 */
const char *flash_layout_flaw(const struct flash_layout *layout);

#endif
