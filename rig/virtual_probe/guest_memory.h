/**
 * The guest's memory and devices, as a debugger reaches them through the MEM-AP; the private bus
 * (private_bus.h) is not part of it.
 *
 * RAM and ROM are read beside a guest that runs. Devices are accessed as the core accesses them, for which a
 * guest that runs is stopped for about a millisecond; so are writes to RAM, and to ROM, which is flash
 * whose controller decides what comes of them. What is Secure is right
 * for that reason, or is refused, but never reads as zero.
 *
 * Non-secure accesses are refused on parts with the Security Extension: QEMU cannot make them.
 */
#ifndef RIG_VIRTUAL_PROBE_GUEST_MEMORY_H
#define RIG_VIRTUAL_PROBE_GUEST_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "virtual_probe/core_run.h"
#include "virtual_probe/guest_ram.h"
#include "virtual_probe/mem_ap.h"
#include "virtual_probe/write_buffer.h"

/** Fields are its own. */
struct guest_memory {
    struct core_run *run;
    const struct guest_map *map;
    const struct guest_ram *ram;
    struct write_buffer buffer;
};

/** All must outlive it. */
void guest_memory_init(struct guest_memory *memory, struct core_run *run,
                       const struct guest_map *map, const struct guest_ram *ram);

/** One access. False: a bus error (nothing is there, it is refused, or QEMU is gone). */
bool guest_memory_read(struct guest_memory *memory, const struct memory_access *access,
                       uint32_t *value);

/** Likewise. Writes to RAM may wait for others; guest_memory_flush() makes them. */
bool guest_memory_write(struct guest_memory *memory, const struct memory_access *access,
                        uint32_t value);

/** Makes all writes that wait. To be called before the core does anything. False: QEMU is gone. */
bool guest_memory_flush(struct guest_memory *memory);

/** Whether an address is of RAM; what may be read as such, but not written, is none. */
bool guest_memory_is_ram(const struct guest_memory *memory, uint32_t address);

#endif
