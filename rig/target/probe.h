/**
 * A debug probe with a chip on it, by way of OpenOCD: the same for an attached probe and the virtual
 * one. It knows a chip by what OpenOCD's configuration files say.
 *
 * Deadlines are of process_clock_ms(). Errors of every call, below only "as always":
 *   RIG_ERROR_DEVICE       OpenOCD refuses, with its words: the chip does not do it. What that
 *                          means, probe_state() finds out; it may be a lock as well as a pulled cable
 *   RIG_ERROR_BENCH        OpenOCD has ended, or what it says is no answer; or it refuses because
 *                          adapter or target is dead (PROBE_DEAD_ADAPTER, PROBE_DEAD_TARGET)
 *   RIG_ERROR_USAGE        the call is not possible: out of range
 *   RIG_ERROR_TIMEOUT, RIG_ERROR_INTERRUPTED, RIG_ERROR_NO_MEMORY
 */
#ifndef RIG_TARGET_PROBE_H
#define RIG_TARGET_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/openocd.h"

enum {
    PROBE_NAME = 64,            /**< bytes of a name in OpenOCD, its NUL included */
    PROBE_EVIDENCE = 512,       /**< bytes of what a state rests on, its NUL included */
    PROBE_TRANSFER_MAX = 65536, /**< bytes of memory in one call */
};

/** What is at the probe's other end. */
enum probe_state {
    PROBE_OPEN,          /**< the chip answers, and its memory can be read */
    PROBE_READ_OUT,      /**< likewise, but for its code, which it does not let be read */
    PROBE_MEMORY_LOCKED, /**< likewise, and its RAM neither: the core itself is within reach, can be
                              halted, and its registers read */
    PROBE_LOCKED,        /**< the chip answers, and its debug port is shut */
    PROBE_UNPLUGGED,     /**< nobody answers: the wire reads as ones */
    PROBE_UNPOWERED,     /**< the wire reads as zeros, or the chip's debug logic has no power */
    PROBE_WRONG_CHIP,    /**< somebody answers who is not the chip that was configured */
    PROBE_DEAD_TARGET,   /**< the port is open, and nothing behind it answers */
    PROBE_NO_ACCESS,     /**< there is no access port, it fails, or it waits for ever */
    PROBE_DEAD_ADAPTER,  /**< the probe itself does not answer, or OpenOCD has ended */
    PROBE_STATES
};

/** A state, and what it rests on: the registers that were read, or OpenOCD's words. */
struct probe_finding {
    enum probe_state state;
    char evidence[PROBE_EVIDENCE]; /**< hostile data, escaped */
};

/** A word of the chip's code that is known beforehand. */
struct probe_word {
    bool exists; /**< else the code is not looked at */
    uint32_t address;
    uint32_t value;
};

/** A part of the chip's memory. */
struct probe_range {
    uint32_t base;
    uint32_t size; /**< bytes */
};

/** Fields are the probe's own but `known` and `ram`, which may be set once it is open. */
struct probe {
    struct probe_word known;

    /** Memory that a device which runs has something in; of size 0 it is not looked at. */
    struct probe_range ram;

    struct openocd *openocd;      /**< owned */
    char target[PROBE_NAME];      /**< OpenOCD's name of the chip's core */
    char dap[PROBE_NAME];         /**< and of its debug access port */
    bool initialised;             /**< `init` worked */
    bool is_quiet;                /**< OpenOCD does not poll: probe_access_begin() */
    char refusal[PROBE_EVIDENCE]; /**< why it did not */
};

/** "open", "locked" ... Never NULL. */
const char *probe_state_name(enum probe_state state);

/**
 * Starts OpenOCD and lets it look for the chip. A chip that does not answer, or that is locked, is no
 * error: probe_state() tells. As openocd_start(); RIG_ERROR_CONFIGURATION when the files name no
 * core with a debug access port. Call probe_close() in each case.
 */
int probe_open(struct probe *probe, const struct openocd_options *options, int64_t deadline_ms,
               struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Ends OpenOCD. All zero is closed already. */
void probe_close(struct probe *probe);

/** Finds out what is at the other end, by reading registers only. RIG_OK, also when OpenOCD is dead
 * (PROBE_DEAD_ADAPTER); RIG_ERROR_TIMEOUT, RIG_ERROR_INTERRUPTED. */
int probe_find_state(struct probe *probe, struct probe_finding *finding, int64_t deadline_ms,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Halts the core, and waits until it is. As always. */
int probe_halt(struct probe *probe, int64_t deadline_ms,
               struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Lets it run. As always. */
int probe_resume(struct probe *probe, int64_t deadline_ms,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** One instruction. As always. */
int probe_step(struct probe *probe, int64_t deadline_ms,
               struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What a reset leaves. */
enum probe_reset {
    PROBE_RESET_RUN,
    PROBE_RESET_HALT, /**< halted before the first instruction */
};

/** Resets the chip as the configuration says, and waits until it runs or is halted. As always. */
int probe_reset(struct probe *probe, enum probe_reset kind, int64_t deadline_ms,
                struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether the core is halted. As always. */
int probe_is_halted(struct probe *probe, bool *halted, int64_t deadline_ms,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Waits until the core has halted by itself, as at a breakpoint. As always. */
int probe_wait_halted(struct probe *probe, int64_t deadline_ms,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** One word of memory. As always. */
int probe_read_word(struct probe *probe, uint32_t address, uint32_t *value, int64_t deadline_ms,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;
int probe_write_word(struct probe *probe, uint32_t address, uint32_t value, int64_t deadline_ms,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** A register of a halted core, by OpenOCD's name ("pc", "sp", "xPSR"). As always. */
int probe_read_register(struct probe *probe, const char *name, uint64_t *value, int64_t deadline_ms,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;
int probe_write_register(struct probe *probe, const char *name, uint64_t value, int64_t deadline_ms,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Loads a file of plain bytes to an address; compares memory with it. RIG_ERROR_DEVICE also when
 * they differ. The path must be free of braces and backslashes. As always. */
int probe_load(struct probe *probe, const char *path, uint32_t address, int64_t deadline_ms,
               struct diagnostic *diagnostic) RIG_MUST_CHECK;
int probe_verify(struct probe *probe, const char *path, uint32_t address, int64_t deadline_ms,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Writes `size` bytes of memory to a file, which is as above. As always. */
int probe_dump(struct probe *probe, const char *path, uint32_t address, uint32_t size,
               int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Erases the chip as a whole by `command`, one of OpenOCD's, with its core halted. A lock that falls with
 * that does so at the next reset. As always. */
int probe_erase_all(struct probe *probe, const char *command, int64_t deadline_ms,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Lets OpenOCD look at the chip anew, when it was shut or without power at the first look. As always. */
int probe_examine(struct probe *probe, int64_t deadline_ms,
                  struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** A breakpoint in hardware. As always. */
int probe_set_breakpoint(struct probe *probe, uint32_t address, int64_t deadline_ms,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;
int probe_clear_breakpoint(struct probe *probe, uint32_t address, int64_t deadline_ms,
                           struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What halts a core at a watchpoint. */
enum probe_watch { PROBE_WATCH_READ, PROBE_WATCH_WRITE, PROBE_WATCH_ACCESS };

/**
 * A watchpoint in hardware on 1, 2 or 4 bytes, at a multiple of that many: the core halts behind an
 * access to them. The core must be halted. OpenOCD puts it into the chip with the next
 * probe_resume() or probe_step(): a reset that lets the core run (PROBE_RESET_RUN) passes by one that
 * has not been there yet, so watch from PROBE_RESET_HALT and probe_resume(). One watchpoint an
 * address. As always.
 */
int probe_set_watchpoint(struct probe *probe, uint32_t address, unsigned size,
                         enum probe_watch watch, int64_t deadline_ms,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;
int probe_clear_watchpoint(struct probe *probe, uint32_t address, int64_t deadline_ms,
                           struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
