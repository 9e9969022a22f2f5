#include "boot_state_judge.h"

#include "harness.h"
#include "image_model.h"
#include "in_process.h"

#include <string.h>

#define LAST_SEQUENCE 0x7FFFFFFFU /* of record_log.h: 2^31 records */

static enum image_slot other(enum image_slot slot)
{
    return slot == IMAGE_SLOT_A ? IMAGE_SLOT_B : IMAGE_SLOT_A;
}

static bool may_run(const struct boot_state_view *view, enum image_slot slot)
{
    return view->verdicts[slot] == IMAGE_OK;
}

void boot_state_judge_forget(struct boot_state_judge *judge)
{
    memset(judge, 0, sizeof *judge);
}

static void look(struct boot_state_view *view)
{
    static struct in_process_snapshot board;
    struct boot_state_store store;
    int result;

    in_process_take(&board, NULL);
    result = boot_state_start(&store);
    ORACLE("5.9-1", "state-readable", result == BOOT_STATE_OK, "%s", boot_state_strerror(result));
    in_process_restore(&board, NULL);
    view->state = store.current;
    view->worn = store.log.sequence >= LAST_SEQUENCE;
    for (int slot = 0; slot < IMAGE_SLOT_COUNT; slot++) {
        view->verdicts[slot] =
            image_model_slot((enum image_slot)slot, view->state.security_counter);
    }
}

/* Most starts find what the last one left: sectors of the same versions hold the same bytes. */
void boot_state_view(struct boot_state_view *view)
{
    static struct boot_state_view last;
    static uint64_t versions[FLASH_SECTORS];
    static bool valid;

    if (!valid || memcmp(versions, in_process_board.flash.versions, sizeof versions) != 0) {
        look(&last);
        memcpy(versions, in_process_board.flash.versions, sizeof versions);
        valid = true;
    }
    *view = last;
}

static void judge_memory(const struct boot_state_view *before, const struct boot_state_view *after)
{
    ORACLE("5.3-2", "counter-fell", after->state.security_counter >= before->state.security_counter,
           "from %u to %u", (unsigned)before->state.security_counter,
           (unsigned)after->state.security_counter);
    ORACLE("5.9-1", "state-damaged",
           after->state.unlock_epoch == before->state.unlock_epoch &&
               after->state.erase_pending == before->state.erase_pending,
           "unlock epoch %u was %u, erase pending %d was %d", (unsigned)after->state.unlock_epoch,
           (unsigned)before->state.unlock_epoch, (int)after->state.erase_pending,
           (int)before->state.erase_pending);
}

void boot_state_judge_memory(const struct boot_state_view *before)
{
    struct boot_state_view after;

    boot_state_view(&after);
    judge_memory(before, &after);
}

/* Only what may run is started, and that in any case. */
static void judge_choice(const struct boot_state_view *before, const struct boot_handover *handover)
{
    const enum image_slot slot = handover->slot;

    if (handover->recovery) {
        ORACLE("5.9-1", "genuine-not-started",
               !may_run(before, IMAGE_SLOT_A) && !may_run(before, IMAGE_SLOT_B),
               "recovery, although slot %c holds an image that may run",
               may_run(before, IMAGE_SLOT_A) ? 'A' : 'B');
    } else {
        ORACLE("5.3-2", "older-started", before->verdicts[slot] != IMAGE_ERROR_OLDER,
               "an image with counter %u, although %u is stored",
               (unsigned)image_model_counter(slot), (unsigned)before->state.security_counter);
        ORACLE("5.7-1", "other-started", may_run(before, slot), "slot %c: %s", 'A' + (int)slot,
               image_strerror(before->verdicts[slot]));
    }
    for (int i = 0; i < IMAGE_SLOT_COUNT; i++) {
        ORACLE("5.7-1", "wrong-reason",
               handover->refused[i] == IMAGE_OK || handover->refused[i] == before->verdicts[i],
               "slot %c: refused because '%s', but '%s'", 'A' + i,
               image_strerror(handover->refused[i]), image_strerror(before->verdicts[i]));
    }
}

/* What earlier starts and confirms have shown still holds. */
static void judge_history(const struct boot_state_judge *judge,
                          const struct boot_state_view *before,
                          const struct boot_handover *handover)
{
    ORACLE("5.9-1", "trial-started-again",
           !judge->tried || handover->recovery || handover->slot != judge->tried_slot ||
               !may_run(before, other(handover->slot)),
           "slot %c ran on trial, was not confirmed, and is started again",
           'A' + (int)handover->slot);
    ORACLE("5.9-1", "confirmed-not-started",
           !judge->confirmed || !may_run(before, judge->confirmed_slot) ||
               handover->slot == judge->confirmed_slot,
           "slot %c was confirmed, slot %c is started", 'A' + (int)judge->confirmed_slot,
           'A' + (int)handover->slot);
}

/* The slot that the state asks for, if nothing fails: boot.h. */
static enum image_slot due(const struct boot_state_view *before)
{
    const enum image_slot first = before->state.trial == BOOT_TRIAL_STARTED
                                      ? other(before->state.active)
                                      : before->state.active;

    return may_run(before, first) ? first : other(first);
}

/* What a start leaves behind, if no flash operation failed. */
static void judge_record(const struct boot_state_view *before, const struct boot_state_view *after,
                         const struct boot_handover *handover)
{
    const uint32_t image_counter = handover->image.security_counter;
    const bool on_trial =
        before->state.trial != BOOT_NO_TRIAL && handover->slot == before->state.active;

    ORACLE("5.9-1", "wrong-slot", handover->slot == due(before), "slot %c instead of %c",
           'A' + (int)handover->slot, 'A' + (int)due(before));
    ORACLE("5.9-1", "trial-not-marked",
           !on_trial || (handover->trial && after->state.trial == BOOT_TRIAL_STARTED),
           "a trial of slot %c that will be forgotten", 'A' + (int)handover->slot);
    ORACLE("5.9-1", "start-not-recorded", after->state.active == handover->slot,
           "slot %c runs, slot %c is active", 'A' + (int)handover->slot,
           'A' + (int)after->state.active);
    ORACLE("5.3-2", "counter-lags",
           handover->trial || after->state.security_counter >= image_counter,
           "%u stored, an image with %u runs without trial",
           (unsigned)after->state.security_counter, (unsigned)image_counter);
}

void boot_state_judge_start(struct boot_state_judge *judge, const struct boot_state_view *before,
                            const struct boot_handover *handover, bool faulty)
{
    struct boot_state_view after;

    judge_choice(before, handover);
    judge_history(judge, before, handover);
    boot_state_view(&after);
    judge_memory(before, &after);
    if (handover->recovery) {
        return;
    }
    ORACLE("5.9-1", "trial-raises-counter",
           !handover->trial || after.state.security_counter == before->state.security_counter,
           "from %u to %u, before anything was confirmed", (unsigned)before->state.security_counter,
           (unsigned)after.state.security_counter);
    if (!faulty && !before->worn && !after.worn) {
        judge_record(before, &after, handover);
    }
    if (handover->trial) {
        judge->tried = true;
        judge->tried_slot = handover->slot;
    }
}
