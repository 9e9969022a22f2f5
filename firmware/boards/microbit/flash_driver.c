#include "flash_driver.h"

#include "flash_controller.h"
#include "hal.h"
#include "memory_map.h"
#include "microbit_layout.h"
#include "peripherals.h"

#include <stdbool.h>
#include <string.h>

#define WORD_SIZE 4U

static struct hal_flash_geometry running_slot; /* size 0: none */

void flash_driver_protect_slot(enum image_slot slot)
{
    running_slot = image_slot_geometry(slot);
}

struct hal_flash_geometry hal_flash_geometry(enum hal_flash_area area)
{
    return flash_layout_geometry(&microbit_layout, area);
}

static bool inside(uint32_t offset, size_t length)
{
    return offset <= FLASH_SIZE && length <= FLASH_SIZE - offset;
}

/* Whether these bytes may change: neither boot stage nor factory page nor the code that runs. */
static bool may_change(uint32_t offset, size_t length)
{
    return inside(offset, length) && offset >= KEPT_BASE &&
           (offset + length <= running_slot.offset ||
            offset >= running_slot.offset + running_slot.size);
}

int hal_flash_read(uint32_t offset, void *buffer, size_t length)
{
    if (!inside(offset, length)) {
        return HAL_ERROR_RANGE;
    }
    memcpy(buffer, (const void *)(uintptr_t)(FLASH_BASE + offset), length);
    return HAL_OK;
}

int hal_flash_program(uint32_t offset, const void *data, size_t length)
{
    const uint8_t *bytes = data;
    int result = HAL_OK;

    if (!may_change(offset, length) || length == 0 || (offset | length) % WORD_SIZE != 0) {
        return HAL_ERROR_RANGE;
    }
    for (size_t done = 0; done < length && result == HAL_OK; done += WORD_SIZE) {
        uint32_t word;

        memcpy(&word, bytes + done, sizeof word);
        result = flash_controller_write(&REGISTER(FLASH_BASE + offset + done), word);
    }
    return result;
}

int hal_flash_erase(uint32_t offset)
{
    const uint32_t sector_size = microbit_layout.sector_size;

    if (!may_change(offset, sector_size) || offset % sector_size != 0) {
        return HAL_ERROR_RANGE;
    }
    return flash_controller_erase(FLASH_BASE + offset);
}
