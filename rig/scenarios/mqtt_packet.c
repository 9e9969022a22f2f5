#include "scenarios/mqtt_packet.h"

#include <string.h>

#include "target/mqtt_scan.h"

enum {
    LENGTH_BYTES = 4,
    LENGTH_BITS = 7,
    LENGTH_MASK = 0x7F,
    LENGTH_CONTINUES = 0x80,
    TYPE_MASK = 0xF0,
    QOS_MASK = 6,
};

void mqtt_put(struct mqtt_bytes *out, const void *bytes, size_t size)
{
    const size_t room = out->room - out->size;
    const size_t count = size < room ? size : room;

    if (count > 0)
        memcpy(out->bytes + out->size, bytes, count);
    out->size += count;
}

void mqtt_put_byte(struct mqtt_bytes *out, unsigned byte)
{
    const uint8_t one = (uint8_t)byte;

    mqtt_put(out, &one, 1);
}

void mqtt_put_16(struct mqtt_bytes *out, unsigned number)
{
    mqtt_put_byte(out, number >> 8);
    mqtt_put_byte(out, number);
}

void mqtt_put_header(struct mqtt_bytes *out, unsigned first, size_t length)
{
    mqtt_put_byte(out, first);
    for (unsigned i = 0; i < LENGTH_BYTES; i++) {
        const unsigned part = (unsigned)(length & LENGTH_MASK);

        length >>= LENGTH_BITS;
        mqtt_put_byte(out, length > 0 ? part | LENGTH_CONTINUES : part);
        if (length == 0)
            return;
    }
}

void mqtt_put_short(struct mqtt_bytes *out, unsigned first, unsigned number)
{
    mqtt_put_header(out, first, 2);
    mqtt_put_16(out, number);
}

void mqtt_put_suback(struct mqtt_bytes *out, unsigned id, unsigned code)
{
    mqtt_put_header(out, MQTT_SUBACK, 3);
    mqtt_put_16(out, id);
    mqtt_put_byte(out, code);
}

void mqtt_put_message(struct mqtt_bytes *out, const struct mqtt_message *message)
{
    const bool has_id = (message->first & QOS_MASK) != 0;

    mqtt_put_header(out, message->first,
                    2 + message->topic_size + (has_id ? 2 : 0) + message->payload_size);
    mqtt_put_16(out, (unsigned)message->topic_size);
    mqtt_put(out, message->topic, message->topic_size);
    if (has_id)
        mqtt_put_16(out, message->id);
    mqtt_put(out, message->payload, message->payload_size);
}

bool mqtt_packet_next(const uint8_t *bytes, size_t size, size_t *at, struct mqtt_seen *seen)
{
    const size_t behind = *at + 1; /* the first byte */
    size_t length = 0;
    size_t used = 0;

    if (behind >= size || !mqtt_scan_length(bytes + behind, size - behind, &used, &length) ||
        length > size - behind - used)
        return false;
    *seen = (struct mqtt_seen){bytes[*at], bytes + behind + used, length};
    if ((seen->type & TYPE_MASK) == MQTT_PUBLISH)
        seen->type = MQTT_PUBLISH;
    *at = behind + used + length;
    return true;
}

unsigned mqtt_packet_id(const struct mqtt_seen *seen)
{
    return seen->size < 2 ? 0 : (unsigned)(seen->body[0] << 8 | seen->body[1]);
}
