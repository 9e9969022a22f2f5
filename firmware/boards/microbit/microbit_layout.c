#include "microbit_layout.h"

#define SECTOR_SIZE  1024U
#define BOOT_SECTORS 64U
#define SLOT_SECTORS 84U

const struct flash_layout microbit_layout = {
    .board = "microbit",
    .size = 256U * 1024U,
    .sector_size = SECTOR_SIZE,
    .program_unit = 4,
    .erased_value = 0xFF,
    .boot_sectors = BOOT_SECTORS,
    .areas =
        {
            [HAL_FLASH_FACTORY] = {64, 4},
            [HAL_FLASH_BOOT_STATE] = {68, 2},
            [HAL_FLASH_SETTINGS] = {70, 4},
            [HAL_FLASH_ATTEMPTS] = {74, 2},
            [HAL_FLASH_EVENTS] = {76, 6},
            [HAL_FLASH_EVENT_USERS] = {82, 4},
            [HAL_FLASH_SEED] = {86, 2},
            [HAL_FLASH_SLOT_A] = {88, SLOT_SECTORS},
            [HAL_FLASH_SLOT_B] = {172, SLOT_SECTORS},
        },
};
