#include "flash_model.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    uint32_t first_sector;
    uint32_t sectors;
} areas[HAL_FLASH_AREA_COUNT] = {
    [HAL_FLASH_FACTORY] = {0, 1},
    [HAL_FLASH_BOOT_STATE] = {1, 2},
    [HAL_FLASH_SETTINGS] = {3, 2},
    [HAL_FLASH_ATTEMPTS] = {5, 2},
    [HAL_FLASH_EVENTS] = {7, 2},
    [HAL_FLASH_EVENT_USERS] = {9, 2},
    [HAL_FLASH_SEED] = {11, 2},
    [HAL_FLASH_SLOT_A] = {13, FLASH_SLOT_SECTORS},
    [HAL_FLASH_SLOT_B] = {13 + FLASH_SLOT_SECTORS, FLASH_SLOT_SECTORS},
};

struct hal_flash_geometry flash_model_geometry(enum hal_flash_area area)
{
    struct hal_flash_geometry geometry;

    memset(&geometry, 0, sizeof geometry); /* padding too: a device's bytes are its state */
    geometry.offset = areas[area].first_sector * FLASH_SECTOR_SIZE;
    geometry.size = areas[area].sectors * FLASH_SECTOR_SIZE;
    geometry.sector_size = FLASH_SECTOR_SIZE;
    geometry.program_unit = FLASH_PROGRAM_UNIT;
    geometry.erased_value = FLASH_ERASED;
    return geometry;
}

static bool inside(uint32_t offset, size_t length)
{
    return offset <= FLASH_SIZE && length <= FLASH_SIZE - offset;
}

int flash_model_read(const struct flash_model *flash, uint32_t offset, void *buffer, size_t length)
{
    if (!inside(offset, length)) {
        flash->on_breach("read outside the part", offset);
        return HAL_ERROR_RANGE;
    }
    memcpy(buffer, flash->bytes + offset, length);
    return HAL_OK;
}

void flash_model_changed(struct flash_model *flash, uint32_t offset, size_t length)
{
    if (flash->versions == NULL || length == 0) {
        return;
    }
    flash->version++;
    for (size_t i = offset / FLASH_SECTOR_SIZE; i <= (offset + length - 1U) / FLASH_SECTOR_SIZE;
         i++) {
        flash->versions[i] = flash->version;
    }
}

void flash_model_arm(struct flash_model *flash, struct fault fault)
{
    flash->fault = fault;
    flash->fault_fired = false;
}

/* True if the armed fault hits this operation. */
static bool fault_is_due(struct flash_model *flash)
{
    flash->operations++;
    if (flash->fault.kind == FAULT_NONE) {
        return false;
    }
    if (flash->fault.operation > 0) {
        flash->fault.operation--;
        return false;
    }
    flash->fault_fired = true;
    return true;
}

/* After the operation took whatever effect the fault left it: ends the device, or the call. */
static int end_faulty_operation(struct flash_model *flash)
{
    enum fault_kind kind = flash->fault.kind;

    flash->fault.kind = FAULT_NONE;
    if (kind == FAULT_POWER_CUT) {
        flash->on_power_cut();
    }
    return HAL_ERROR_FLASH;
}

static void check_program(const struct flash_model *flash, uint32_t offset, size_t length)
{
    if (!inside(offset, length)) {
        flash->on_breach("program outside the part", offset);
    }
    if (offset % FLASH_PROGRAM_UNIT != 0 || length % FLASH_PROGRAM_UNIT != 0 || length == 0) {
        flash->on_breach("program not aligned to units", offset);
    }
    for (size_t i = 0; i < length; i++) {
        if (flash->bytes[offset + i] != FLASH_ERASED) {
            flash->on_breach("program of a unit that is not erased", offset);
        }
    }
}

/* `units` whole units, then of the next one every other bit that should have been cleared. */
static void program_torn(struct flash_model *flash, uint32_t offset, const uint8_t *data,
                         size_t length)
{
    size_t whole = (size_t)flash->fault.units * FLASH_PROGRAM_UNIT;
    const uint8_t spared = 0x55;

    if (whole >= length) {
        whole = length - FLASH_PROGRAM_UNIT;
    }
    memcpy(flash->bytes + offset, data, whole);
    for (size_t i = whole; i < whole + FLASH_PROGRAM_UNIT; i++) {
        flash->bytes[offset + i] = (uint8_t)(data[i] | spared);
    }
}

int flash_model_program(struct flash_model *flash, uint32_t offset, const void *data, size_t length)
{
    check_program(flash, offset, length);
    flash_model_changed(flash, offset, length);
    if (!fault_is_due(flash)) {
        memcpy(flash->bytes + offset, data, length);
        return HAL_OK;
    }
    if (flash->fault.moment == FAULT_AFTER) {
        memcpy(flash->bytes + offset, data, length);
    } else if (flash->fault.moment == FAULT_TORN) {
        program_torn(flash, offset, data, length);
    }
    return end_faulty_operation(flash);
}

int flash_model_erase(struct flash_model *flash, uint32_t offset)
{
    size_t erased = FLASH_SECTOR_SIZE;

    if (!inside(offset, FLASH_SECTOR_SIZE) || offset % FLASH_SECTOR_SIZE != 0) {
        flash->on_breach("erase of what is not a sector", offset);
    }
    flash_model_changed(flash, offset, FLASH_SECTOR_SIZE);
    if (!fault_is_due(flash)) {
        memset(flash->bytes + offset, FLASH_ERASED, FLASH_SECTOR_SIZE);
        return HAL_OK;
    }
    if (flash->fault.moment == FAULT_BEFORE) {
        erased = 0;
    } else if (flash->fault.moment == FAULT_TORN) {
        erased = (size_t)flash->fault.units * FLASH_PROGRAM_UNIT;
        erased = erased < FLASH_SECTOR_SIZE ? erased : FLASH_SECTOR_SIZE;
    }
    memset(flash->bytes + offset, FLASH_ERASED, erased);
    return end_faulty_operation(flash);
}
