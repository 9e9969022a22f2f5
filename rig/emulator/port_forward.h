/**
 * A TCP port of the guest, reached through a port of this machine's loopback interface. The system
 * chooses the port and QEMU keeps it open, so that no other program can come between.
 */
#ifndef RIG_EMULATOR_PORT_FORWARD_H
#define RIG_EMULATOR_PORT_FORWARD_H

#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "emulator/qmp.h"

struct port_forward {
    const char *network; /**< id of QEMU's user network, e.g. "n0" */
    uint16_t guest_port; /**< 1 to 65535 */
    uint16_t port; /**< of this machine. Before: the one preferred, 0 for none. After: which */
};

/**
 * Opens it on 127.0.0.1: on forward->port when that is free, else on one that the system chooses.
 * Returns as qmp_execute(), and RIG_ERROR_BENCH when QEMU does not say which port it has.
 */
int port_forward_open(struct qmp *qmp, struct port_forward *forward, int64_t deadline_ms,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Reads from `text`, the answer to QEMU's `info usernet`, which port of 127.0.0.1 is forwarded to
 * `guest_port`. RIG_ERROR_NOT_FOUND when there is none or more than one; RIG_ERROR_NO_MEMORY.
 */
int port_forward_parse(const char *text, uint16_t guest_port, uint16_t *port) RIG_MUST_CHECK;

#endif
