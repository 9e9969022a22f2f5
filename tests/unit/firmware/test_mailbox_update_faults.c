/* mailbox.h: an update by messages while flash fails or the power does. */
#include "support.h"

#include "update_session.h"

#include <string.h>

#define BODY 3980U /* with the header more than a sector, which ends in the rest of the data */

static struct mailbox_session session;
static struct bench_image image;

static void prepare(void)
{
    update_new_session(&session);
    bench_make_image(&image, IMAGE_SLOT_B, 1, BODY);
}

static uint8_t status; /* of the message, unless the power failed in it */

static void send_rest_and_activate(void *state)
{
    status = update_send_rest(state, &image, UPDATE_MAX_DATA);
    status = status == MAILBOX_STATUS_OK ? update_call(state, MAILBOX_UPDATE_FINISH) : status;
    status = status == MAILBOX_STATUS_OK ? update_call(state, MAILBOX_UPDATE_ACTIVATE) : status;
}

static void send_confirm(void *state)
{
    status = update_call(state, MAILBOX_UPDATE_CONFIRM);
}

/* Either image runs, and whichever it is can be left behind by another update. */
static const char *check(void *state, enum fault_kind kind)
{
    static struct bench_image next[IMAGE_SLOT_COUNT];
    struct mailbox_session *trial = state;
    const bool event_only =
        support_faulted_in(HAL_FLASH_EVENTS) || support_faulted_in(HAL_FLASH_EVENT_USERS);
    enum image_slot slot;

    if (kind == FAULT_FLASH_ERROR &&
        status != (event_only ? MAILBOX_STATUS_OK : MAILBOX_STATUS_STORAGE)) {
        return "the answer does not fit the failure";
    }
    session_boot(trial, HAL_RESET_POWER_ON);
    if (trial->device.running.recovery) {
        return "no image runs";
    }
    if (session_log_in_patiently(trial, session_right_key()) != MAILBOX_STATUS_OK) {
        return "no log-in";
    }
    device_poll(&trial->device);
    if (update_call(trial, MAILBOX_UPDATE_CONFIRM) != MAILBOX_STATUS_OK) {
        return "what runs cannot be confirmed";
    }
    slot = trial->device.running.slot == IMAGE_SLOT_A ? IMAGE_SLOT_B : IMAGE_SLOT_A;
    if (next[slot].length == 0) {
        bench_make_image(&next[slot], slot, 2, BODY);
    }
    if (update_send(trial, &next[slot]) != MAILBOX_STATUS_OK) {
        return "the update cannot be done again";
    }
    session_boot(trial, HAL_RESET_SOFTWARE);
    return trial->device.running.slot == slot ? NULL : "the new update is not tried";
}

static void sweep(void (*act)(void *state))
{
    static const enum fault_kind kinds[] = {FAULT_FLASH_ERROR, FAULT_POWER_CUT};

    for (size_t i = 0; i < SUPPORT_COUNT(kinds); i++) {
        const struct support_trial trial = {.state = &session,
                                            .state_size = sizeof session,
                                            .act = act,
                                            .check = check,
                                            .kind = kinds[i],
                                            .erase_step = 256};

        assert_in_range(support_sweep(&trial), 20, UINT32_MAX);
    }
}

static void update_can_be_done_again_whatever_fails(void **state)
{
    (void)state;
    prepare();
    assert_int_equal(update_send_begin(&session, &image), MAILBOX_STATUS_OK);
    for (uint32_t at = 0; at < BODY - UPDATE_MAX_DATA / 2U; at += UPDATE_MAX_DATA / 2U) {
        assert_int_equal(update_send_data(&session, &image, at, UPDATE_MAX_DATA / 2U),
                         MAILBOX_STATUS_OK);
    }
    sweep(send_rest_and_activate);
}

static void confirm_can_come_again_whatever_fails(void **state)
{
    (void)state;
    prepare();
    assert_int_equal(update_send(&session, &image), MAILBOX_STATUS_OK);
    session_boot(&session, HAL_RESET_SOFTWARE);
    update_log_in(&session);
    device_poll(&session.device);
    sweep(send_confirm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(update_can_be_done_again_whatever_fails),
        cmocka_unit_test(confirm_can_come_again_whatever_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
