/* mailbox.h: an update by messages, and what a client can read of it. */
#include "support.h"

#include "byte_order.h"
#include "image_builder.h"
#include "update_session.h"

#include <string.h>

#define BODY 4200U

static struct mailbox_session session;
static struct bench_image image;

/* The answer to UPDATE_STATUS. */
struct update_view {
    uint8_t flags;
    uint8_t slot;
    uint8_t phase;
    uint32_t version;
    uint32_t counter;
    uint32_t next;
    uint32_t address;
};

static struct update_view view(void)
{
    const uint8_t *result = session.result.payload;
    struct update_view view;

    assert_int_equal(update_call(&session, MAILBOX_UPDATE_STATUS), MAILBOX_STATUS_OK);
    assert_int_equal(session.result.length, 19);
    view.flags = result[0];
    view.slot = result[1];
    view.phase = result[2];
    view.version = get_le32(result + 3);
    view.counter = get_le32(result + 7);
    view.next = get_le32(result + 11);
    view.address = get_le32(result + 15);
    return view;
}

static void new_session(void)
{
    update_new_session(&session);
    bench_make_image(&image, IMAGE_SLOT_B, 1, BODY);
}

/* The device resets itself, as it said it would. */
static void restart_as_due(void)
{
    assert_false(device_wants_restart(&session.device));
    in_process_advance(DEVICE_RESTART_DELAY_MS);
    assert_true(device_wants_restart(&session.device));
    session_boot(&session, HAL_RESET_SOFTWARE);
    update_log_in(&session);
}

static struct event newest_event(void)
{
    struct event event;

    assert_int_equal(event_log_next(&session.device.events,
                                    event_log_newest(&session.device.events) - 1U, &event),
                     EVENT_LOG_OK);
    return event;
}

static void assert_newest_event(enum event_type type, uint32_t detail)
{
    const struct event event = newest_event();

    assert_int_equal(event.type, type);
    assert_int_equal(event.detail, detail);
    assert_int_equal(event.user.interface, EVENT_FROM_RTU);
}

static void assert_view(uint8_t flags, uint8_t slot, enum update_phase phase, uint32_t counter,
                        uint32_t next)
{
    const struct update_view now = view();
    const enum image_slot other = slot == IMAGE_SLOT_A ? IMAGE_SLOT_B : IMAGE_SLOT_A;

    assert_int_equal(now.flags, flags);
    assert_int_equal(now.slot, slot);
    assert_int_equal(now.phase, phase);
    assert_int_equal(now.version, slot == IMAGE_SLOT_A ? BENCH_VERSION : IMAGE_VERSION(2, 0, 1));
    assert_int_equal(now.counter, counter);
    assert_int_equal(now.next, next);
    assert_int_equal(now.address, image_slot_geometry(other).offset);
}

static void status_follows_the_whole_update(void **state)
{
    (void)state;
    new_session();
    assert_view(0, IMAGE_SLOT_A, UPDATE_IDLE, BENCH_COUNTER, 0);
    assert_int_equal(update_send_begin(&session, &image), MAILBOX_STATUS_OK);
    assert_view(0, IMAGE_SLOT_A, UPDATE_RECEIVING, BENCH_COUNTER, 0);
    assert_int_equal(update_send_data(&session, &image, 0, 13), MAILBOX_STATUS_OK);
    assert_view(0, IMAGE_SLOT_A, UPDATE_RECEIVING, BENCH_COUNTER, 13);
    assert_int_equal(update_send_rest(&session, &image, UPDATE_MAX_DATA), MAILBOX_STATUS_OK);
    assert_int_equal(update_call(&session, MAILBOX_UPDATE_FINISH), MAILBOX_STATUS_OK);
    assert_view(0, IMAGE_SLOT_A, UPDATE_STAGED, BENCH_COUNTER, BODY);
    assert_int_equal(update_call(&session, MAILBOX_UPDATE_ACTIVATE), MAILBOX_STATUS_OK);
    assert_newest_event(EVENT_TRIAL_ASKED, IMAGE_VERSION(2, 0, 1));
    assert_view(0, IMAGE_SLOT_A, UPDATE_ACTIVATED, BENCH_COUNTER, BODY);
    restart_as_due();
    assert_view(MAILBOX_UPDATE_TRIAL, IMAGE_SLOT_B, UPDATE_IDLE, BENCH_COUNTER, 0);
    assert_int_equal(update_call(&session, MAILBOX_UPDATE_CONFIRM), MAILBOX_STATUS_NOT_READY);
    device_poll(&session.device); /* the sensor answers */
    assert_view(MAILBOX_UPDATE_TRIAL | MAILBOX_UPDATE_TESTED, IMAGE_SLOT_B, UPDATE_IDLE,
                BENCH_COUNTER, 0);
    assert_int_equal(update_call(&session, MAILBOX_UPDATE_CONFIRM), MAILBOX_STATUS_OK);
    assert_newest_event(EVENT_TRIAL_CONFIRMED, IMAGE_VERSION(2, 0, 1));
    assert_view(MAILBOX_UPDATE_TESTED, IMAGE_SLOT_B, UPDATE_IDLE, BENCH_COUNTER + 1U, 0);
    session_boot(&session, HAL_RESET_POWER_ON);
    update_log_in(&session);
    assert_view(0, IMAGE_SLOT_B, UPDATE_IDLE, BENCH_COUNTER + 1U, 0);
}

static void update_that_is_not_confirmed_is_seen_to_be_taken_back(void **state)
{
    struct event event;

    (void)state;
    new_session();
    assert_int_equal(update_send(&session, &image), MAILBOX_STATUS_OK);
    restart_as_due();
    session_boot(&session, HAL_RESET_WATCHDOG);
    event = newest_event();
    assert_int_equal(event.type, EVENT_TRIAL_REVERTED);
    assert_int_equal(event.detail, BENCH_VERSION);
    update_log_in(&session);
    assert_view(MAILBOX_UPDATE_REVERTED, IMAGE_SLOT_A, UPDATE_IDLE, BENCH_COUNTER, 0);
}

/* Flash refuses to note that the trial has started, and there is nothing to go back to. */
static void trial_that_could_not_be_noted_is_one(void **state)
{
    const struct fault refused = {.kind = FAULT_FLASH_ERROR, .moment = FAULT_BEFORE};
    struct boot_handover running;
    struct update_bench bench;

    (void)state;
    bench_new_recovery(&bench);
    bench_make_image(&image, IMAGE_SLOT_B, 1, BODY);
    assert_int_equal(bench_update(&bench, &image), UPDATE_OK);
    in_process_power_on();
    flash_model_arm(&in_process_board.flash, refused);
    assert_int_equal(boot_run(&running), BOOT_OK);
    assert_true(in_process_board.flash.fault_fired && running.trial);
    assert_int_equal(device_start(&session.device, &running), DEVICE_OK);
    device_poll(&session.device);
    update_log_in(&session);
    assert_int_equal(view().flags, MAILBOX_UPDATE_TRIAL | MAILBOX_UPDATE_TESTED);
    assert_int_equal(update_call(&session, MAILBOX_UPDATE_CONFIRM), MAILBOX_STATUS_OK);
    assert_newest_event(EVENT_TRIAL_CONFIRMED, IMAGE_VERSION(2, 0, 1));
    assert_int_equal(view().flags, MAILBOX_UPDATE_TESTED);
}

/* A second confirm is good, and no event. */
static void confirm_comes_twice(void **state)
{
    uint32_t events;

    (void)state;
    new_session();
    device_poll(&session.device);
    events = event_log_newest(&session.device.events);
    assert_int_equal(update_call(&session, MAILBOX_UPDATE_CONFIRM), MAILBOX_STATUS_OK);
    assert_int_equal(event_log_newest(&session.device.events), events);
}

/* --- Refusals that a client can read --- */

static void sign_with(uint32_t product, enum image_slot slot, uint32_t length, uint32_t counter)
{
    struct image_info info;

    bench_make_image(&image, IMAGE_SLOT_B, 1, BODY);
    image_decode(&info, image.header);
    info.product = product;
    info.slot_address = image_slot_geometry(slot).offset;
    info.body_length = length;
    info.security_counter = counter;
    build_header(&info, image.header);
}

static void refused_header_says_why_and_is_an_event(void **state)
{
    static const struct {
        uint32_t product;
        enum image_slot slot;
        uint32_t length;
        uint32_t counter;
        uint8_t status;
        int error;
    } rows[] = {
        {0, IMAGE_SLOT_B, 1, BENCH_COUNTER, MAILBOX_STATUS_IMAGE_PRODUCT, IMAGE_ERROR_PRODUCT},
        {IMAGE_PRODUCT, IMAGE_SLOT_A, 1, BENCH_COUNTER, MAILBOX_STATUS_IMAGE_SLOT,
         IMAGE_ERROR_SLOT},
        {IMAGE_PRODUCT, IMAGE_SLOT_B, 0, BENCH_COUNTER, MAILBOX_STATUS_IMAGE_LENGTH,
         IMAGE_ERROR_LENGTH},
        {IMAGE_PRODUCT, IMAGE_SLOT_B, BENCH_MAX_BODY + 1U, BENCH_COUNTER,
         MAILBOX_STATUS_IMAGE_LENGTH, IMAGE_ERROR_LENGTH},
        {IMAGE_PRODUCT, IMAGE_SLOT_B, 1, BENCH_COUNTER - 1U, MAILBOX_STATUS_IMAGE_OLDER,
         IMAGE_ERROR_OLDER},
    };

    (void)state;
    new_session();
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        sign_with(rows[i].product, rows[i].slot, rows[i].length, rows[i].counter);
        assert_int_equal(update_send_begin(&session, &image), rows[i].status);
        assert_newest_event(EVENT_IMAGE_REFUSED, (uint32_t)-rows[i].error);
    }
    image.header[0] ^= 1U;
    assert_int_equal(update_send_begin(&session, &image), MAILBOX_STATUS_IMAGE_FORMAT);
    assert_newest_event(EVENT_IMAGE_REFUSED, (uint32_t)-IMAGE_ERROR_FORMAT);
    image.header[0] ^= 1U;
    image.header[IMAGE_HEADER_SIZE - 1U] ^= 1U;
    assert_int_equal(update_send_begin(&session, &image), MAILBOX_STATUS_IMAGE_SIGNATURE);
    assert_newest_event(EVENT_IMAGE_REFUSED, (uint32_t)-IMAGE_ERROR_SIGNATURE);
    assert_view(0, IMAGE_SLOT_A, UPDATE_IDLE, BENCH_COUNTER, 0);
}

static void altered_body_says_so(void **state)
{
    (void)state;
    new_session();
    image.body[BODY / 2U] ^= 1U;
    assert_int_equal(update_stage(&session, &image), MAILBOX_STATUS_IMAGE_BODY);
    assert_newest_event(EVENT_IMAGE_REFUSED, (uint32_t)-IMAGE_ERROR_BODY);
    assert_int_equal(update_call(&session, MAILBOX_UPDATE_ACTIVATE), MAILBOX_STATUS_ORDER);
    session_boot(&session, HAL_RESET_POWER_ON);
    assert_int_equal(session.device.running.slot, IMAGE_SLOT_A);
}

/* What comes out of order says so; data say where to go on. No event: nothing was judged. */
static void wrong_steps_say_what_is_due(void **state)
{
    static const uint8_t not_due[] = {MAILBOX_UPDATE_FINISH, MAILBOX_UPDATE_ACTIVATE};
    uint32_t events;

    (void)state;
    new_session();
    events = event_log_newest(&session.device.events);
    for (size_t i = 0; i < SUPPORT_COUNT(not_due); i++) {
        assert_int_equal(update_call(&session, not_due[i]), MAILBOX_STATUS_ORDER);
    }
    assert_int_equal(update_send_data(&session, &image, 0, 10), MAILBOX_STATUS_ORDER);
    assert_int_equal(update_send_begin(&session, &image), MAILBOX_STATUS_OK);
    assert_int_equal(update_send_data(&session, &image, 0, 100), MAILBOX_STATUS_OK);
    assert_int_equal(update_send_data(&session, &image, 0, 100), MAILBOX_STATUS_ORDER);
    assert_int_equal(get_le32(session.result.payload), 100);
    assert_int_equal(update_call(&session, MAILBOX_UPDATE_FINISH), MAILBOX_STATUS_TRUNCATED);
    assert_int_equal(update_send_rest(&session, &image, UPDATE_MAX_DATA), MAILBOX_STATUS_OK);
    assert_int_equal(update_send_data(&session, &image, BODY, 1), MAILBOX_STATUS_IMAGE_LENGTH);
    assert_int_equal(get_le32(session.result.payload), BODY);
    assert_int_equal(update_call(&session, MAILBOX_UPDATE_FINISH), MAILBOX_STATUS_OK);
    assert_int_equal(event_log_newest(&session.device.events), events);
}

static void begin_after_the_activation_and_during_the_trial_is_not_due(void **state)
{
    (void)state;
    new_session();
    assert_int_equal(update_send(&session, &image), MAILBOX_STATUS_OK);
    assert_int_equal(update_send_begin(&session, &image), MAILBOX_STATUS_ORDER);
    device_poll(&session.device);
    assert_int_equal(update_call(&session, MAILBOX_UPDATE_CONFIRM), MAILBOX_STATUS_ORDER);
    restart_as_due();
    bench_make_image(&image, IMAGE_SLOT_A, 2, BODY);
    assert_int_equal(update_send_begin(&session, &image), MAILBOX_STATUS_ORDER);
    assert_int_equal(session.device.running.slot, IMAGE_SLOT_B);
}

static void replayed_data_are_refused(void **state)
{
    (void)state;
    new_session();
    assert_int_equal(update_send_begin(&session, &image), MAILBOX_STATUS_OK);
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_REPLAYED);
    assert_int_equal(update_send_data(&session, &image, 0, UPDATE_MAX_DATA), MAILBOX_STATUS_OK);
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_REPLAYED);
    assert_int_equal(session.device.update.received, UPDATE_MAX_DATA);
    assert_int_equal(update_send_rest(&session, &image, UPDATE_MAX_DATA), MAILBOX_STATUS_OK);
    assert_int_equal(update_call(&session, MAILBOX_UPDATE_FINISH), MAILBOX_STATUS_OK);
    assert_int_equal(update_call(&session, MAILBOX_UPDATE_ACTIVATE), MAILBOX_STATUS_OK);
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_REPLAYED);
    assert_true(bench_slot_holds(IMAGE_SLOT_B, &image));
}

static void update_goes_on_in_the_next_session(void **state)
{
    (void)state;
    new_session();
    assert_int_equal(update_send_begin(&session, &image), MAILBOX_STATUS_OK);
    assert_int_equal(update_send_data(&session, &image, 0, 101), MAILBOX_STATUS_OK);
    in_process_advance(MAILBOX_IDLE_MS);
    update_log_in(&session);
    assert_view(0, IMAGE_SLOT_A, UPDATE_RECEIVING, BENCH_COUNTER, 101);
    assert_int_equal(update_send_rest(&session, &image, 1), MAILBOX_STATUS_OK);
    assert_int_equal(update_call(&session, MAILBOX_UPDATE_FINISH), MAILBOX_STATUS_OK);
    assert_int_equal(update_call(&session, MAILBOX_LOG_OUT), MAILBOX_STATUS_OK);
    update_log_in(&session);
    assert_int_equal(update_call(&session, MAILBOX_UPDATE_ACTIVATE), MAILBOX_STATUS_OK);
    restart_as_due();
    assert_int_equal(session.device.running.slot, IMAGE_SLOT_B);
}

static void device_in_recovery_is_updated(void **state)
{
    struct update_bench bench;

    (void)state;
    for (int slot = IMAGE_SLOT_A; slot < IMAGE_SLOT_COUNT; slot++) {
        struct update_view now;

        bench_new_recovery(&bench);
        session_boot(&session, HAL_RESET_POWER_ON);
        update_log_in(&session);
        now = view();
        assert_int_equal(now.flags, MAILBOX_UPDATE_RECOVERY);
        assert_int_equal(now.address, image_slot_geometry(IMAGE_SLOT_A).offset);
        bench_make_image(&image, (enum image_slot)slot, 1, BODY);
        assert_int_equal(update_send(&session, &image), MAILBOX_STATUS_OK);
        restart_as_due();
        now = view();
        assert_int_equal(now.flags, MAILBOX_UPDATE_TRIAL);
        assert_int_equal(now.slot, slot);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_follows_the_whole_update),
        cmocka_unit_test(update_that_is_not_confirmed_is_seen_to_be_taken_back),
        cmocka_unit_test(trial_that_could_not_be_noted_is_one),
        cmocka_unit_test(confirm_comes_twice),
        cmocka_unit_test(refused_header_says_why_and_is_an_event),
        cmocka_unit_test(altered_body_says_so),
        cmocka_unit_test(wrong_steps_say_what_is_due),
        cmocka_unit_test(begin_after_the_activation_and_during_the_trial_is_not_due),
        cmocka_unit_test(replayed_data_are_refused),
        cmocka_unit_test(update_goes_on_in_the_next_session),
        cmocka_unit_test(device_in_recovery_is_updated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
