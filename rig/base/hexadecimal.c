#include "base/hexadecimal.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

static int value_of(char digit)
{
    static const char upper[] = "ABCDEF";
    const char *found = digit == '\0' ? NULL : strchr(digits, digit);

    if (found != NULL) {
        return (int)(found - digits);
    }
    found = digit == '\0' ? NULL : strchr(upper, digit);
    return found == NULL ? -1 : (int)(found - upper) + 10;
}

bool hexadecimal_read(const char *text, uint8_t *bytes, size_t room, size_t *size)
{
    const size_t length = strlen(text);

    if (length == 0 || length % 2 != 0 || length / 2 > room) {
        return false;
    }
    for (size_t i = 0; i < length; i += 2) {
        const int high = value_of(text[i]);
        const int low = value_of(text[i + 1]);

        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i / 2] = (uint8_t)(high * 16 + low);
    }
    *size = length / 2;
    return true;
}

void hexadecimal_write(const uint8_t *bytes, size_t size, char *text)
{
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 0xF];
    }
    text[2 * size] = '\0';
}
