/**
 * What a device says on its console, over what stream_socket.h takes: at least the last CONSOLE_KEPT
 * bytes in memory, all of it in a log file (evidence) when one is named. It outlives the device:
 * each start attaches a new socket, and positions, counted in bytes from 0, go on.
 *
 * What is kept is hostile: any byte, NUL too.
 */
#ifndef RIG_BASE_CONSOLE_H
#define RIG_BASE_CONSOLE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

enum {
    CONSOLE_KEPT = 256 * 1024, /**< bytes that are always kept; up to twice as many may be */
};

/** Made by console_create(), freed by console_destroy(). */
struct console;

/**
 * `log_path` is a file that all is appended to, created when missing; NULL for none. RIG_OK,
 * RIG_ERROR_BENCH with a diagnostic when it cannot be opened, or RIG_ERROR_NO_MEMORY.
 */
int console_create(const char *log_path, struct console **console,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Detaches, closes the log and frees all. NULL is allowed. */
void console_destroy(struct console *console);

/** Takes over a descriptor as of stream_socket.h, after console_detach() of one before. */
void console_attach(struct console *console, int descriptor);

/** Closes the socket; what is kept stays. Does nothing without one. */
void console_detach(struct console *console);

/** What to poll for: descriptor -1 when none is attached, or the device's end was closed. */
struct pollfd console_poll(const struct console *console);

/**
 * Sends what is unsent and reads once, without waiting. Returns RIG_OK (also when nothing came), or
 * RIG_ERROR_BENCH with a diagnostic when the log could not be written (said once; what came is kept
 * all the same).
 */
int console_serve(struct console *console, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Takes what came in another way than over a socket. As console_serve(). */
int console_append(struct console *console, const char *bytes, size_t size,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Sends bytes, after those that are unsent; what does not go at once goes with console_serve(). A
 * byte that was sent is on the line: whether the device takes it is the device's affair. Lost when
 * no device is attached or its end is closed. RIG_OK or RIG_ERROR_NO_MEMORY.
 */
int console_send(struct console *console, const void *bytes, size_t size) RIG_MUST_CHECK;

/** How many bytes are not on the line yet. */
size_t console_unsent(const struct console *console);

/** Forgets them. */
void console_drop_unsent(struct console *console);

/** Position after the last byte that came. */
uint64_t console_position(const struct console *console);

/**
 * What is kept from *position on: `*size` bytes and a NUL, owned by the console and valid until the
 * next console_serve(). *position is moved to the first byte returned when older ones are no longer
 * kept, and back to the end when it lies beyond.
 */
const char *console_text(const struct console *console, uint64_t *position, size_t *size);

/**
 * Looks for `text` (not empty) in what is kept from *position on. True with *position after it;
 * false otherwise, and *position stays.
 */
bool console_find(const struct console *console, const char *text, uint64_t *position);

#endif
