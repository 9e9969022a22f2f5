/**
 * Consoles that are a stream of bytes: a pseudo-terminal, a serial port, a socket. What is kept and
 * logged is as of base/console.h.
 *
 * What one reader takes from a terminal no other gets: where an adapter program reads the console, the
 * rig must not open it as well.
 */
#ifndef RIG_TARGET_CONSOLE_STREAM_H
#define RIG_TARGET_CONSOLE_STREAM_H

#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/console_port.h"

enum console_stream_kind {
    /** A pseudo-terminal that the rig makes and keeps; the device's side opens console_stream_path(). */
    CONSOLE_STREAM_PTY,
    /** The path of a pseudo-terminal that the device makes, and makes anew at each start. The device
     * makes it raw: what it writes before the rig opens it would come back to it otherwise. */
    CONSOLE_STREAM_LINK,
    /** A serial port; it is held for the rig alone. */
    CONSOLE_STREAM_TTY,
    /** The path of a Unix stream socket that the device's side listens on. */
    CONSOLE_STREAM_SOCKET,
};

struct console_stream_options {
    enum console_stream_kind kind;
    const char *path;     /**< not of PTY */
    uint64_t baud;        /**< of TTY: 8 data bits, no parity, no flow control */
    const char *log_path; /**< file that all is appended to; NULL for none */
};

/**
 * Opens a PTY or a TTY. A LINK or a SOCKET comes and goes with the device: it is opened when it is
 * there, by each pump and send, and opened again after the device's side closed it; meanwhile nothing
 * comes.
 *
 * RIG_OK; RIG_ERROR_BENCH (a missing device node, one that another program holds, no permission, a log
 * that cannot be opened) and RIG_ERROR_CONFIGURATION (a baud rate that this system does not have, a
 * path too long for a socket), each with one line that names place and remedy; RIG_ERROR_NO_MEMORY.
 * `port` is all zero after an error.
 *
 * Calls of the driver: RIG_ERROR_BENCH when a serial port is unplugged or what stands at the path of a
 * LINK or a SOCKET is something else; RIG_ERROR_TIMEOUT when nothing came, or bytes could not be sent
 * (they are forgotten then).
 */
RIG_MUST_CHECK int console_stream_create(const struct console_stream_options *options,
                                         struct console_port *port, struct diagnostic *diagnostic);

/** Closes and frees all. Makes `port` all zero. */
void console_stream_destroy(struct console_port *port);

/** What the device's side of a PTY opens; of the others the path that was given. */
const char *console_stream_path(const struct console_port *port);

#endif
