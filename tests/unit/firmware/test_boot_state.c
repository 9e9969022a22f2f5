/* boot_state.h: what the boot stage remembers, through power cuts and failing flash. */
#include "support.h"

#include "boot_state.h"

#include <string.h>

static const struct boot_state sample = {.active = IMAGE_SLOT_B,
                                         .trial = BOOT_TRIAL_STARTED,
                                         .security_counter = 0x01020304,
                                         .unlock_epoch = 0x11121314,
                                         .erase_pending = true};

static bool same(const struct boot_state *left, const struct boot_state *right)
{
    uint8_t left_record[BOOT_STATE_RECORD_SIZE];
    uint8_t right_record[BOOT_STATE_RECORD_SIZE];

    boot_state_encode(left, left_record);
    boot_state_encode(right, right_record);
    return memcmp(left_record, right_record, sizeof left_record) == 0;
}

static void record_has_the_documented_layout(void **state)
{
    uint8_t record[BOOT_STATE_RECORD_SIZE];
    uint8_t expected[BOOT_STATE_RECORD_SIZE];
    struct boot_state read;

    (void)state;
    boot_state_encode(&sample, record);
    assert_int_equal(
        support_from_hex("0100 01 02 04030201 14131211 01 00000000000000", expected, 20), 20);
    assert_memory_equal(record, expected, sizeof record);
    boot_state_decode(&read, record);
    assert_true(same(&read, &sample));
}

static void field_out_of_range_does_not_take_others_with_it(void **state)
{
    uint8_t record[BOOT_STATE_RECORD_SIZE];
    struct boot_state read;

    (void)state;
    memset(record, 0xFF, sizeof record);
    boot_state_decode(&read, record);
    assert_int_equal(read.active, IMAGE_SLOT_A);
    assert_int_equal(read.trial, BOOT_NO_TRIAL);
    assert_int_equal(read.security_counter, 0xFFFFFFFFU);
    assert_int_equal(read.unlock_epoch, 0xFFFFFFFFU);
    assert_false(read.erase_pending);
    boot_state_encode(&sample, record);
    record[2] = 2;
    record[3] = 3;
    boot_state_decode(&read, record);
    assert_int_equal(read.active, IMAGE_SLOT_A);
    assert_int_equal(read.trial, BOOT_NO_TRIAL);
    assert_int_equal(read.security_counter, sample.security_counter);
    assert_true(read.erase_pending);
}

static void new_device_has_the_defaults(void **state)
{
    static const struct boot_state defaults;
    struct boot_state_store store;

    (void)state;
    support_new_board();
    memset(&store, 0xEE, sizeof store);
    assert_int_equal(boot_state_start(&store), BOOT_STATE_OK);
    assert_true(same(&store.current, &defaults));
    assert_int_equal(support_flash.count, 0);
}

static void committed_state_survives(void **state)
{
    struct boot_state_store store;

    (void)state;
    support_new_board();
    assert_int_equal(boot_state_start(&store), BOOT_STATE_OK);
    assert_int_equal(boot_state_commit(&store, &sample), BOOT_STATE_OK);
    assert_true(same(&store.current, &sample));
    in_process_power_on();
    assert_int_equal(boot_state_start(&store), BOOT_STATE_OK);
    assert_true(same(&store.current, &sample));
}

static void state_that_counts_already_is_not_written(void **state)
{
    struct boot_state_store store;

    (void)state;
    support_new_board();
    assert_int_equal(boot_state_start(&store), BOOT_STATE_OK);
    assert_int_equal(boot_state_commit(&store, &sample), BOOT_STATE_OK);
    support_watch_flash();
    assert_int_equal(boot_state_commit(&store, &sample), BOOT_STATE_OK);
    assert_int_equal(support_flash.count, 0);
}

/* --- Under faults --- */

struct change {
    struct boot_state_store store;
    struct boot_state before;
    struct boot_state after;
    int result; /* of the commit, unless the power failed in it */
};

/* A state that differs in several fields from that of any other number. */
static void make_numbered(struct boot_state *state, unsigned number)
{
    memset(state, 0, sizeof *state);
    state->active = number % 2U == 0 ? IMAGE_SLOT_A : IMAGE_SLOT_B;
    state->trial = (enum boot_trial)(number % 3U);
    state->security_counter = number;
    state->unlock_epoch = number * 2U;
    state->erase_pending = number % 5U == 0;
}

static void prepare(struct change *change, unsigned commits)
{
    support_new_board();
    memset(change, 0, sizeof *change);
    assert_int_equal(boot_state_start(&change->store), BOOT_STATE_OK);
    for (unsigned i = 1; i <= commits; i++) {
        make_numbered(&change->before, i);
        assert_int_equal(boot_state_commit(&change->store, &change->before), BOOT_STATE_OK);
    }
    make_numbered(&change->after, commits + 1U);
}

static void commit_change(void *state)
{
    struct change *change = state;

    change->result = boot_state_commit(&change->store, &change->after);
}

/* True if a restart finds `expected` and another change can be made. */
static bool restarts_with(const struct boot_state *expected)
{
    struct boot_state_store store;
    struct boot_state next;

    in_process_power_on();
    if (boot_state_start(&store) != BOOT_STATE_OK || !same(&store.current, expected)) {
        return false;
    }
    make_numbered(&next, 1000);
    return boot_state_commit(&store, &next) == BOOT_STATE_OK && same(&store.current, &next);
}

static const char *check_power_cut(void *state, enum fault_kind kind)
{
    const struct change *change = state;
    struct boot_state_store store;

    (void)kind;
    if (boot_state_start(&store) != BOOT_STATE_OK) {
        return "does not start";
    }
    if (!same(&store.current, &change->before) && !same(&store.current, &change->after)) {
        return "neither the old state nor the new one";
    }
    return restarts_with(&store.current) ? NULL : "later starts find something else";
}

static const char *check_failure(void *state, enum fault_kind kind)
{
    const struct change *change = state;
    const struct boot_state *current = &change->store.current;

    (void)kind;
    if (change->result != BOOT_STATE_ERROR_STORAGE) {
        return "the failure was not reported";
    }
    if (!same(current, &change->before) && !same(current, &change->after)) {
        return "neither the old state nor the new one";
    }
    return restarts_with(current) ? NULL : "memory and flash differ";
}

/* From an empty log, from the middle of a sector, and from the end of one. */
static void sweep(enum fault_kind kind, const char *(*check)(void *state, enum fault_kind kind))
{
    static const unsigned commits[] = {0, 1, 84, 85, 86, 170};
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

static void power_cut_leaves_old_or_new(void **state)
{
    (void)state;
    sweep(FAULT_POWER_CUT, check_power_cut);
}

static void flash_failure_is_reported_and_memory_agrees_with_flash(void **state)
{
    (void)state;
    sweep(FAULT_FLASH_ERROR, check_failure);
}

static void unreadable_state_fails_the_start(void **state)
{
    struct change change;
    struct boot_state_store store;

    (void)state;
    prepare(&change, 3);
    for (uint32_t read = 0; read < 40; read++) {
        support_fail_read(read);
        assert_int_equal(boot_state_start(&store), BOOT_STATE_ERROR_STORAGE);
        assert_true(support_read_failed());
    }
}

/* Flash refuses the write and cannot be read back either: the counter must not fall to zero. */
static void state_that_cannot_be_read_back_stays(void **state)
{
    const struct fault refused = {.kind = FAULT_FLASH_ERROR, .moment = FAULT_BEFORE};
    struct change change;

    (void)state;
    prepare(&change, 3);
    flash_model_arm(&in_process_board.flash, refused);
    support_fail_read(0);
    commit_change(&change);
    assert_int_equal(change.result, BOOT_STATE_ERROR_STORAGE);
    assert_true(same(&change.store.current, &change.before));
    /* Nothing is armed any more: reading again succeeds, then so does writing. */
    commit_change(&change);
    assert_int_equal(change.result, BOOT_STATE_ERROR_STORAGE);
    commit_change(&change);
    assert_int_equal(change.result, BOOT_STATE_OK);
    assert_true(restarts_with(&change.after));
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {BOOT_STATE_OK, BOOT_STATE_ERROR_STORAGE};

    (void)state;
    support_check_texts(boot_state_strerror, codes, SUPPORT_COUNT(codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_has_the_documented_layout),
        cmocka_unit_test(field_out_of_range_does_not_take_others_with_it),
        cmocka_unit_test(new_device_has_the_defaults),
        cmocka_unit_test(committed_state_survives),
        cmocka_unit_test(state_that_counts_already_is_not_written),
        cmocka_unit_test(power_cut_leaves_old_or_new),
        cmocka_unit_test(flash_failure_is_reported_and_memory_agrees_with_flash),
        cmocka_unit_test(unreadable_state_fails_the_start),
        cmocka_unit_test(state_that_cannot_be_read_back_stays),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
