#include "version_text.h"

/* `number` has at most five digits. Returns where the text goes on. */
static char *put_decimal(char *text, uint32_t number)
{
    uint32_t power = 10000;

    while (power > 1 && number < power) {
        power /= 10U;
    }
    for (; power > 0; power /= 10U) {
        *text = (char)('0' + number / power % 10U);
        text++;
    }
    return text;
}

uint32_t version_text(uint32_t version, char text[VERSION_TEXT_SIZE])
{
    char *end = put_decimal(text, version >> 24);

    *end = '.';
    end = put_decimal(end + 1, (version >> 16) & 0xFFU);
    *end = '.';
    end = put_decimal(end + 1, version & 0xFFFFU);
    *end = '\0';
    return (uint32_t)(end - text);
}
