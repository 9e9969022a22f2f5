/*
 * erase.h - the user's data leave the device (EN 303 645, 5.11-1): settings with names, schedule,
 * passwords and consent, and whatever identifies a user in the event log. Boot state, back-off,
 * seed, events themselves and images stay.
 *
 * A mark in the boot state is committed first and cleared last; in between, every start goes on
 * before anything of that data is used. So an erase is done, or visibly under way.
 */
#ifndef APP_ERASE_H
#define APP_ERASE_H

#include "boot_state.h"
#include "hal.h"

enum erase_error {
    ERASE_OK = 0,
    ERASE_ERROR_STORAGE = -1, /* not finished: goes on at the next start */
};

const char *erase_strerror(int error);

/* Erases. What was read from those areas before is stale afterwards, and to be read again. */
HAL_MUST_CHECK int erase_user_data(struct boot_state_store *state);

/* Goes on with an erase that is marked as under way; does nothing otherwise. */
HAL_MUST_CHECK int erase_resume(struct boot_state_store *state);

#endif
