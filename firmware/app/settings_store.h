/*
 * settings_store.h - the settings, kept in flash (EN 303 645, 5.9-1, 5.11-1).
 *
 * All settings are one value that is written whole: a change of several is complete or never
 * happened. Reads go to memory and never fail.
 */
#ifndef APP_SETTINGS_STORE_H
#define APP_SETTINGS_STORE_H

#include "hal.h"
#include "record_log.h"
#include "settings.h"

/* The settings and where they are kept. Owned by the device. */
struct settings_store {
    struct settings current; /* read freely, change only through settings_commit() */
    struct record_log log;   /* private */
};

/* Loads the settings; defaults if none were ever written or if what is there is out of range. */
HAL_MUST_CHECK int settings_start(struct settings_store *store);

/*
 * Makes `settings` current and permanent, if valid. Writes nothing if they are so already. After
 * SETTINGS_ERROR_STORAGE the old settings count or the new ones, and `current` says which.
 */
HAL_MUST_CHECK int settings_commit(struct settings_store *store, const struct settings *settings);

#endif
