#include "native_layout.h"

#include "flash_model.h"

const struct flash_layout native_layout = {
    .board = "native",
    .size = FLASH_SIZE,
    .sector_size = FLASH_SECTOR_SIZE,
    .program_unit = FLASH_PROGRAM_UNIT,
    .erased_value = FLASH_ERASED,
    .areas =
        {
            [HAL_FLASH_FACTORY] = {0, 1},
            [HAL_FLASH_BOOT_STATE] = {1, 2},
            [HAL_FLASH_SETTINGS] = {3, 2},
            [HAL_FLASH_ATTEMPTS] = {5, 2},
            [HAL_FLASH_EVENTS] = {7, 2},
            [HAL_FLASH_EVENT_USERS] = {9, 2},
            [HAL_FLASH_SEED] = {11, 2},
            [HAL_FLASH_SLOT_A] = {13, FLASH_SLOT_SECTORS},
            [HAL_FLASH_SLOT_B] = {13 + FLASH_SLOT_SECTORS, FLASH_SLOT_SECTORS},
        },
};
