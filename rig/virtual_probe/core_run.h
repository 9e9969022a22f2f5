/**
 * Runs QEMU's core as the debug registers ask (core_control.h): over the gdb stub, and for resets over
 * the monitor. It is the one that knows whether the guest runs.
 *
 * Limits: special registers are reached by instructions that the core runs at its program counter,
 * or at the begin of its first RAM when that is not in RAM; it must be privileged, and in Secure state
 * when there is one; otherwise the access fails. The core never runs more than that one instruction meanwhile.
 */
#ifndef RIG_VIRTUAL_PROBE_CORE_RUN_H
#define RIG_VIRTUAL_PROBE_CORE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "emulator/qmp.h"
#include "virtual_probe/core_control.h"
#include "virtual_probe/core_kind.h"
#include "virtual_probe/gdb_client.h"
#include "virtual_probe/guest_map.h"

enum { CORE_RUN_LIMIT_MS = 3000 /**< that QEMU may take for any one call */ };

/** Somebody who has to know of a reset that the debug registers asked for, while the core is halted
 * behind it. */
struct core_run_watcher {
    void *context;
    void (*has_reset)(void *context); /**< NULL for nobody */
};

/** Fields are its own but `watcher` and `held`, and `failure`, which says why a call failed. */
struct core_run {
    struct core_run_watcher watcher;
    const struct core_kind *kind;
    const struct guest_map *map;
    struct gdb_client *gdb;
    struct qmp *qmp;
    const struct qmp_events *events; /**< of that monitor */
    uint64_t event_position;         /**< resets before it are known */
    bool gone;                       /**< QEMU is; every call fails from then on */
    bool held; /**< its reset line is low: it runs for nobody. Whoever holds it may change this */
    bool is_fresh;      /**< the core has not run since its last reset */
    bool locked_up;     /**< it could not start: core_run_is_locked_up() */
    bool has_registers; /**< `registers` are those of the halted core */
    uint32_t registers[GDB_REGISTERS];
    struct core_point points[CORE_POINTS_MAX]; /**< that QEMU has */
    size_t point_count;
    struct diagnostic failure;
};

/** What it works with; all must outlive it. */
struct core_run_parts {
    const struct core_kind *kind;
    const struct guest_map *map;
    struct gdb_client *gdb; /**< of a guest that is halted, and has not run */
    struct qmp *qmp;
    const struct qmp_events *events; /**< of that monitor */
};

void core_run_init(struct core_run *run, const struct core_run_parts *parts);

/** What debug registers ask it through; the core_run is the context. */
struct core_control core_run_control(struct core_run *run);

/** Memory and devices of a halted core, as it sees them: 1 to GDB_TRANSFER_MAX bytes. Writing is for
 * RAM alone. False: nothing is there, or QEMU is gone. */
bool core_run_read_memory(struct core_run *run, uint32_t address, uint8_t *bytes, size_t size);
bool core_run_write_memory(struct core_run *run, uint32_t address, const uint8_t *bytes,
                           size_t size);

/** Makes a halted core store 1, 2 or 4 bytes, as it stores to a device. */
bool core_run_store(struct core_run *run, uint32_t address, unsigned size, uint32_t value);

/** Whether the core is locked up: it was let run behind a reset, and its vectors lead to where there is no
 * memory, or no code; or its flash was erased under it. QEMU, which would end, is kept halted; the core
 * counts as one that runs. */
bool core_run_is_locked_up(const struct core_run *run);

/** Whether a call to QEMU worked. One that did not, but for what is not there, counts as its end. */
bool core_run_check(struct core_run *run, int error);

/** Whether QEMU answers at this moment, which does not stop the guest. */
bool core_run_answers(struct core_run *run);

/** Whether the guest runs. */
bool core_run_is_running(const struct core_run *run);

/** Whether the guest, which runs, has stopped by itself; *stop then says why. Does not wait. */
bool core_run_has_stopped(struct core_run *run, struct gdb_stop *stop);

/** Whether the chip was reset since the last call by something else than this. Does not wait. */
bool core_run_was_reset(struct core_run *run);

#endif
