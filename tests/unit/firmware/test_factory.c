/* factory.h: the life cycle in its fuses. The body of the page: test_device.c. */
#include "support.h"

#include "factory.h"

#include <string.h>

static uint8_t *page_bytes(void)
{
    return in_process_change_flash(flash_model_geometry(HAL_FLASH_FACTORY).offset,
                                   FACTORY_PAGE_SIZE);
}

static void make_board(enum factory_life_cycle life_cycle)
{
    struct factory_page page = *support_page();

    page.life_cycle = life_cycle;
    in_process_manufacture(&page);
    support_watch_flash();
    support_fail_read(UINT32_MAX);
}

static enum factory_life_cycle life_cycle(void)
{
    enum factory_life_cycle fuses;
    struct factory_page page;

    assert_int_equal(factory_life_cycle(&fuses), FACTORY_OK);
    assert_int_equal(factory_load(&page), FACTORY_OK);
    assert_int_equal(page.life_cycle, fuses);
    return fuses;
}

static void encoded_life_cycle_is_read(void **state)
{
    static const enum factory_life_cycle all[] = {FACTORY_LIFE_OPEN, FACTORY_LIFE_CLOSED,
                                                  FACTORY_LIFE_DECOMMISSIONED};

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(all); i++) {
        make_board(all[i]);
        assert_int_equal(life_cycle(), all[i]);
    }
}

static void page_that_says_nothing_makes_a_closed_device(void **state)
{
    const struct factory_page page = {.device_id = {1}};

    (void)state;
    in_process_manufacture(&page);
    assert_int_equal(life_cycle(), FACTORY_LIFE_CLOSED);
}

/* Any bit does it, and none brings a device back. */
static void each_bit_of_a_fuse_blows_it(void **state)
{
    (void)state;
    for (size_t bit = 0; bit < 8U * FACTORY_FUSE_SIZE; bit++) {
        make_board(FACTORY_LIFE_OPEN);
        page_bytes()[FACTORY_FUSE_CLOSED + bit / 8U] ^= (uint8_t)(1U << (bit % 8U));
        assert_int_equal(life_cycle(), FACTORY_LIFE_CLOSED);
        page_bytes()[FACTORY_FUSE_DECOMMISSIONED + bit / 8U] ^= (uint8_t)(1U << (bit % 8U));
        assert_int_equal(life_cycle(), FACTORY_LIFE_DECOMMISSIONED);
        make_board(FACTORY_LIFE_OPEN);
        page_bytes()[FACTORY_FUSE_DECOMMISSIONED + bit / 8U] ^= (uint8_t)(1U << (bit % 8U));
        assert_int_equal(life_cycle(), FACTORY_LIFE_DECOMMISSIONED);
    }
}

/* What has not been blown lies in program units of its own that are still blank. */
static void fuses_can_be_blown_in_turn(void **state)
{
    static const uint32_t fuses[] = {FACTORY_FUSE_CLOSED, FACTORY_FUSE_DECOMMISSIONED};
    static const enum factory_life_cycle after[] = {FACTORY_LIFE_CLOSED,
                                                    FACTORY_LIFE_DECOMMISSIONED};
    const uint32_t at = flash_model_geometry(HAL_FLASH_FACTORY).offset;
    uint8_t unit[FLASH_PROGRAM_UNIT];

    (void)state;
    make_board(FACTORY_LIFE_OPEN);
    memset(unit, FLASH_ERASED, sizeof unit);
    memset(unit, 0, FACTORY_FUSE_SIZE);
    for (size_t i = 0; i < SUPPORT_COUNT(fuses); i++) {
        assert_int_equal(hal_flash_program(at + fuses[i], unit, sizeof unit), HAL_OK);
        assert_int_equal(life_cycle(), after[i]);
    }
}

/* A fuse whose programming was cut short: half of the bits are enough. */
static void torn_fuse_is_blown(void **state)
{
    const struct fault torn = {.kind = FAULT_FLASH_ERROR, .moment = FAULT_TORN};
    const uint32_t at = flash_model_geometry(HAL_FLASH_FACTORY).offset;
    const uint8_t unit[FLASH_PROGRAM_UNIT] = {0};

    (void)state;
    make_board(FACTORY_LIFE_OPEN);
    flash_model_arm(&in_process_board.flash, torn);
    assert_int_equal(hal_flash_program(at + FACTORY_FUSE_CLOSED, unit, sizeof unit),
                     HAL_ERROR_FLASH);
    assert_int_equal(life_cycle(), FACTORY_LIFE_CLOSED);
}

static void unreadable_fuses_allow_least(void **state)
{
    enum factory_life_cycle fuses = FACTORY_LIFE_OPEN;

    (void)state;
    make_board(FACTORY_LIFE_OPEN);
    support_fail_read(0);
    assert_int_equal(factory_life_cycle(&fuses), FACTORY_ERROR_FLASH);
    assert_int_equal(fuses, FACTORY_LIFE_DECOMMISSIONED);
}

/* The silicon's own view, on the board that stands in for it. */
static void silicon_leaves_debug_open_in_the_factory_only(void **state)
{
    (void)state;
    make_board(FACTORY_LIFE_OPEN);
    assert_true(in_process_board.power_bound.debug_open);
    page_bytes()[FACTORY_FUSE_CLOSED] = 0;
    assert_true(in_process_board.power_bound.debug_open);
    in_process_reset(HAL_RESET_SOFTWARE);
    assert_false(in_process_board.power_bound.debug_open);
    make_board(FACTORY_LIFE_DECOMMISSIONED);
    assert_false(in_process_board.power_bound.debug_open);
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {FACTORY_OK, FACTORY_ERROR_FLASH, FACTORY_ERROR_INVALID};

    (void)state;
    support_check_texts(factory_strerror, codes, SUPPORT_COUNT(codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoded_life_cycle_is_read),
        cmocka_unit_test(page_that_says_nothing_makes_a_closed_device),
        cmocka_unit_test(each_bit_of_a_fuse_blows_it),
        cmocka_unit_test(fuses_can_be_blown_in_turn),
        cmocka_unit_test(torn_fuse_is_blown),
        cmocka_unit_test(unreadable_fuses_allow_least),
        cmocka_unit_test(silicon_leaves_debug_open_in_the_factory_only),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
