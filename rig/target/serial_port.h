#ifndef RIG_TARGET_SERIAL_PORT_H
#define RIG_TARGET_SERIAL_PORT_H

#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/**
 * Opens a serial port: raw, 8 data bits, no parity, no flow control, without blocking, and held for
 * the rig alone (TIOCEXCL, flock(2)). The caller closes `*descriptor`.
 *
 * RIG_ERROR_BENCH (missing, not permitted, held by another program, no terminal) or
 * RIG_ERROR_CONFIGURATION (a baud rate that this system does not have), with place and remedy.
 */
RIG_MUST_CHECK int serial_port_open(const char *path, uint64_t baud, int *descriptor,
                                    struct diagnostic *diagnostic);

/** Lets others open it again; call it before close(2). */
void serial_port_give_back(int descriptor);

/** Makes a terminal pass bytes unchanged. RIG_OK, or RIG_ERROR_BENCH with errno. */
RIG_MUST_CHECK int serial_port_make_raw(int descriptor);

#endif
