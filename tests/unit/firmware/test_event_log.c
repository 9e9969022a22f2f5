/* event_log.h while flash works: numbers, order, users, rings, erases, garbage. */
#include "support.h"

#include "event_log.h"

#include <string.h>

/* Events that are kept whatever happens: all sectors but one, in slots of 40 bytes. */
#define KEPT_AT_LEAST (FLASH_SECTOR_SIZE / 40U)

static const struct event_user on_bus = {.interface = EVENT_FROM_RTU};
static const struct event_user on_network = {.interface = EVENT_FROM_TCP,
                                             .address = {192, 0, 2, 17}};

static uint8_t *area_bytes(enum hal_flash_area area)
{
    const struct hal_flash_geometry geometry = flash_model_geometry(area);

    return in_process_change_flash(geometry.offset, geometry.size);
}

static void restart(struct event_log *log)
{
    in_process_power_on();
    assert_int_equal(event_log_start(log), EVENT_LOG_OK);
}

static void new_log(struct event_log *log)
{
    support_new_board();
    restart(log);
}

static void add(struct event_log *log, uint32_t detail, const struct event_user *user)
{
    assert_int_equal(event_log_add(log, EVENT_LOGIN_FAILED, detail, user), EVENT_LOG_OK);
}

/* The event after `after`; fails the test if there is none. */
static struct event next(const struct event_log *log, uint32_t after)
{
    struct event event;

    assert_int_equal(event_log_next(log, after, &event), EVENT_LOG_OK);
    return event;
}

static void assert_end(const struct event_log *log, uint32_t after)
{
    struct event event;

    assert_int_equal(event_log_next(log, after, &event), EVENT_LOG_END);
}

static void assert_user(const struct event *event, const struct event_user *user)
{
    assert_int_equal(event->user.interface, user->interface);
    assert_memory_equal(event->user.address, user->address, sizeof user->address);
}

static void event_is_read_as_it_was_added(void **state)
{
    struct event_log log;
    struct event event;

    (void)state;
    new_log(&log);
    assert_int_equal(event_log_newest(&log), 0);
    assert_end(&log, 0);
    in_process_advance(7999);
    assert_int_equal(event_log_add(&log, EVENT_UNLOCKED, 0xFEDCBA98U, &on_network), EVENT_LOG_OK);
    for (int i = 0; i < 2; i++) {
        event = next(&log, 0);
        assert_int_equal(event.number, 1);
        assert_int_equal(event.type, EVENT_UNLOCKED);
        assert_int_equal(event.detail, 0xFEDCBA98U);
        assert_int_equal(event.uptime_s, 7);
        assert_user(&event, &on_network);
        assert_end(&log, 1);
        restart(&log);
        assert_int_equal(event_log_newest(&log), 1);
    }
}

static void users_stay_with_their_events(void **state)
{
    static const struct event_user nobody = {.interface = EVENT_FROM_NOBODY};
    const struct event_user *users[] = {&on_bus, NULL, &on_network, &nobody, &on_bus};
    struct event_log log;

    (void)state;
    new_log(&log);
    for (uint32_t i = 0; i < SUPPORT_COUNT(users); i++) {
        add(&log, i, users[i]);
    }
    restart(&log);
    for (uint32_t i = 0; i < SUPPORT_COUNT(users); i++) {
        const struct event event = next(&log, i);

        assert_int_equal(event.detail, i);
        assert_user(&event, users[i] != NULL ? users[i] : &nobody);
    }
}

/* Many times round both rings, with restarts in between: the newest are all there, in order. */
static void newest_events_are_kept(void **state)
{
    struct event_log log;
    uint32_t number = 0;

    (void)state;
    new_log(&log);
    for (uint32_t i = 1; i <= 1000; i++) {
        add(&log, i, i % 3U == 0 ? &on_network : NULL);
        if (i % 97U == 0) {
            restart(&log);
        }
    }
    while (number < 1000) {
        const struct event event = next(&log, number);

        assert_true(number == 0 || event.number == number + 1U);
        assert_true(number != 0 || event.number <= 1001U - KEPT_AT_LEAST);
        number = event.number;
        assert_int_equal(event.detail, number);
        assert_int_equal(event.user.interface, number % 3U == 0 ? EVENT_FROM_TCP : 0);
    }
    assert_end(&log, number);
}

/* Without users, with numbers going on. */
static void erased_users_leave_the_events(void **state)
{
    struct event_log log;
    struct event event;

    (void)state;
    new_log(&log);
    for (uint32_t i = 1; i <= 10; i++) {
        add(&log, i, &on_network);
    }
    memset(area_bytes(HAL_FLASH_EVENT_USERS), FLASH_ERASED, 2U * (size_t)FLASH_SECTOR_SIZE);
    assert_int_equal(event_log_start(&log), EVENT_LOG_OK);
    assert_int_equal(event_log_newest(&log), 10);
    add(&log, 11, &on_bus);
    for (uint32_t i = 0; i < 11; i++) {
        event = next(&log, i);
        assert_int_equal(event.detail, i + 1U);
        assert_int_equal(event.user.interface, i == 10 ? EVENT_FROM_RTU : EVENT_FROM_NOBODY);
    }
}

/* Were the events lost, the users of old ones must not get new ones. */
static void lost_events_do_not_free_their_numbers(void **state)
{
    struct event_log log;
    struct event event;

    (void)state;
    new_log(&log);
    for (uint32_t i = 1; i <= 10; i++) {
        add(&log, i, &on_network);
    }
    memset(area_bytes(HAL_FLASH_EVENTS), FLASH_ERASED, 2U * (size_t)FLASH_SECTOR_SIZE);
    restart(&log);
    assert_end(&log, 0);
    add(&log, 99, NULL);
    event = next(&log, 0);
    assert_int_equal(event.number, 11);
    assert_int_equal(event.user.interface, EVENT_FROM_NOBODY);
}

static void garbage_is_no_event(void **state)
{
    static const enum hal_flash_area areas[] = {HAL_FLASH_EVENTS, HAL_FLASH_EVENT_USERS};
    struct event_log log;
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 60; round++) {
        support_new_board();
        for (size_t i = 0; i < SUPPORT_COUNT(areas); i++) {
            uint8_t *bytes = area_bytes(areas[i]);

            for (size_t at = 0; at < 2U * (size_t)FLASH_SECTOR_SIZE; at++) {
                bytes[at] = round < 20 ? (uint8_t)(round * 13) : (uint8_t)support_random(&seed);
            }
        }
        restart(&log);
        assert_end(&log, 0);
        add(&log, 5, &on_bus);
        restart(&log);
        assert_int_equal(next(&log, 0).user.interface, EVENT_FROM_RTU);
    }
}

/* Puts an event record into an area as if it had always been there. */
static void place(struct record_log *log, uint32_t number, uint16_t type, uint32_t detail)
{
    const uint8_t record[16] = {
        [0] = (uint8_t)number,         [1] = (uint8_t)(number >> 8), [2] = (uint8_t)(number >> 16),
        [3] = (uint8_t)(number >> 24), [4] = (uint8_t)type,          [8] = (uint8_t)detail};

    assert_int_equal(record_log_append(log, record), RECORD_LOG_OK);
}

static void repeated_and_impossible_numbers_are_read_once_and_never(void **state)
{
    struct event_log log;
    struct event event;

    (void)state;
    new_log(&log);
    place(&log.events, 7, EVENT_RESET, 1);
    place(&log.events, 0, EVENT_RESET, 2);
    place(&log.events, 0x80000000U, EVENT_RESET, 3);
    place(&log.events, 7, EVENT_RESET, 4);
    place(&log.events, 5, EVENT_RESET, 5);
    restart(&log);
    assert_int_equal(event_log_newest(&log), 7);
    assert_int_equal(next(&log, 0).number, 5);
    event = next(&log, 5);
    assert_int_equal(event.number, 7);
    assert_int_equal(event.detail, 4);
    assert_end(&log, 7);
}

static void last_number_is_the_end(void **state)
{
    struct event_log log;

    (void)state;
    new_log(&log);
    place(&log.events, 0x7FFFFFFEU, EVENT_RESET, 1);
    restart(&log);
    add(&log, 2, &on_bus);
    assert_int_equal(event_log_newest(&log), 0x7FFFFFFFU);
    assert_int_equal(event_log_add(&log, EVENT_RESET, 3, NULL), EVENT_LOG_ERROR_STORAGE);
    restart(&log);
    assert_int_equal(event_log_add(&log, EVENT_RESET, 3, NULL), EVENT_LOG_ERROR_STORAGE);
    assert_end(&log, 0x7FFFFFFFU);
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {EVENT_LOG_OK, EVENT_LOG_END, EVENT_LOG_ERROR_STORAGE};

    (void)state;
    support_check_texts(event_log_strerror, codes, SUPPORT_COUNT(codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event_is_read_as_it_was_added),
        cmocka_unit_test(users_stay_with_their_events),
        cmocka_unit_test(newest_events_are_kept),
        cmocka_unit_test(erased_users_leave_the_events),
        cmocka_unit_test(lost_events_do_not_free_their_numbers),
        cmocka_unit_test(garbage_is_no_event),
        cmocka_unit_test(repeated_and_impossible_numbers_are_read_once_and_never),
        cmocka_unit_test(last_number_is_the_end),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
