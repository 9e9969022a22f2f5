/* Reads a length byte and believes it: one write past the end of a heap buffer. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define ROOM 8

static volatile uint8_t last_byte; /* keeps the compiler from leaving the copy out */

static void copy_field(uint8_t *field, const uint8_t *data, size_t length)
{
    memcpy(field, data, length);
}

int harness_run(const uint8_t *data, size_t size)
{
    uint8_t *field;
    size_t length;

    if (size < 1)
        return 0;
    length = data[0] % 16;
    if (size - 1 < length)
        return 0;
    field = calloc(1, ROOM);
    if (field == NULL)
        return 0;
    copy_field(field, data + 1, length);
    last_byte = field[ROOM - 1];
    free(field);
    return 0;
}
