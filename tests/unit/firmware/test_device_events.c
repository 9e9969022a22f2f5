/* device.h: what a start writes into the event log, and the number that it takes from it. */
#include "support.h"

#include "device.h"

/* The first event above `after`. */
static struct event event_after(const struct device *device, uint32_t after)
{
    struct event event;

    assert_int_equal(event_log_next(&device->events, after, &event), EVENT_LOG_OK);
    return event;
}

static void each_start_is_an_event_with_its_cause(void **state)
{
    static const enum hal_reset_cause causes[] = {
        HAL_RESET_POWER_ON, HAL_RESET_PIN, HAL_RESET_SOFTWARE, HAL_RESET_WATCHDOG, HAL_RESET_FAULT};
    struct device device;

    (void)state;
    support_new_board();
    for (uint32_t i = 0; i < SUPPORT_COUNT(causes); i++) {
        struct event event;

        in_process_reset(causes[i]);
        assert_int_equal(device_start(&device, &in_process_running), DEVICE_OK);
        event = event_after(&device, i);
        assert_int_equal(event.type, EVENT_RESET);
        assert_int_equal(event.detail, causes[i]);
        assert_int_equal(event.user.interface, EVENT_FROM_NOBODY);
        assert_int_equal(event_log_newest(&device.events), i + 1U);
        assert_int_equal(device.start_number, event.number);
    }
}

/* What happens between two starts makes the number rise by more, never fall; an erase neither. */
static void the_number_of_a_start_is_that_of_its_event(void **state)
{
    struct device device;

    (void)state;
    support_new_board();
    in_process_power_on();
    assert_int_equal(device_start(&device, &in_process_running), DEVICE_OK);
    assert_int_equal(device.start_number, 1);
    device_log_event(&device, EVENT_LOGIN_FAILED, 1);
    assert_int_equal(device_erase(&device), DEVICE_OK);
    assert_int_equal(device.start_number, 1);
    in_process_power_on();
    assert_int_equal(device_start(&device, &in_process_running), DEVICE_OK);
    assert_int_equal(device.start_number, 4);
}

/* The first events of a start: every flash operation fails once. A number is shown only for an event
 * that a reader of the log finds. */
static void a_start_without_its_event_has_no_number(void **state)
{
    struct device device;
    unsigned without = 0;
    bool failed = true;

    (void)state;
    for (uint32_t i = 0; failed; i++) {
        struct event event;
        const struct fault fault = {.kind = FAULT_FLASH_ERROR, .operation = i};

        support_new_board();
        in_process_power_on();
        flash_model_arm(&in_process_board.flash, fault);
        assert_int_equal(device_start(&device, &in_process_running), DEVICE_OK);
        failed = in_process_board.flash.fault_fired;
        if (event_log_next(&device.events, 0, &event) == EVENT_LOG_OK) {
            assert_int_equal(device.start_number, event.number);
        } else {
            assert_int_equal(device.start_number, 0);
            without++;
        }
    }
    assert_true(without > 0);
}

/* What the boot stage did becomes events: a revert, and images that it refused, not empty slots. */
static void what_the_boot_stage_did_is_written_down(void **state)
{
    struct boot_handover running = in_process_running;
    struct device device;

    (void)state;
    support_new_board();
    in_process_power_on();
    running.reverted = true;
    running.refused[IMAGE_SLOT_A] = IMAGE_ERROR_BODY;
    running.refused[IMAGE_SLOT_B] = IMAGE_ERROR_FORMAT;
    assert_int_equal(device_start(&device, &running), DEVICE_OK);
    assert_int_equal(event_after(&device, 1).type, EVENT_TRIAL_REVERTED);
    assert_int_equal(event_after(&device, 1).detail, running.image.version);
    assert_int_equal(event_after(&device, 2).type, EVENT_IMAGE_REFUSED);
    assert_int_equal(event_after(&device, 2).detail, -IMAGE_ERROR_BODY);
    assert_int_equal(event_log_newest(&device.events), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_start_is_an_event_with_its_cause),
        cmocka_unit_test(the_number_of_a_start_is_that_of_its_event),
        cmocka_unit_test(a_start_without_its_event_has_no_number),
        cmocka_unit_test(what_the_boot_stage_did_is_written_down),
    };

    return cmocka_run_group_tests_name("device_events", tests, NULL, NULL);
}
