#include "flash_model.h"

#include "native_layout.h"

#include <stdbool.h>
#include <string.h>

struct hal_flash_geometry flash_model_geometry(enum hal_flash_area area)
{
    return flash_layout_geometry(&native_layout, area);
}

static bool inside(const struct flash_model *flash, uint32_t offset, size_t length)
{
    return offset <= flash->layout->size && length <= flash->layout->size - offset;
}

int flash_model_read(const struct flash_model *flash, uint32_t offset, void *buffer, size_t length)
{
    if (!inside(flash, offset, length)) {
        flash->on_breach("read outside the part", offset);
        return HAL_ERROR_RANGE;
    }
    memcpy(buffer, flash->bytes + offset, length);
    return HAL_OK;
}

void flash_model_changed(struct flash_model *flash, uint32_t offset, size_t length)
{
    const uint32_t sector_size = flash->layout->sector_size;

    if (flash->versions == NULL || length == 0) {
        return;
    }
    flash->version++;
    for (size_t i = offset / sector_size; i <= (offset + length - 1U) / sector_size; i++) {
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
    const uint32_t unit = flash->layout->program_unit;

    if (!inside(flash, offset, length)) {
        flash->on_breach("program outside the part", offset);
    }
    if (offset % unit != 0 || length % unit != 0 || length == 0) {
        flash->on_breach("program not aligned to units", offset);
    }
    for (size_t i = 0; i < length; i++) {
        if (flash->bytes[offset + i] != flash->layout->erased_value) {
            flash->on_breach("program of a unit that is not erased", offset);
        }
    }
}

/* `units` whole units, then of the next one every other bit that should have been cleared. */
static void program_torn(struct flash_model *flash, uint32_t offset, const uint8_t *data,
                         size_t length)
{
    const uint32_t unit = flash->layout->program_unit;
    size_t whole = (size_t)flash->fault.units * unit;
    const uint8_t spared = 0x55;

    if (whole >= length) {
        whole = length - unit;
    }
    memcpy(flash->bytes + offset, data, whole);
    for (size_t i = whole; i < whole + unit; i++) {
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
    const struct flash_layout *layout = flash->layout;
    size_t erased = layout->sector_size;

    if (!inside(flash, offset, layout->sector_size) || offset % layout->sector_size != 0) {
        flash->on_breach("erase of what is not a sector", offset);
    }
    flash_model_changed(flash, offset, layout->sector_size);
    if (!fault_is_due(flash)) {
        memset(flash->bytes + offset, layout->erased_value, layout->sector_size);
        return HAL_OK;
    }
    if (flash->fault.moment == FAULT_BEFORE) {
        erased = 0;
    } else if (flash->fault.moment == FAULT_TORN) {
        erased = (size_t)flash->fault.units * layout->program_unit;
        erased = erased < layout->sector_size ? erased : layout->sector_size;
    }
    memset(flash->bytes + offset, layout->erased_value, erased);
    return end_faulty_operation(flash);
}
