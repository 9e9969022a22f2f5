#include "flash_driver.h"

#include "hal.h"
#include "memory_map.h"
#include "mps2_an505_layout.h"
#include "mpu.h"

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
    return flash_layout_geometry(&mps2_an505_layout, area);
}

static bool inside(uint32_t offset, size_t length)
{
    return offset <= FLASH_SIZE && length <= FLASH_SIZE - offset;
}

/* Whether these bytes may change: in flash, up to the end of slot B, and not the code that runs. */
static bool may_change(uint32_t offset, size_t length)
{
    const uint32_t end = SLOT_B + SLOT_SIZE - FLASH_BASE;

    return offset <= end && length <= end - offset &&
           (offset + length <= running_slot.offset ||
            offset >= running_slot.offset + running_slot.size);
}

static volatile uint32_t *word_at(uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)(FLASH_BASE + offset);
}

int hal_flash_read(uint32_t offset, void *buffer, size_t length)
{
    if (!inside(offset, length)) {
        return HAL_ERROR_RANGE;
    }
    memcpy(buffer, (const void *)(uintptr_t)(FLASH_BASE + offset), length);
    return HAL_OK;
}

/* What lies in one sector. As in the part, bits that are 0 stay 0. */
static int program_in_sector(uint32_t offset, const uint8_t *data, size_t length)
{
    const uint32_t sector_size = mps2_an505_layout.sector_size;
    int result = HAL_OK;

    mpu_open_window(FLASH_BASE + offset / sector_size * sector_size, sector_size);
    for (size_t done = 0; done < length; done += WORD_SIZE) {
        uint32_t wanted;

        memcpy(&wanted, data + done, sizeof wanted);
        *word_at(offset + done) &= wanted;
        if (*word_at(offset + done) != wanted) {
            result = HAL_ERROR_FLASH;
            break;
        }
    }
    mpu_close_window();
    return result;
}

int hal_flash_program(uint32_t offset, const void *data, size_t length)
{
    const uint32_t sector_size = mps2_an505_layout.sector_size;
    const uint8_t *bytes = data;
    int result = HAL_OK;

    if (!may_change(offset, length) || length == 0 ||
        (offset | length) % mps2_an505_layout.program_unit != 0) {
        return HAL_ERROR_RANGE;
    }
    while (length > 0 && result == HAL_OK) {
        const size_t left = sector_size - offset % sector_size;
        const size_t part = length < left ? length : left;

        result = program_in_sector(offset, bytes, part);
        offset += part;
        bytes += part;
        length -= part;
    }
    return result;
}

int hal_flash_erase(uint32_t offset)
{
    const uint32_t sector_size = mps2_an505_layout.sector_size;

    if (!may_change(offset, sector_size) || offset % sector_size != 0) {
        return HAL_ERROR_RANGE;
    }
    mpu_open_window(FLASH_BASE + offset, sector_size);
    for (uint32_t at = 0; at < sector_size; at += WORD_SIZE) {
        *word_at(offset + at) = UINT32_MAX;
    }
    mpu_close_window();
    return HAL_OK;
}
