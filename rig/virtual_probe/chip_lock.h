/**
 * What keeps a debugger off a chip: models of the silicon, as data.
 *
 * CHIP_LOCK_NONE is a part without a lock.
 *
 * CHIP_LOCK_LATCHED is that of parts with a life-cycle fuse: at each reset, before any instruction, the
 * chip takes the fuse over; when it is blown, the port is shut, until software opens it by a register
 * that a reset clears.
 *
 * CHIP_LOCK_LATE is that of parts without such a latch: each reset opens the port, and software shuts
 * it by a register that a reset clears. Whoever is faster than the software gets in.
 *
 * CHIP_LOCK_READ_OUT is that of parts that protect their code alone: the port is always open, and with
 * the fuse blown at the reset, the code reads as zeros.
 *
 * CHIP_LOCK_MEMORY is that of parts that protect all that is behind their bus: the port is always open,
 * and with the fuse blown at the reset, a debugger reads zeros from memories and peripherals, and what
 * it writes is dropped. The core's private bus stays within reach, and with it halting, stepping and the
 * core's registers, by which an instruction of the code's own loads any word of it; so does what the
 * chip's profile spares, as the way to erase all.
 */
#ifndef RIG_VIRTUAL_PROBE_CHIP_LOCK_H
#define RIG_VIRTUAL_PROBE_CHIP_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "virtual_probe/chip_profile.h"

enum chip_lock_kind {
    CHIP_LOCK_NONE,
    CHIP_LOCK_LATCHED,
    CHIP_LOCK_LATE,
    CHIP_LOCK_READ_OUT,
    CHIP_LOCK_MEMORY,
    CHIP_LOCK_KINDS
};

/** Members that a kind does not use are 0. */
struct chip_lock_model {
    enum chip_lock_kind kind;
    uint32_t fuse;    /**< address of its word; blown as soon as one bit is not 1 */
    uint32_t control; /**< address of the word that opens a latched port, or shuts a late one, when
                             it is not 0 */
    uint32_t protected; /**< address of the code that cannot be read out */
    uint32_t size;      /**< bytes of it */
};

/** How the model reads the chip, past any lock. All members must be set. */
struct chip_lock_view {
    void *context;

    /** One word. False: the chip is gone. */
    bool (*read_word)(void *context, uint32_t address, uint32_t *value);
};

/** Fields are the lock's own. */
struct chip_lock {
    struct chip_lock_model model;
    const struct chip_profile *profile;
    struct chip_lock_view view;
    bool blown;   /**< as the last reset found the fuse */
    bool changed; /**< software has opened, or shut, the port since then */
};

/** Model and view are copied; the profile must live as long. The first reset is chip_lock_reset()'s. */
void chip_lock_init(struct chip_lock *lock, const struct chip_lock_model *model,
                    const struct chip_profile *profile, const struct chip_lock_view *view);

/** The chip is reset. A fuse that cannot be read counts as blown. */
void chip_lock_reset(struct chip_lock *lock);

/** Whether the port is open now. What software did to it once stays until the next reset. */
bool chip_lock_is_open(struct chip_lock *lock);

/** Whether a debugger reads this address as zeros. */
bool chip_lock_hides(const struct chip_lock *lock, uint32_t address);

/** Whether what a debugger writes to this address is dropped. */
bool chip_lock_drops(const struct chip_lock *lock, uint32_t address);

#endif
