#ifndef RIG_TARGET_HEARTH_SETTING_H
#define RIG_TARGET_HEARTH_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "target/adapter.h"

enum { HEARTH_SETTING_VALUE = 64 }; /**< bytes of a value in the mailbox, more than any has */

/** How a setting stands in the mailbox; numbers little-endian. */
enum hearth_setting_kind {
    HEARTH_INT16,
    HEARTH_UINT16,
    HEARTH_UINT8,
    HEARTH_SCHEDULE,
    HEARTH_TEXT,
    HEARTH_ADDRESS,
};

/** One of Hearth's settings; adapter_hearth.h describes the values. */
struct hearth_setting {
    const char *name;
    uint8_t id; /**< in the mailbox: firmware/app/settings.h */
    enum hearth_setting_kind kind;
    bool is_open; /**< whoever is on the local bus may change it */
};

size_t hearth_setting_count(void);
const struct hearth_setting *hearth_setting_at(size_t index);

/** NULL when there is none of that name. */
const struct hearth_setting *hearth_setting_find(const char *name);

/** Value to text. False when `size` bytes are no such value, or the text does not fit. */
bool hearth_setting_decode(const struct hearth_setting *setting, const uint8_t *bytes, size_t size,
                           char text[ADAPTER_TEXT]);

/** Text to value. False when the text is no such value; one that the device refuses may be. */
bool hearth_setting_encode(const struct hearth_setting *setting, const char *text,
                           uint8_t bytes[HEARTH_SETTING_VALUE], size_t *size);

#endif
