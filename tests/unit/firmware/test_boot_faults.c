/* boot.h while flash operations fail or the power does: something genuine starts all the same. */
#include "support.h"

#include "boot.h"
#include "image_builder.h"

#include <string.h>

#define STORED_COUNTER 3U

/* A start, and what it was made from. */
struct attempt {
    struct boot_state before;
    struct boot_handover handover;
    int result; /* of the start, unless the power failed in it */
};

/* Situations in which the boot stage writes. `commits` fill the log before. */
static const struct situation {
    const char *what;
    enum boot_trial trial;
    enum image_slot active;
    uint32_t slot_a; /* counter of the image there; 0: none */
    uint32_t slot_b;
    unsigned commits;
} situations[] = {
    {"trial asked", BOOT_TRIAL_ASKED, IMAGE_SLOT_B, 3, 4, 1},
    {"trial asked, full sector", BOOT_TRIAL_ASKED, IMAGE_SLOT_B, 3, 4, 85},
    {"trial asked, no other", BOOT_TRIAL_ASKED, IMAGE_SLOT_B, 0, 4, 1},
    {"revert", BOOT_TRIAL_STARTED, IMAGE_SLOT_B, 3, 4, 1},
    {"revert, full sector", BOOT_TRIAL_STARTED, IMAGE_SLOT_B, 3, 4, 85},
    {"counter lags behind", BOOT_NO_TRIAL, IMAGE_SLOT_A, 4, 0, 1},
    {"active gone", BOOT_NO_TRIAL, IMAGE_SLOT_A, 0, 3, 1},
    {"active gone, newer steps in", BOOT_NO_TRIAL, IMAGE_SLOT_A, 0, 4, 1},
};

static const struct situation *situation;

static void prepare(struct attempt *attempt)
{
    struct boot_state_store store;
    struct boot_state state = {.active = situation->active, .trial = situation->trial};

    memset(attempt, 0, sizeof *attempt);
    support_new_board();
    if (situation->slot_a > 0) {
        place_image(IMAGE_SLOT_A, situation->slot_a);
    }
    if (situation->slot_b > 0) {
        place_image(IMAGE_SLOT_B, situation->slot_b);
    }
    assert_int_equal(boot_state_start(&store), BOOT_STATE_OK);
    for (unsigned i = 1; i <= situation->commits; i++) {
        state.unlock_epoch = i;
        state.security_counter = STORED_COUNTER;
        assert_int_equal(boot_state_commit(&store, &state), BOOT_STATE_OK);
    }
    attempt->before = state;
}

static void run(void *state)
{
    struct attempt *attempt = state;

    attempt->result = boot_run(&attempt->handover);
}

/* What a start looks like when nothing fails, from a board with this state. */
static uint32_t counter_in(enum image_slot slot)
{
    return slot == IMAGE_SLOT_A ? situation->slot_a : situation->slot_b;
}

static const char *wrong_with(const struct boot_handover *handover)
{
    if (handover->recovery) {
        return "recovery, although an image may run";
    }
    if (counter_in(handover->slot) < STORED_COUNTER) {
        return "started what may not run";
    }
    return NULL;
}

/* Three starts without a confirm; a trial may be among them once, unless nothing else may run. */
static const char *wrong_with_later_starts(unsigned trials)
{
    const bool alone = situation->slot_a < STORED_COUNTER || situation->slot_b < STORED_COUNTER;
    struct boot_handover handover;
    enum image_slot last = IMAGE_SLOT_A;

    for (int i = 0; i < 4; i++) {
        const char *wrong;

        in_process_power_on();
        if (boot_run(&handover) != BOOT_OK) {
            return "a later start fails";
        }
        wrong = wrong_with(&handover);
        if (wrong != NULL) {
            return wrong;
        }
        trials += handover.trial ? 1U : 0U;
        if (i == 3 && handover.slot != last) {
            return "starts alternate";
        }
        last = handover.slot;
    }
    return !alone && trials > 1 ? "a trial got more than one start" : NULL;
}

static const char *check_state(const struct attempt *attempt)
{
    struct boot_state_store store;

    if (boot_state_start(&store) != BOOT_STATE_OK) {
        return "state cannot be read";
    }
    if (store.current.security_counter < attempt->before.security_counter ||
        store.current.unlock_epoch != attempt->before.unlock_epoch) {
        return "counter or epoch changed";
    }
    return NULL;
}

static const char *check_power_cut(void *state, enum fault_kind kind)
{
    const char *wrong = check_state(state);

    (void)kind;
    return wrong != NULL ? wrong : wrong_with_later_starts(0);
}

static const char *check_failure(void *state, enum fault_kind kind)
{
    const struct attempt *attempt = state;
    const char *wrong = check_state(attempt);

    (void)kind;
    if (wrong == NULL && attempt->result != BOOT_OK) {
        wrong = "the start failed";
    }
    if (wrong == NULL) {
        wrong = wrong_with(&attempt->handover);
    }
    return wrong != NULL ? wrong : wrong_with_later_starts(attempt->handover.trial ? 1U : 0U);
}

static void sweep(enum fault_kind kind, const char *(*check)(void *state, enum fault_kind kind))
{
    struct attempt attempt;
    const struct support_trial trial = {.state = &attempt,
                                        .state_size = sizeof attempt,
                                        .act = run,
                                        .check = check,
                                        .kind = kind,
                                        .erase_step = 64};

    for (size_t i = 0; i < SUPPORT_COUNT(situations); i++) {
        situation = &situations[i];
        prepare(&attempt);
        (void)support_sweep(&trial);
    }
}

static void power_cut_leaves_a_device_that_starts(void **state)
{
    (void)state;
    sweep(FAULT_POWER_CUT, check_power_cut);
}

static void flash_failure_does_not_keep_an_image_from_starting(void **state)
{
    (void)state;
    sweep(FAULT_FLASH_ERROR, check_failure);
}

/* Without the mark nobody would know tomorrow that the trial had its start. */
static void trial_that_cannot_be_marked_makes_way(void **state)
{
    const struct fault refused = {.kind = FAULT_FLASH_ERROR, .moment = FAULT_BEFORE};
    struct attempt attempt;

    (void)state;
    situation = &situations[0];
    prepare(&attempt);
    flash_model_arm(&in_process_board.flash, refused);
    run(&attempt);
    assert_int_equal(attempt.result, BOOT_OK);
    assert_int_equal(attempt.handover.slot, IMAGE_SLOT_A);
    assert_false(attempt.handover.trial);
    run(&attempt); /* flash works again */
    assert_int_equal(attempt.handover.slot, IMAGE_SLOT_B);
    assert_true(attempt.handover.trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_cut_leaves_a_device_that_starts),
        cmocka_unit_test(flash_failure_does_not_keep_an_image_from_starting),
        cmocka_unit_test(trial_that_cannot_be_marked_makes_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
