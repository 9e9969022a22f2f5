#include "target/broker_reading.h"

#include <jansson.h>
#include <string.h>

/* The value of a hexadecimal digit; -1 for any other byte. */
static int digit_value(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = digit != '\0' ? strchr(digits, digit) : NULL;

    return found != NULL ? (int)(found - digits) : -1;
}

/* The payload's bytes; their number must be `length`, as the line says. */
static bool decode(const char *text, size_t size, size_t length, char *bytes)
{
    if (length > BROKER_READING_PAYLOAD || size != 2 * length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        const int high = digit_value(text[2 * i]);
        const int low = digit_value(text[2 * i + 1]);

        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i] = (char)(high * 16 + low);
    }
    return true;
}

/* A member that is an integer of 32 bits, not less than `least`. */
static bool read_member(const json_t *object, const char *name, uint32_t least, uint32_t *value)
{
    const json_t *member = json_object_get(object, name);
    const json_int_t number = json_integer_value(member);

    if (!json_is_integer(member) || number < (json_int_t)least || number > UINT32_MAX) {
        return false;
    }
    *value = (uint32_t)number;
    return true;
}

static bool read_payload(const char *bytes, size_t length, struct broker_reading *reading)
{
    struct broker_reading read = {0, 0, 0};
    json_error_t error;
    json_t *object = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
    const bool good = json_is_object(object) && read_member(object, "number", 1, &read.number) &&
                      read_member(object, "uptime_s", 0, &read.uptime_s);

    json_decref(object);
    if (good) {
        reading->number = read.number;
        reading->uptime_s = read.uptime_s;
    }
    return good;
}

/* The decimal number up to the first space; false when it is none, or too large to be believed. */
static bool read_length(const char *line, size_t size, size_t *used, size_t *length)
{
    size_t value = 0;
    size_t i = 0;

    while (i < size && line[i] >= '0' && line[i] <= '9') {
        value = value * 10 + (size_t)(line[i] - '0');
        if (value > BROKER_READING_PAYLOAD) {
            return false;
        }
        i++;
    }
    if (i == 0 || i == size || line[i] != ' ') {
        return false;
    }
    *used = i + 1;
    *length = value;
    return true;
}

bool broker_reading_parse(const char *line, size_t size, const char *topic,
                          struct broker_reading *reading)
{
    const size_t topic_size = strlen(topic);
    char bytes[BROKER_READING_PAYLOAD];
    size_t length = 0;
    size_t at = 0;

    if (!read_length(line, size, &at, &length) || size - at < topic_size + 1 ||
        memcmp(line + at, topic, topic_size) != 0 || line[at + topic_size] != ' ') {
        return false;
    }
    at += topic_size + 1;
    return decode(line + at, size - at, length, bytes) && read_payload(bytes, length, reading);
}
