/*
 * canary_data.h - the user's data of the harness erase_state: in every field something that can be
 * recognised wherever it turns up in flash.
 */
#ifndef CANARY_DATA_H
#define CANARY_DATA_H

#include "event_log.h"
#include "flash_model.h"
#include "settings_store.h"

#include <stdbool.h>
#include <stdint.h>

/* Writes the settings `settings_count` times and adds `event_count` events of a user. Flash may
 * refuse or the power fail in it. */
void canary_data_write(struct settings_store *settings, struct event_log *events,
                       unsigned settings_count, unsigned event_count);

/* True if nothing at all is left in the areas of the user's data. */
bool canary_data_is_gone(void);

/* True if some of it is in an area to which no erase comes. */
bool canary_data_is_elsewhere(void);

/* The bytes of the areas of the user's data. */
struct canary_data {
    uint8_t settings[2U * FLASH_SECTOR_SIZE];
    uint8_t event_users[2U * FLASH_SECTOR_SIZE];
};
void canary_data_copy(struct canary_data *data);

#endif
