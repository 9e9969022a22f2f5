#include "update.h"

#include <string.h>

const char *update_strerror(int error)
{
    switch (error) {
    case UPDATE_ERROR_ORDER:
        return "that step of an update is not due";
    case UPDATE_ERROR_TOO_LONG:
        return "more data than the image header announced";
    case UPDATE_ERROR_TRUNCATED:
        return "less data than the image header announced";
    case UPDATE_ERROR_STORAGE:
        return "update could not be written";
    default:
        return image_strerror(error);
    }
}

void update_start(struct update *update)
{
    memset(update, 0, sizeof *update);
}

/* In recovery the header chooses; it is checked against the slot afterwards in any case. */
static enum image_slot choose_slot(const struct boot_handover *running, const uint8_t *header)
{
    struct image_info info;

    if (!running->recovery) {
        return running->slot == IMAGE_SLOT_A ? IMAGE_SLOT_B : IMAGE_SLOT_A;
    }
    image_decode(&info, header);
    return info.slot_address == image_slot_geometry(IMAGE_SLOT_B).offset ? IMAGE_SLOT_B
                                                                         : IMAGE_SLOT_A;
}

int update_begin(struct update *update, const struct boot_handover *running,
                 const struct boot_state *state, const uint8_t header[IMAGE_HEADER_SIZE])
{
    const enum image_slot slot = choose_slot(running, header);
    struct image_info info;
    int result;

    /* During a trial the other slot holds what a revert goes back to; once activated, the new. */
    if (!running->recovery && state->trial != BOOT_NO_TRIAL) {
        return UPDATE_ERROR_ORDER;
    }
    result = image_check_header(header, slot, state->security_counter, &info);
    if (result != IMAGE_OK) {
        return result;
    }
    update_start(update);
    if (hal_flash_erase(image_slot_geometry(slot).offset) != HAL_OK) {
        return UPDATE_ERROR_STORAGE;
    }
    update->phase = UPDATE_RECEIVING;
    update->slot = slot;
    update->image = info;
    memcpy(update->header, header, sizeof update->header);
    return UPDATE_OK;
}

/* Programs whole units at `offset` in the slot. Each sector is erased when the data get there, so
 * that no message takes longer than one erase. (The first one was erased at the beginning.) */
static int program(const struct update *update, uint32_t offset, const uint8_t *data, size_t length)
{
    const struct hal_flash_geometry slot = image_slot_geometry(update->slot);

    while (length > 0) {
        size_t part = slot.sector_size - offset % slot.sector_size;

        part = part < length ? part : length;
        if (offset % slot.sector_size == 0 && hal_flash_erase(slot.offset + offset) != HAL_OK) {
            return UPDATE_ERROR_STORAGE;
        }
        if (hal_flash_program(slot.offset + offset, data, part) != HAL_OK) {
            return UPDATE_ERROR_STORAGE;
        }
        offset += (uint32_t)part;
        data += part;
        length -= part;
    }
    return UPDATE_OK;
}

/* Where in the slot the next program goes: behind all whole units so far. */
static uint32_t write_offset(const struct update *update)
{
    return IMAGE_HEADER_SIZE + update->received - update->unit_used;
}

/* Fills the unit that is waiting, and programs it when it is full. Returns how many bytes it took,
 * or an error. */
static int fill_unit(struct update *update, const uint8_t *data, size_t length)
{
    const uint32_t unit = image_slot_geometry(update->slot).program_unit;
    const uint32_t offset = write_offset(update);
    size_t part = unit - update->unit_used;

    part = part < length ? part : length;
    memcpy(update->unit + update->unit_used, data, part);
    update->unit_used += (uint32_t)part;
    update->received += (uint32_t)part;
    if (update->unit_used == unit) {
        update->unit_used = 0;
        if (program(update, offset, update->unit, unit) != UPDATE_OK) {
            return UPDATE_ERROR_STORAGE;
        }
    }
    return (int)part;
}

/* Room has been checked. */
static int take_data(struct update *update, const uint8_t *data, size_t length)
{
    const uint32_t unit = image_slot_geometry(update->slot).program_unit;

    while (length > 0) {
        size_t whole = length - length % unit;
        int taken;

        if (update->unit_used == 0 && whole > 0) {
            if (program(update, write_offset(update), data, whole) != UPDATE_OK) {
                return UPDATE_ERROR_STORAGE;
            }
            update->received += (uint32_t)whole;
            taken = (int)whole;
        } else {
            taken = fill_unit(update, data, length);
        }
        if (taken < 0) {
            return taken;
        }
        data += taken;
        length -= (size_t)taken;
    }
    return UPDATE_OK;
}

int update_data(struct update *update, uint32_t offset, const uint8_t *data, size_t length)
{
    int result;

    if (update->phase != UPDATE_RECEIVING || offset != update->received) {
        return UPDATE_ERROR_ORDER;
    }
    if (length > update->image.body_length - update->received) {
        return UPDATE_ERROR_TOO_LONG;
    }
    result = take_data(update, data, length);
    if (result != UPDATE_OK) {
        update_start(update); /* a unit may be spent: only an erase makes it good again */
    }
    return result;
}

/* What does not fill a unit is filled up with what erased flash holds. */
static int flush(struct update *update)
{
    const struct hal_flash_geometry slot = image_slot_geometry(update->slot);
    const uint32_t offset = write_offset(update);

    if (update->unit_used == 0) {
        return UPDATE_OK;
    }
    memset(update->unit + update->unit_used, slot.erased_value,
           slot.program_unit - update->unit_used);
    update->unit_used = 0;
    return program(update, offset, update->unit, slot.program_unit);
}

int update_finish(struct update *update)
{
    const struct hal_flash_geometry slot = image_slot_geometry(update->slot);
    int result;

    if (update->phase != UPDATE_RECEIVING) {
        return UPDATE_ERROR_ORDER;
    }
    if (update->received != update->image.body_length) {
        return UPDATE_ERROR_TRUNCATED;
    }
    result = flush(update);
    if (result == UPDATE_OK) {
        result = image_verify_body(update->slot, &update->image);
    }
    if (result == UPDATE_OK &&
        hal_flash_program(slot.offset, update->header, sizeof update->header) != HAL_OK) {
        result = UPDATE_ERROR_STORAGE;
    }
    if (result != UPDATE_OK) {
        update_start(update);
        return result;
    }
    update->phase = UPDATE_STAGED;
    return UPDATE_OK;
}

int update_activate(struct update *update, struct boot_state_store *state)
{
    struct boot_state next = state->current;
    struct image_info info;
    int result;

    if (update->phase != UPDATE_STAGED) {
        return UPDATE_ERROR_ORDER;
    }
    result = image_verify(update->slot, state->current.security_counter, &info);
    if (result != IMAGE_OK) {
        update_start(update);
        return result;
    }
    next.active = update->slot;
    next.trial = BOOT_TRIAL_ASKED;
    if (boot_state_commit(state, &next) != BOOT_STATE_OK) {
        return UPDATE_ERROR_STORAGE;
    }
    update->phase = UPDATE_ACTIVATED;
    return UPDATE_OK;
}

int update_confirm(const struct update *update, const struct boot_handover *running,
                   struct boot_state_store *state)
{
    struct boot_state next = state->current;

    if (running->recovery || update->phase == UPDATE_ACTIVATED) {
        return UPDATE_ERROR_ORDER;
    }
    next.active = running->slot;
    next.trial = BOOT_NO_TRIAL;
    if (next.security_counter < running->image.security_counter) {
        next.security_counter = running->image.security_counter;
    }
    return boot_state_commit(state, &next) == BOOT_STATE_OK ? UPDATE_OK : UPDATE_ERROR_STORAGE;
}
