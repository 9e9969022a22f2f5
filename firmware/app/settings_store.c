#include "settings_store.h"

#include "settings_codec.h"

#include <string.h>

/* Takes what flash says; defaults where it says nothing usable. */
static int load(struct settings_store *store)
{
    uint8_t record[SETTINGS_RECORD_SIZE] = {0};
    int result = record_log_mount(&store->log, HAL_FLASH_SETTINGS, SETTINGS_LOG_KIND, record,
                                  SETTINGS_RECORD_SIZE);

    /* Defaults would bring back the initial password: what memory holds is the better guess. */
    if (result < 0) {
        return SETTINGS_ERROR_STORAGE;
    }
    if (settings_decode(&store->current, record) != SETTINGS_OK) {
        settings_defaults(&store->current);
    }
    return SETTINGS_OK;
}

int settings_start(struct settings_store *store)
{
    memset(store, 0, sizeof *store);
    return load(store);
}

int settings_commit(struct settings_store *store, const struct settings *settings)
{
    uint8_t record[SETTINGS_RECORD_SIZE];
    uint8_t current[SETTINGS_RECORD_SIZE];

    if (!settings_valid(settings)) {
        return SETTINGS_ERROR_VALUE;
    }
    settings_encode(settings, record);
    settings_encode(&store->current, current);
    if (store->log.mounted && memcmp(record, current, sizeof record) == 0) {
        return SETTINGS_OK;
    }
    if (record_log_append(&store->log, record) != RECORD_LOG_OK) {
        /* Old or new, flash decides; memory must not differ from it. */
        (void)load(store);
        return SETTINGS_ERROR_STORAGE;
    }
    store->current = *settings;
    return SETTINGS_OK;
}
