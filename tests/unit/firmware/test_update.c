/* update.h: an update from its first message to the confirm, and all that may come in between. */
#include "support.h"

#include "image_builder.h"
#include "update_bench.h"

#include <string.h>

#define BODY 5000U /* more than a sector */

static struct update_bench bench;
static struct bench_image image;

static uint32_t stored_counter(void)
{
    struct boot_state_store store;

    assert_int_equal(boot_state_start(&store), BOOT_STATE_OK);
    return store.current.security_counter;
}

static void assert_runs(enum image_slot slot, bool trial)
{
    assert_false(bench.running.recovery);
    assert_int_equal(bench.running.slot, slot);
    assert_int_equal(bench.running.trial, trial);
}

/* From A to B and back to A: staged, tried, confirmed. The counter rises at the confirm only. */
static void update_is_staged_tried_and_confirmed(void **state)
{
    (void)state;
    bench_new(&bench);
    for (uint32_t newer = 1; newer <= 4; newer++) {
        const enum image_slot slot = newer % 2U == 1 ? IMAGE_SLOT_B : IMAGE_SLOT_A;

        bench_make_image(&image, slot, newer, BODY);
        assert_int_equal(bench_begin(&bench, &image), UPDATE_OK);
        assert_int_equal(bench.update.phase, UPDATE_RECEIVING);
        assert_int_equal(bench.update.slot, slot);
        assert_int_equal(bench_send(&bench, &image, 209), UPDATE_OK);
        assert_int_equal(bench.update.received, BODY);
        assert_int_equal(bench_finish(&bench), UPDATE_OK);
        assert_int_equal(bench.update.phase, UPDATE_STAGED);
        assert_true(bench_slot_holds(slot, &image));
        assert_int_equal(bench_activate(&bench), UPDATE_OK);
        assert_int_equal(bench.update.phase, UPDATE_ACTIVATED);
        bench_start(&bench);
        assert_runs(slot, true);
        assert_int_equal(bench.running.image.version, IMAGE_VERSION(2, 0, newer));
        assert_int_equal(stored_counter(), BENCH_COUNTER + newer - 1U);
        assert_int_equal(bench_confirm(&bench), UPDATE_OK);
        assert_int_equal(stored_counter(), BENCH_COUNTER + newer);
        bench_start(&bench);
        assert_runs(slot, false);
    }
}

static void update_without_confirm_is_taken_back(void **state)
{
    (void)state;
    bench_new(&bench);
    bench_make_image(&image, IMAGE_SLOT_B, 1, BODY);
    assert_int_equal(bench_update(&bench, &image), UPDATE_OK);
    bench_start(&bench);
    assert_runs(IMAGE_SLOT_B, true);
    bench_start(&bench);
    assert_runs(IMAGE_SLOT_A, false);
    assert_true(bench.running.reverted);
    assert_int_equal(stored_counter(), BENCH_COUNTER);
    assert_int_equal(bench_update(&bench, &image), UPDATE_OK); /* it may be tried again */
    bench_start(&bench);
    assert_runs(IMAGE_SLOT_B, true);
}

static void staged_update_does_not_start_by_itself(void **state)
{
    (void)state;
    bench_new(&bench);
    bench_make_image(&image, IMAGE_SLOT_B, 1, BODY);
    assert_int_equal(bench_stage(&bench, &image, 1000), UPDATE_OK);
    bench_start(&bench);
    assert_runs(IMAGE_SLOT_A, false);
    assert_int_equal(bench_activate(&bench), UPDATE_ERROR_ORDER); /* staged again first */
    assert_int_equal(stored_counter(), BENCH_COUNTER);
}

/* --- Headers that are refused --- */

struct refusal {
    const char *what;
    void (*spoil)(struct image_info *info);
    int error;
};

static void other_product(struct image_info *info)
{
    info->product ^= 1U;
}

static void running_slot(struct image_info *info)
{
    info->slot_address = image_slot_geometry(IMAGE_SLOT_A).offset;
}

static void no_slot(struct image_info *info)
{
    info->slot_address += FLASH_SECTOR_SIZE;
}

static void empty(struct image_info *info)
{
    info->body_length = 0;
}

static void too_large(struct image_info *info)
{
    info->body_length = BENCH_MAX_BODY + 1U;
}

static void largest_number(struct image_info *info)
{
    info->body_length = UINT32_MAX;
}

static void older(struct image_info *info)
{
    info->security_counter = BENCH_COUNTER - 1U;
}

static const struct refusal refusals[] = {
    {"other product", other_product, IMAGE_ERROR_PRODUCT},
    {"for the running slot", running_slot, IMAGE_ERROR_SLOT},
    {"for no slot", no_slot, IMAGE_ERROR_SLOT},
    {"empty", empty, IMAGE_ERROR_LENGTH},
    {"too large", too_large, IMAGE_ERROR_LENGTH},
    {"larger than anything", largest_number, IMAGE_ERROR_LENGTH},
    {"older", older, IMAGE_ERROR_OLDER},
};

/* A header that is signed as it is, and then not what it should be. */
static void spoil_header(struct bench_image *spoilt, const struct refusal *refusal)
{
    struct image_info info;

    bench_make_image(spoilt, IMAGE_SLOT_B, 1, BODY);
    image_decode(&info, spoilt->header);
    refusal->spoil(&info);
    build_header(&info, spoilt->header);
}

static void assert_begin_refused(int error)
{
    assert_int_equal(bench_begin(&bench, &image), error);
    assert_int_equal(bench.update.phase, UPDATE_IDLE);
    assert_int_equal(support_flash.count, 0);
}

static void header_that_may_not_run_is_refused_and_nothing_written(void **state)
{
    (void)state;
    bench_new(&bench);
    for (size_t i = 0; i < SUPPORT_COUNT(refusals); i++) {
        spoil_header(&image, &refusals[i]);
        assert_begin_refused(refusals[i].error);
    }
    memset(&image, 0, sizeof image);
    assert_begin_refused(IMAGE_ERROR_FORMAT);
    for (size_t at = 8; at < IMAGE_HEADER_SIZE; at += 11) {
        bench_make_image(&image, IMAGE_SLOT_B, 1, BODY);
        image.header[at] ^= 0x04U;
        assert_begin_refused(at >= 60 && at < 64 ? IMAGE_ERROR_FORMAT : IMAGE_ERROR_SIGNATURE);
    }
}

/* The counter must not fall; that of the image that runs is good enough. */
static void image_of_the_same_counter_is_taken(void **state)
{
    (void)state;
    bench_new(&bench);
    bench_make_image(&image, IMAGE_SLOT_B, 0, BODY);
    assert_int_equal(bench_update(&bench, &image), UPDATE_OK);
    bench_start(&bench);
    assert_runs(IMAGE_SLOT_B, true);
}

static void refused_header_leaves_the_update_under_way_alone(void **state)
{
    static struct bench_image bad;

    (void)state;
    bench_new(&bench);
    bench_make_image(&image, IMAGE_SLOT_B, 1, BODY);
    assert_int_equal(bench_begin(&bench, &image), UPDATE_OK);
    assert_int_equal(update_data(&bench.update, 0, image.body, 1003), UPDATE_OK);
    for (size_t i = 0; i < SUPPORT_COUNT(refusals); i++) {
        spoil_header(&bad, &refusals[i]);
        assert_int_equal(bench_begin(&bench, &bad), refusals[i].error);
    }
    assert_int_equal(bench_send(&bench, &image, 209), UPDATE_OK);
    assert_int_equal(bench_finish(&bench), UPDATE_OK);
    spoil_header(&bad, &refusals[0]);
    assert_int_equal(bench_begin(&bench, &bad), refusals[0].error);
    assert_int_equal(bench_activate(&bench), UPDATE_OK);
}

/* --- Order --- */

enum step { BEGIN, DATA, FINISH, ACTIVATE, STEPS };

static int take_step(enum step step)
{
    switch (step) {
    case BEGIN:
        return bench_begin(&bench, &image);
    case DATA:
        return update_data(&bench.update, bench.update.received, image.body,
                           image.length - bench.update.received);
    case FINISH:
        return bench_finish(&bench);
    default:
        return bench_activate(&bench);
    }
}

/* After `done` steps in order; what each step gives then. */
static void steps_come_in_order(void **state)
{
    static const int expected[STEPS + 1][STEPS] = {
        /* begin, data, finish, activate */
        {UPDATE_OK, UPDATE_ERROR_ORDER, UPDATE_ERROR_ORDER, UPDATE_ERROR_ORDER},
        {UPDATE_OK, UPDATE_OK, UPDATE_ERROR_TRUNCATED, UPDATE_ERROR_ORDER},
        {UPDATE_OK, UPDATE_OK, UPDATE_OK, UPDATE_ERROR_ORDER},
        {UPDATE_OK, UPDATE_ERROR_ORDER, UPDATE_ERROR_ORDER, UPDATE_OK},
        {UPDATE_ERROR_ORDER, UPDATE_ERROR_ORDER, UPDATE_ERROR_ORDER, UPDATE_ERROR_ORDER},
    };

    (void)state;
    bench_make_image(&image, IMAGE_SLOT_B, 1, 100);
    for (int done = 0; done <= STEPS; done++) {
        for (int step = 0; step < STEPS; step++) {
            bench_new(&bench);
            for (int i = 0; i < done; i++) {
                assert_int_equal(take_step((enum step)i), UPDATE_OK);
            }
            assert_int_equal(take_step((enum step)step), expected[done][step]);
        }
    }
}

/* `offset` has to be what was received so far; what is refused is not taken. */
static void data_come_without_gaps_and_once(void **state)
{
    static const uint32_t wrong[] = {0, 1, 999, 1001, 2000, UINT32_MAX};

    (void)state;
    bench_new(&bench);
    bench_make_image(&image, IMAGE_SLOT_B, 1, BODY);
    assert_int_equal(bench_begin(&bench, &image), UPDATE_OK);
    assert_int_equal(update_data(&bench.update, 0, image.body, 1000), UPDATE_OK);
    for (size_t i = 0; i < SUPPORT_COUNT(wrong); i++) {
        assert_int_equal(update_data(&bench.update, wrong[i], image.body, 100), UPDATE_ERROR_ORDER);
        assert_int_equal(bench.update.received, 1000);
    }
    assert_int_equal(bench_finish(&bench), UPDATE_ERROR_TRUNCATED);
    assert_int_equal(update_data(&bench.update, 1000, image.body, BODY - 999U),
                     UPDATE_ERROR_TOO_LONG);
    assert_int_equal(bench_send(&bench, &image, 777), UPDATE_OK);
    assert_int_equal(update_data(&bench.update, BODY, image.body, 1), UPDATE_ERROR_TOO_LONG);
    assert_int_equal(bench_finish(&bench), UPDATE_OK);
    assert_int_equal(update_data(&bench.update, BODY, image.body, 1), UPDATE_ERROR_ORDER);
    assert_true(bench_slot_holds(IMAGE_SLOT_B, &image));
}

/* The image that a revert would go back to is not written over. */
static void update_during_a_trial_is_refused(void **state)
{
    static struct bench_image next;

    (void)state;
    bench_new(&bench);
    bench_make_image(&image, IMAGE_SLOT_B, 1, BODY);
    bench_make_image(&next, IMAGE_SLOT_A, 2, BODY);
    assert_int_equal(bench_update(&bench, &image), UPDATE_OK);
    bench_start(&bench);
    support_watch_flash();
    assert_int_equal(bench_begin(&bench, &next), UPDATE_ERROR_ORDER);
    assert_int_equal(support_flash.count, 0);
    assert_int_equal(bench_confirm(&bench), UPDATE_OK);
    assert_int_equal(bench_update(&bench, &next), UPDATE_OK);
    bench_start(&bench);
    assert_runs(IMAGE_SLOT_A, true);
}

static void update_that_was_given_up_leaves_nothing_that_starts(void **state)
{
    static struct bench_image other;

    (void)state;
    bench_make_image(&image, IMAGE_SLOT_B, 1, BODY);
    bench_make_image(&other, IMAGE_SLOT_B, 2, 300);
    for (size_t received = 0; received <= BODY; received += 1250) {
        bench_new(&bench);
        assert_int_equal(bench_begin(&bench, &image), UPDATE_OK);
        assert_int_equal(update_data(&bench.update, 0, image.body, received), UPDATE_OK);
        if (received % 2500U == 0) {
            bench_start(&bench); /* by a power cut; else by another update */
            assert_runs(IMAGE_SLOT_A, false);
            assert_int_equal(bench.running.refused[IMAGE_SLOT_B], IMAGE_OK); /* never looked at */
        }
        assert_int_equal(bench_update(&bench, &other), UPDATE_OK);
        assert_true(bench_slot_holds(IMAGE_SLOT_B, &other));
        bench_start(&bench);
        assert_runs(IMAGE_SLOT_B, true);
    }
}

/* --- Recovery --- */

static void device_in_recovery_takes_an_image_for_either_slot(void **state)
{
    (void)state;
    for (int slot = IMAGE_SLOT_A; slot < IMAGE_SLOT_COUNT; slot++) {
        bench_new_recovery(&bench);
        bench_make_image(&image, (enum image_slot)slot, 1, BODY);
        assert_int_equal(bench_confirm(&bench), UPDATE_ERROR_ORDER);
        assert_int_equal(bench_update(&bench, &image), UPDATE_OK);
        bench_start(&bench);
        assert_runs((enum image_slot)slot, true);
        bench_start(&bench); /* nothing to go back to: it is tried again */
        assert_runs((enum image_slot)slot, true);
        assert_int_equal(bench_confirm(&bench), UPDATE_OK);
        bench_start(&bench);
        assert_runs((enum image_slot)slot, false);
    }
}

static void recovery_refuses_what_a_running_device_refuses(void **state)
{
    (void)state;
    bench_new_recovery(&bench);
    for (size_t i = 0; i < SUPPORT_COUNT(refusals); i++) {
        if (refusals[i].spoil != running_slot && refusals[i].spoil != older) {
            spoil_header(&image, &refusals[i]);
            assert_begin_refused(refusals[i].error);
        }
    }
    bench_make_image(&image, IMAGE_SLOT_B, 1, BODY);
    bench.state.current.security_counter = BENCH_COUNTER + 2U;
    assert_begin_refused(IMAGE_ERROR_OLDER);
}

/* Whatever was to be tried when the last image was lost. */
static void recovery_takes_an_update_during_a_trial(void **state)
{
    static const enum boot_trial trials[] = {BOOT_TRIAL_ASKED, BOOT_TRIAL_STARTED};

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(trials); i++) {
        const struct boot_state before = {.active = IMAGE_SLOT_B, .trial = trials[i]};

        bench_new_recovery(&bench);
        assert_int_equal(boot_state_commit(&bench.state, &before), BOOT_STATE_OK);
        bench_start(&bench);
        assert_true(bench.running.recovery);
        bench_make_image(&image, IMAGE_SLOT_A, 1, BODY);
        assert_int_equal(bench_update(&bench, &image), UPDATE_OK);
        bench_start(&bench);
        assert_runs(IMAGE_SLOT_A, true);
    }
}

/* --- Confirm --- */

static void confirm_may_come_again_and_writes_once(void **state)
{
    (void)state;
    bench_new(&bench);
    assert_int_equal(bench_confirm(&bench), UPDATE_OK);
    assert_int_equal(support_flash.count, 0);
    bench_make_image(&image, IMAGE_SLOT_B, 1, BODY);
    assert_int_equal(bench_update(&bench, &image), UPDATE_OK);
    assert_int_equal(bench_confirm(&bench), UPDATE_ERROR_ORDER);
    bench_start(&bench);
    assert_int_equal(bench_confirm(&bench), UPDATE_OK);
    support_watch_flash();
    assert_int_equal(bench_confirm(&bench), UPDATE_OK);
    assert_int_equal(support_flash.count, 0);
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {UPDATE_OK, UPDATE_ERROR_ORDER, UPDATE_ERROR_TOO_LONG,
                                UPDATE_ERROR_TRUNCATED, UPDATE_ERROR_STORAGE};

    (void)state;
    support_check_texts(update_strerror, codes, SUPPORT_COUNT(codes));
    assert_string_equal(update_strerror(IMAGE_ERROR_BODY), image_strerror(IMAGE_ERROR_BODY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(update_is_staged_tried_and_confirmed),
        cmocka_unit_test(update_without_confirm_is_taken_back),
        cmocka_unit_test(staged_update_does_not_start_by_itself),
        cmocka_unit_test(header_that_may_not_run_is_refused_and_nothing_written),
        cmocka_unit_test(image_of_the_same_counter_is_taken),
        cmocka_unit_test(refused_header_leaves_the_update_under_way_alone),
        cmocka_unit_test(steps_come_in_order),
        cmocka_unit_test(data_come_without_gaps_and_once),
        cmocka_unit_test(update_during_a_trial_is_refused),
        cmocka_unit_test(update_that_was_given_up_leaves_nothing_that_starts),
        cmocka_unit_test(device_in_recovery_takes_an_image_for_either_slot),
        cmocka_unit_test(recovery_refuses_what_a_running_device_refuses),
        cmocka_unit_test(recovery_takes_an_update_during_a_trial),
        cmocka_unit_test(confirm_may_come_again_and_writes_once),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
