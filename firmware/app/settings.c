#include "settings.h"

#include "broker_address.h"
#include "byte_order.h"

#include <string.h>

#define MINUTES_PER_DAY 1440U

const char *settings_strerror(int error)
{
    switch (error) {
    case SETTINGS_OK:
        return "no error";
    case SETTINGS_ERROR_UNKNOWN:
        return "no such setting";
    case SETTINGS_ERROR_VALUE:
        return "value has the wrong length or is out of range";
    case SETTINGS_ERROR_STORAGE:
        return "settings could not be written";
    default:
        return "unknown settings error";
    }
}

void settings_defaults(struct settings *settings)
{
    static const struct schedule_entry schedule[SETTINGS_SCHEDULE_ENTRIES] = {
        {6U * 60U, 210}, {9U * 60U, 180}, {17U * 60U, 210}, {22U * 60U, 160}};

    memset(settings, 0, sizeof *settings);
    settings->set_point = 200;
    settings->mode = HEATING_ON;
    settings->hysteresis = 5;
    settings->frost_limit = 70;
    memcpy(settings->schedule, schedule, sizeof schedule);
}

static bool in_range(int value, int low, int high)
{
    return value >= low && value <= high;
}

static bool schedule_valid(const struct schedule_entry *schedule)
{
    for (size_t i = 0; i < SETTINGS_SCHEDULE_ENTRIES; i++) {
        if (schedule[i].minute >= MINUTES_PER_DAY ||
            !in_range(schedule[i].set_point, SETTINGS_MIN_SET_POINT, SETTINGS_MAX_SET_POINT) ||
            (i > 0 && schedule[i].minute <= schedule[i - 1U].minute)) {
            return false;
        }
    }
    return true;
}

/* Printable ASCII, then nothing but zeros. */
static bool text_valid(const char *text, size_t size)
{
    size_t length = 0;

    while (length < size && text[length] != '\0') {
        if (text[length] < ' ' || text[length] > '~') {
            return false;
        }
        length++;
    }
    for (size_t i = length; i < size; i++) {
        if (text[i] != '\0') {
            return false;
        }
    }
    return true;
}

static bool broker_valid(const char *broker)
{
    struct broker_address address;

    return text_valid(broker, SETTINGS_BROKER_SIZE) &&
           (broker[0] == '\0' || broker_address_parse(&address, broker));
}

static bool password_valid(const struct password_verifier *password)
{
    return password->iterations >= PASSWORD_MIN_ITERATIONS &&
           password->iterations <= PASSWORD_MAX_ITERATIONS;
}

bool settings_valid(const struct settings *settings)
{
    return in_range(settings->set_point, SETTINGS_MIN_SET_POINT, SETTINGS_MAX_SET_POINT) &&
           settings->mode <= HEATING_SCHEDULE && in_range(settings->hysteresis, 2, 30) &&
           in_range(settings->frost_limit, 30, 120) && schedule_valid(settings->schedule) &&
           text_valid(settings->name, SETTINGS_NAME_SIZE) && broker_valid(settings->broker) &&
           (!settings->has_password || password_valid(&settings->password));
}

static int set_schedule(struct settings *settings, const uint8_t *value, size_t length)
{
    if (length != 4U * SETTINGS_SCHEDULE_ENTRIES) {
        return SETTINGS_ERROR_VALUE;
    }
    for (size_t i = 0; i < SETTINGS_SCHEDULE_ENTRIES; i++) {
        settings->schedule[i].minute = get_le16(value + 4U * i);
        settings->schedule[i].set_point = (int16_t)get_le16(value + 4U * i + 2U);
    }
    return SETTINGS_OK;
}

static int set_text(char *text, size_t size, const uint8_t *value, size_t length)
{
    if (length > size) {
        return SETTINGS_ERROR_VALUE;
    }
    memset(text, 0, size);
    memcpy(text, value, length);
    return SETTINGS_OK;
}

static int set_number(struct settings *settings, uint8_t id, const uint8_t *value, size_t length)
{
    if (length != 2) {
        return SETTINGS_ERROR_VALUE;
    }
    switch (id) {
    case SETTING_SET_POINT:
        settings->set_point = (int16_t)get_le16(value);
        break;
    case SETTING_MODE:
        settings->mode = get_le16(value);
        break;
    case SETTING_HYSTERESIS:
        settings->hysteresis = (int16_t)get_le16(value);
        break;
    default:
        settings->frost_limit = (int16_t)get_le16(value);
        break;
    }
    return SETTINGS_OK;
}

static int set_field(struct settings *settings, uint8_t id, const uint8_t *value, size_t length)
{
    switch (id) {
    case SETTING_SET_POINT:
    case SETTING_MODE:
    case SETTING_HYSTERESIS:
    case SETTING_FROST_LIMIT:
        return set_number(settings, id, value, length);
    case SETTING_SCHEDULE:
        return set_schedule(settings, value, length);
    case SETTING_NAME:
        return set_text(settings->name, SETTINGS_NAME_SIZE, value, length);
    case SETTING_ADDRESS:
        if (length != sizeof settings->address) {
            return SETTINGS_ERROR_VALUE;
        }
        memcpy(settings->address, value, length);
        return SETTINGS_OK;
    case SETTING_BROKER:
        return set_text(settings->broker, SETTINGS_BROKER_SIZE, value, length);
    case SETTING_CONSENT:
        if (length != 1 || value[0] > 1) {
            return SETTINGS_ERROR_VALUE;
        }
        settings->telemetry_consent = value[0] == 1;
        return SETTINGS_OK;
    default:
        return SETTINGS_ERROR_UNKNOWN;
    }
}

int settings_set(struct settings *settings, uint8_t id, const uint8_t *value, size_t length)
{
    struct settings draft = *settings;
    int result = set_field(&draft, id, value, length);

    if (result == SETTINGS_OK && !settings_valid(&draft)) {
        result = SETTINGS_ERROR_VALUE;
    }
    if (result == SETTINGS_OK) {
        *settings = draft;
    }
    return result;
}

static int get_number(uint8_t *value, int number)
{
    put_le16(value, (uint16_t)number);
    return 2;
}

static int get_text(uint8_t *value, const char *text, size_t size)
{
    size_t length = 0;

    while (length < size && text[length] != '\0') {
        value[length] = (uint8_t)text[length];
        length++;
    }
    return (int)length;
}

static int get_schedule(uint8_t *value, const struct schedule_entry *schedule)
{
    for (size_t i = 0; i < SETTINGS_SCHEDULE_ENTRIES; i++) {
        put_le16(value + 4U * i, schedule[i].minute);
        put_le16(value + 4U * i + 2U, (uint16_t)schedule[i].set_point);
    }
    return 4 * (int)SETTINGS_SCHEDULE_ENTRIES;
}

int settings_get(const struct settings *settings, uint8_t id, uint8_t *value)
{
    switch (id) {
    case SETTING_SET_POINT:
        return get_number(value, settings->set_point);
    case SETTING_MODE:
        return get_number(value, settings->mode);
    case SETTING_HYSTERESIS:
        return get_number(value, settings->hysteresis);
    case SETTING_FROST_LIMIT:
        return get_number(value, settings->frost_limit);
    case SETTING_SCHEDULE:
        return get_schedule(value, settings->schedule);
    case SETTING_NAME:
        return get_text(value, settings->name, SETTINGS_NAME_SIZE);
    case SETTING_ADDRESS:
        memcpy(value, settings->address, sizeof settings->address);
        return (int)sizeof settings->address;
    case SETTING_BROKER:
        return get_text(value, settings->broker, SETTINGS_BROKER_SIZE);
    case SETTING_CONSENT:
        value[0] = settings->telemetry_consent ? 1 : 0;
        return 1;
    default:
        return SETTINGS_ERROR_UNKNOWN;
    }
}
