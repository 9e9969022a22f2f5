/**
 * When a chip's debug port is open: models of the silicon, as data.
 *
 * CHIP_LOCK_LATCHED is that of parts with a life-cycle fuse: at each reset, before any instruction, the
 * chip takes the fuse over; when it is blown, the port is shut, until software opens it by a register
 * that a reset clears. CHIP_LOCK_NONE is a part without a lock.
 */
#ifndef RIG_VIRTUAL_PROBE_CHIP_LOCK_H
#define RIG_VIRTUAL_PROBE_CHIP_LOCK_H

#include <stdbool.h>
#include <stdint.h>

enum chip_lock_kind { CHIP_LOCK_NONE, CHIP_LOCK_LATCHED };

struct chip_lock_model {
    enum chip_lock_kind kind;
    uint32_t fuse;   /**< address of its word; blown as soon as one bit is not 1 */
    uint32_t opener; /**< address of the word that opens the port when it is not 0 */
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
    struct chip_lock_view view;
    bool shut;   /**< as the last reset found it */
    bool opened; /**< since then */
};

/** Both are copied. The first reset is chip_lock_reset()'s. */
void chip_lock_init(struct chip_lock *lock, const struct chip_lock_model *model,
                    const struct chip_lock_view *view);

/** The chip is reset. A fuse that cannot be read counts as blown. */
void chip_lock_reset(struct chip_lock *lock);

/** Whether the port is open now. Opened once, it stays open until the next reset. */
bool chip_lock_is_open(struct chip_lock *lock);

#endif
