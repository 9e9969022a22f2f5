/* erase.h: nothing of the user remains, all else does; with every flash operation failed in turn. */
#include "support.h"

#include "erase.h"
#include "event_log.h"
#include "settings_store.h"

#include <string.h>

#define CANARY "canaryroom"

static const enum hal_flash_area user_areas[] = {HAL_FLASH_SETTINGS, HAL_FLASH_EVENT_USERS};

static bool is_blank(enum hal_flash_area area)
{
    const struct hal_flash_geometry geometry = flash_model_geometry(area);

    for (uint32_t i = 0; i < geometry.size; i++) {
        if (in_process_flash()[geometry.offset + i] != FLASH_ERASED) {
            return false;
        }
    }
    return true;
}

static bool user_data_is_gone(void)
{
    for (size_t i = 0; i < SUPPORT_COUNT(user_areas); i++) {
        if (!is_blank(user_areas[i])) {
            return false;
        }
    }
    return true;
}

/* The areas that an erase must not touch, and the factory page among them. */
static void copy_of_the_rest(uint8_t *copy)
{
    memcpy(copy, in_process_flash(), FLASH_SIZE);
    for (enum hal_flash_area area = 0; area < HAL_FLASH_AREA_COUNT; area++) {
        const struct hal_flash_geometry geometry = flash_model_geometry(area);

        if (area == HAL_FLASH_BOOT_STATE || area == user_areas[0] || area == user_areas[1]) {
            memset(copy + geometry.offset, 0, geometry.size);
        }
    }
}

/* A device in use: state of its own, settings, failed log-ins, events of users. */
static void prepare(struct boot_state_store *state)
{
    static const struct event_user user = {.interface = EVENT_FROM_TCP, .address = {1, 2, 3, 4}};
    struct settings_store settings;
    struct settings draft;
    struct access access;
    struct event_log log;
    struct boot_state next = {.active = IMAGE_SLOT_B, .security_counter = 7, .unlock_epoch = 3};

    support_new_board();
    assert_int_equal(boot_state_start(state), BOOT_STATE_OK);
    assert_int_equal(boot_state_commit(state, &next), BOOT_STATE_OK);
    assert_int_equal(settings_start(&settings), SETTINGS_OK);
    for (int16_t i = 0; i < 40; i++) { /* into the second sector */
        draft = settings.current;
        draft.set_point = (int16_t)(100 + i);
        memcpy(draft.name, CANARY, sizeof CANARY - 1U);
        draft.telemetry_consent = true;
        draft.has_password = true;
        draft.password = support_page()->initial_password;
        assert_int_equal(settings_commit(&settings, &draft), SETTINGS_OK);
    }
    assert_int_equal(access_start(&access), ACCESS_OK);
    assert_int_equal(access_begin_attempt(&access), ACCESS_OK);
    assert_int_equal(event_log_start(&log), EVENT_LOG_OK);
    for (uint32_t i = 0; i < 120; i++) {
        assert_int_equal(event_log_add(&log, EVENT_LOGIN_FAILED, i, &user), EVENT_LOG_OK);
    }
}

/* NULL if an erased device has its defaults and what must stay; else what is wrong. */
static const char *examine_erased(void)
{
    struct boot_state_store state;
    struct settings_store settings;
    struct access access;
    struct event_log log;

    if (!user_data_is_gone()) {
        return "something of the user remains";
    }
    if (boot_state_start(&state) != BOOT_STATE_OK || settings_start(&settings) != SETTINGS_OK ||
        access_start(&access) != ACCESS_OK || event_log_start(&log) != EVENT_LOG_OK) {
        return "does not start";
    }
    if (state.current.erase_pending || state.current.active != IMAGE_SLOT_B ||
        state.current.security_counter != 7 || state.current.unlock_epoch != 3) {
        return "boot state is not what it was";
    }
    if (settings.current.has_password || settings.current.name[0] != '\0' ||
        settings.current.telemetry_consent) {
        return "settings are not the defaults";
    }
    if (access.failures != 1 || event_log_newest(&log) != 120) {
        return "attempts or events are not what they were";
    }
    return NULL;
}

static void erase_takes_the_users_data_and_nothing_else(void **state)
{
    static uint8_t before[FLASH_SIZE];
    static uint8_t after[FLASH_SIZE];
    struct boot_state_store store;
    struct event_log log;
    struct event event;

    (void)state;
    prepare(&store);
    copy_of_the_rest(before);
    assert_false(user_data_is_gone());
    assert_int_equal(erase_user_data(&store), ERASE_OK);
    assert_null(examine_erased());
    copy_of_the_rest(after);
    assert_memory_equal(after, before, sizeof after);
    assert_int_equal(event_log_start(&log), EVENT_LOG_OK);
    assert_int_equal(event_log_next(&log, 119, &event), EVENT_LOG_OK);
    assert_int_equal(event.user.interface, EVENT_FROM_NOBODY);
}

/* The mark is the first write and the last; in between every sector, blank or not. */
static void order_of_the_writes(void **state)
{
    const struct hal_flash_geometry boot = flash_model_geometry(HAL_FLASH_BOOT_STATE);
    struct boot_state_store store;
    uint32_t erases = 0;

    (void)state;
    for (int round = 0; round < 2; round++) {
        if (round == 0) {
            prepare(&store);
        }
        erases = 0;
        support_watch_flash();
        assert_int_equal(erase_user_data(&store), ERASE_OK);
        assert_int_equal(support_flash.count, 8); /* mark: 2 programs; 4 sectors; mark */
        for (uint32_t i = 0; i < support_flash.count; i++) {
            const struct support_operation *operation = &support_flash.operations[i];
            const bool is_mark = operation->offset - boot.offset < boot.size;

            assert_int_equal(operation->erase, !is_mark);
            assert_int_equal(is_mark, i < 2 || i >= 6);
            erases += operation->erase ? 1U : 0U;
        }
        assert_int_equal(erases, 4);
    }
}

static void nothing_is_resumed_that_was_not_begun(void **state)
{
    struct boot_state_store store;

    (void)state;
    prepare(&store);
    support_watch_flash();
    assert_int_equal(erase_resume(&store), ERASE_OK);
    assert_int_equal(support_flash.count, 0);
    assert_false(user_data_is_gone());
}

/* An erase that may be interrupted. */
struct erasing {
    struct boot_state_store store;
    int result;
};

static void erase(void *state)
{
    struct erasing *erasing = state;

    erasing->result = erase_user_data(&erasing->store);
}

static void resume(void *state)
{
    struct erasing *erasing = state;

    erasing->result = boot_state_start(&erasing->store) == BOOT_STATE_OK
                          ? erase_resume(&erasing->store)
                          : ERASE_ERROR_STORAGE;
}

/* True if nothing of the user's areas has changed: the erase never began. */
static bool untouched(const struct boot_state_store *state)
{
    struct settings_store settings;

    return !state->current.erase_pending && settings_start(&settings) == SETTINGS_OK &&
           settings.current.set_point == 139 && settings.current.has_password;
}

/* After a fault and a restart: untouched, or all done once the erase has been resumed. */
static const char *check_done_or_not_begun(void *state, enum fault_kind kind)
{
    const struct erasing *erasing = state;
    struct boot_state_store store;

    if (kind == FAULT_FLASH_ERROR && erasing->result != ERASE_ERROR_STORAGE) {
        return "the failure was not reported";
    }
    in_process_power_on();
    if (boot_state_start(&store) != BOOT_STATE_OK) {
        return "does not start";
    }
    if (untouched(&store)) {
        return NULL;
    }
    if (!store.current.erase_pending && !user_data_is_gone()) {
        return "unfinished, and not marked";
    }
    if (erase_resume(&store) != ERASE_OK) {
        return "cannot be resumed";
    }
    return examine_erased();
}

static void sweep(void (*act)(void *state), struct erasing *erasing)
{
    static const enum fault_kind kinds[] = {FAULT_POWER_CUT, FAULT_FLASH_ERROR};

    for (size_t i = 0; i < SUPPORT_COUNT(kinds); i++) {
        const struct support_trial trial = {.state = erasing,
                                            .state_size = sizeof *erasing,
                                            .act = act,
                                            .check = check_done_or_not_begun,
                                            .kind = kinds[i],
                                            .erase_step = 64};

        (void)support_sweep(&trial);
    }
}

static void interrupted_erase_is_done_after_the_restart_or_was_never_begun(void **state)
{
    struct erasing erasing = {.result = ERASE_OK};

    (void)state;
    prepare(&erasing.store);
    sweep(erase, &erasing);
}

/* From each place at which the first erase may have been cut, cuts of the one that goes on. */
static void interrupted_resume_is_resumed(void **state)
{
    (void)state;
    for (uint32_t operation = 2; operation < 8; operation++) {
        const struct fault cut = {.kind = FAULT_POWER_CUT,
                                  .moment = FAULT_TORN,
                                  .operation = operation,
                                  .units = operation < 6 ? 100 : 0};
        struct erasing erasing = {.result = ERASE_OK};

        prepare(&erasing.store);
        flash_model_arm(&in_process_board.flash, cut);
        assert_true(support_until_power_cut(erase, &erasing));
        if (operation < 7) { /* cut in the last mark, it counts, and nothing is left to do */
            sweep(resume, &erasing);
        }
    }
}

/* What a broken sector keeps, the others do not. */
static void failed_sector_does_not_save_the_others(void **state)
{
    const struct fault failed = {.kind = FAULT_FLASH_ERROR, .moment = FAULT_BEFORE, .operation = 2};
    struct boot_state_store store;

    (void)state;
    prepare(&store);
    flash_model_arm(&in_process_board.flash, failed);
    assert_int_equal(erase_user_data(&store), ERASE_ERROR_STORAGE);
    assert_true(store.current.erase_pending);
    assert_true(is_blank(HAL_FLASH_EVENT_USERS));
    assert_false(is_blank(HAL_FLASH_SETTINGS));
    assert_int_equal(erase_user_data(&store), ERASE_OK);
    assert_null(examine_erased());
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {ERASE_OK, ERASE_ERROR_STORAGE};

    (void)state;
    support_check_texts(erase_strerror, codes, SUPPORT_COUNT(codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(erase_takes_the_users_data_and_nothing_else),
        cmocka_unit_test(order_of_the_writes),
        cmocka_unit_test(nothing_is_resumed_that_was_not_begun),
        cmocka_unit_test(interrupted_erase_is_done_after_the_restart_or_was_never_begun),
        cmocka_unit_test(interrupted_resume_is_resumed),
        cmocka_unit_test(failed_sector_does_not_save_the_others),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
