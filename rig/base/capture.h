#ifndef RIG_BASE_CAPTURE_H
#define RIG_BASE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rig_error.h"

/**
 * Keeps a bounded part of a stream of bytes of any length: its first half linear, the rest in a
 * ring that holds the last bytes. All zero is a capture that is not open.
 */
struct capture {
    char *data;     /**< owned; once closed, `size` bytes of text and a NUL */
    size_t size;    /**< 0 until it is closed */
    size_t half;    /**< bytes kept of the beginning, and as many of the end */
    uint64_t total; /**< bytes that came */
    bool closed;
};

/** Makes room for `limit` bytes (at least 2). Free with capture_free(). */
int capture_open(struct capture *capture, size_t limit) RIG_MUST_CHECK;

/** Takes `size` bytes. Not after capture_close(). */
void capture_append(struct capture *capture, const char *bytes, size_t size);

/** Makes one text of both parts, with a line between that says how many bytes are missing. */
void capture_close(struct capture *capture);

void capture_free(struct capture *capture);

#endif
