/**
 * What lies behind the access port, as lock and profile let a debugger see it: a layer above the guest.
 */
#ifndef RIG_VIRTUAL_PROBE_CHIP_BUS_H
#define RIG_VIRTUAL_PROBE_CHIP_BUS_H

#include "virtual_probe/chip_lock.h"
#include "virtual_probe/mem_ap.h"

/** What is below: all members must be set. */
struct chip_bus_rest {
    void *context;

    /** One access. False: a bus error. */
    bool (*read)(void *context, const struct memory_access *access, uint32_t *value);
    bool (*write)(void *context, const struct memory_access *access, uint32_t value);
};

struct chip_bus {
    const struct chip_lock *lock; /**< must outlive it; its profile is the chip's */
    struct chip_bus_rest rest;
};

/** One access by a debugger; what the lock keeps from it never reaches the rest. False: a bus error. */
bool chip_bus_read(const struct chip_bus *bus, const struct memory_access *access, uint32_t *value);
bool chip_bus_write(const struct chip_bus *bus, const struct memory_access *access, uint32_t value);

#endif
