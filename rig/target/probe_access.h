/**
 * Accesses of a debugger that asks nobody: by the registers of the access port, past what OpenOCD believes
 * of the chip. It examines a chip once, and refuses by itself what did not answer then; here each access
 * is made, and what the chip does with it is the result.
 *
 * MEM-AP: Arm Debug Interface Architecture Specification ADIv5, IHI 0031, C2. Core registers:
 * Armv8-M Architecture Reference Manual, DDI 0553, D1.2. Errors as in probe.h; RIG_ERROR_DEVICE is
 * the chip's refusal, and none is RIG_ERROR_TIMEOUT: OpenOCD answers for a silent chip, too, so
 * that its own silence is the bench's.
 */
#ifndef RIG_TARGET_PROBE_ACCESS_H
#define RIG_TARGET_PROBE_ACCESS_H

#include "target/probe.h"

/** From here on OpenOCD looks at the chip only when it is told to: what it does before each command of its
 * own accord would come between the accesses below. Call it first. */
int probe_access_begin(struct probe *probe, int64_t deadline_ms,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The commands that read a word by the access port, whose result is that of the last one. */
enum { PROBE_ACCESS_COMMAND = 6 * PROBE_NAME };
void probe_access_read_command(const struct probe *probe, uint32_t address,
                               char command[PROBE_ACCESS_COMMAND]);

/** One word of memory. */
int probe_access_read(struct probe *probe, uint32_t address, uint32_t *value, int64_t deadline_ms,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;
int probe_access_write(struct probe *probe, uint32_t address, uint32_t value, int64_t deadline_ms,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Asks the core to halt. *halted: it says that it is. */
int probe_access_halt(struct probe *probe, bool *halted, int64_t deadline_ms,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Lets it run, with nothing asked for any more. */
int probe_access_release(struct probe *probe, int64_t deadline_ms,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Asks for a halt before the first instruction behind a reset. */
int probe_access_catch_reset(struct probe *probe, int64_t deadline_ms,
                             struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What a core says of itself. */
struct probe_core_status {
    bool halted;
    bool caught;    /**< it was halted behind a reset, since the last look */
    bool was_reset; /**< by whatever, likewise */
};

/** All false where the chip refuses. */
int probe_access_status(struct probe *probe, struct probe_core_status *status, int64_t deadline_ms,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The program counter of a halted core. *ready: it was transferred. */
int probe_access_program_counter(struct probe *probe, uint32_t *value, bool *ready,
                                 int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * The reset line, held low or released: by the configuration's own procedure `ordeal_reset_line` (1 or 0)
 * where it has one, else as OpenOCD's `adapter assert srst` does, which wants a `reset_config` with srst.
 */
int probe_hold_reset(struct probe *probe, bool held, int64_t deadline_ms,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
