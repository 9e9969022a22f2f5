/* settings.h while flash operations fail or the power does: all fields are old, or all are new. */
#include "support.h"

#include "settings_codec.h"
#include "settings_store.h"

#include <string.h>

/* What a commit shares with its check. */
struct change {
    struct settings_store store;
    struct settings before;
    struct settings after;
    int result; /* of the commit, unless the power failed in it */
};

static bool same(const struct settings *left, const struct settings *right)
{
    uint8_t left_record[SETTINGS_RECORD_SIZE];
    uint8_t right_record[SETTINGS_RECORD_SIZE];

    settings_encode(left, left_record);
    settings_encode(right, right_record);
    return memcmp(left_record, right_record, sizeof left_record) == 0;
}

/* Settings that differ in several fields from those of any other number. */
static void make_numbered(struct settings *settings, unsigned number)
{
    settings_defaults(settings);
    settings->set_point = (int16_t)(100U + number);
    settings->frost_limit = (int16_t)(30U + number);
    settings->name[0] = (char)('a' + (int)number % 26);
    settings->has_password = true;
    settings->password.iterations = PASSWORD_MIN_ITERATIONS;
    memset(settings->password.key, (int)number, PASSWORD_KEY_SIZE);
}

/* A fresh board after `commits` commits, with the next one prepared. */
static void prepare(struct change *change, unsigned commits)
{
    support_new_board();
    assert_int_equal(settings_start(&change->store), SETTINGS_OK);
    for (unsigned i = 1; i <= commits; i++) {
        make_numbered(&change->before, i);
        assert_int_equal(settings_commit(&change->store, &change->before), SETTINGS_OK);
    }
    change->before = change->store.current;
    make_numbered(&change->after, commits + 1U);
    change->result = SETTINGS_OK;
}

static void commit_change(void *state)
{
    struct change *change = state;

    change->result = settings_commit(&change->store, &change->after);
}

/* True if a restart finds `expected` and another change can be made. */
static bool restarts_with(const struct settings *expected)
{
    struct settings_store store;
    struct settings next;

    in_process_power_on();
    if (settings_start(&store) != SETTINGS_OK || !same(&store.current, expected)) {
        return false;
    }
    make_numbered(&next, 70);
    return settings_commit(&store, &next) == SETTINGS_OK && same(&store.current, &next);
}

static const char *check_power_cut(void *state, enum fault_kind kind)
{
    const struct change *change = state;
    struct settings_store store;

    (void)kind;
    if (settings_start(&store) != SETTINGS_OK) {
        return "does not start";
    }
    if (!same(&store.current, &change->before) && !same(&store.current, &change->after)) {
        return "neither the old settings nor the new ones";
    }
    return restarts_with(&store.current) ? NULL : "later starts find something else";
}

static const char *check_failure(void *state, enum fault_kind kind)
{
    const struct change *change = state;
    const struct settings *current = &change->store.current;

    (void)kind;
    if (change->result != SETTINGS_ERROR_STORAGE) {
        return "the failure was not reported";
    }
    if (!same(current, &change->before) && !same(current, &change->after)) {
        return "neither the old settings nor the new ones";
    }
    return restarts_with(current) ? NULL : "memory and flash differ";
}

/* From an empty log, from the middle of a sector, and from the end of one. */
static void sweep(enum fault_kind kind, const char *(*check)(void *state, enum fault_kind kind))
{
    static const unsigned commits[] = {0, 1, 21, 22, 23, 44};
    struct change change;
    const struct support_trial trial = {.state = &change,
                                        .state_size = sizeof change,
                                        .act = commit_change,
                                        .check = check,
                                        .kind = kind,
                                        .erase_step = 8};

    for (size_t i = 0; i < SUPPORT_COUNT(commits); i++) {
        prepare(&change, commits[i]);
        (void)support_sweep(&trial);
    }
}

static void power_cut_leaves_all_old_or_all_new(void **state)
{
    (void)state;
    sweep(FAULT_POWER_CUT, check_power_cut);
}

static void flash_failure_is_reported_and_memory_agrees_with_flash(void **state)
{
    (void)state;
    sweep(FAULT_FLASH_ERROR, check_failure);
}

static void unreadable_settings_fail_the_start(void **state)
{
    struct change change;
    struct settings_store store;

    (void)state;
    prepare(&change, 3);
    for (uint32_t read = 0; read < 40; read++) {
        support_fail_read(read);
        assert_int_equal(settings_start(&store), SETTINGS_ERROR_STORAGE);
        assert_true(support_read_failed());
    }
}

/* Flash refuses the write and cannot be read back either: the old settings stay, above all the
 * password; defaults would make the one on the label valid again. */
static void settings_that_cannot_be_read_back_stay(void **state)
{
    const struct fault refused = {.kind = FAULT_FLASH_ERROR, .moment = FAULT_BEFORE};
    struct change change;

    (void)state;
    prepare(&change, 3);
    for (uint32_t read = 0; read < 40; read++) {
        flash_model_arm(&in_process_board.flash, refused);
        support_fail_read(read);
        commit_change(&change);
        assert_true(support_read_failed());
        assert_int_equal(change.result, SETTINGS_ERROR_STORAGE);
        assert_true(same(&change.store.current, &change.before));
        /* Nothing is armed any more: reading again succeeds, then so does writing. */
        commit_change(&change);
        assert_int_equal(change.result, SETTINGS_ERROR_STORAGE);
        commit_change(&change);
        assert_int_equal(change.result, SETTINGS_OK);
        prepare(&change, 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_cut_leaves_all_old_or_all_new),
        cmocka_unit_test(flash_failure_is_reported_and_memory_agrees_with_flash),
        cmocka_unit_test(unreadable_settings_fail_the_start),
        cmocka_unit_test(settings_that_cannot_be_read_back_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
