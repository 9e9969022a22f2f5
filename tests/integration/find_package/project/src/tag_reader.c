#include "tag_reader.h"

#include <string.h>

#define FIELD_TEMPERATURE 1
#define FIELD_NAME        2

static int read_field(struct tag *tag, uint8_t type, const uint8_t *value, size_t length)
{
    switch (type) {
    case FIELD_TEMPERATURE:
        if (length != 2) {
            return -1;
        }
        tag->temperature = (int16_t)((value[0] << 8) | value[1]);
        return 0;
    case FIELD_NAME:
        /* The defect that the test looks for: the name may be longer than its place. */
        memcpy(tag->name, value, length);
        return 0;
    default:
        return 0;
    }
}

int tag_read(struct tag *tag, const uint8_t *data, size_t size)
{
    int fields = 0;

    memset(tag, 0, sizeof(*tag));
    for (size_t at = 0; at < size; at += 2U + data[at + 1]) {
        if (size - at < 2 || size - at - 2 < data[at + 1]) {
            return -1;
        }
        if (read_field(tag, data[at], &data[at + 2], data[at + 1]) != 0) {
            return -1;
        }
        fields++;
    }
    return fields;
}
