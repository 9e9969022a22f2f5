/*
 * update.h while flash operations fail or the power does: a genuine image starts, the counter does
 * not move before its time, and the update can be done again.
 */
#include "support.h"

#include "update_bench.h"

#include <string.h>

#define BODY     4005U /* into the second sector, and not a whole number of units */
#define RECEIVED 3933U /* of it, before the sweep that crosses over */
#define SMALL    35U
#define FULL_LOG 84U /* commits on a new board after which the next one erases a sector */

/* What a sweep starts from, and what the call that it disturbs returned. */
struct attempt {
    struct update_bench bench;
    int result;
};

static struct attempt attempt;
static struct bench_image image; /* for slot B, newer than what runs from A */

/* --- What has to hold, whatever failed. Each returns NULL, or what is wrong --- */

static const char *start(struct update_bench *bench)
{
    if (!bench_slot_is_whole_or_empty(IMAGE_SLOT_B)) {
        return "the slot holds the header of an image that is not there";
    }
    bench_start(bench);
    return NULL;
}

/* The image in A of before, or the new one in B; nothing else is genuine and newer. */
static const char *judge_running(const struct update_bench *bench)
{
    const struct boot_handover *running = &bench->running;
    const uint32_t expected =
        running->slot == IMAGE_SLOT_A ? BENCH_VERSION : IMAGE_VERSION(2, 0, 1);

    if (running->recovery) {
        return "no image runs";
    }
    return running->image.version == expected ? NULL : "another image runs";
}

/* A whole update, from what runs now to the confirmed image in the other slot. */
static const char *update_again(struct update_bench *bench)
{
    static struct bench_image again[IMAGE_SLOT_COUNT];
    const enum image_slot slot = !bench->running.recovery && bench->running.slot == IMAGE_SLOT_A
                                     ? IMAGE_SLOT_B
                                     : IMAGE_SLOT_A;

    if (again[slot].length == 0) {
        bench_make_image(&again[slot], slot, 2, SMALL);
    }
    if (bench_update(bench, &again[slot]) != UPDATE_OK) {
        return "the update cannot be done again";
    }
    bench_start(bench);
    if (bench->running.recovery || bench->running.slot != slot || !bench->running.trial) {
        return "the new update is not tried";
    }
    if (bench_confirm(bench) != UPDATE_OK ||
        bench->state.current.security_counter != BENCH_COUNTER + 2U) {
        return "the new update cannot be confirmed";
    }
    bench_start(bench);
    return bench->running.slot == slot && !bench->running.trial ? NULL : "it does not stay";
}

/* Two starts, the second of which takes a trial back, and then everything once more. */
static const char *check_starts(struct update_bench *bench)
{
    const char *wrong = start(bench);

    if (wrong == NULL) {
        wrong = judge_running(bench);
    }
    if (wrong == NULL && bench->state.current.security_counter != BENCH_COUNTER) {
        wrong = "the counter moved without a confirm";
    }
    if (wrong == NULL && bench->running.slot == IMAGE_SLOT_B && !bench->running.trial) {
        wrong = "the new image is taken as confirmed";
    }
    if (wrong != NULL) {
        return wrong;
    }
    bench_start(bench);
    if (bench->running.recovery || bench->running.slot != IMAGE_SLOT_A) {
        return "the old image is gone";
    }
    return update_again(bench);
}

/* After a failure the same device may go on without a restart. */
static const char *check_retry(struct update_bench *bench)
{
    if (bench->update.phase == UPDATE_STAGED) {
        if (bench_activate(bench) != UPDATE_OK) {
            return "what is staged cannot be activated later";
        }
    } else if (bench->update.phase != UPDATE_IDLE || bench_update(bench, &image) != UPDATE_OK) {
        return "the update cannot begin again without a restart";
    }
    bench_start(bench);
    return bench->running.slot == IMAGE_SLOT_B && bench->running.trial ? NULL
                                                                       : "the retry is not tried";
}

/* Both from the same moment. */
static const char *check_retry_then(struct attempt *trial,
                                    const char *(*retry)(struct update_bench *bench),
                                    const char *(*starts)(struct update_bench *bench),
                                    enum fault_kind kind)
{
    static struct in_process_snapshot failed;
    struct update_bench bench = trial->bench;
    const char *wrong = NULL;

    if (kind == FAULT_FLASH_ERROR) {
        if (trial->result != UPDATE_ERROR_STORAGE) {
            return "the failure was not returned";
        }
        in_process_take(&failed, NULL);
        wrong = retry(&bench);
        in_process_restore(&failed, NULL);
    }
    return wrong == NULL ? starts(&trial->bench) : wrong;
}

static const char *check_update(void *state, enum fault_kind kind)
{
    return check_retry_then(state, check_retry, check_starts, kind);
}

/* Confirmed with its counter, or taken back. */
static const char *check_confirmed_starts(struct update_bench *bench)
{
    const char *wrong = start(bench);
    uint32_t counter = BENCH_COUNTER;

    if (wrong == NULL) {
        wrong = judge_running(bench);
    }
    if (wrong != NULL) {
        return wrong;
    }
    if (bench->running.trial) {
        return "a trial got a second start";
    }
    counter += bench->running.slot == IMAGE_SLOT_B ? 1U : 0U;
    if (bench->state.current.security_counter != counter) {
        return "counter and image differ";
    }
    return update_again(bench);
}

static const char *check_confirm_again(struct update_bench *bench)
{
    if (bench_confirm(bench) != UPDATE_OK) {
        return "the confirm cannot come again";
    }
    bench_start(bench);
    return bench->running.slot == IMAGE_SLOT_B && !bench->running.trial &&
                   bench->state.current.security_counter == BENCH_COUNTER + 1U
               ? NULL
               : "what was confirmed does not stay";
}

static const char *check_confirm(void *state, enum fault_kind kind)
{
    return check_retry_then(state, check_confirm_again, check_confirmed_starts, kind);
}

/* In recovery there may be nothing to start yet; what there is runs on trial. */
static const char *check_recovery_starts(struct update_bench *bench)
{
    const char *wrong = start(bench);

    if (wrong != NULL) {
        return wrong;
    }
    if (bench->running.recovery) {
        return update_again(bench);
    }
    if (bench->running.slot != IMAGE_SLOT_B || !bench->running.trial) {
        return "what came in is not tried";
    }
    if (bench->state.current.security_counter != 0) {
        return "the counter moved without a confirm";
    }
    return bench_confirm(bench) == UPDATE_OK ? update_again(bench) : "it cannot be confirmed";
}

static const char *check_recovery(void *state, enum fault_kind kind)
{
    return check_retry_then(state, check_retry, check_recovery_starts, kind);
}

/* --- What is disturbed --- */

static void begin_and_send_some(void *state)
{
    struct attempt *trial = state;

    trial->result = bench_begin(&trial->bench, &image);
    if (trial->result == UPDATE_OK) {
        trial->result = update_data(&trial->bench.update, 0, image.body, 61);
    }
}

/* In pieces that are no whole units. */
static void send_the_rest(void *state)
{
    struct attempt *trial = state;

    trial->result = bench_send(&trial->bench, &image, 29);
}

static void finish(void *state)
{
    struct attempt *trial = state;

    trial->result = bench_finish(&trial->bench);
}

static void activate(void *state)
{
    struct attempt *trial = state;

    trial->result = bench_activate(&trial->bench);
}

static void confirm(void *state)
{
    struct attempt *trial = state;

    trial->result = bench_confirm(&trial->bench);
}

static void update(void *state)
{
    struct attempt *trial = state;

    trial->result = bench_update(&trial->bench, &image);
}

/* Both kinds of fault, from the attempt as it is now. `least`: faults that there must be. */
static void sweep(void (*act)(void *state), const char *(*check)(void *state, enum fault_kind kind),
                  uint32_t least)
{
    static const enum fault_kind kinds[] = {FAULT_FLASH_ERROR, FAULT_POWER_CUT};

    for (size_t i = 0; i < SUPPORT_COUNT(kinds); i++) {
        const struct support_trial trial = {.state = &attempt,
                                            .state_size = sizeof attempt,
                                            .act = act,
                                            .check = check,
                                            .kind = kinds[i],
                                            .erase_step = 256};

        assert_in_range(support_sweep(&trial), least, UINT32_MAX);
    }
}

/* A board that has been updated before: slot B still holds the image of that time. */
static void prepare(uint32_t body_length, unsigned commits)
{
    static struct bench_image old;
    struct boot_state state;

    bench_new(&attempt.bench);
    bench_make_image(&old, IMAGE_SLOT_B, 0, 3U * FLASH_SECTOR_SIZE);
    bench_place_image(&old, IMAGE_SLOT_B);
    bench_make_image(&image, IMAGE_SLOT_B, 1, body_length);
    for (unsigned i = 1; i <= commits; i++) {
        state = attempt.bench.state.current;
        state.unlock_epoch = i;
        assert_int_equal(boot_state_commit(&attempt.bench.state, &state), BOOT_STATE_OK);
    }
}

static void beginning_may_fail(void **state)
{
    (void)state;
    prepare(BODY, 0);
    sweep(begin_and_send_some, check_update, 13);
}

static void data_across_sectors_may_fail(void **state)
{
    (void)state;
    prepare(BODY, 0);
    assert_int_equal(bench_begin(&attempt.bench, &image), UPDATE_OK);
    assert_int_equal(update_data(&attempt.bench.update, 0, image.body, RECEIVED), UPDATE_OK);
    sweep(send_the_rest, check_update, 25);
}

static void finish_may_fail(void **state)
{
    (void)state;
    prepare(BODY, 0);
    assert_int_equal(bench_begin(&attempt.bench, &image), UPDATE_OK);
    assert_int_equal(bench_send(&attempt.bench, &image, 1000), UPDATE_OK);
    sweep(finish, check_update, 20); /* a unit that is filled up, and a header */
}

static void activation_may_fail(void **state)
{
    (void)state;
    for (unsigned commits = 0; commits <= FULL_LOG; commits += FULL_LOG) {
        prepare(SMALL, commits);
        assert_int_equal(bench_stage(&attempt.bench, &image, 1000), UPDATE_OK);
        sweep(activate, check_update, commits > 0 ? 14 : 10);
    }
}

static void confirm_may_fail(void **state)
{
    (void)state;
    for (unsigned commits = 0; commits <= FULL_LOG; commits += FULL_LOG) {
        prepare(SMALL, commits > 0 ? commits - 2U : 0);
        assert_int_equal(bench_update(&attempt.bench, &image), UPDATE_OK);
        bench_start(&attempt.bench);
        assert_true(attempt.bench.running.trial);
        sweep(confirm, check_confirm, commits > 0 ? 14 : 10);
    }
}

static void update_in_recovery_may_fail(void **state)
{
    (void)state;
    bench_new_recovery(&attempt.bench);
    bench_make_image(&image, IMAGE_SLOT_B, 1, SMALL);
    sweep(update, check_recovery, 40);
}

/* Whatever came of an activation that failed: a confirm is about the image that runs, and another
 * one is never taken as confirmed. */
static void confirm_after_a_failed_activation_is_for_what_runs(void **state)
{
    (void)state;
    for (int moment = 0; moment < FAULT_MOMENT_COUNT; moment++) {
        for (uint32_t operation = 0; operation < 2; operation++) {
            const struct fault fault = {.kind = FAULT_FLASH_ERROR,
                                        .moment = (enum fault_moment)moment,
                                        .operation = operation};

            prepare(SMALL, 0);
            assert_int_equal(bench_stage(&attempt.bench, &image, 1000), UPDATE_OK);
            flash_model_arm(&in_process_board.flash, fault);
            assert_int_equal(bench_activate(&attempt.bench), UPDATE_ERROR_STORAGE);
            assert_int_equal(bench_confirm(&attempt.bench), UPDATE_OK);
            bench_start(&attempt.bench);
            assert_int_equal(attempt.bench.running.slot, IMAGE_SLOT_A);
            assert_false(attempt.bench.running.trial);
            assert_int_equal(attempt.bench.state.current.security_counter, BENCH_COUNTER);
        }
    }
}

/* Cut at every operation of a whole update, one cut after the other, until it comes through. */
static void update_that_is_cut_again_and_again_comes_through(void **state)
{
    uint32_t cuts = 0;
    bool cut;

    (void)state;
    prepare(BODY, 0);
    do {
        const struct fault fault = {.kind = FAULT_POWER_CUT,
                                    .moment = (enum fault_moment)(cuts % FAULT_MOMENT_COUNT),
                                    .operation = cuts / FAULT_MOMENT_COUNT,
                                    .units = cuts};

        flash_model_arm(&in_process_board.flash, fault);
        cut = support_until_power_cut(update, &attempt);
        assert_null(start(&attempt.bench));
        assert_null(judge_running(&attempt.bench));
        if (attempt.bench.running.trial && cut) {
            assert_null(start(&attempt.bench)); /* activated after all: taken back */
        }
        cuts += cut ? 1U : 0U;
    } while (cut);
    assert_int_equal(attempt.result, UPDATE_OK);
    assert_true(attempt.bench.running.trial);
    assert_in_range(cuts, 20, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beginning_may_fail),
        cmocka_unit_test(data_across_sectors_may_fail),
        cmocka_unit_test(finish_may_fail),
        cmocka_unit_test(activation_may_fail),
        cmocka_unit_test(confirm_may_fail),
        cmocka_unit_test(update_in_recovery_may_fail),
        cmocka_unit_test(confirm_after_a_failed_activation_is_for_what_runs),
        cmocka_unit_test(update_that_is_cut_again_and_again_comes_through),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
