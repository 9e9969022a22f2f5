/**
 * A TCP port of 127.0.0.1 that belongs to the rig for as long as it wants, whether or not somebody
 * listens on it: a device calls the same port before, while and after its broker is there.
 */
#ifndef RIG_TARGET_LOOPBACK_PORT_H
#define RIG_TARGET_LOOPBACK_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/** A kept port. LOOPBACK_PORT_NONE is none. */
struct loopback_port {
    int descriptor; /**< owned; -1 for none */
    uint16_t number;
};

#define LOOPBACK_PORT_NONE                                                                         \
    {                                                                                              \
        -1, 0                                                                                      \
    }

/**
 * Keeps port `number`, or with 0 one that is free. Nobody gets it who does not ask for address reuse
 * (SO_REUSEADDR), as servers do for a port that was named to them; calls to it are refused until
 * somebody listens. RIG_OK; RIG_ERROR_BENCH when it is taken, or none is free.
 */
int loopback_port_keep(struct loopback_port *port, uint16_t number,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Gives it back. */
void loopback_port_release(struct loopback_port *port);

/** Whether somebody listens on it, without calling him: a call would be in his log. */
bool loopback_port_is_served(const struct loopback_port *port);

/** Listens on it. The descriptor is non-blocking, close-on-exec and the caller's to close.
 * RIG_ERROR_BENCH when somebody listens already. */
int loopback_port_listen(uint16_t number, int *descriptor,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
