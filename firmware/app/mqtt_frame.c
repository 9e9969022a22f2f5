#include "mqtt_frame.h"

#define CONTINUES 0x80U
#define VALUE     0x7FU
#define BITS      7U

static bool take_length_byte(struct mqtt_frame *frame, uint8_t byte)
{
    if (frame->length_bytes == MQTT_FRAME_LENGTH_BYTES) {
        return false;
    }
    frame->left |= (uint32_t)(byte & VALUE) << (BITS * frame->length_bytes);
    frame->length_bytes++;
    frame->in_length = (byte & CONTINUES) != 0;
    return true;
}

bool mqtt_frame_take(struct mqtt_frame *frame, const uint8_t *bytes, size_t count)
{
    size_t used = 0;

    while (used < count) {
        if (frame->in_length) {
            if (!take_length_byte(frame, bytes[used])) {
                return false;
            }
            used++;
        } else if (frame->left > 0) {
            const size_t rest = count - used;
            const size_t step = rest < frame->left ? rest : frame->left;

            frame->left -= (uint32_t)step;
            used += step;
        } else {
            *frame = (struct mqtt_frame){.in_length = true};
            used++;
        }
    }
    return true;
}
