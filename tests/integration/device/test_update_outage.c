/*
 * Power cuts at random moments of updates (EN 303 645, 5.3-2, 5.9-1): afterwards the device runs the
 * old image or the new one, never neither, and can be updated again. HEARTH_UPDATE_SEED repeats a
 * run's choices (not the kernel's timing), HEARTH_UPDATE_CUTS changes their number.
 *
 * Method: flash takes time, so that a kill while an image is written tears an operation. The other
 * steps of an update write little and wait long; the cut is aimed at the short time in which each of
 * them writes. What the device answered until then says what may run afterwards: the image of before
 * unless the new one's confirm was answered; the new one only if its activation had been asked for.
 * Each image has a higher security counter than the one before. Not modelled: a unit that is
 * programmed in part and flash that fails; those are enumerated on the in-process board.
 */
#include "kill_timer.h"
#include "replay.h"
#include "update_bench.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define CUTS          200U
#define FLASH_TIME_US "20" /* a unit; an image of 216 units then takes 4 ms at least */
#define FIRST_NUMBER  2U
#define WHOLE_EVERY   20U /* cuts between two updates that nothing disturbs */
#define US_PER_MS     1000U
#define BOOT_SPAN_US  400000U /* an emulated boot stage writes after it has verified an image */
#define MEASUREMENTS  3U

/* Where the cut is aimed at, and the time in which that step writes. */
enum step { STEP_TRANSFER, STEP_ACTIVATE, STEP_RESTART, STEP_CONFIRM, STEP_COUNT };

static struct {
    const char *name;
    uint32_t from_us; /* after the step has begun */
    uint32_t span_us; /* 0: as long as a transfer takes */
    uint32_t percent; /* of the cuts */
} steps[STEP_COUNT] = {[STEP_TRANSFER] = {"transfer", 0, 0, 55},
                       [STEP_ACTIVATE] = {"activate", 0, 3000, 15},
                       [STEP_RESTART] = {"restart", 199000, 8000, 15},
                       [STEP_CONFIRM] = {"confirm", 0, 3000, 15}};

static struct update_bench bench;

/* What is known of the device. */
static struct {
    uint32_t number; /* of the image that is confirmed */
    enum image_slot slot;
    struct update_image image;
    uint32_t newest; /* number ever used */
    uint32_t transfer_us;
} known;

/* The update under way. */
static struct {
    struct update_image image;
    enum image_slot slot;
    bool activation_sent;
    bool confirm_sent;
    bool confirmed;
} attempt;

static struct {
    uint32_t cuts[STEP_COUNT];
    uint32_t old;
    uint32_t on_trial;
    uint32_t confirmed;
    uint32_t torn; /* slots that held a part of the new image */
} tally;

static enum image_slot other(enum image_slot slot)
{
    return slot == IMAGE_SLOT_A ? IMAGE_SLOT_B : IMAGE_SLOT_A;
}

static void settle_new_image(void)
{
    known.number = known.newest;
    known.slot = attempt.slot;
    known.image = attempt.image;
}

static void prepare_attempt(void)
{
    known.newest++;
    attempt.slot = other(known.slot);
    attempt.activation_sent = false;
    attempt.confirm_sent = false;
    attempt.confirmed = false;
    update_bench_make_image(&attempt.image, attempt.slot, known.newest);
}

static void aim(enum step wanted, enum step now, uint32_t delay_us)
{
    if (wanted == now) {
        kill_timer_start(&bench.device, delay_us);
    }
}

/* Goes on until the device is gone, or confirmed. `wanted` STEP_COUNT: nothing is cut. */
static void update_until_cut(enum step wanted, uint32_t delay_us)
{
    aim(wanted, STEP_TRANSFER, delay_us);
    if (update_bench_stage(&bench, &attempt.image) != MAILBOX_STATUS_OK) {
        return;
    }
    attempt.activation_sent = true;
    aim(wanted, STEP_ACTIVATE, delay_us);
    if (update_bench_try(&bench, MAILBOX_UPDATE_ACTIVATE, NULL, 0) != MAILBOX_STATUS_OK) {
        return;
    }
    aim(wanted, STEP_RESTART, delay_us);
    if (!update_bench_try_follow_restart(&bench)) {
        return;
    }
    attempt.confirm_sent = true;
    aim(wanted, STEP_CONFIRM, delay_us);
    attempt.confirmed = update_bench_confirm(&bench) == MAILBOX_STATUS_OK;
}

static void update_undisturbed(void)
{
    prepare_attempt();
    update_until_cut(STEP_COUNT, 0);
    assert_true(attempt.confirmed);
    settle_new_image();
}

/* The shortest of some: on a busy machine a longer one would aim cuts behind the transfer. */
static uint32_t measure_transfer_us(void)
{
    uint64_t shortest_ms = UINT32_MAX / US_PER_MS;

    for (unsigned i = 0; i < MEASUREMENTS; i++) {
        const uint64_t begin_ms = device_process_now_ms();
        uint64_t took_ms;
        assert_int_equal(update_bench_stage(&bench, &attempt.image), MAILBOX_STATUS_OK);
        took_ms = device_process_now_ms() - begin_ms;
        shortest_ms = took_ms < shortest_ms ? took_ms : shortest_ms;
    }
    return ((uint32_t)shortest_ms + 1U) * US_PER_MS;
}

static int set_up(void **state)
{
    *state = &bench;
    memset(&known, 0, sizeof known);
    memset(&tally, 0, sizeof tally);
    update_bench_create(&bench, FLASH_TIME_US);
    if (bench.device.is_emulated) {
        steps[STEP_RESTART].span_us = BOOT_SPAN_US;
    }
    known.newest = FIRST_NUMBER - 1U;
    update_undisturbed(); /* from here on all images are the test's own */
    prepare_attempt();
    known.transfer_us = measure_transfer_us();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kill_timer_stop();
    update_bench_destroy(&bench);
    return 0;
}

static enum step choose_step(uint32_t *random)
{
    uint32_t roll = replay_random(random) % 100U;
    int step = 0;

    while (roll >= steps[step].percent) {
        roll -= steps[step].percent;
        step++;
    }
    return (enum step)step;
}

static uint32_t choose_delay_us(uint32_t *random, enum step step)
{
    const uint32_t span = steps[step].span_us != 0 ? steps[step].span_us : known.transfer_us;

    return steps[step].from_us + replay_random(random) % span;
}

static void power_off_and_on(void)
{
    kill_timer_stop();
    update_bench_cut(&bench); /* fails if the device has ended in any other way */
    update_bench_restart(&bench);
}

/* What is wrong with what runs; NULL: it may run, and is what was signed. */
static const char *find_wrong(const struct update_status *status)
{
    const bool is_new = status->version == UPDATE_BENCH_VERSION(known.newest);
    const bool is_old = status->version == UPDATE_BENCH_VERSION(known.number);
    const bool trial = (status->flags & MAILBOX_UPDATE_TRIAL) != 0;

    if ((status->flags & MAILBOX_UPDATE_RECOVERY) != 0 || (!is_new && !is_old)) {
        return "neither the old image nor the new one runs";
    }
    if (is_old && (attempt.confirmed || trial)) {
        return "the old image runs after the new one was confirmed, or is on trial";
    }
    if (is_new && (!attempt.activation_sent || (attempt.confirmed && trial) ||
                   (!attempt.confirm_sent && !trial))) {
        return "the new image runs unasked, or its trial has a wrong end";
    }
    if (status->slot != (is_new ? attempt.slot : known.slot) ||
        !update_bench_holds(&bench, status->slot, is_new ? &attempt.image : &known.image)) {
        return "what runs is not the image that was signed";
    }
    if (status->counter != (is_new && !trial ? known.newest : known.number)) {
        return "the security counter is not the confirmed image's";
    }
    return NULL;
}

static void judge(const struct update_status *status, uint32_t cut)
{
    const char *wrong = find_wrong(status);

    if (wrong != NULL) {
        fail_msg("cut %" PRIu32 ": %s: version %08" PRIx32 ", flags %u, counter %" PRIu32
                 "; old %" PRIu32 ", new %" PRIu32 ", sent %d%d, confirmed %d",
                 cut, wrong, status->version, status->flags, status->counter, known.number,
                 known.newest, attempt.activation_sent, attempt.confirm_sent, attempt.confirmed);
    }
}

/* A trial ends by a confirm, or by the next start without one. */
static void end_trial(bool confirm, uint32_t cut)
{
    struct update_status status;

    if (confirm) {
        assert_int_equal(update_bench_confirm(&bench), MAILBOX_STATUS_OK);
        settle_new_image();
        return;
    }
    power_off_and_on();
    status = update_bench_status(&bench);
    if (status.version != UPDATE_BENCH_VERSION(known.number) || status.slot != known.slot ||
        (status.flags & MAILBOX_UPDATE_REVERTED) == 0) {
        fail_msg("cut %" PRIu32 ": an unconfirmed trial did not revert: version %08" PRIx32
                 ", flags %u",
                 cut, status.version, status.flags);
    }
}

static void look_and_settle(uint32_t *random, uint32_t cut)
{
    const struct update_status status = update_bench_status(&bench);

    judge(&status, cut);
    if (status.version == UPDATE_BENCH_VERSION(known.number)) {
        tally.old++;
        tally.torn += !update_bench_holds(&bench, attempt.slot, &attempt.image);
    } else if ((status.flags & MAILBOX_UPDATE_TRIAL) != 0) {
        tally.on_trial++;
        end_trial(replay_random(random) % 2U == 0, cut);
    } else {
        tally.confirmed++;
        settle_new_image();
    }
}

static void print_tally(void)
{
    for (int step = 0; step < STEP_COUNT; step++) {
        (void)printf("%s: %" PRIu32 " cuts\n", steps[step].name, tally.cuts[step]);
    }
    (void)printf("afterwards: old image %" PRIu32 " (new one incomplete %" PRIu32
                 "), on trial %" PRIu32 ", confirmed %" PRIu32 "\n",
                 tally.old, tally.torn, tally.on_trial, tally.confirmed);
}

static void test_genuine_image_runs_after_any_cut(void **state)
{
    const uint32_t seed =
        replay_number("HEARTH_UPDATE_SEED", (uint32_t)device_process_now_ms() | 1U);
    const uint32_t cuts = replay_number("HEARTH_UPDATE_CUTS", CUTS);
    uint32_t random = seed;

    (void)state;
    (void)printf("seed %" PRIu32 ", %" PRIu32 " cuts, transfer %" PRIu32 " us\n", seed, cuts,
                 known.transfer_us);
    for (uint32_t cut = 0; cut < cuts; cut++) {
        const enum step step = choose_step(&random);
        prepare_attempt();
        update_until_cut(step, choose_delay_us(&random, step));
        power_off_and_on();
        tally.cuts[step]++;
        look_and_settle(&random, cut);
        if (cut % WHOLE_EVERY == 0 || cut + 1U == cuts) {
            update_undisturbed();
        }
    }
    print_tally();
    /* Else the cuts were not where they had to be, and nothing was tested. */
    assert_true(tally.torn > cuts / 8U);
    assert_true(cuts < CUTS || (tally.on_trial > 0 && tally.confirmed > 0));
}

/* --- Self-checks: the same judgement must notice a device that runs what it must not. --- */

static void change_byte(enum image_slot slot, size_t place)
{
    const long offset = (long)image_slot_geometry(slot).offset + (long)place;
    FILE *file = fopen(bench.device.flash, "r+b");
    int byte;

    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    byte = fgetc(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    assert_int_equal(fputc(byte ^ 1, file), byte ^ 1);
    assert_int_equal(fclose(file), 0);
}

/* The set-up has staged an image that nobody has activated. When the running one rots away, the device
 * rightly starts that; here it stands for a device that runs what nobody asked for. */
static void test_judgement_sees_what_was_not_asked_for(void **state)
{
    struct update_status status = update_bench_status(&bench);

    (void)state;
    assert_null(find_wrong(&status));
    update_bench_cut(&bench);
    change_byte(known.slot, IMAGE_HEADER_SIZE + 1U);
    update_bench_restart(&bench);
    status = update_bench_status(&bench);
    assert_int_equal(status.version, UPDATE_BENCH_VERSION(known.newest));
    assert_non_null(find_wrong(&status));
}

/* A counter that fell, an image that changed after it was checked, an old image after a confirm. */
static void test_judgement_sees_what_may_not_be(void **state)
{
    struct update_status status = update_bench_status(&bench);

    (void)state;
    status.counter--;
    assert_non_null(find_wrong(&status));
    status.counter++;
    assert_null(find_wrong(&status));
    attempt.confirmed = true;
    assert_non_null(find_wrong(&status));
    attempt.confirmed = false;
    status.flags |= MAILBOX_UPDATE_RECOVERY;
    assert_non_null(find_wrong(&status));
    status = update_bench_status(&bench);
    update_bench_cut(&bench); /* the device has its own copy of flash while it runs */
    change_byte(known.slot, IMAGE_HEADER_SIZE + 1U);
    assert_non_null(find_wrong(&status));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_judgement_sees_what_was_not_asked_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_judgement_sees_what_may_not_be, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_genuine_image_runs_after_any_cut, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("device.update_outage", tests, NULL, NULL);
}
