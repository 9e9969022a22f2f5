/* device.h and factory.h: what a start makes of the flash it finds. */
#include "support.h"

#include "device.h"
#include "registers.h"
#include "settings_codec.h"
#include "settings_store.h"

#include <string.h>

static uint8_t *area_bytes(enum hal_flash_area area)
{
    const struct hal_flash_geometry geometry = flash_model_geometry(area);

    return in_process_change_flash(geometry.offset, geometry.size);
}

/* The state in which a device that must not run waits: relay open, watchdog on. */
static void assert_safe(void)
{
    assert_false(in_process_board.power_bound.relay_closed);
    assert_true(in_process_board.power_bound.watchdog_started);
}

static void provisioned_device_starts_with_defaults(void **state)
{
    struct device device;
    struct settings defaults;

    (void)state;
    support_new_board();
    support_restart(&device);
    settings_defaults(&defaults);
    assert_memory_equal(&device.factory, support_page(), sizeof device.factory);
    assert_int_equal(device.settings.current.set_point, defaults.set_point);
    assert_false(device.settings.current.has_password);
    assert_int_equal(access_wait_ms(&device.access), 0);
    assert_int_equal(device.mailbox.state, MAILBOX_IDLE);
    assert_string_equal(in_process_board.last_line, "start: " DEVICE_PRODUCT);
    assert_safe();
}

/* A start that goes on with nothing: the next seed, and the reset as an event. */
static void start_writes_seed_and_event_only(void **state)
{
    struct device device;

    (void)state;
    support_new_board();
    support_restart(&device);
    assert_in_range(support_flash.count, 1, SUPPORT_MAX_OPERATIONS);
    for (uint32_t i = 0; i < support_flash.count; i++) {
        const uint32_t at = support_flash.operations[i].offset;

        assert_true(support_lies_in(at, HAL_FLASH_SEED) || support_lies_in(at, HAL_FLASH_EVENTS));
    }
}

/* All but the logs, which repeat the board's geometry, padding included. */
static void assert_same_device(const struct device *left, const struct device *right)
{
    assert_memory_equal(&left->running, &right->running, sizeof left->running);
    assert_memory_equal(&left->factory, &right->factory, sizeof left->factory);
    assert_memory_equal(&left->boot_state.current, &right->boot_state.current,
                        sizeof left->boot_state.current);
    assert_memory_equal(&left->settings.current, &right->settings.current,
                        sizeof left->settings.current);
    assert_int_equal(left->access.failures, right->access.failures);
    assert_int_equal(left->access.wait_until_ms, right->access.wait_until_ms);
    assert_int_equal(event_log_newest(&left->events), event_log_newest(&right->events));
    assert_memory_equal(&left->drbg, &right->drbg, sizeof left->drbg);
    assert_memory_equal(&left->update, &right->update, sizeof left->update);
    assert_memory_equal(&left->mailbox, &right->mailbox, sizeof left->mailbox);
    assert_memory_equal(&left->thermostat, &right->thermostat, sizeof left->thermostat);
    assert_memory_equal(&left->rtu, &right->rtu, sizeof left->rtu);
    assert_memory_equal(&left->uplink, &right->uplink, sizeof left->uplink);
    assert_int_equal(left->link_up, right->link_up);
    assert_memory_equal(&left->requester, &right->requester, sizeof left->requester);
    assert_int_equal(left->restart_at_ms, right->restart_at_ms);
}

static void start_does_not_depend_on_what_memory_held(void **state)
{
    static const int fillings[] = {0x00, 0xFF, 0x5A};
    struct device devices[SUPPORT_COUNT(fillings)];

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(fillings); i++) {
        memset(&devices[i], fillings[i], sizeof devices[i]);
        support_new_device(&devices[i]);
        assert_same_device(&devices[i], &devices[0]);
    }
}

static void device_without_a_factory_page_does_not_run(void **state)
{
    static const int fillings[] = {0x00, 0xFF, 0x5A};
    struct device device;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(fillings); i++) {
        support_new_board();
        memset(area_bytes(HAL_FLASH_FACTORY), fillings[i], FLASH_SECTOR_SIZE);
        assert_int_equal(device_start(&device, &in_process_running), DEVICE_ERROR_FACTORY);
        assert_non_null(strstr(in_process_board.last_line, "factory page"));
        assert_int_equal(support_flash.count, 0);
        assert_safe();
    }
}

static void each_flipped_bit_of_the_factory_page_body_is_noticed(void **state)
{
    struct factory_page page;
    struct factory_page before;

    (void)state;
    memset(&page, 0xA5, sizeof page);
    before = page;
    /* The fuses before the body: test_factory.c. */
    for (size_t bit = 8U * FACTORY_BODY; bit < 8U * FACTORY_PAGE_SIZE; bit++) {
        support_new_board();
        area_bytes(HAL_FLASH_FACTORY)[bit / 8U] ^= (uint8_t)(1U << (bit % 8U));
        assert_int_equal(factory_load(&page), FACTORY_ERROR_INVALID);
        assert_memory_equal(&page, &before, sizeof page);
    }
}

static void factory_page_is_loaded_as_it_was_encoded(void **state)
{
    struct factory_page page;

    (void)state;
    support_new_board();
    assert_int_equal(factory_load(&page), FACTORY_OK);
    assert_memory_equal(&page, support_page(), sizeof page);
    support_fail_read(0);
    assert_int_equal(factory_load(&page), FACTORY_ERROR_FLASH);
}

/* What a start makes of the read that failed: by the area it was in. */
static void assert_start_fits_the_failed_read(const struct device *device, int result)
{
    if (support_read_failed_in(HAL_FLASH_FACTORY)) {
        assert_int_equal(result, DEVICE_ERROR_FACTORY);
    } else if (support_read_failed_in(HAL_FLASH_SEED)) {
        assert_int_equal(result, DEVICE_OK);
        assert_true(device->drbg.ready); /* by entropy alone */
    } else if (support_read_failed_in(HAL_FLASH_EVENTS) ||
               support_read_failed_in(HAL_FLASH_EVENT_USERS)) {
        assert_int_equal(result, DEVICE_OK);
        assert_false(device->events.ready);
    } else {
        assert_int_equal(result, DEVICE_ERROR_STORAGE);
    }
}

static void each_failed_read_fails_the_start_or_one_service(void **state)
{
    struct device device;
    uint32_t read = 0;

    (void)state;
    for (;; read++) {
        int result;

        support_new_board();
        support_fail_read(read);
        result = device_start(&device, &in_process_running);
        if (!support_read_failed()) {
            assert_int_equal(result, DEVICE_OK);
            break;
        }
        assert_start_fits_the_failed_read(&device, result);
        assert_safe();
    }
    assert_in_range(read, 3, 10000);
}

/* Whatever the writable areas hold, the device runs, keeps settings and counts attempts. */
static void assert_runs(void)
{
    struct device device;
    struct settings draft;

    support_restart(&device);
    assert_true(settings_valid(&device.settings.current));
    assert_in_range(access_wait_ms(&device.access), 0, ACCESS_MAX_DELAY_MS);
    draft = device.settings.current;
    draft.set_point = 222;
    assert_int_equal(settings_commit(&device.settings, &draft), SETTINGS_OK);
    in_process_advance(ACCESS_MAX_DELAY_MS);
    assert_int_equal(access_begin_attempt(&device.access), ACCESS_OK);
    support_restart(&device);
    assert_int_equal(device.settings.current.set_point, 222);
    assert_true(access_wait_ms(&device.access) > 0);
}

static void garbage_in_flash_gives_a_device_that_runs(void **state)
{
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 300; round++) {
        support_new_board();
        for (uint32_t i = FLASH_SECTOR_SIZE; i < FLASH_SIZE; i++) {
            /* All bits random, or but a few of them set, or but a few cleared. */
            uint32_t bits = support_random(&seed);

            *in_process_change_flash(i, 1) =
                (uint8_t)(round % 3 == 0 ? bits : (round % 3 == 1 ? bits & (bits >> 8) : ~bits));
        }
        assert_runs();
    }
    for (unsigned byte = 0; byte <= 0xFFU; byte++) {
        support_new_board();
        memset(in_process_change_flash(FLASH_SECTOR_SIZE, FLASH_SIZE - FLASH_SECTOR_SIZE),
               (int)byte, FLASH_SIZE - FLASH_SECTOR_SIZE);
        assert_runs();
    }
}

static void each_turn_feeds_the_watchdog_and_runs_the_control_loop(void **state)
{
    struct device device;

    (void)state;
    support_new_device(&device);
    in_process_board.temperature = 100;
    for (int turn = 0; turn < 3; turn++) {
        in_process_advance(DEVICE_WATCHDOG_MS / 2U);
        device_poll(&device);
        assert_int_equal(in_process_board.power_bound.watchdog_fed_ms,
                         in_process_board.power_bound.time_ms);
    }
    assert_true(in_process_board.power_bound.relay_closed);
}

/* --- Starts that are disturbed --- */

struct attempt {
    struct device device;
    int result; /* of the start, unless the power failed in it */
};

static struct attempt attempt;

static void start(void *state)
{
    struct attempt *trial = state;

    trial->result = device_start(&trial->device, &in_process_running);
}

/* A service may be missing; the next start has all of them, and the erase that was due is done. */
static const char *check_start(void *state, enum fault_kind kind)
{
    struct attempt *trial = state;
    const bool service = support_faulted_in(HAL_FLASH_SEED) || support_faulted_in(HAL_FLASH_EVENTS);

    if (kind == FAULT_FLASH_ERROR && (trial->result == DEVICE_OK) != service) {
        return "the result does not fit the failure";
    }
    if (trial->result == DEVICE_OK && kind == FAULT_FLASH_ERROR && !trial->device.drbg.ready) {
        return "no random numbers although there is entropy";
    }
    in_process_power_on();
    if (device_start(&trial->device, &in_process_running) != DEVICE_OK) {
        return "the next start fails";
    }
    if (!trial->device.drbg.ready || !trial->device.events.ready) {
        return "a service is missing for good";
    }
    return support_are_defaults(&trial->device.settings.current)
               ? NULL
               : "settings are not as they were, or not erased";
}

static void sweep_start(uint32_t least)
{
    static const enum fault_kind kinds[] = {FAULT_FLASH_ERROR, FAULT_POWER_CUT};

    for (size_t i = 0; i < SUPPORT_COUNT(kinds); i++) {
        const struct support_trial trial = {.state = &attempt,
                                            .state_size = sizeof attempt,
                                            .act = start,
                                            .check = check_start,
                                            .kind = kinds[i],
                                            .erase_step = 64};

        assert_in_range(support_sweep(&trial), least, UINT32_MAX);
    }
}

static void start_may_fail_at_each_operation(void **state)
{
    (void)state;
    support_new_board();
    sweep_start(30);
}

static void start_that_goes_on_with_an_erase_may_fail_too(void **state)
{
    struct boot_state due;
    struct settings draft;

    (void)state;
    support_new_device(&attempt.device);
    draft = attempt.device.settings.current;
    draft.set_point = 222;
    assert_int_equal(settings_commit(&attempt.device.settings, &draft), SETTINGS_OK);
    due = attempt.device.boot_state.current;
    due.erase_pending = true;
    assert_int_equal(boot_state_commit(&attempt.device.boot_state, &due), BOOT_STATE_OK);
    in_process_power_on();
    sweep_start(60);
}

static void device_in_recovery_feeds_the_watchdog_and_does_not_heat(void **state)
{
    const struct boot_handover recovery = {.recovery = true};
    struct device device;

    (void)state;
    support_new_board();
    in_process_power_on();
    in_process_board.temperature = -100;
    assert_int_equal(device_start(&device, &recovery), DEVICE_OK);
    for (int turn = 0; turn < 10; turn++) {
        in_process_advance(1000);
        device_poll(&device);
        assert_int_equal(in_process_board.power_bound.watchdog_fed_ms,
                         in_process_board.power_bound.time_ms);
        assert_false(device_self_test_passed(&device));
    }
    assert_safe();
}

static void self_test_passes_while_the_sensor_is_plausible(void **state)
{
    struct device device;

    (void)state;
    support_new_device(&device);
    assert_false(device_self_test_passed(&device)); /* nothing has been measured yet */
    device_poll(&device);
    assert_true(device_self_test_passed(&device));
    in_process_board.sensor_absent = true;
    for (int turn = 0; turn < 60; turn++) {
        in_process_advance(1000);
        device_poll(&device);
    }
    assert_false(device_self_test_passed(&device));
}

static void restart_comes_when_the_answer_has_left(void **state)
{
    struct device device;

    (void)state;
    support_new_device(&device);
    in_process_advance(12345);
    assert_false(device_wants_restart(&device));
    device_restart_soon(&device);
    in_process_advance(DEVICE_RESTART_DELAY_MS - 1U);
    assert_false(device_wants_restart(&device));
    in_process_advance(1);
    assert_true(device_wants_restart(&device));
}

static void version_is_text(void **state)
{
    static const struct {
        uint32_t version;
        const char *text;
    } rows[] = {
        {0, "0.0.0"},
        {IMAGE_VERSION(1, 2, 3), "1.2.3"},
        {IMAGE_VERSION(10, 9, 100), "10.9.100"},
        {IMAGE_VERSION(0, 100, 10000), "0.100.10000"},
        {UINT32_MAX, "255.255.65535"},
    };
    struct device device;

    (void)state;
    support_new_device(&device);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        char text[DEVICE_VERSION_SIZE];

        device.running.image.version = rows[i].version;
        device_version(&device, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void errors_have_texts(void **state)
{
    static const int device_codes[] = {DEVICE_OK, DEVICE_ERROR_FACTORY, DEVICE_ERROR_STORAGE};
    static const int factory_codes[] = {FACTORY_OK, FACTORY_ERROR_FLASH, FACTORY_ERROR_INVALID};
    static const int hal_codes[] = {HAL_OK, HAL_ERROR_RANGE, HAL_ERROR_FLASH, HAL_ERROR_BUS,
                                    HAL_ERROR_ENTROPY};

    (void)state;
    support_check_texts(device_strerror, device_codes, SUPPORT_COUNT(device_codes));
    support_check_texts(factory_strerror, factory_codes, SUPPORT_COUNT(factory_codes));
    support_check_texts(hal_strerror, hal_codes, SUPPORT_COUNT(hal_codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(provisioned_device_starts_with_defaults),
        cmocka_unit_test(start_writes_seed_and_event_only),
        cmocka_unit_test(start_does_not_depend_on_what_memory_held),
        cmocka_unit_test(device_without_a_factory_page_does_not_run),
        cmocka_unit_test(each_flipped_bit_of_the_factory_page_body_is_noticed),
        cmocka_unit_test(factory_page_is_loaded_as_it_was_encoded),
        cmocka_unit_test(each_failed_read_fails_the_start_or_one_service),
        cmocka_unit_test(garbage_in_flash_gives_a_device_that_runs),
        cmocka_unit_test(each_turn_feeds_the_watchdog_and_runs_the_control_loop),
        cmocka_unit_test(start_may_fail_at_each_operation),
        cmocka_unit_test(start_that_goes_on_with_an_erase_may_fail_too),
        cmocka_unit_test(device_in_recovery_feeds_the_watchdog_and_does_not_heat),
        cmocka_unit_test(self_test_passes_while_the_sensor_is_plausible),
        cmocka_unit_test(restart_comes_when_the_answer_has_left),
        cmocka_unit_test(version_is_text),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
