/**
 * The adapter's serial port: a pseudo-terminal whose slave OpenOCD opens. When the last client closes
 * it, the adapter notices, as one does whose cable is pulled.
 */
#ifndef RIG_VIRTUAL_PROBE_PROBE_TERMINAL_H
#define RIG_VIRTUAL_PROBE_PROBE_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

enum { PROBE_TERMINAL_PATH = 64 /**< bytes of the slave's path, its NUL included */ };

/** Fields are the terminal's own, but `path`. */
struct probe_terminal {
    int master; /**< does not block */
    char path[PROBE_TERMINAL_PATH];
};

/** Opens it, in raw mode, without a client. RIG_OK or RIG_ERROR_BENCH with a diagnostic. */
int probe_terminal_open(struct probe_terminal *terminal,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Closes it. */
void probe_terminal_close(struct probe_terminal *terminal);

/** Whether a client has it open. */
bool probe_terminal_has_client(const struct probe_terminal *terminal);

/** Reads what has come, up to `room` bytes, without waiting. Returns how many. */
size_t probe_terminal_read(const struct probe_terminal *terminal, uint8_t *bytes, size_t room);

/** Writes all of it, waiting for a client that reads slowly, at most until the deadline of
 * process_clock_ms(). False: the client does not read, or is gone. */
bool probe_terminal_write(const struct probe_terminal *terminal, const uint8_t *bytes, size_t size,
                          int64_t deadline_ms);

#endif
