/*
 * pty_bus.h - the local bus as a pseudo-terminal: whoever opens its slave is on the bus.
 */
#ifndef BOARDS_NATIVE_PTY_BUS_H
#define BOARDS_NATIVE_PTY_BUS_H

#include "hal.h"

#include <stddef.h>
#include <stdint.h>

#define PTY_BUS_NAME_SIZE 64U

struct pty_bus {
    int master;                   /* the device's end, non-blocking; -1 when closed */
    int slave;                    /* kept open, else a client that leaves would hang the bus up */
    char name[PTY_BUS_NAME_SIZE]; /* of the slave: /dev/pts/N */
    const char *link;             /* symbolic link to it; NULL: none */
};

/* Not open yet. */
#define PTY_BUS_CLOSED                                                                             \
    {                                                                                              \
        .master = -1, .slave = -1                                                                  \
    }

/*
 * Opens the bus, and makes `link` (NULL: none) a symbolic link to its slave. A link that points to
 * a terminal already is replaced: it was left by a process that was killed. Anything else stays.
 * `link` must live as long as the bus. Returns 0, or -1 after saying why.
 */
HAL_MUST_CHECK int pty_bus_open(struct pty_bus *bus, const char *link);

/* As hal_uart_read() and hal_uart_write(). What the terminal has no room for is lost. */
size_t pty_bus_read(const struct pty_bus *bus, uint8_t *buffer, size_t capacity);
HAL_MUST_CHECK int pty_bus_write(const struct pty_bus *bus, const uint8_t *data, size_t length);

/* Closes the bus and removes the link, if it is still this bus's. */
void pty_bus_close(struct pty_bus *bus);

#endif
