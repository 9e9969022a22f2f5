/**
 * An Arm JTAG debug port (JTAG-DP) of ADIv5.2 (IHI 0031, B2 and B3) with one access port.
 *
 * Modelled: CTRL/STAT with its power-up requests and the sticky error, SELECT, RDBUFF, ABORT; a read
 * is answered by the scan after it, as on silicon. Not modelled, since no debugger of Cortex-M parts
 * asks for them: pushed compares and verifies, transaction counts, overrun detection; their bits read
 * as zero.
 */
#ifndef RIG_VIRTUAL_PROBE_DEBUG_PORT_H
#define RIG_VIRTUAL_PROBE_DEBUG_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "virtual_probe/jtag_tap.h"

/** Bits of CTRL/STAT (IHI 0031, B2.2.2). */
enum debug_port_status {
    DEBUG_PORT_STICKY_ERROR = 1U << 5, /**< set by a failed access; cleared by writing 1 */
    DEBUG_PORT_POWER_REQUEST = 1U << 28,
    DEBUG_PORT_POWER_ACKNOWLEDGE = 1U << 29,
    DEBUG_PORT_SYSTEM_POWER_REQUEST = 1U << 30,
    DEBUG_PORT_SYSTEM_POWER_ACKNOWLEDGE = 1U << 31,
};

/** The acknowledge in the lowest three bits of a scan (IHI 0031, B3.2.3). */
enum debug_port_acknowledge {
    DEBUG_PORT_WAIT = 1,
    DEBUG_PORT_OK_OR_FAULT = 2,
};

enum {
    DEBUG_PORT_IDCODE = 0x4BA00477,   /**< of Arm's JTAG-DP, which OpenOCD's target files expect */
    DEBUG_PORT_IDENTITY = 0x4BA01477, /**< DPIDR: version 1 of the architecture */
};

/** What is wrong with it, on purpose. */
struct debug_port_faults {
    bool waits;     /**< every access is answered with WAIT, and not done */
    bool unpowered; /**< power-up requests are never acknowledged, and accesses fail */
};

/** The access port with number 0; others do not exist, and read as zero. All members must be set, but
 * `settle`. */
struct access_port {
    void *context; /**< the first argument of every call */

    /** Register 0x00 to 0xFC of it. False: the access failed, and sets the sticky error. */
    bool (*read)(void *context, uint8_t address, uint32_t *value);
    bool (*write)(void *context, uint8_t address, uint32_t value);

    /** Ends the writes that were taken and wait, before CTRL/STAT is read. False: one of them failed,
     * which sets the sticky error, too. NULL: none ever wait. */
    bool (*settle)(void *context);
};

/** Fields are the port's own, but `faults`, which may be changed at any time. */
struct debug_port {
    struct access_port access_port;
    struct debug_port_faults faults;
    uint32_t control; /**< what was requested in CTRL/STAT */
    bool sticky_error;
    uint32_t select;
    uint32_t result; /**< of the last read */
    bool waited;     /**< the scan that is under way was answered with WAIT */
};

/** After power-up. The access port is copied. */
void debug_port_init(struct debug_port *port, const struct access_port *access_port);

/** Ends the writes that wait, when nothing comes any more for a while: CTRL/STAT tells what came of
 * them. */
void debug_port_settle(struct debug_port *port);

/** For struct jtag_port; `context` is the struct debug_port. */
uint64_t debug_port_capture(void *context, enum jtag_instruction instruction);
void debug_port_update(void *context, enum jtag_instruction instruction, uint64_t value);

#endif
