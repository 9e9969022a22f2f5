#include "erase.h"

#include <stdbool.h>
#include <stddef.h>

/* All that is the user's. */
static const enum hal_flash_area user_areas[] = {HAL_FLASH_SETTINGS, HAL_FLASH_EVENT_USERS};

const char *erase_strerror(int error)
{
    switch (error) {
    case ERASE_OK:
        return "no error";
    case ERASE_ERROR_STORAGE:
        return "flash failed; the erase goes on at the next start";
    default:
        return "unknown erase error";
    }
}

static int mark(struct boot_state_store *state, bool pending)
{
    struct boot_state draft = state->current;

    draft.erase_pending = pending;
    return boot_state_commit(state, &draft) == BOOT_STATE_OK ? ERASE_OK : ERASE_ERROR_STORAGE;
}

/* Every sector, even one that reads blank: an erase that was cut may have left it so. One that fails
 * keeps none of the others. */
static int erase_area(enum hal_flash_area area)
{
    const struct hal_flash_geometry geometry = hal_flash_geometry(area);
    int result = ERASE_OK;

    for (uint32_t at = 0; at < geometry.size; at += geometry.sector_size) {
        if (hal_flash_erase(geometry.offset + at) != HAL_OK) {
            result = ERASE_ERROR_STORAGE;
        }
    }
    return result;
}

int erase_user_data(struct boot_state_store *state)
{
    int result = mark(state, true);

    return result == ERASE_OK ? erase_resume(state) : result;
}

int erase_resume(struct boot_state_store *state)
{
    int result = ERASE_OK;

    if (!state->current.erase_pending) {
        return ERASE_OK;
    }
    for (size_t i = 0; i < sizeof user_areas / sizeof *user_areas; i++) {
        if (erase_area(user_areas[i]) != ERASE_OK) {
            result = ERASE_ERROR_STORAGE;
        }
    }
    return result == ERASE_OK ? mark(state, false) : result;
}
