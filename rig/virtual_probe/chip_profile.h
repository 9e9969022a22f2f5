/**
 * What a debugger finds on a chip, and QEMU's machine does not have or has otherwise: constants of a
 * part, as data, by the name that a target's file gives it.
 */
#ifndef RIG_VIRTUAL_PROBE_CHIP_PROFILE_H
#define RIG_VIRTUAL_PROBE_CHIP_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A word of the chip, and what a debugger reads there; writes reach QEMU all the same. */
struct chip_word {
    uint32_t address; /**< a multiple of 4 */
    uint32_t value;
};

/** `size` bytes from `first` on. */
struct chip_range {
    uint32_t first;
    uint32_t size;
};

struct chip_profile {
    const char *name;

    const struct chip_word *words;
    size_t word_count;

    /** What a lock of all memory (CHIP_LOCK_MEMORY, chip_lock.h) leaves within a debugger's reach, beside the
     * core's private bus. */
    const struct chip_range *spared;
    size_t spared_count;
};

/** By its name: "nrf51"; or "none", a part of which nothing is known, with QEMU's words, and whose lock
 * spares nothing. NULL for one that is not there. */
const struct chip_profile *chip_profile_find(const char *name);

/** Whether a word has another value than in QEMU. */
bool chip_profile_word(const struct chip_profile *profile, uint32_t address, uint32_t *value);

/** Whether a lock of all memory leaves this address within reach. */
bool chip_profile_spares(const struct chip_profile *profile, uint32_t address);

#endif
