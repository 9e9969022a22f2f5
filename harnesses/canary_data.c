#include "canary_data.h"

#include "flash_content.h"
#include "in_process.h"

#include <stddef.h>
#include <string.h>

#define CANARY_NAME   "canary-room"
#define CANARY_BROKER "canary.example"
#define CANARY_BYTE   0xC3

/* A change each time, or nothing would be written. */
static void write_settings(struct settings_store *settings)
{
    struct settings draft = settings->current;

    draft.set_point = (int16_t)(draft.set_point == 111 ? 112 : 111);
    memcpy(draft.name, CANARY_NAME, sizeof CANARY_NAME);
    memcpy(draft.broker, CANARY_BROKER, sizeof CANARY_BROKER);
    draft.telemetry_consent = true;
    draft.has_password = true;
    memset(draft.password.key, CANARY_BYTE, sizeof draft.password.key);
    draft.password.iterations = PASSWORD_MIN_ITERATIONS;
    (void)settings_commit(settings, &draft);
}

void canary_data_write(struct settings_store *settings, struct event_log *events,
                       unsigned settings_count, unsigned event_count)
{
    static const struct event_user user = {.interface = EVENT_FROM_TCP,
                                           .address = {CANARY_BYTE, CANARY_BYTE, 1, 2}};

    for (unsigned i = 0; i < settings_count; i++) {
        write_settings(settings);
    }
    for (unsigned i = 0; i < event_count; i++) {
        (void)event_log_add(events, EVENT_LOGGED_IN, i, &user);
    }
}

bool canary_data_is_gone(void)
{
    return flash_content_is_blank(HAL_FLASH_SETTINGS) &&
           flash_content_is_blank(HAL_FLASH_EVENT_USERS);
}

static bool holds(enum hal_flash_area area, const void *bytes, size_t length)
{
    const struct hal_flash_geometry geometry = hal_flash_geometry(area);
    const uint8_t *at = in_process_flash() + geometry.offset;
    const uint8_t *end = at + geometry.size;

    while (at != NULL && (size_t)(end - at) >= length) {
        at = memchr(at, *(const uint8_t *)bytes, (size_t)(end - at) - length + 1U);
        if (at != NULL) {
            if (memcmp(at, bytes, length) == 0) {
                return true;
            }
            at++;
        }
    }
    return false;
}

bool canary_data_is_elsewhere(void)
{
    static const enum hal_flash_area areas[] = {HAL_FLASH_ATTEMPTS, HAL_FLASH_EVENTS,
                                                HAL_FLASH_SEED};
    const uint8_t key[4] = {CANARY_BYTE, CANARY_BYTE, CANARY_BYTE, CANARY_BYTE};
    const uint8_t address[4] = {CANARY_BYTE, CANARY_BYTE, 1, 2};

    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
        if (holds(areas[i], CANARY_NAME, sizeof CANARY_NAME - 1U) ||
            holds(areas[i], CANARY_BROKER, sizeof CANARY_BROKER - 1U) ||
            holds(areas[i], key, sizeof key) || holds(areas[i], address, sizeof address)) {
            return true;
        }
    }
    return false;
}

void canary_data_copy(struct canary_data *data)
{
    memcpy(data->settings, in_process_flash() + hal_flash_geometry(HAL_FLASH_SETTINGS).offset,
           sizeof data->settings);
    memcpy(data->event_users, in_process_flash() + hal_flash_geometry(HAL_FLASH_EVENT_USERS).offset,
           sizeof data->event_users);
}
