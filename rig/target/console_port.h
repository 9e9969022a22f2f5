/**
 * What the device says on its console. Hostile: any byte, any amount; see base/console.h for
 * what is kept. It outlives power cuts: positions, in bytes from 0, go on.
 */
#ifndef RIG_TARGET_CONSOLE_PORT_H
#define RIG_TARGET_CONSOLE_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

struct console_driver {
    /** Reads what has come, and waits for more until the deadline (one in the past: does not wait).
     * RIG_OK when something came, RIG_ERROR_TIMEOUT when nothing did. */
    int (*pump)(void *self, int64_t deadline_ms, struct diagnostic *diagnostic);
    const char *(*text)(void *self, uint64_t *position, size_t *size);
    uint64_t (*position)(void *self);
    /** Sends bytes to the device; NULL where the console has no way in. */
    int (*send)(void *self, const void *bytes, size_t size, int64_t deadline_ms,
                struct diagnostic *diagnostic);
};

/** All zero: the target has no console. */
struct console_port {
    const struct console_driver *driver;
    void *self;
};

bool console_port_exists(const struct console_port *console);

/** As of the driver. RIG_ERROR_USAGE without a console; RIG_ERROR_BENCH, RIG_ERROR_INTERRUPTED,
 * RIG_ERROR_DEVICE (the device ended by its own fault). */
int console_port_pump(const struct console_port *console, int64_t deadline_ms,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;
int console_port_send(const struct console_port *console, const void *bytes, size_t size,
                      int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Position after the last byte that came; 0 without a console. */
uint64_t console_port_position(const struct console_port *console);

/** What is kept from *position on, `*size` bytes and a NUL; *position as of console_text(). Valid
 * until the next call that pumps. "" without a console. */
const char *console_port_text(const struct console_port *console, uint64_t *position, size_t *size);

/** How often `text` (not empty) stands in what is kept from `position` on. Does not pump. */
size_t console_port_count(const struct console_port *console, const char *text, uint64_t position);

/** Waits until `text` stands there at or after *position, which then is the one after it. As
 * console_port_pump(); RIG_ERROR_TIMEOUT when it does not come. */
int console_port_wait(const struct console_port *console, const char *text, uint64_t *position,
                      int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
