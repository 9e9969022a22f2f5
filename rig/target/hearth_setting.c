#include "target/hearth_setting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SCHEDULE_ENTRIES = 4,
    SCHEDULE_SIZE = 4 * SCHEDULE_ENTRIES,
    ADDRESS_SIZE = 4,
};

static const struct hearth_setting settings[] = {
    {"set_point", 1, HEARTH_INT16, true},    {"mode", 2, HEARTH_UINT16, true},
    {"hysteresis", 3, HEARTH_INT16, false},  {"frost_limit", 4, HEARTH_INT16, false},
    {"schedule", 5, HEARTH_SCHEDULE, false}, {"name", 6, HEARTH_TEXT, false},
    {"address", 7, HEARTH_ADDRESS, false},   {"broker", 8, HEARTH_TEXT, false},
    {"consent", 9, HEARTH_UINT8, false},
};

size_t hearth_setting_count(void)
{
    return sizeof settings / sizeof settings[0];
}

const struct hearth_setting *hearth_setting_at(size_t index)
{
    return &settings[index];
}

const struct hearth_setting *hearth_setting_find(const char *name)
{
    for (size_t i = 0; i < hearth_setting_count(); i++) {
        if (strcmp(settings[i].name, name) == 0) {
            return &settings[i];
        }
    }
    return NULL;
}

/* ---- to text ---- */

static unsigned get16(const uint8_t *bytes)
{
    return bytes[0] | (unsigned)bytes[1] << 8;
}

static bool decode_number(const struct hearth_setting *setting, const uint8_t *bytes, size_t size,
                          char text[ADAPTER_TEXT])
{
    int value;

    if (size != (setting->kind == HEARTH_UINT8 ? 1U : 2U)) {
        return false;
    }
    if (setting->kind == HEARTH_UINT8) {
        value = bytes[0];
    } else {
        value = setting->kind == HEARTH_INT16 ? (int16_t)get16(bytes) : (int)get16(bytes);
    }
    (void)snprintf(text, ADAPTER_TEXT, "%d", value);
    return true;
}

static bool decode_schedule(const uint8_t *bytes, size_t size, char text[ADAPTER_TEXT])
{
    size_t used = 0;

    if (size != SCHEDULE_SIZE) {
        return false;
    }
    for (size_t i = 0; i < SCHEDULE_ENTRIES; i++) { /* at most 12 characters each */
        used += (size_t)snprintf(text + used, ADAPTER_TEXT - used, "%s%u:%d", i == 0 ? "" : ",",
                                 get16(bytes + 4 * i), (int16_t)get16(bytes + 4 * i + 2));
    }
    return true;
}

static bool decode_text(const uint8_t *bytes, size_t size, char text[ADAPTER_TEXT])
{
    size_t used = 0;

    for (size_t i = 0; i < size; i++) {
        const bool plain = bytes[i] >= ' ' && bytes[i] <= '~' && bytes[i] != '\\';
        const size_t needed = plain ? 1 : 4;

        if (used + needed >= ADAPTER_TEXT) {
            return false;
        }
        (void)snprintf(text + used, ADAPTER_TEXT - used, plain ? "%c" : "\\x%02x", bytes[i]);
        used += needed;
    }
    text[used] = '\0';
    return true;
}

bool hearth_setting_decode(const struct hearth_setting *setting, const uint8_t *bytes, size_t size,
                           char text[ADAPTER_TEXT])
{
    switch (setting->kind) {
    case HEARTH_SCHEDULE:
        return decode_schedule(bytes, size, text);
    case HEARTH_TEXT:
        return decode_text(bytes, size, text);
    case HEARTH_ADDRESS:
        (void)snprintf(text, ADAPTER_TEXT, "%u.%u.%u.%u", size == ADDRESS_SIZE ? bytes[0] : 0U,
                       size == ADDRESS_SIZE ? bytes[1] : 0U, size == ADDRESS_SIZE ? bytes[2] : 0U,
                       size == ADDRESS_SIZE ? bytes[3] : 0U);
        return size == ADDRESS_SIZE;
    default:
        return decode_number(setting, bytes, size, text);
    }
}

/* ---- from text ---- */

/* A decimal number from `low` to `high`, followed by `end`. Moves *text behind that. */
static bool take_number(const char **text, long low, long high, char end, long *value)
{
    char *behind;

    if (**text != '-' && (**text < '0' || **text > '9')) {
        return false;
    }
    errno = 0;
    *value = strtol(*text, &behind, 10);
    if (errno != 0 || behind == *text || *value < low || *value > high || *behind != end) {
        return false;
    }
    *text = end == '\0' ? behind : behind + 1;
    return true;
}

static void put16(uint8_t *bytes, long value)
{
    bytes[0] = (uint8_t)value;
    bytes[1] = (uint8_t)((unsigned long)value >> 8);
}

static bool encode_schedule(const char *text, uint8_t *bytes)
{
    for (size_t i = 0; i < SCHEDULE_ENTRIES; i++) {
        long minute;
        long set_point;

        if (!take_number(&text, 0, UINT16_MAX, ':', &minute) ||
            !take_number(&text, INT16_MIN, INT16_MAX, i + 1 < SCHEDULE_ENTRIES ? ',' : '\0',
                         &set_point)) {
            return false;
        }
        put16(bytes + 4 * i, minute);
        put16(bytes + 4 * i + 2, set_point);
    }
    return true;
}

static bool encode_address(const char *text, uint8_t *bytes)
{
    for (size_t i = 0; i < ADDRESS_SIZE; i++) {
        long part;

        if (!take_number(&text, 0, UINT8_MAX, i + 1 < ADDRESS_SIZE ? '.' : '\0', &part)) {
            return false;
        }
        bytes[i] = (uint8_t)part;
    }
    return true;
}

/* Two hexadecimal digits; -1 when they are none. */
static int hexadecimal(const char *text)
{
    static const char digits[] = "0123456789abcdef";
    const char *high = text[0] != '\0' ? strchr(digits, text[0]) : NULL;
    const char *low = high != NULL && text[1] != '\0' ? strchr(digits, text[1]) : NULL;

    return low != NULL ? (int)(high - digits) * 16 + (int)(low - digits) : -1;
}

static bool encode_text(const char *text, uint8_t bytes[HEARTH_SETTING_VALUE], size_t *size)
{
    *size = 0;
    while (*text != '\0') {
        int byte = (unsigned char)*text;

        if (*size == HEARTH_SETTING_VALUE) {
            return false;
        }
        if (byte == '\\') {
            byte = text[1] == 'x' ? hexadecimal(text + 2) : -1;
            if (byte < 0) {
                return false;
            }
            text += 3;
        }
        bytes[*size] = (uint8_t)byte;
        *size += 1;
        text++;
    }
    return true;
}

static bool encode_number(const struct hearth_setting *setting, const char *text, uint8_t *bytes,
                          size_t *size)
{
    const long low = setting->kind == HEARTH_INT16 ? INT16_MIN : 0;
    const long high = setting->kind == HEARTH_INT16    ? INT16_MAX
                      : setting->kind == HEARTH_UINT16 ? UINT16_MAX
                                                       : UINT8_MAX;
    long value;

    if (!take_number(&text, low, high, '\0', &value)) {
        return false;
    }
    put16(bytes, value);
    *size = setting->kind == HEARTH_UINT8 ? 1 : 2;
    return true;
}

bool hearth_setting_encode(const struct hearth_setting *setting, const char *text,
                           uint8_t bytes[HEARTH_SETTING_VALUE], size_t *size)
{
    switch (setting->kind) {
    case HEARTH_SCHEDULE:
        *size = SCHEDULE_SIZE;
        return encode_schedule(text, bytes);
    case HEARTH_TEXT:
        return encode_text(text, bytes, size);
    case HEARTH_ADDRESS:
        *size = ADDRESS_SIZE;
        return encode_address(text, bytes);
    default:
        return encode_number(setting, text, bytes, size);
    }
}
