#include "emulator/frame_reader.h"

#include <string.h>

void frame_header(uint8_t header[FRAME_HEADER], size_t size)
{
    header[0] = (uint8_t)(size >> 24);
    header[1] = (uint8_t)(size >> 16);
    header[2] = (uint8_t)(size >> 8);
    header[3] = (uint8_t)size;
}

static size_t frame_size(const uint8_t header[FRAME_HEADER])
{
    return (size_t)header[0] << 24 | (size_t)header[1] << 16 | (size_t)header[2] << 8 |
           (size_t)header[3];
}

/* Copies into `target`, of which `have` of `want` bytes are there. Returns how many were copied. */
static size_t fill(uint8_t *target, size_t have, size_t want, const uint8_t *bytes, size_t count)
{
    const size_t copied = count < want - have ? count : want - have;

    if (copied > 0) {
        memcpy(target + have, bytes, copied);
    }
    return copied;
}

enum frame_status frame_reader_take(struct frame_reader *reader, const uint8_t *bytes, size_t count,
                                    size_t *used)
{
    size_t copied;

    *used = 0;
    if (reader->size != 0 && reader->taken == FRAME_HEADER + reader->size) {
        reader->taken = 0; /* the frame of the last call was the caller's until now */
        reader->size = 0;
    }
    if (reader->taken < FRAME_HEADER) {
        copied = fill(reader->header, reader->taken, FRAME_HEADER, bytes, count);
        reader->taken += copied;
        *used = copied;
        if (reader->taken < FRAME_HEADER) {
            return FRAME_INCOMPLETE;
        }
    }
    reader->size = frame_size(reader->header);
    if (reader->size == 0 || reader->size > FRAME_MAX) {
        reader->size = 0; /* the header stays, and says so again */
        return FRAME_MALFORMED;
    }
    copied = fill(reader->frame, reader->taken - FRAME_HEADER, reader->size, bytes + *used,
                  count - *used);
    reader->taken += copied;
    *used += copied;
    return reader->taken == FRAME_HEADER + reader->size ? FRAME_COMPLETE : FRAME_INCOMPLETE;
}
