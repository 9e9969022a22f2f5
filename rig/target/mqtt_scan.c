#include "target/mqtt_scan.h"

#include <string.h>

enum {
    CONNECT = 0x10,         /* type 1, flags 0 */
    LENGTH_BYTES = 4,       /* of a remaining length, at most */
    LENGTH_CONTINUES = 0x80 /* in all but its last byte */
};

bool mqtt_scan_length(const uint8_t *bytes, size_t size, size_t *used, size_t *length)
{
    size_t value = 0;

    for (size_t i = 0; i < size && i < LENGTH_BYTES; i++) {
        value |= (size_t)(bytes[i] & 0x7F) << (7 * i);
        if ((bytes[i] & LENGTH_CONTINUES) == 0) {
            *used = i + 1;
            *length = value;
            return true;
        }
    }
    return false;
}

static bool is_connect(const uint8_t *bytes, size_t size, size_t *packet_size)
{
    static const uint8_t name[] = {0, 4, 'M', 'Q', 'T', 'T'};
    size_t used = 0;
    size_t length = 0;

    if (bytes[0] != CONNECT || !mqtt_scan_length(bytes + 1, size - 1, &used, &length) ||
        length < sizeof(name) || length > size - 1 - used) {
        return false;
    }
    *packet_size = 1 + used + length;
    return memcmp(bytes + 1 + used, name, sizeof(name)) == 0;
}

size_t mqtt_scan_connect(const uint8_t *bytes, size_t size, size_t at)
{
    for (; at < size; at++) {
        size_t packet_size = 0;

        if (is_connect(bytes + at, size - at, &packet_size)) {
            return at + packet_size;
        }
    }
    return 0;
}
