#include "history.h"

#include <string.h>

bool history_next(const uint8_t *data, size_t size, size_t *position, struct history_step *step)
{
    while (size - *position >= HISTORY_STEP_HEADER) {
        const uint8_t *header = data + *position;
        size_t left = size - *position - HISTORY_STEP_HEADER;
        size_t length = (size_t)header[1] | ((size_t)header[2] << 8);

        if (length > left) {
            length = left;
        }
        *position += HISTORY_STEP_HEADER + length;
        if ((header[0] & HISTORY_KIND_MASK) < HISTORY_KIND_COUNT) {
            step->kind = (enum history_kind)(header[0] & HISTORY_KIND_MASK);
            step->options = (uint8_t)(header[0] & ~HISTORY_KIND_MASK);
            step->body = header + HISTORY_STEP_HEADER;
            step->length = length;
            return true;
        }
    }
    return false;
}

bool history_append(uint8_t *data, size_t *size, size_t capacity, const struct history_step *step)
{
    uint8_t *header = data + *size;

    if (step->length > UINT16_MAX || *size > capacity ||
        step->length + HISTORY_STEP_HEADER > capacity - *size) {
        return false;
    }
    header[0] = (uint8_t)(step->kind | step->options);
    header[1] = (uint8_t)(step->length & 0xFFU);
    header[2] = (uint8_t)(step->length >> 8);
    if (step->length > 0) {
        memmove(header + HISTORY_STEP_HEADER, step->body, step->length);
    }
    *size += HISTORY_STEP_HEADER + step->length;
    return true;
}
