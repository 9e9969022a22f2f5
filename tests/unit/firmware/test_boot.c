/* boot.h: what is started, what is remembered of it, and how a trial ends. */
#include "support.h"

#include "boot.h"
#include "image_builder.h"
#include "update.h"

#include <string.h>

#define NOTHING         0U /* in a slot: erased flash */
#define SPOILED         0x80000000U
#define SPOILT(counter) (SPOILED | (counter))

static void fill(enum image_slot slot, uint32_t content)
{
    if (content == NOTHING) {
        return;
    }
    place_image(slot, content & ~SPOILED);
    if ((content & SPOILED) != 0) {
        spoil_image(slot);
    }
}

static void remember(const struct boot_state *state)
{
    struct boot_state_store store;

    assert_int_equal(boot_state_start(&store), BOOT_STATE_OK);
    assert_int_equal(boot_state_commit(&store, state), BOOT_STATE_OK);
}

static struct boot_state remembered(void)
{
    struct boot_state_store store;

    assert_int_equal(boot_state_start(&store), BOOT_STATE_OK);
    return store.current;
}

static struct boot_handover start(void)
{
    struct boot_handover handover;

    memset(&handover, 0xEE, sizeof handover);
    in_process_power_on();
    assert_int_equal(boot_run(&handover), BOOT_OK);
    return handover;
}

enum { A = IMAGE_SLOT_A, B = IMAGE_SLOT_B, NONE = -1 };
enum { NO = BOOT_NO_TRIAL, ASKED = BOOT_TRIAL_ASKED, STARTED = BOOT_TRIAL_STARTED };

/* Slots hold images of the counters given. */
static const struct row {
    const char *what;
    int active, trial;
    uint32_t counter;
    uint32_t slot_a, slot_b;
    int started; /* NONE: recovery */
    bool on_trial, reverted;
    int active_after, trial_after;
    uint32_t counter_after;
} rows[] = {
    {"confirmed", A, NO, 3, 3, 3, A, false, false, A, NO, 3},
    {"confirmed in B", B, NO, 3, 3, 3, B, false, false, B, NO, 3},
    {"counter lags behind", A, NO, 2, 3, NOTHING, A, false, false, A, NO, 3},
    {"staged only", A, NO, 3, 3, 4, A, false, false, A, NO, 3},
    {"trial asked", B, ASKED, 3, 3, 4, B, true, false, B, STARTED, 3},
    {"trial not confirmed", B, STARTED, 3, 3, 4, A, false, true, A, NO, 3},
    {"trial of A", A, STARTED, 3, 4, 3, B, false, true, B, NO, 3},
    {"trial, other gone", B, STARTED, 3, NOTHING, 4, B, true, false, B, STARTED, 3},
    {"trial, other spoilt", B, STARTED, 3, SPOILT(3), 4, B, true, false, B, STARTED, 3},
    {"trial, other older", B, STARTED, 3, 2, 4, B, true, false, B, STARTED, 3},
    {"trial spoilt", B, ASKED, 3, 3, SPOILT(4), A, false, false, A, NO, 3},
    {"trial older", B, ASKED, 3, 3, 2, A, false, false, A, NO, 3},
    {"started trial spoilt", B, STARTED, 3, 3, SPOILT(4), A, false, true, A, NO, 3},
    {"active spoilt", A, NO, 3, SPOILT(3), 3, B, false, false, B, NO, 3},
    {"active spoilt, newer steps in", A, NO, 3, SPOILT(3), 4, B, true, false, B, STARTED, 3},
    {"active older", A, NO, 3, 2, 3, B, false, false, B, NO, 3},
    {"all spoilt", A, NO, 3, SPOILT(3), SPOILT(4), NONE, false, false, A, NO, 3},
    {"all older", B, STARTED, 3, 2, 1, NONE, false, false, B, STARTED, 3},
    {"empty", A, NO, 0, NOTHING, NOTHING, NONE, false, false, A, NO, 0},
    {"reverted to newer", B, STARTED, 3, 5, 4, A, false, true, A, NO, 5},
};

static bool as_expected(const struct row *row)
{
    const struct boot_handover handover = start();
    const struct boot_state after = remembered();

    if (row->started == NONE) {
        return handover.recovery && handover.refused[A] != IMAGE_OK &&
               handover.refused[B] != IMAGE_OK &&
               after.active == (enum image_slot)row->active_after &&
               after.trial == (enum boot_trial)row->trial_after &&
               after.security_counter == row->counter_after;
    }
    return !handover.recovery && handover.slot == (enum image_slot)row->started &&
           handover.trial == row->on_trial && handover.reverted == row->reverted &&
           handover.refused[row->started] == IMAGE_OK &&
           handover.image.security_counter == (row->started == A ? row->slot_a : row->slot_b) &&
           after.active == (enum image_slot)row->active_after &&
           after.trial == (enum boot_trial)row->trial_after &&
           after.security_counter == row->counter_after;
}

static void each_situation_has_its_start(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        const struct row *row = &rows[i];
        const struct boot_state before = {.active = (enum image_slot)row->active,
                                          .trial = (enum boot_trial)row->trial,
                                          .security_counter = row->counter,
                                          .unlock_epoch = 77,
                                          .erase_pending = true};

        support_new_board();
        fill(IMAGE_SLOT_A, row->slot_a);
        fill(IMAGE_SLOT_B, row->slot_b);
        remember(&before);
        if (!as_expected(row)) {
            fail_msg("%s", row->what);
        }
        assert_int_equal(remembered().unlock_epoch, 77);
        assert_true(remembered().erase_pending);
    }
}

/* Every situation settles: from the second start on, all starts are alike. */
static void starts_do_not_alternate(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        const struct row *row = &rows[i];
        const struct boot_state before = {.active = (enum image_slot)row->active,
                                          .trial = (enum boot_trial)row->trial,
                                          .security_counter = row->counter};
        struct boot_handover second;

        support_new_board();
        fill(IMAGE_SLOT_A, row->slot_a);
        fill(IMAGE_SLOT_B, row->slot_b);
        remember(&before);
        (void)start();
        second = start();
        for (int again = 0; again < 3; again++) {
            const struct boot_handover later = start();

            assert_int_equal(later.recovery, second.recovery);
            assert_int_equal(later.slot, second.slot);
        }
    }
}

static void new_board_starts_the_factory_image(void **state)
{
    struct boot_handover handover;

    (void)state;
    support_new_board();
    place_image(IMAGE_SLOT_A, 2);
    handover = start();
    assert_false(handover.recovery);
    assert_int_equal(handover.slot, IMAGE_SLOT_A);
    assert_false(handover.trial);
    assert_int_equal(remembered().security_counter, 2);
}

static void refusals_are_handed_over(void **state)
{
    const struct boot_state before = {.security_counter = 3};
    struct boot_handover handover;

    (void)state;
    support_new_board();
    place_image(IMAGE_SLOT_A, 3);
    spoil_image(IMAGE_SLOT_A);
    place_image(IMAGE_SLOT_B, 2);
    remember(&before);
    handover = start();
    assert_true(handover.recovery);
    assert_int_equal(handover.refused[IMAGE_SLOT_A], IMAGE_ERROR_BODY);
    assert_int_equal(handover.refused[IMAGE_SLOT_B], IMAGE_ERROR_OLDER);
}

/* A trial in B of a newer image; A holds the one that is confirmed. */
static void begin_trial(void)
{
    const struct boot_state asked = {
        .active = IMAGE_SLOT_B, .trial = BOOT_TRIAL_ASKED, .security_counter = 3};

    support_new_board();
    place_image(IMAGE_SLOT_A, 3);
    place_image(IMAGE_SLOT_B, 4);
    remember(&asked);
}

static void confirmed_trial_stays(void **state)
{
    struct boot_state_store store;
    struct boot_handover handover;
    struct update update;

    (void)state;
    begin_trial();
    handover = start();
    assert_true(handover.trial);
    update_start(&update);
    assert_int_equal(boot_state_start(&store), BOOT_STATE_OK);
    assert_int_equal(update_confirm(&update, &handover, &store), UPDATE_OK);
    handover = start();
    assert_int_equal(handover.slot, IMAGE_SLOT_B);
    assert_false(handover.trial);
    assert_int_equal(remembered().security_counter, 4);
    spoil_image(IMAGE_SLOT_B);
    assert_true(start().recovery); /* A is too old now */
}

static void trial_gets_one_start_and_is_reverted(void **state)
{
    (void)state;
    begin_trial();
    assert_int_equal(start().slot, IMAGE_SLOT_B);
    for (int i = 0; i < 3; i++) {
        const struct boot_handover handover = start();

        assert_int_equal(handover.slot, IMAGE_SLOT_A);
        assert_int_equal(handover.reverted, i == 0);
        assert_int_equal(remembered().security_counter, 3);
    }
}

static void unreadable_state_starts_nothing(void **state)
{
    struct boot_handover handover;

    (void)state;
    begin_trial();
    support_fail_read(0);
    assert_int_equal(boot_run(&handover), BOOT_ERROR_STORAGE);
    assert_true(handover.recovery);
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {BOOT_OK, BOOT_ERROR_STORAGE};

    (void)state;
    support_check_texts(boot_strerror, codes, SUPPORT_COUNT(codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_situation_has_its_start),
        cmocka_unit_test(starts_do_not_alternate),
        cmocka_unit_test(new_board_starts_the_factory_image),
        cmocka_unit_test(refusals_are_handed_over),
        cmocka_unit_test(confirmed_trial_stays),
        cmocka_unit_test(trial_gets_one_start_and_is_reverted),
        cmocka_unit_test(unreadable_state_starts_nothing),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
