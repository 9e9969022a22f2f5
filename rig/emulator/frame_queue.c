#include "emulator/frame_queue.h"

#include <string.h>

bool frame_queue_add(struct frame_queue *queue, const uint8_t *frame, size_t size)
{
    const size_t unsent = queue->end - queue->from;
    const size_t needed = FRAME_HEADER + size;

    if (needed > sizeof(queue->bytes) - unsent) {
        return false;
    }
    if (needed > sizeof(queue->bytes) - queue->end) {
        memmove(queue->bytes, queue->bytes + queue->from, unsent);
        queue->from = 0;
        queue->end = unsent;
    }
    frame_header(queue->bytes + queue->end, size);
    memcpy(queue->bytes + queue->end + FRAME_HEADER, frame, size);
    queue->end += needed;
    return true;
}

const uint8_t *frame_queue_unsent(const struct frame_queue *queue, size_t *size)
{
    *size = queue->end - queue->from;
    return queue->bytes + queue->from;
}

void frame_queue_sent(struct frame_queue *queue, size_t count)
{
    queue->from += count;
    if (queue->from == queue->end) {
        queue->from = 0;
        queue->end = 0;
    }
}
