/**
 * The rig's side of the virtual probe: a process of its own (ordeal-virtual-probe) between an emulated
 * board and OpenOCD, since the rig waits in other calls while OpenOCD works. It lives as long as one
 * QEMU, and dies with the rig (base/process.h).
 *
 * QEMU that ends or hangs is a chip that does not answer any more. RAM is read where QEMU keeps it,
 * and the registers of a halted core once: of one that hangs these may still be read, as they are.
 */
#ifndef RIG_VIRTUAL_PROBE_VIRTUAL_PROBE_H
#define RIG_VIRTUAL_PROBE_VIRTUAL_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "emulator/emulator.h"
#include "virtual_probe/chip_lock.h"
#include "virtual_probe/probe_fault.h"

/** Made by virtual_probe_start(), freed by virtual_probe_stop(). */
struct virtual_probe;

/** Where its program is: as workspace_find_helper(). */
int virtual_probe_find(const char *program_folder, char **path,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Starts `program` on an emulator that has just been switched on, with `debug`, and waits until it
 * serves. The guest still is halted. RIG_OK; RIG_ERROR_BENCH with a diagnostic when it cannot be
 * started or QEMU is not as it must be; RIG_ERROR_TIMEOUT, RIG_ERROR_INTERRUPTED, RIG_ERROR_NO_MEMORY.
 * Nothing is left on error.
 */
int virtual_probe_start(const char *program, const struct emulator *emulator,
                        const struct chip_lock_model *lock, const struct chip_profile *profile,
                        struct virtual_probe **probe, int64_t deadline_ms,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Ends the process and frees all. NULL is allowed. */
void virtual_probe_stop(struct virtual_probe *probe);

/** Lets the guest run, as power-up does. Errors as above; after any each later order is
 * RIG_ERROR_BENCH. */
int virtual_probe_run_guest(struct virtual_probe *probe, int64_t deadline_ms,
                            struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Something is wrong from now on, until another call. Errors as above. */
int virtual_probe_set_fault(struct virtual_probe *probe, enum probe_fault fault,
                            int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** From now on the core is halted as soon as software has opened a latched port; or no longer
 * (debug_chip.h). Errors as above. */
int virtual_probe_hold_at_opening(struct virtual_probe *probe, bool hold, int64_t deadline_ms,
                                  struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** RIG_OK while it serves; RIG_ERROR_BENCH with a diagnostic once it has ended, or is stopped (SIGSTOP);
 * RIG_ERROR_INTERRUPTED. */
int virtual_probe_check(struct virtual_probe *probe, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** RIG_OK; RIG_ERROR_BENCH with a diagnostic once it has given QEMU up, which has ended or did not do in time
 * what it was told: a guest that was halted for a look stands still from then on. Does not wait. */
int virtual_probe_check_qemu(struct virtual_probe *probe,
                             struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Path of its serial port, for OpenOCD's `buspirate port`. Owned by it. */
const char *virtual_probe_path(const struct virtual_probe *probe);

pid_t virtual_probe_process_id(const struct virtual_probe *probe);

#endif
