/**
 * Frames on their way to a receiver that may be slow, as the bytes of its stream (frame_reader.h).
 * It is bounded: a frame for which there is no room is lost whole, as on a real link.
 */
#ifndef RIG_EMULATOR_FRAME_QUEUE_H
#define RIG_EMULATOR_FRAME_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/frame_reader.h"

enum {
    FRAME_QUEUE_CAPACITY = 4 * (FRAME_HEADER + FRAME_MAX), /**< bytes, headers included */
};

/** All zero is an empty queue. */
struct frame_queue {
    size_t from; /**< first byte that is not sent */
    size_t end;  /**< after the last one */
    uint8_t bytes[FRAME_QUEUE_CAPACITY];
};

/** Appends a frame of 1 to FRAME_MAX bytes. False: no room, and nothing was appended. */
bool frame_queue_add(struct frame_queue *queue, const uint8_t *frame, size_t size);

/** What is to be sent; *size is 0 when it is empty. Valid until the next call. */
const uint8_t *frame_queue_unsent(const struct frame_queue *queue, size_t *size);

/** Notes that the first `count` of these bytes are sent. */
void frame_queue_sent(struct frame_queue *queue, size_t count);

#endif
