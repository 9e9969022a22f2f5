/* record_log.h while flash operations fail or the power does, each in turn and in every way. */
#include "support.h"

#include "numbered_log.h"

#include <string.h>

/* Records that are there when the fault comes: none, one, a full sector, a full ring. */
enum fill { FILL_NONE, FILL_ONE, FILL_ALMOST_SECTOR, FILL_SECTOR, FILL_RING, FILL_COUNT };

/* A payload that ends within a program unit, and one of many units. */
static const uint16_t sizes[] = {4, 156};

/* A log on a fresh board, filled as asked; returns the number of records. */
static uint32_t prepare(struct numbered_log *numbered, uint16_t size, enum fill fill)
{
    uint32_t slots;
    uint32_t count[FILL_COUNT];

    numbered_new(numbered, size, 0);
    slots = numbered->log.slots;
    count[FILL_NONE] = 0;
    count[FILL_ONE] = 1;
    count[FILL_ALMOST_SECTOR] = slots - 1U;
    count[FILL_SECTOR] = slots;
    count[FILL_RING] = 2U * slots;
    numbered_new(numbered, size, count[fill]);
    return count[fill];
}

/* Runs `trial` from every fill of every size. */
static void sweep_all(struct support_trial *trial, struct numbered_log *numbered)
{
    trial->state = numbered;
    trial->state_size = sizeof *numbered;
    for (size_t i = 0; i < SUPPORT_COUNT(sizes); i++) {
        for (enum fill fill = FILL_NONE; fill < FILL_COUNT; fill++) {
            (void)prepare(numbered, sizes[i], fill);
            (void)support_sweep(trial);
        }
    }
}

static void append_next(void *state)
{
    struct numbered_log *numbered = state;

    if (numbered_append(numbered, numbered->number + 1U) != RECORD_LOG_OK) {
        assert_int_not_equal(in_process_board.flash.fault_fired, 0);
    }
}

/* True if a mount finds `number`, or nothing where that is 0. */
static bool mount_finds(struct numbered_log *numbered, uint32_t number)
{
    int result = numbered_mount(numbered);

    return numbered->number == number && result == (number == 0 ? RECORD_LOG_EMPTY : RECORD_LOG_OK);
}

/* After one mount, further ones find the same and have nothing to write. */
static bool mounts_stay(struct numbered_log *numbered)
{
    const uint32_t found = numbered->number;

    support_watch_flash();
    return mount_finds(numbered, found) && mount_finds(numbered, found) && support_flash.count == 0;
}

static bool goes_on(struct numbered_log *numbered, uint32_t number)
{
    return numbered_append(numbered, number) == RECORD_LOG_OK && mount_finds(numbered, number);
}

/* The log's `number` is still the old value, unless the append reported success. */
static const char *check_old_or_new(void *state, enum fault_kind kind)
{
    struct numbered_log *numbered = state;
    const uint32_t old = numbered->number;

    (void)kind;
    if (numbered_mount(numbered) < RECORD_LOG_OK) {
        return "the log cannot be mounted";
    }
    if (numbered->number != old && numbered->number != old + 1U) {
        return "neither the old value nor the new one";
    }
    if (!mounts_stay(numbered)) {
        return "a later mount found something else, or wrote again";
    }
    return goes_on(numbered, old + 2U) ? NULL : "the log cannot be written any more";
}

static void power_cut_leaves_old_or_new(void **state)
{
    struct numbered_log numbered;
    struct support_trial trial = {
        .act = append_next, .check = check_old_or_new, .kind = FAULT_POWER_CUT, .erase_step = 1};

    (void)state;
    sweep_all(&trial, &numbered);
}

static void flash_failure_leaves_old_or_new(void **state)
{
    struct numbered_log numbered;
    struct support_trial trial = {
        .act = append_next, .check = check_old_or_new, .kind = FAULT_FLASH_ERROR, .erase_step = 1};

    (void)state;
    sweep_all(&trial, &numbered);
}

/* The device runs on after the failure, without mounting again. */
static const char *check_runs_on(void *state, enum fault_kind kind)
{
    struct numbered_log *numbered = state;
    const uint32_t next = numbered->number + 2U;

    (void)kind;
    if (numbered_append(numbered, next) != RECORD_LOG_OK) {
        return "the next append fails";
    }
    if (!mount_finds(numbered, next)) {
        return "the next value is lost";
    }
    return mounts_stay(numbered) ? NULL : "a later mount found something else, or wrote again";
}

static void log_goes_on_after_a_flash_failure(void **state)
{
    struct numbered_log numbered;
    struct support_trial trial = {
        .act = append_next, .check = check_runs_on, .kind = FAULT_FLASH_ERROR, .erase_step = 16};

    (void)state;
    sweep_all(&trial, &numbered);
}

/* Cuts the power in the mark of the next record, which is written by operation `mark`. */
static void tear_mark(struct numbered_log *numbered, uint32_t mark)
{
    const struct fault torn = {
        .kind = FAULT_POWER_CUT, .moment = FAULT_TORN, .operation = mark, .units = 0};

    flash_model_arm(&in_process_board.flash, torn);
    assert_true(support_until_power_cut(append_next, numbered));
}

/* The torn unit of a mark may read blank tomorrow: a value that a mount returned stays. */
static void value_with_a_torn_mark_is_settled_by_the_mount(void **state)
{
    struct numbered_log numbered;
    uint32_t mark_at;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(sizes); i++) {
        (void)prepare(&numbered, sizes[i], FILL_ONE);
        support_watch_flash();
        tear_mark(&numbered, 1);
        mark_at = support_flash.operations[1].offset;
        assert_true(mount_finds(&numbered, 2));
        memset(in_process_change_flash(mark_at, FLASH_PROGRAM_UNIT), FLASH_ERASED,
               FLASH_PROGRAM_UNIT);
        assert_true(mount_finds(&numbered, 2));
    }
}

/* Its last unit may be torn and read right only today. */
static void record_without_a_mark_does_not_count(void **state)
{
    static const struct fault cuts[] = {
        {.kind = FAULT_POWER_CUT, .moment = FAULT_AFTER, .operation = 0},
        {.kind = FAULT_POWER_CUT, .moment = FAULT_BEFORE, .operation = 1}};
    struct numbered_log numbered;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(cuts) * SUPPORT_COUNT(sizes); i++) {
        (void)prepare(&numbered, sizes[i / SUPPORT_COUNT(cuts)], FILL_ONE);
        flash_model_arm(&in_process_board.flash, cuts[i % SUPPORT_COUNT(cuts)]);
        assert_true(support_until_power_cut(append_next, &numbered));
        assert_true(mount_finds(&numbered, 1));
        assert_true(goes_on(&numbered, 3));
    }
}

static void mount_again(void *state)
{
    struct numbered_log other = *(const struct numbered_log *)state;

    (void)numbered_mount(&other);
}

/* The mark was torn but does not change: the new value has begun to count. */
static const char *check_new(void *state, enum fault_kind kind)
{
    struct numbered_log *numbered = state;
    const uint32_t expected = numbered->number + 1U;

    (void)kind;
    if (!mount_finds(numbered, expected)) {
        return "the value that had begun to count is lost";
    }
    if (!mounts_stay(numbered)) {
        return "a later mount found something else, or wrote again";
    }
    return goes_on(numbered, expected + 1U) ? NULL : "the log cannot be written any more";
}

/* The mount that settles a value is itself interrupted; at a sector's end it also has to erase. */
static void interrupted_settling_loses_nothing(void **state)
{
    static const struct {
        enum fill fill;
        uint32_t mark; /* the operation that writes it */
    } rows[] = {{FILL_NONE, 2}, {FILL_ONE, 1}, {FILL_ALMOST_SECTOR, 1}, {FILL_SECTOR, 2}};
    static const enum fault_kind kinds[] = {FAULT_POWER_CUT, FAULT_FLASH_ERROR};
    struct numbered_log numbered;

    (void)state;
    for (size_t i = 0; i < 2U * SUPPORT_COUNT(rows); i++) {
        const struct support_trial trial = {.state = &numbered,
                                            .state_size = sizeof numbered,
                                            .act = mount_again,
                                            .check = check_new,
                                            .kind = kinds[i % 2U],
                                            .erase_step = 1};

        (void)prepare(&numbered, 4, rows[i / 2U].fill);
        tear_mark(&numbered, rows[i / 2U].mark);
        (void)support_sweep(&trial);
    }
}

static void arm_at_random(uint32_t *seed)
{
    const struct fault fault = {
        .kind = support_random(seed) % 4U == 0 ? FAULT_FLASH_ERROR : FAULT_POWER_CUT,
        .moment = (enum fault_moment)(support_random(seed) % FAULT_MOMENT_COUNT),
        .operation = support_random(seed) % 4U,
        .units = support_random(seed) % 512U};

    flash_model_arm(&in_process_board.flash, fault);
}

/* Mounts, cut again and again, until one mount completes. */
static void mount_through_cuts(struct numbered_log *numbered, uint32_t *seed)
{
    bool cut = true;

    for (uint32_t tries = 0; cut; tries++) {
        if (tries < 3) {
            arm_at_random(seed);
        }
        cut = support_until_power_cut(mount_again, numbered);
        in_process_power_on();
    }
    assert_int_equal(numbered_mount(numbered) < RECORD_LOG_OK, 0);
}

/* Cuts and failures without end, in appends and mounts: always the old value or the new one. */
static void endless_faults_never_lose_a_value(void **state)
{
    struct numbered_log numbered;
    uint32_t seed = 0xC0FFEE;
    uint32_t known = 1;

    (void)state;
    (void)prepare(&numbered, 156, FILL_ONE);
    for (uint32_t round = 2; round < 3000; round++) {
        numbered.number = round - 1U;
        arm_at_random(&seed);
        if (!support_until_power_cut(append_next, &numbered) && numbered.number == round) {
            known = round;
        }
        in_process_power_on();
        mount_through_cuts(&numbered, &seed);
        if (numbered.number != known) {
            assert_int_equal(numbered.number, round);
            known = round;
        }
    }
}

/* An erase that power cut short may leave a sector that reads blank and does not hold data. */
static void sector_that_reads_blank_is_erased_again(void **state)
{
    static const enum fill fills[] = {FILL_NONE, FILL_SECTOR, FILL_RING};
    const struct fault after_erase = {
        .kind = FAULT_POWER_CUT, .moment = FAULT_AFTER, .operation = 0};
    struct numbered_log numbered;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(fills); i++) {
        uint32_t count = prepare(&numbered, 4, fills[i]);

        flash_model_arm(&in_process_board.flash, after_erase);
        assert_true(support_until_power_cut(append_next, &numbered));
        assert_true(mount_finds(&numbered, count));
        support_watch_flash();
        append_next(&numbered);
        assert_int_equal(support_flash.count, 3);
        assert_true(support_flash.operations[0].erase);
    }
}

/* A log that could not be mounted must not be written: nobody knows where. */
static void failed_read_fails_the_mount_and_forbids_appends(void **state)
{
    struct numbered_log numbered;

    (void)state;
    (void)prepare(&numbered, 156, FILL_SECTOR);
    for (uint32_t read = 0;; read++) {
        support_fail_read(read);
        if (numbered_mount(&numbered) == RECORD_LOG_OK) {
            break;
        }
        assert_true(support_read_failed());
        support_watch_flash();
        assert_int_equal(numbered_append(&numbered, 77), RECORD_LOG_ERROR_FLASH);
        assert_int_equal(support_flash.count, 0);
    }
    assert_false(support_read_failed());
    support_fail_read(UINT32_MAX);
    assert_true(mount_finds(&numbered, numbered.log.slots));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_cut_leaves_old_or_new),
        cmocka_unit_test(flash_failure_leaves_old_or_new),
        cmocka_unit_test(log_goes_on_after_a_flash_failure),
        cmocka_unit_test(value_with_a_torn_mark_is_settled_by_the_mount),
        cmocka_unit_test(record_without_a_mark_does_not_count),
        cmocka_unit_test(interrupted_settling_loses_nothing),
        cmocka_unit_test(endless_faults_never_lose_a_value),
        cmocka_unit_test(sector_that_reads_blank_is_erased_again),
        cmocka_unit_test(failed_read_fails_the_mount_and_forbids_appends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
