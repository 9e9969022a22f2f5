#include "virtual_probe/chip_lock.h"

#include "virtual_probe/private_bus.h"

static const uint32_t not_blown = UINT32_MAX;

static bool has_fuse(const struct chip_lock *lock)
{
    switch (lock->model.kind) {
    case CHIP_LOCK_LATCHED:
    case CHIP_LOCK_READ_OUT:
    case CHIP_LOCK_MEMORY:
        return true;
    default:
        return false;
    }
}

void chip_lock_init(struct chip_lock *lock, const struct chip_lock_model *model,
                    const struct chip_profile *profile, const struct chip_lock_view *view)
{
    *lock = (struct chip_lock){.model = *model, .profile = profile, .view = *view};
    lock->blown = has_fuse(lock);
}

void chip_lock_reset(struct chip_lock *lock)
{
    uint32_t fuse = 0;

    lock->changed = false;
    lock->blown =
        has_fuse(lock) &&
        (!lock->view.read_word(lock->view.context, lock->model.fuse, &fuse) || fuse != not_blown);
}

/* Whether software has written to its register since the reset. */
static bool has_changed(struct chip_lock *lock)
{
    uint32_t control = 0;

    lock->changed =
        lock->changed ||
        (lock->view.read_word(lock->view.context, lock->model.control, &control) && control != 0);
    return lock->changed;
}

bool chip_lock_is_open(struct chip_lock *lock)
{
    switch (lock->model.kind) {
    case CHIP_LOCK_LATCHED:
        return !lock->blown || has_changed(lock);
    case CHIP_LOCK_LATE:
        return !has_changed(lock);
    default:
        return true;
    }
}

bool chip_lock_drops(const struct chip_lock *lock, uint32_t address)
{
    return lock->model.kind == CHIP_LOCK_MEMORY && lock->blown && !private_bus_holds(address) &&
           !chip_profile_spares(lock->profile, address);
}

bool chip_lock_hides(const struct chip_lock *lock, uint32_t address)
{
    if (lock->model.kind == CHIP_LOCK_READ_OUT) {
        return lock->blown && address - lock->model.protected < lock->model.size;
    }
    return chip_lock_drops(lock, address);
}
