/* event_log.h while flash operations fail or the power does, each in turn and in every way. */
#include "support.h"

#include "event_log.h"

#include <string.h>

#define PER_SECTOR (FLASH_SECTOR_SIZE / 40U)
#define LOOK_BACK  10U /* events that are looked at again after each fault */

/* A log with `count` events, each of a user that its number gives away, and one more to be added. */
struct adding {
    struct event_log log;
    uint32_t count;
    uint32_t doubtful; /* number of the one more: it may be missing */
    int result;        /* of the one more, unless the power failed in it */
};

static struct event_user user_of(uint32_t number)
{
    const struct event_user user = {.interface = EVENT_FROM_TCP,
                                    .address = {10, 0, (uint8_t)(number >> 8), (uint8_t)number}};

    return user;
}

static int add_numbered(struct event_log *log, uint32_t number)
{
    const struct event_user user = user_of(number);

    return event_log_add(log, EVENT_LOGIN_FAILED, number, &user);
}

static void prepare(struct adding *adding, uint32_t count)
{
    memset(adding, 0, sizeof *adding);
    support_new_board();
    assert_int_equal(event_log_start(&adding->log), EVENT_LOG_OK);
    for (adding->count = 0; adding->count < count; adding->count++) {
        assert_int_equal(add_numbered(&adding->log, adding->count + 1U), EVENT_LOG_OK);
    }
    adding->doubtful = count + 1U;
}

static void add_one_more(void *state)
{
    struct adding *adding = state;

    adding->result = add_numbered(&adding->log, adding->count + 1U);
}

/* Whether `number` may come next after `after`: only the doubtful one may be left out. */
static bool follows(const struct adding *adding, uint32_t number, uint32_t after)
{
    return number == after + 1U || (after + 1U == adding->doubtful && number == after + 2U);
}

/* What is wrong with the last events that the log holds, at most up to `highest`; `*newest` is the
 * number of the last one. */
static const char *examine(const struct event_log *log, const struct adding *adding,
                           uint32_t highest, uint32_t *newest)
{
    const uint32_t first = highest > LOOK_BACK ? highest - LOOK_BACK : 0;
    struct event event = {.number = 0};

    *newest = first;
    while (event_log_next(log, *newest, &event) == EVENT_LOG_OK) {
        const struct event_user user = user_of(event.detail);

        if (!follows(adding, event.number, *newest) || event.number > highest) {
            return "an older event is gone, or one is made up";
        }
        if (event.user.interface != EVENT_FROM_NOBODY &&
            memcmp(event.user.address, user.address, sizeof user.address) != 0) {
            return "a user is attributed to another event";
        }
        *newest = event.number;
    }
    return NULL;
}

/* Restarts; then the old events are there, and further ones come after them. */
static const char *check_goes_on(void *state, enum fault_kind kind)
{
    const struct adding *adding = state;
    struct event_log log;
    const char *wrong;
    uint32_t newest;
    uint32_t last;

    (void)kind;
    in_process_power_on();
    if (event_log_start(&log) != EVENT_LOG_OK) {
        return "does not start";
    }
    wrong = examine(&log, adding, adding->count + 1U, &newest);
    if (wrong != NULL || newest < adding->count) {
        return wrong != NULL ? wrong : "a confirmed event is gone";
    }
    last = event_log_newest(&log);
    if (add_numbered(&log, adding->count + 2U) != EVENT_LOG_OK) {
        return "no further event can be added";
    }
    in_process_power_on();
    if (event_log_start(&log) != EVENT_LOG_OK || event_log_newest(&log) != last + 1U) {
        return "the further event is not found";
    }
    return examine(&log, adding, adding->count + 2U, &newest);
}

static const char *check_failure(void *state, enum fault_kind kind)
{
    struct adding *adding = state;
    uint32_t newest;
    const char *wrong;

    if (adding->result != EVENT_LOG_ERROR_STORAGE) {
        return "the failure was not reported";
    }
    wrong = examine(&adding->log, adding, adding->count + 1U, &newest);
    if (wrong != NULL) {
        return wrong;
    }
    /* The log in memory goes on as well, with the next number. */
    if (event_log_newest(&adding->log) != adding->count + 1U ||
        add_numbered(&adding->log, adding->count + 2U) != EVENT_LOG_OK) {
        return "the log does not go on";
    }
    adding->count += 2U;
    return check_goes_on(state, kind);
}

static void sweep(enum fault_kind kind, const char *(*check)(void *state, enum fault_kind kind))
{
    static const uint32_t counts[] = {0, 1, PER_SECTOR - 1U, PER_SECTOR, 2U * PER_SECTOR};
    struct adding adding;
    const struct support_trial trial = {.state = &adding,
                                        .state_size = sizeof adding,
                                        .act = add_one_more,
                                        .check = check,
                                        .kind = kind,
                                        .erase_step = 16};

    for (size_t i = 0; i < SUPPORT_COUNT(counts); i++) {
        prepare(&adding, counts[i]);
        (void)support_sweep(&trial);
    }
}

static void power_cut_costs_the_newest_event_at_most(void **state)
{
    (void)state;
    sweep(FAULT_POWER_CUT, check_goes_on);
}

static void flash_failure_is_reported_and_costs_one_event_at_most(void **state)
{
    (void)state;
    sweep(FAULT_FLASH_ERROR, check_failure);
}

/* An event that flash refused, another one added, a restart: the first one's number is not given to
 * a user or to an event again. */
static void number_of_a_refused_event_is_used_up(void **state)
{
    const struct fault refused = {.kind = FAULT_FLASH_ERROR, .moment = FAULT_BEFORE};
    struct adding adding;
    struct event event;

    (void)state;
    prepare(&adding, 3);
    flash_model_arm(&in_process_board.flash, refused);
    add_one_more(&adding);
    assert_int_equal(adding.result, EVENT_LOG_ERROR_STORAGE);
    assert_int_equal(event_log_add(&adding.log, EVENT_RESET, 0, NULL), EVENT_LOG_OK);
    in_process_power_on();
    assert_int_equal(event_log_start(&adding.log), EVENT_LOG_OK);
    assert_int_equal(event_log_next(&adding.log, 3, &event), EVENT_LOG_OK);
    assert_int_equal(event.number, 5);
    assert_int_equal(event.user.interface, EVENT_FROM_NOBODY);
}

/* Which numbers are taken is not known then, so none is given. */
static void nothing_is_added_to_a_log_that_could_not_be_read(void **state)
{
    struct adding adding;
    uint32_t read = 0;

    (void)state;
    for (;; read += 7U) {
        prepare(&adding, 3);
        support_fail_read(read);
        if (event_log_start(&adding.log) == EVENT_LOG_OK) {
            assert_false(support_read_failed());
            break;
        }
        support_watch_flash();
        assert_int_equal(add_numbered(&adding.log, 9), EVENT_LOG_ERROR_STORAGE);
        assert_int_equal(support_flash.count, 0);
    }
    assert_in_range(read, 100, 5000);
}

static void unreadable_event_is_an_error_and_no_end(void **state)
{
    struct adding adding;
    struct event event;
    uint32_t read = 0;

    (void)state;
    prepare(&adding, 3);
    for (;; read++) {
        support_fail_read(read);
        if (event_log_next(&adding.log, 2, &event) == EVENT_LOG_OK) {
            assert_false(support_read_failed());
            break;
        }
        assert_int_equal(event_log_next(&adding.log, 2, &event), EVENT_LOG_OK);
        support_fail_read(read);
        assert_int_equal(event_log_next(&adding.log, 2, &event), EVENT_LOG_ERROR_STORAGE);
    }
    assert_in_range(read, 4U * PER_SECTOR, 8U * PER_SECTOR);
    support_fail_read(UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_cut_costs_the_newest_event_at_most),
        cmocka_unit_test(flash_failure_is_reported_and_costs_one_event_at_most),
        cmocka_unit_test(number_of_a_refused_event_is_used_up),
        cmocka_unit_test(nothing_is_added_to_a_log_that_could_not_be_read),
        cmocka_unit_test(unreadable_event_is_an_error_and_no_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
