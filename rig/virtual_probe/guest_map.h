/**
 * What lies where in the guest's address space, as its core sees it: the text that QEMU's monitor
 * gives for `info mtree -f`, read into a list.
 */
#ifndef RIG_VIRTUAL_PROBE_GUEST_MAP_H
#define RIG_VIRTUAL_PROBE_GUEST_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

enum {
    GUEST_REGIONS_MAX = 256,
    GUEST_REGION_NAME = 48, /**< bytes of a name, its NUL included; longer ones are cut */
};

enum guest_region_kind {
    GUEST_RAM,   /**< plain memory */
    GUEST_ROM,   /**< likewise to read; a store has an effect of its own, as flash's has, or none */
    GUEST_GATED, /**< memory behind a memory protection controller, which QEMU looks through */
    GUEST_DEVICE, /**< registers */
};

struct guest_region {
    uint32_t first;
    uint32_t last; /**< address of its last byte */
    enum guest_region_kind kind;
    char name[GUEST_REGION_NAME]; /**< QEMU's, for diagnostics */
};

/** In the order of addresses; none overlaps another. */
struct guest_map {
    struct guest_region regions[GUEST_REGIONS_MAX];
    size_t count;
};

/**
 * Reads the view of the first core. RIG_OK; RIG_ERROR_BENCH with a diagnostic when the text has none,
 * or one that is no list of regions.
 */
int guest_map_read(struct guest_map *map, const char *text,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The region that holds all `size` (not 0) bytes from `address` on; NULL without one. */
const struct guest_region *guest_map_find(const struct guest_map *map, uint32_t address,
                                          uint32_t size);

#endif
