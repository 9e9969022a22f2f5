#include "boot.h"

#include "debug_lock.h"

#include <string.h>

const char *boot_strerror(int error)
{
    switch (error) {
    case BOOT_OK:
        return "no error";
    case BOOT_ERROR_STORAGE:
        return "boot state cannot be read";
    default:
        return "unknown boot error";
    }
}

static enum image_slot other(enum image_slot slot)
{
    return slot == IMAGE_SLOT_A ? IMAGE_SLOT_B : IMAGE_SLOT_A;
}

/* Makes `slot` the one to start if its image may run; notes why if not. */
static bool choose(struct boot_handover *handover, enum image_slot slot, uint32_t least_counter)
{
    handover->refused[slot] = image_verify(slot, least_counter, &handover->image);
    if (handover->refused[slot] != IMAGE_OK) {
        return false;
    }
    handover->slot = slot;
    handover->recovery = false;
    return true;
}

/*
 * What has to be remembered about this start.
 *
 * A slot that steps in for one that may not run, with an image newer than any confirmed one, has
 * never proved itself: it is on trial. A slot that a trial went back to is not, or two slots could
 * take turns for ever.
 */
static struct boot_state state_for(const struct boot_handover *handover,
                                   const struct boot_state *current)
{
    const uint32_t counter = handover->image.security_counter;
    struct boot_state next = *current;

    next.active = handover->slot;
    if (handover->slot == current->active) {
        next.trial = current->trial == BOOT_NO_TRIAL ? BOOT_NO_TRIAL : BOOT_TRIAL_STARTED;
    } else {
        next.trial = !handover->reverted && counter > current->security_counter ? BOOT_TRIAL_STARTED
                                                                                : BOOT_NO_TRIAL;
    }
    if (next.trial == BOOT_NO_TRIAL && counter > next.security_counter) {
        next.security_counter = counter;
    }
    return next;
}

/*
 * Records the start. If flash refuses, an image starts all the same, for the next start decides
 * likewise; only a trial that cannot be marked makes way for the other slot, if that can take over.
 */
static void record(struct boot_handover *handover, struct boot_state_store *state)
{
    const struct boot_state next = state_for(handover, &state->current);

    handover->trial = next.trial != BOOT_NO_TRIAL;
    if (boot_state_commit(state, &next) == BOOT_STATE_OK) {
        return;
    }
    if (handover->slot == state->current.active && state->current.trial == BOOT_TRIAL_ASKED &&
        choose(handover, other(handover->slot), state->current.security_counter)) {
        handover->trial = false;
    }
}

int boot_run(struct boot_handover *handover)
{
    struct boot_state_store state;
    enum image_slot first;
    uint32_t counter;
    int unlocked;

    memset(handover, 0, sizeof *handover);
    handover->recovery = true;
    if (boot_state_start(&state) != BOOT_STATE_OK) {
        return BOOT_ERROR_STORAGE;
    }
    unlocked = debug_lock_boot(&state);
    (void)unlocked; /* what it refuses is no reason not to start */
    first = state.current.active;
    if (state.current.trial == BOOT_TRIAL_STARTED) {
        first = other(first);
    }
    counter = state.current.security_counter;
    if (choose(handover, first, counter) || choose(handover, other(first), counter)) {
        handover->reverted = state.current.trial == BOOT_TRIAL_STARTED && handover->slot == first;
        record(handover, &state);
    }
    return BOOT_OK;
}
