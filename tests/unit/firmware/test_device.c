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
    support_new_device(&device);
    settings_defaults(&defaults);
    assert_memory_equal(&device.factory, support_page(), sizeof device.factory);
    assert_int_equal(device.settings.current.set_point, defaults.set_point);
    assert_false(device.settings.current.has_password);
    assert_int_equal(access_wait_ms(&device.access), 0);
    assert_int_equal(device.mailbox.state, MAILBOX_IDLE);
    assert_int_equal(support_flash.count, 0);
    assert_safe();
}

static void start_does_not_depend_on_what_memory_held(void **state)
{
    static const int fillings[] = {0x00, 0xFF, 0x5A};
    struct device devices[SUPPORT_COUNT(fillings)];

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(fillings); i++) {
        memset(&devices[i], fillings[i], sizeof devices[i]);
        support_new_device(&devices[i]);
        assert_memory_equal(&devices[i], &devices[0], sizeof devices[i]);
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
        assert_int_equal(device_start(&device), DEVICE_ERROR_FACTORY);
        assert_non_null(strstr(in_process_board.last_line, "factory page"));
        assert_int_equal(support_flash.count, 0);
        assert_safe();
    }
}

static void each_flipped_bit_of_the_factory_page_is_noticed(void **state)
{
    struct factory_page page;
    struct factory_page before;

    (void)state;
    memset(&page, 0xA5, sizeof page);
    before = page;
    for (size_t bit = 0; bit < 8U * FACTORY_PAGE_SIZE; bit++) {
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

/* Read 0 is the factory page; the others are of settings and attempts. */
static void each_failed_read_fails_the_start(void **state)
{
    struct device device;
    uint32_t read = 0;

    (void)state;
    for (;; read++) {
        int result;

        support_new_board();
        support_fail_read(read);
        result = device_start(&device);
        if (!support_read_failed()) {
            assert_int_equal(result, DEVICE_OK);
            break;
        }
        assert_int_equal(result, read == 0 ? DEVICE_ERROR_FACTORY : DEVICE_ERROR_STORAGE);
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
        cmocka_unit_test(start_does_not_depend_on_what_memory_held),
        cmocka_unit_test(device_without_a_factory_page_does_not_run),
        cmocka_unit_test(each_flipped_bit_of_the_factory_page_is_noticed),
        cmocka_unit_test(factory_page_is_loaded_as_it_was_encoded),
        cmocka_unit_test(each_failed_read_fails_the_start),
        cmocka_unit_test(garbage_in_flash_gives_a_device_that_runs),
        cmocka_unit_test(each_turn_feeds_the_watchdog_and_runs_the_control_loop),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
