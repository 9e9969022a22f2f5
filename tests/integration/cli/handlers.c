/* As broken.c, but two handlers of a request share the function that copies: two defects. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define ROOM 8

static volatile uint8_t last_byte; /* keeps the compiler from leaving the copy out */

__attribute__((noinline)) static void copy_field(uint8_t *field, const uint8_t *data, size_t length)
{
    memcpy(field, data, length);
}

__attribute__((noinline)) static void handle_name(uint8_t *field, const uint8_t *data,
                                                  size_t length)
{
    copy_field(field, data, length);
    last_byte = field[0];
}

__attribute__((noinline)) static void handle_value(uint8_t *field, const uint8_t *data,
                                                   size_t length)
{
    copy_field(field, data, length);
    last_byte = field[ROOM - 1];
}

int harness_run(const uint8_t *data, size_t size)
{
    uint8_t *field;
    size_t length;

    if (size < 2)
        return 0;
    length = data[1] % 16;
    if (size - 2 < length)
        return 0;
    field = calloc(1, ROOM);
    if (field == NULL)
        return 0;
    if (data[0] % 2 == 0)
        handle_name(field, data + 2, length);
    else
        handle_value(field, data + 2, length);
    free(field);
    return 0;
}
