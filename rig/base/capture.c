#include "base/capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rig_error.h"

enum {
    MARKER_SIZE = 64, /* room for the line about bytes that are missing */
};

int capture_open(struct capture *capture, size_t limit)
{
    capture->half = limit > 2 ? limit / 2 : 1;
    capture->data = malloc(2 * capture->half + MARKER_SIZE + 1);
    if (capture->data == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    capture->data[0] = '\0';
    return RIG_OK;
}

void capture_append(struct capture *capture, const char *bytes, size_t size)
{
    char *ring = capture->data + capture->half + MARKER_SIZE;

    while (size > 0) {
        bool in_head = capture->total < capture->half;
        size_t at = (size_t)(capture->total % capture->half);
        size_t room = capture->half - at;
        size_t part = size < room ? size : room;

        memcpy((in_head ? capture->data : ring) + at, bytes, part);
        capture->total += part;
        bytes += part;
        size -= part;
    }
}

static void reverse(char *bytes, size_t size)
{
    for (size_t i = 0; i < size / 2; i++) {
        char byte = bytes[i];

        bytes[i] = bytes[size - 1 - i];
        bytes[size - 1 - i] = byte;
    }
}

/* Turns head and ring into one text, with a line between when bytes are missing. */
void capture_close(struct capture *capture)
{
    size_t half = capture->half;
    char *ring = capture->data + half + MARKER_SIZE;
    size_t head = capture->total < half ? (size_t)capture->total : half;
    uint64_t after = capture->total - head;
    size_t tail = after < half ? (size_t)after : half;
    int marker = 0;

    if (capture->closed) {
        return;
    }
    if (after > half) {
        size_t oldest = (size_t)(after % half);

        reverse(ring, oldest);
        reverse(ring + oldest, half - oldest);
        reverse(ring, half);
        marker = snprintf(capture->data + head, MARKER_SIZE, "\n[%llu bytes left out]\n",
                          (unsigned long long)(after - half));
    }
    memmove(capture->data + head + marker, ring, tail);
    capture->size = head + (size_t)marker + tail;
    capture->data[capture->size] = '\0';
    capture->closed = true;
}

void capture_free(struct capture *capture)
{
    free(capture->data);
    capture->data = NULL;
}
