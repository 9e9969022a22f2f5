/**
 * The debug registers of a Cortex-M core in its private bus, which QEMU does not have: DHCSR, DCRSR,
 * DCRDR, DEMCR, DFSR, DSCSR, DAUTHSTATUS, and the reset that AIRCR asks for (Armv8-M Architecture
 * Reference Manual, DDI 0553, D1.2; the same in Armv6-M and Armv7-M but for Secure state).
 *
 * Halting debug alone: what a debug monitor exception would do is not modelled, nor are the bits of
 * DEMCR that catch faults; they are kept and have no effect. Of vector catches, that of the reset is.
 */
#ifndef RIG_VIRTUAL_PROBE_CORE_DEBUG_H
#define RIG_VIRTUAL_PROBE_CORE_DEBUG_H

#include <stdbool.h>
#include <stdint.h>

#include "virtual_probe/core_control.h"

/** Addresses. */
enum core_debug_register {
    CORE_DEBUG_AIRCR = 0xE000ED0C,
    CORE_DEBUG_DFSR = 0xE000ED30,
    CORE_DEBUG_DHCSR = 0xE000EDF0,
    CORE_DEBUG_DCRSR = 0xE000EDF4,
    CORE_DEBUG_DCRDR = 0xE000EDF8,
    CORE_DEBUG_DEMCR = 0xE000EDFC,
    CORE_DEBUG_DAUTHCTRL = 0xE000EE04,
    CORE_DEBUG_DSCSR = 0xE000EE08,
    CORE_DEBUG_DAUTHSTATUS = 0xE000EFB8,
};

/** DHCSR (D1.2.38). */
enum core_debug_dhcsr {
    DHCSR_C_DEBUGEN = 1U << 0,
    DHCSR_C_HALT = 1U << 1,
    DHCSR_C_STEP = 1U << 2,
    DHCSR_C_MASKINTS = 1U << 3,
    DHCSR_C_SNAPSTALL = 1U << 5,
    DHCSR_S_REGRDY = 1U << 16,
    DHCSR_S_HALT = 1U << 17,
    DHCSR_S_LOCKUP = 1U << 19,
    DHCSR_S_SDE = 1U << 20,
    DHCSR_S_RETIRE_ST = 1U << 24,
    DHCSR_S_RESET_ST = 1U << 25,
};

/** DFSR (D1.2.37): why the core halted; each bit stays until 1 is written to it. */
enum core_debug_cause {
    DFSR_HALTED = 1U << 0,
    DFSR_BKPT = 1U << 1,
    DFSR_DWTTRAP = 1U << 2,
    DFSR_VCATCH = 1U << 3,
    DFSR_EXTERNAL = 1U << 4,
};

/** Fields are the block's own, but `permitted` and `locked_up`. */
struct core_debug {
    struct core_control control;
    bool has_security; /**< Armv8-M with the Security Extension */
    bool
        permitted; /**< the chip lets itself be debugged now, Secure state included: DAUTHSTATUS and
                            S_SDE say so, and without it nothing halts the core at a reset */
    bool halted;
    bool resume_due;   /**< it was let run, and does so with core_debug_settle() */
    bool locked_up;    /**< the core runs, but is locked up */
    uint32_t requests; /**< the C_ bits of DHCSR */
    uint32_t demcr;
    uint32_t dfsr;
    uint32_t dcrdr;
    uint32_t dscsr;
    bool reset_seen;   /**< S_RESET_ST, until it is read */
    bool retired_seen; /**< S_RETIRE_ST, likewise */
};

/** After power-up: debugging is off, and the core runs. The control is copied. */
void core_debug_init(struct core_debug *core, const struct core_control *control,
                     bool has_security);

/** Whether the address is of one of these registers. AIRCR is the core's own. */
bool core_debug_has(uint32_t address);

/** Whether a write to AIRCR asks for a reset of the chip, which core_debug_reset() then does. */
bool core_debug_asks_reset(uint32_t address, uint32_t value);

/** For an address that core_debug_has(). False: the core is gone. A write that means nothing is taken
 * and does nothing. */
bool core_debug_read(struct core_debug *core, uint32_t address, uint32_t *value);
bool core_debug_write(struct core_debug *core, uint32_t address, uint32_t value);

/**
 * Lets a core run that was told to. To be called before whatever else a debugger does, but for a write
 * that core_debug_asks_reset(), and after a moment without any. OpenOCD lets a core run before it
 * resets it; for the time between the two, on silicon some microseconds, the core is kept from running on
 * in what an algorithm has left in RAM, where it would lock up. False: the core is gone.
 */
bool core_debug_settle(struct core_debug *core);

/** The core halted by itself; `causes` are bits of DFSR. */
void core_debug_stopped(struct core_debug *core, uint32_t causes);

/** The chip was reset by something else than these registers, as a watchdog. A core that was halted
 * stays so if that was asked for and is permitted (before Armv8-M: by a vector catch alone), else it
 * runs. False: the core is gone. */
bool core_debug_was_reset(struct core_debug *core);

/**
 * Resets the chip, as a pin does: what DHCSR and DEMCR ask for stays, so that a vector catch holds the
 * core before its first instruction. False: the core is gone.
 */
bool core_debug_reset(struct core_debug *core);

/** What a power cut leaves: nothing. */
void core_debug_power_lost(struct core_debug *core);

#endif
