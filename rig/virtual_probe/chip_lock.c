#include "virtual_probe/chip_lock.h"

static const uint32_t not_blown = UINT32_MAX;

void chip_lock_init(struct chip_lock *lock, const struct chip_lock_model *model,
                    const struct chip_lock_view *view)
{
    *lock = (struct chip_lock){.model = *model, .view = *view, .shut = true};
}

void chip_lock_reset(struct chip_lock *lock)
{
    uint32_t fuse = 0;

    lock->opened = false;
    lock->shut =
        lock->model.kind == CHIP_LOCK_LATCHED &&
        (!lock->view.read_word(lock->view.context, lock->model.fuse, &fuse) || fuse != not_blown);
}

bool chip_lock_is_open(struct chip_lock *lock)
{
    uint32_t opener = 0;

    if (lock->shut && !lock->opened) {
        lock->opened =
            lock->view.read_word(lock->view.context, lock->model.opener, &opener) && opener != 0;
    }
    return !lock->shut || lock->opened;
}
