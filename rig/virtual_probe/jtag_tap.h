/**
 * A TAP as IEEE 1149.1 describes it, with the instructions of an Arm JTAG debug port (ADIv5.2, IHI
 * 0031, B3): four bits of instruction, IDCODE after a reset, DPACC, APACC and ABORT of 35 bits.
 *
 * It knows states and shift registers, and nothing of what the scans mean: those go to a
 * debug port (debug_port.h) through three calls.
 */
#ifndef RIG_VIRTUAL_PROBE_JTAG_TAP_H
#define RIG_VIRTUAL_PROBE_JTAG_TAP_H

#include <stdbool.h>
#include <stdint.h>

enum jtag_state {
    JTAG_RESET,
    JTAG_IDLE,
    JTAG_SELECT_DR,
    JTAG_CAPTURE_DR,
    JTAG_SHIFT_DR,
    JTAG_EXIT1_DR,
    JTAG_PAUSE_DR,
    JTAG_EXIT2_DR,
    JTAG_UPDATE_DR,
    JTAG_SELECT_IR,
    JTAG_CAPTURE_IR,
    JTAG_SHIFT_IR,
    JTAG_EXIT1_IR,
    JTAG_PAUSE_IR,
    JTAG_EXIT2_IR,
    JTAG_UPDATE_IR,
    JTAG_STATES
};

enum jtag_instruction {
    JTAG_ABORT = 0x8,
    JTAG_DPACC = 0xA,
    JTAG_APACC = 0xB,
    JTAG_IDCODE = 0xE,
    JTAG_BYPASS = 0xF, /**< and every other one */
};

/** What scans mean. All members must be set. */
struct jtag_port {
    void *context;   /**< the first argument of every call */
    uint32_t idcode; /**< JEP106 identity; its lowest bit is 1 */

    /** What DPACC or APACC (see `instruction`) captures: 35 bits, acknowledge in the lowest three. */
    uint64_t (*capture)(void *context, enum jtag_instruction instruction);

    /** What was shifted in to DPACC, APACC or ABORT: 35 bits. */
    void (*update)(void *context, enum jtag_instruction instruction, uint64_t value);
};

/** Fields are the TAP's own. */
struct jtag_tap {
    struct jtag_port port;
    enum jtag_state state;
    uint8_t instruction;
    uint64_t shift;  /**< the register between TDI and TDO */
    unsigned length; /**< of it, in bits */
};

/** A TAP in its reset state. The port is copied. */
void jtag_tap_init(struct jtag_tap *tap, const struct jtag_port *port);

/** As nTRST, or five cycles with TMS high. */
void jtag_tap_reset(struct jtag_tap *tap);

/** One cycle of TCK. Returns TDO before the rising edge; high unless something is shifted. */
bool jtag_tap_clock(struct jtag_tap *tap, bool tms, bool tdi);

#endif
