/*
 * update_model.h - what the specification says about updates, kept beside the device: which images
 * lie in the slots, what is to start next, and what each message has to be answered
 * (EN 303 645, 5.3-2, 5.3-9, 5.3-10, 5.7-1, 5.9-1).
 */
#ifndef UPDATE_MODEL_H
#define UPDATE_MODEL_H

#include "update_client.h"

#include "boot_state.h"
#include "in_process.h"

#include <stdbool.h>
#include <stdint.h>

/* A genuine image as it must stand in its slot. */
struct slot_content {
    bool genuine; /* else nothing that may run */
    uint32_t security_counter;
    uint32_t length; /* header and body, bytes */
    uint8_t bytes[IMAGE_HEADER_SIZE + UPDATE_MAX_BODY];
};

/* What an update may write to, by version of sector. */
struct update_mark {
    uint64_t slots[IMAGE_SLOT_COUNT]; /* the newest version in the slot */
    uint64_t boot_state;
};

struct update_model {
    enum update_phase phase;
    struct slot_content slots[IMAGE_SLOT_COUNT];
    enum image_slot active;
    enum boot_trial trial;
    uint32_t security_counter;
    bool uncertain; /* a fault hit: what counts is learnt from the next start */
};

/* A device just booted from LIVE_WITH_IMAGE. */
void update_model_start(struct update_model *model);

struct update_mark update_model_mark(void);

/* Judges a step that no fault has hit. `before` was taken before it. `update` is NULL for steps
 * that are no HISTORY_UPDATE. */
void update_model_step(struct update_model *model, const struct update_client *update,
                       const struct update_outcome *outcome, const struct update_mark *before);

/* A fault hit that step. */
void update_model_fault(struct update_model *model);

/* Judges what was started after a reset, and goes on from there. */
void update_model_restart(struct update_model *model, const struct update_client *update);

#endif
