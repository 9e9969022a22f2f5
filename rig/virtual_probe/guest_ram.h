/**
 * The guest's RAM where it really lies: in the memory of QEMU's process, which the host reads and
 * writes beside a guest that runs, without QEMU taking part (process_vm_readv(2)).
 *
 * Not for RAM that holds code which already ran: QEMU keeps translations of it, which only a write by
 * way of QEMU drops. Reads are always right.
 */
#ifndef RIG_VIRTUAL_PROBE_GUEST_RAM_H
#define RIG_VIRTUAL_PROBE_GUEST_RAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "virtual_probe/gdb_client.h"
#include "virtual_probe/guest_map.h"

/** Where a map's regions of RAM lie. */
struct guest_ram {
    pid_t process;
    const struct guest_map *map;
    uint64_t places[GUEST_REGIONS_MAX]; /**< in QEMU's memory, of each region; 0: not known */
};

/**
 * Finds the regions of RAM of a guest that has not run yet. The map must live as long. A region that
 * is not found (no RAM is behind the gate, say), or has less than 32 bytes, stays unknown.
 *
 * RIG_OK; RIG_ERROR_BENCH with a diagnostic when the host does not let the rig look into the process,
 * or as the client's calls.
 */
int guest_ram_find(struct guest_ram *ram, const struct guest_map *map, pid_t process,
                   struct gdb_client *client, int64_t deadline_ms,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Reads what lies within one region. RIG_OK; RIG_ERROR_NOT_FOUND when its place is not known;
 * RIG_ERROR_BENCH with a diagnostic when QEMU is gone.
 */
int guest_ram_read(const struct guest_ram *ram, uint32_t address, void *bytes, size_t size,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
