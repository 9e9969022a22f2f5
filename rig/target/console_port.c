#define _GNU_SOURCE /* memmem */
#include "target/console_port.h"

#include <string.h>

bool console_port_exists(const struct console_port *console)
{
    return console->driver != NULL;
}

static int refuse(struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "this target has no console to do that");
}

int console_port_pump(const struct console_port *console, int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    if (console->driver == NULL)
        return refuse(diagnostic);
    return console->driver->pump(console->self, deadline_ms, diagnostic);
}

int console_port_send(const struct console_port *console, const void *bytes, size_t size,
                      int64_t deadline_ms, struct diagnostic *diagnostic)
{
    if (console->driver == NULL || console->driver->send == NULL)
        return refuse(diagnostic);
    return console->driver->send(console->self, bytes, size, deadline_ms, diagnostic);
}

uint64_t console_port_position(const struct console_port *console)
{
    return console->driver == NULL ? 0 : console->driver->position(console->self);
}

const char *console_port_text(const struct console_port *console, uint64_t *position, size_t *size)
{
    if (console->driver == NULL) {
        *size = 0;
        return "";
    }
    return console->driver->text(console->self, position, size);
}

/* The end of the first `text` at or after *position, which it becomes. */
static bool find(const struct console_port *console, const char *text, uint64_t *position)
{
    uint64_t from = *position;
    size_t size = 0;
    const char *kept = console_port_text(console, &from, &size);
    const char *found = memmem(kept, size, text, strlen(text));

    if (found == NULL)
        return false;
    *position = from + (uint64_t)(found - kept) + strlen(text);
    return true;
}

size_t console_port_count(const struct console_port *console, const char *text, uint64_t position)
{
    size_t count = 0;

    while (find(console, text, &position))
        count++;
    return count;
}

int console_port_wait(const struct console_port *console, const char *text, uint64_t *position,
                      int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    while (!find(console, text, position)) {
        if (error != RIG_OK)
            return error;
        /* What came before an error is looked at once more. */
        error = console_port_pump(console, deadline_ms, diagnostic);
    }
    return RIG_OK;
}
