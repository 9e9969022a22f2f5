/**
 * What a debugger sees of the Cortex-M cores that can be behind the probe: constants of each, by the
 * part number in CPUID.
 */
#ifndef RIG_VIRTUAL_PROBE_CORE_KIND_H
#define RIG_VIRTUAL_PROBE_CORE_KIND_H

#include <stdbool.h>
#include <stdint.h>

struct core_kind {
    const char *name;
    uint32_t part_number; /**< CPUID, bits 15:4 */
    bool is_v8;           /**< Armv8-M, with the Security Extension */
    bool has_main; /**< registers BASEPRI and FAULTMASK, and 32-bit instructions beside MRS */
    unsigned breakpoints;   /**< comparators of the breakpoint unit */
    bool breakpoints_reach; /**< all of the memory */
    unsigned watchpoints;   /**< comparators of the watchpoint unit */
    uint32_t port_identity; /**< IDR of its MEM-AP */
};

/** By CPUID; NULL for a core that is not known. */
const struct core_kind *core_kind_find(uint32_t cpuid);

#endif
