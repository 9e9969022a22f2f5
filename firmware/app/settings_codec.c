#include "settings_codec.h"

#include "byte_order.h"

#include <string.h>

#define FORMAT 1U

/* Places in the record. */
enum {
    AT_FORMAT = 0,
    AT_SET_POINT = 2,
    AT_MODE = 4,
    AT_HYSTERESIS = 6,
    AT_FROST_LIMIT = 8,
    AT_SCHEDULE = 10,
    AT_NAME = 26,
    AT_ADDRESS = 50,
    AT_BROKER = 54,
    AT_CONSENT = 94,
    AT_HAS_PASSWORD = 95,
    AT_PASSWORD = 96,
    AT_SPARE = 148
};

_Static_assert(AT_PASSWORD + PASSWORD_VERIFIER_SIZE == AT_SPARE, "places overlap");
_Static_assert(AT_SPARE < SETTINGS_RECORD_SIZE, "record too small");

void settings_encode(const struct settings *settings, uint8_t record[SETTINGS_RECORD_SIZE])
{
    memset(record, 0, SETTINGS_RECORD_SIZE);
    put_le16(record + AT_FORMAT, FORMAT);
    put_le16(record + AT_SET_POINT, (uint16_t)settings->set_point);
    put_le16(record + AT_MODE, settings->mode);
    put_le16(record + AT_HYSTERESIS, (uint16_t)settings->hysteresis);
    put_le16(record + AT_FROST_LIMIT, (uint16_t)settings->frost_limit);
    for (size_t i = 0; i < SETTINGS_SCHEDULE_ENTRIES; i++) {
        put_le16(record + AT_SCHEDULE + 4U * i, settings->schedule[i].minute);
        put_le16(record + AT_SCHEDULE + 4U * i + 2U, (uint16_t)settings->schedule[i].set_point);
    }
    memcpy(record + AT_NAME, settings->name, SETTINGS_NAME_SIZE);
    memcpy(record + AT_ADDRESS, settings->address, sizeof settings->address);
    memcpy(record + AT_BROKER, settings->broker, SETTINGS_BROKER_SIZE);
    record[AT_CONSENT] = settings->telemetry_consent ? 1 : 0;
    record[AT_HAS_PASSWORD] = settings->has_password ? 1 : 0;
    if (settings->has_password) {
        password_verifier_encode(&settings->password, record + AT_PASSWORD);
    }
}

int settings_decode(struct settings *settings, const uint8_t record[SETTINGS_RECORD_SIZE])
{
    if (get_le16(record + AT_FORMAT) != FORMAT || record[AT_CONSENT] > 1 ||
        record[AT_HAS_PASSWORD] > 1) {
        return SETTINGS_ERROR_VALUE;
    }
    memset(settings, 0, sizeof *settings);
    settings->set_point = (int16_t)get_le16(record + AT_SET_POINT);
    settings->mode = get_le16(record + AT_MODE);
    settings->hysteresis = (int16_t)get_le16(record + AT_HYSTERESIS);
    settings->frost_limit = (int16_t)get_le16(record + AT_FROST_LIMIT);
    for (size_t i = 0; i < SETTINGS_SCHEDULE_ENTRIES; i++) {
        settings->schedule[i].minute = get_le16(record + AT_SCHEDULE + 4U * i);
        settings->schedule[i].set_point = (int16_t)get_le16(record + AT_SCHEDULE + 4U * i + 2U);
    }
    memcpy(settings->name, record + AT_NAME, SETTINGS_NAME_SIZE);
    memcpy(settings->address, record + AT_ADDRESS, sizeof settings->address);
    memcpy(settings->broker, record + AT_BROKER, SETTINGS_BROKER_SIZE);
    settings->telemetry_consent = record[AT_CONSENT] == 1;
    settings->has_password = record[AT_HAS_PASSWORD] == 1;
    if (settings->has_password) {
        password_verifier_decode(&settings->password, record + AT_PASSWORD);
    }
    return settings_valid(settings) ? SETTINGS_OK : SETTINGS_ERROR_VALUE;
}
