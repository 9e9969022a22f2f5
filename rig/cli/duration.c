#include "cli/duration.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Whether a letter is a unit; *seconds becomes what it stands for. */
static bool is_unit(char letter, uint64_t *seconds)
{
    switch (letter) {
    case 's':
        *seconds = 1;
        return true;
    case 'm':
        *seconds = 60;
        return true;
    case 'h':
        *seconds = 3600;
        return true;
    default:
        return false;
    }
}

bool duration_parse(const char *text, uint64_t *seconds)
{
    const size_t length = strlen(text);
    char digits[24];
    uint64_t unit = 1;
    uint64_t value = 0;

    if (length == 0 || length >= sizeof digits)
        return false;
    memcpy(digits, text, length + 1);
    if (is_unit(text[length - 1], &unit))
        digits[length - 1] = '\0';
    if (!text_parse_unsigned(digits, UINT64_MAX, &value) || value > UINT64_MAX / unit)
        return false;
    *seconds = value * unit;
    return true;
}

const char *duration_format(uint64_t seconds, char text[DURATION_TEXT_SIZE])
{
    if (seconds < 60)
        (void)snprintf(text, DURATION_TEXT_SIZE, "%" PRIu64 "s", seconds);
    else if (seconds < 3600)
        (void)snprintf(text, DURATION_TEXT_SIZE, "%" PRIu64 "m%02" PRIu64 "s", seconds / 60,
                       seconds % 60);
    else
        (void)snprintf(text, DURATION_TEXT_SIZE, "%" PRIu64 "h%02" PRIu64 "m", seconds / 3600,
                       seconds / 60 % 60);
    return text;
}
