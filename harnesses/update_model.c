#include "update_model.h"

#include "harness.h"

#include <string.h>

static enum image_slot other_slot(enum image_slot slot)
{
    return slot == IMAGE_SLOT_A ? IMAGE_SLOT_B : IMAGE_SLOT_A;
}

static const uint8_t *slot_bytes(enum image_slot slot)
{
    return in_process_flash() + image_slot_geometry(slot).offset;
}

void update_model_start(struct update_model *model)
{
    struct slot_content *first = &model->slots[IMAGE_SLOT_A];

    memset(model, 0, sizeof *model);
    first->genuine = true;
    first->security_counter = LIVE_IMAGE_COUNTER;
    first->length = IMAGE_HEADER_SIZE + LIVE_IMAGE_LENGTH;
    memcpy(first->bytes, slot_bytes(IMAGE_SLOT_A), first->length);
    model->security_counter = live_device.boot_state.current.security_counter;
}

static uint64_t newest_version(struct hal_flash_geometry area)
{
    uint64_t newest = 0;

    for (uint32_t i = 0; i < area.size / FLASH_SECTOR_SIZE; i++) {
        const uint64_t version =
            in_process_board.flash.versions[area.offset / FLASH_SECTOR_SIZE + i];
        newest = version > newest ? version : newest;
    }
    return newest;
}

struct update_mark update_model_mark(void)
{
    struct update_mark mark;

    for (unsigned slot = 0; slot < IMAGE_SLOT_COUNT; slot++) {
        mark.slots[slot] = newest_version(image_slot_geometry((enum image_slot)slot));
    }
    mark.boot_state = newest_version(hal_flash_geometry(HAL_FLASH_BOOT_STATE));
    return mark;
}

static enum mailbox_status expected_open(const struct update_model *model,
                                         const struct update_image *image)
{
    const struct hal_flash_geometry target =
        image_slot_geometry(other_slot(live_device.running.slot));

    if (model->trial != BOOT_NO_TRIAL) {
        return MAILBOX_STATUS_ORDER;
    }
    if (!image->format_is_known) {
        return MAILBOX_STATUS_IMAGE_FORMAT;
    }
    if (!image->header_is_signed) {
        return MAILBOX_STATUS_IMAGE_SIGNATURE;
    }
    harness_gate("signature");
    if (image->info.product != IMAGE_PRODUCT) {
        return MAILBOX_STATUS_IMAGE_PRODUCT;
    }
    if (image->info.slot_address != target.offset) {
        return MAILBOX_STATUS_IMAGE_SLOT;
    }
    if (image->info.body_length == 0 || image->info.body_length > target.size - IMAGE_HEADER_SIZE) {
        return MAILBOX_STATUS_IMAGE_LENGTH;
    }
    return image->info.security_counter < model->security_counter ? MAILBOX_STATUS_IMAGE_OLDER
                                                                  : MAILBOX_STATUS_OK;
}

/* `update->sent` counts what was taken, the message judged included if it was. */
static enum mailbox_status expected_data(const struct update_model *model,
                                         const struct update_client *update,
                                         const struct update_outcome *outcome)
{
    const bool taken = outcome->last.status == MAILBOX_STATUS_OK;

    if (model->phase != UPDATE_RECEIVING || outcome->action == UPDATE_SKIP) {
        return MAILBOX_STATUS_ORDER;
    }
    if (taken) {
        return update->sent <= update->accepted.info.body_length ? MAILBOX_STATUS_OK
                                                                 : MAILBOX_STATUS_IMAGE_LENGTH;
    }
    return MAILBOX_STATUS_IMAGE_LENGTH; /* the client refuses no other chunk of its own making */
}

static enum mailbox_status expected_finish(const struct update_model *model,
                                           const struct update_client *update)
{
    if (model->phase != UPDATE_RECEIVING) {
        return MAILBOX_STATUS_ORDER;
    }
    if (update->sent != update->accepted.info.body_length) {
        return MAILBOX_STATUS_TRUNCATED;
    }
    return update->accepted.body_is_signed ? MAILBOX_STATUS_OK : MAILBOX_STATUS_IMAGE_BODY;
}

static enum mailbox_status expected(const struct update_model *model,
                                    const struct update_client *update,
                                    const struct update_outcome *outcome)
{
    switch (outcome->action) {
    case UPDATE_OPEN:
        return expected_open(model, &update->offered);
    case UPDATE_SEND:
    case UPDATE_SKIP:
        return expected_data(model, update, outcome);
    case UPDATE_FINISH:
        return expected_finish(model, update);
    case UPDATE_ACTIVATE:
        return model->phase == UPDATE_STAGED ? MAILBOX_STATUS_OK : MAILBOX_STATUS_ORDER;
    case UPDATE_CONFIRM:
        return live_device.thermostat.sensor_fault ? MAILBOX_STATUS_NOT_READY : MAILBOX_STATUS_OK;
    default:
        return MAILBOX_STATUS_OK;
    }
}

static void fill(struct slot_content *content, const struct update_image *image)
{
    content->genuine = true;
    content->security_counter = image->info.security_counter;
    content->length = IMAGE_HEADER_SIZE + image->info.body_length;
    memcpy(content->bytes, image->header, IMAGE_HEADER_SIZE);
    memcpy(content->bytes + IMAGE_HEADER_SIZE, image->body, image->info.body_length);
}

static void follow_confirm(struct update_model *model)
{
    const struct slot_content *running = &model->slots[live_device.running.slot];

    if (model->trial != BOOT_NO_TRIAL) {
        harness_gate("confirmed");
    }
    model->active = live_device.running.slot;
    model->trial = BOOT_NO_TRIAL;
    if (model->security_counter < running->security_counter) {
        model->security_counter = running->security_counter;
    }
}

static void follow(struct update_model *model, const struct update_client *update,
                   const struct update_outcome *outcome)
{
    const bool done = outcome->last.status == MAILBOX_STATUS_OK;

    if (outcome->action == UPDATE_FINISH && outcome->last.status == MAILBOX_STATUS_IMAGE_BODY) {
        model->phase = UPDATE_IDLE;
    }
    if (!done) {
        return;
    }
    if (outcome->action == UPDATE_OPEN) {
        model->phase = UPDATE_RECEIVING;
        model->slots[other_slot(live_device.running.slot)].genuine = false;
    } else if (outcome->action == UPDATE_FINISH) {
        harness_gate("staged");
        model->phase = UPDATE_STAGED;
        fill(&model->slots[other_slot(live_device.running.slot)], &update->accepted);
    } else if (outcome->action == UPDATE_ACTIVATE) {
        model->phase = UPDATE_ACTIVATED;
        model->active = other_slot(live_device.running.slot);
        model->trial = BOOT_TRIAL_ASKED;
    } else if (outcome->action == UPDATE_CONFIRM) {
        follow_confirm(model);
    }
}

/* What no step may ever do. */
static void check_untouched(const struct test_outcome *outcome, const struct update_mark *before)
{
    const struct update_mark after = update_model_mark();
    const enum image_slot running = live_device.running.slot;

    ORACLE("5.3-2", "running-slot-untouched", after.slots[running] == before->slots[running],
           "message %u changed the slot that runs", outcome->message);
    if (outcome->kind == HISTORY_MAILBOX && outcome->genuine) {
        return;
    }
    ORACLE("5.5-5", "change-needs-login",
           after.slots[other_slot(running)] == before->slots[other_slot(running)] &&
               after.boot_state == before->boot_state,
           "slot or boot state changed without a genuine message");
}

/* The answer that the specification asks for; a client has to be able to read why (5.3-9). */
static void check_answer(const struct update_model *model, const struct update_client *update,
                         const struct update_outcome *outcome)
{
    enum mailbox_status wanted;

    if (!outcome->last.genuine || !outcome->last.proven || model->uncertain) {
        return;
    }
    wanted = expected(model, update, outcome);
    ORACLE("5.3-10", "only-genuine-accepted",
           outcome->last.status != MAILBOX_STATUS_OK || wanted == MAILBOX_STATUS_OK,
           "action %d was accepted instead of refused with status %d", (int)outcome->action,
           (int)wanted);
    ORACLE("5.3-2", "genuine-accepted",
           outcome->last.status == MAILBOX_STATUS_OK || wanted != MAILBOX_STATUS_OK,
           "action %d was refused with status %u", (int)outcome->action, outcome->last.status);
    ORACLE("5.3-9", "reason-fits", outcome->last.status == (uint8_t)wanted,
           "action %d was answered with status %u instead of %d", (int)outcome->action,
           outcome->last.status, (int)wanted);
}

void update_model_step(struct update_model *model, const struct update_client *update,
                       const struct update_outcome *outcome, const struct update_mark *before)
{
    check_untouched(&outcome->last, before);
    if (update == NULL) {
        /* Made up by the generator: the model knows nothing of what is in it. */
        model->uncertain = model->uncertain || (outcome->last.message >= MAILBOX_UPDATE_BEGIN &&
                                                outcome->last.message <= MAILBOX_UPDATE_CONFIRM);
        return;
    }
    if (outcome->messages == 0) {
        return;
    }
    ORACLE("5.5-5", "proof-needed",
           outcome->last.genuine || !outcome->last.proven ||
               outcome->last.status != MAILBOX_STATUS_OK,
           "message type %u was carried out without the right proof", outcome->last.message);
    check_answer(model, update, outcome);
    if (outcome->last.genuine && outcome->last.answered) {
        follow(model, update, outcome);
    } else if (outcome->last.genuine) {
        model->uncertain = true; /* carried out or not: the answer was lost */
    }
}

void update_model_fault(struct update_model *model)
{
    model->uncertain = true;
}

/* The image that was under way has its header in that slot: then its body has to be there too. */
static void take_finished(struct slot_content *content, enum image_slot slot,
                          const struct update_image *image)
{
    if (!image->header_is_signed || !image->body_is_signed ||
        image->info.body_length > UPDATE_MAX_BODY ||
        image->info.slot_address != image_slot_geometry(slot).offset ||
        memcmp(slot_bytes(slot), image->header, IMAGE_HEADER_SIZE) != 0) {
        return;
    }
    fill(content, image);
    ORACLE("5.3-9", "header-comes-last",
           memcmp(slot_bytes(slot), content->bytes, content->length) == 0,
           "a header was written over a body that is not there");
}

/* What flash holds is genuine only if it is, byte for byte, what the vendor signed. */
static void look_at_slots(struct update_model *model, const struct update_client *update)
{
    for (unsigned slot = 0; slot < IMAGE_SLOT_COUNT; slot++) {
        struct slot_content *content = &model->slots[slot];

        if (content->genuine) {
            content->genuine =
                memcmp(slot_bytes((enum image_slot)slot), content->bytes, content->length) == 0;
        }
        if (!content->genuine) {
            take_finished(content, (enum image_slot)slot, &update->accepted);
        }
    }
}

static bool may_run(const struct update_model *model, enum image_slot slot)
{
    return model->slots[slot].genuine &&
           model->slots[slot].security_counter >= model->security_counter;
}

/* The slot that the specification says is to start. */
static enum image_slot slot_to_start(const struct update_model *model)
{
    const enum image_slot wanted =
        model->trial == BOOT_TRIAL_STARTED ? other_slot(model->active) : model->active;

    return may_run(model, wanted) ? wanted : other_slot(wanted);
}

/* After a start that nothing disturbed before. */
static void check_decision(const struct update_model *model)
{
    const enum image_slot wanted = slot_to_start(model);
    const bool trial = model->trial == BOOT_TRIAL_ASKED && wanted == model->active;

    ORACLE(model->trial == BOOT_TRIAL_STARTED ? "5.9-1" : "5.7-1", "right-slot-starts",
           live_device.running.slot == wanted, "slot %d was started instead of %d",
           (int)live_device.running.slot, (int)wanted);
    ORACLE("5.9-1", "trial-is-said", live_device.running.trial == trial,
           "the start was %s on trial", live_device.running.trial ? "called" : "not called");
    if (trial) {
        harness_gate("trial");
    }
}

void update_model_restart(struct update_model *model, const struct update_client *update)
{
    const struct boot_state *state = &live_device.boot_state.current;
    const struct slot_content *running = &model->slots[live_device.running.slot];

    look_at_slots(model, update);
    ORACLE("5.9-1", "genuine-image-starts", !live_device.running.recovery,
           "the device is in recovery although a genuine image is there");
    ORACLE("5.7-1", "only-genuine-starts", running->genuine, "slot %d runs and is not genuine",
           (int)live_device.running.slot);
    ORACLE("5.7-1", "counter-never-falls", state->security_counter >= model->security_counter,
           "security counter fell from %u to %u", (unsigned)model->security_counter,
           (unsigned)state->security_counter);
    ORACLE("5.7-1", "no-older-image-starts", running->security_counter >= model->security_counter,
           "an image with security counter %u runs, stored is %u",
           (unsigned)running->security_counter, (unsigned)model->security_counter);
    if (!model->uncertain) {
        check_decision(model);
    }
    model->phase = UPDATE_IDLE;
    model->uncertain = false;
    model->active = state->active;
    model->trial = state->trial;
    model->security_counter = state->security_counter;
}
