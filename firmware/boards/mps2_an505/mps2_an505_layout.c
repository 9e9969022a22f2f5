#include "mps2_an505_layout.h"

#define SECTOR_SIZE  4096U
#define SLOT_SECTORS 256U /* 1 MiB */

const struct flash_layout mps2_an505_layout = {
    .board = "mps2_an505",
    .size = 16U * 1024U * 1024U,
    .sector_size = SECTOR_SIZE,
    .program_unit = 8,
    .erased_value = 0xFF,
    .areas =
        {
            [HAL_FLASH_FACTORY] = {0, 1},
            [HAL_FLASH_BOOT_STATE] = {1, 2},
            [HAL_FLASH_SETTINGS] = {3, 2},
            [HAL_FLASH_ATTEMPTS] = {5, 2},
            [HAL_FLASH_EVENTS] = {7, 2},
            [HAL_FLASH_EVENT_USERS] = {9, 2},
            [HAL_FLASH_SEED] = {11, 2},
            [HAL_FLASH_SLOT_A] = {256, SLOT_SECTORS},
            [HAL_FLASH_SLOT_B] = {512, SLOT_SECTORS},
        },
};
