/* boot_state_judge.h - the oracles of boot_state: what every start must and must not do. */
#ifndef BOOT_STATE_JUDGE_H
#define BOOT_STATE_JUDGE_H

#include "boot.h"

#include <stdbool.h>
#include <stdint.h>

/* What is known before a start. */
struct boot_state_view {
    struct boot_state state;
    bool worn;                      /* the state's log takes no record any more */
    int verdicts[IMAGE_SLOT_COUNT]; /* of the model: whether the images may run */
};

/* What earlier starts have shown. Begin with boot_state_judge_forget(). */
struct boot_state_judge {
    bool tried; /* `tried_slot` has run on trial and was not confirmed */
    enum image_slot tried_slot;
    bool confirmed; /* the image in `confirmed_slot` was confirmed */
    enum image_slot confirmed_slot;
};

/* Nothing that starts have shown counts any more: slots or state were changed on purpose. */
void boot_state_judge_forget(struct boot_state_judge *judge);

/* Reads the state of the board, which is left as it was, and judges the slots. */
void boot_state_view(struct boot_state_view *view);

/* What boot_state never loses. `before` and `after` anything at all but placing bytes. */
void boot_state_judge_memory(const struct boot_state_view *before);

/* A start that returned; `faulty` if a flash operation failed in it. */
void boot_state_judge_start(struct boot_state_judge *judge, const struct boot_state_view *before,
                            const struct boot_handover *handover, bool faulty);

#endif
