/*
 * The boot stage on any content of boot state and slots: starts, trials and confirms, while flash
 * operations fail and the power does.
 *
 * Oracles (boot_state_judge.c, and here): genuine-not-started, wrong-slot, trial-started-again,
 * trial-not-marked, trial-raises-counter, confirmed-not-started, confirm-refused, start-refused,
 * start-not-recorded, state-readable, state-damaged, starts-alternate, flash-rules (EN 303 645,
 * 5.9-1); other-started, wrong-reason, activated-unfit (5.7-1); older-started, counter-fell,
 * counter-lags, confirm-forgotten (5.3-2).
 */
#include "boot_state.h"

#include "boot.h"
#include "boot_state_flash.h"
#include "boot_state_input.h"
#include "boot_state_judge.h"
#include "boot_state_mutator.h"
#include "error_text.h"
#include "harness.h"
#include "history.h"
#include "image_model.h"
#include "in_process.h"
#include "update.h"

#include <setjmp.h>
#include <string.h>

#define MAX_STEPS     24U
#define SETTLE_STARTS 4

/* The device, as far as this harness knows it. */
struct device_model {
    bool up; /* an image runs, or recovery */
    struct boot_handover handover;
    bool store_read;
    struct boot_state_store store; /* the application's; valid if store_read */
    struct update update;
};

static struct device_model model;
static struct boot_state_judge judge;
static bool ever_started;
static struct fault next_fault;

static void on_breach(const char *what, uint32_t offset)
{
    harness_oracle_violated("5.9-1", "flash-rules", "%s at 0x%08x", what, (unsigned)offset);
}

/* Runs `act` with the next fault armed. False if the power failed; `*faulty`: a fault took effect. */
static bool carry_out(void (*act)(void), bool *faulty)
{
    static jmp_buf power_cut;
    bool finished = false;

    flash_model_arm(&in_process_board.flash, next_fault);
    memset(&next_fault, 0, sizeof next_fault);
    in_process_board.power_cut = &power_cut;
    if (setjmp(power_cut) == 0) {
        act();
        finished = true;
    }
    in_process_board.power_cut = NULL;
    *faulty = in_process_board.flash.fault_fired;
    in_process_board.flash.fault.kind = FAULT_NONE;
    in_process_board.flash.fault_fired = false;
    model.up = model.up && finished;
    return finished;
}

/* --- Starts --- */

static int act_result; /* of what was carried out last */

static void act_start(void)
{
    act_result = boot_run(&model.handover);
    check_error_text("5.9-1", boot_strerror(act_result));
}

static void start(void)
{
    struct boot_state_view before;
    bool faulty;

    ever_started = true;
    in_process_power_on();
    boot_state_view(&before);
    model.up = true;
    if (!carry_out(act_start, &faulty)) {
        boot_state_judge_memory(&before);
        return;
    }
    ORACLE("5.9-1", "start-refused", act_result == BOOT_OK || faulty, "%s",
           boot_strerror(act_result));
    if (act_result != BOOT_OK) {
        model.up = false;
        boot_state_judge_memory(&before);
        return;
    }
    harness_gate(model.handover.recovery ? "recovery" : "start");
    if (!model.handover.recovery && model.handover.trial) {
        harness_gate("trial");
    }
    boot_state_judge_start(&judge, &before, &model.handover, faulty);
    update_start(&model.update);
    model.store_read = false;
}

/* Whatever happened before: nobody touches the device any more, and its starts are all alike. */
static void check_settles(void)
{
    struct boot_handover settled;

    memset(&next_fault, 0, sizeof next_fault);
    start();
    start();
    settled = model.handover;
    for (int i = 2; i < SETTLE_STARTS; i++) {
        start();
        ORACLE("5.9-1", "starts-alternate",
               model.handover.recovery == settled.recovery && model.handover.slot == settled.slot,
               "slot %c, then slot %c, without end", 'A' + (int)settled.slot,
               'A' + (int)model.handover.slot);
    }
}

/* --- What the application does --- */

/* As the application does when it starts; here when it is first needed. */
static void read_state(void)
{
    int result;

    if (!model.store_read) {
        result = boot_state_start(&model.store);
        check_error_text("5.9-1", boot_state_strerror(result));
        ORACLE("5.9-1", "state-readable", result == BOOT_STATE_OK, "%s",
               boot_state_strerror(result));
        model.store_read = true;
    }
}

static void act_confirm(void)
{
    act_result = update_confirm(&model.update, &model.handover, &model.store);
    check_error_text("5.9-1", update_strerror(act_result));
}

static void confirm(void)
{
    struct boot_state_view before;
    struct boot_state_view after;
    bool faulty;

    if (!model.up || model.handover.recovery || model.update.phase != UPDATE_IDLE) {
        return;
    }
    read_state();
    boot_state_view(&before);
    boot_state_judge_forget(&judge);
    if (!carry_out(act_confirm, &faulty) || act_result != UPDATE_OK) {
        ORACLE("5.9-1", "confirm-refused", faulty || before.worn, "%s",
               update_strerror(act_result));
        boot_state_judge_memory(&before);
        return;
    }
    harness_gate("confirmed");
    boot_state_view(&after);
    ORACLE("5.3-2", "confirm-forgotten",
           after.state.security_counter >= model.handover.image.security_counter &&
               after.state.trial == BOOT_NO_TRIAL,
           "confirmed counter %u, stored %u, trial %d",
           (unsigned)model.handover.image.security_counter, (unsigned)after.state.security_counter,
           (int)after.state.trial);
    boot_state_judge_memory(&before);
    judge.confirmed = true;
    judge.confirmed_slot = model.handover.slot;
}

static void act_activate(void)
{
    act_result = update_activate(&model.update, &model.store);
}

/* The slot that an update would have written to, as if it had just been staged. */
static void activate(const struct history_step *step)
{
    enum image_slot slot = IMAGE_SLOT_A;
    struct boot_state_view before;
    bool faulty;

    if (!model.up || step->length < 1) {
        return;
    }
    read_state();
    if (!model.handover.recovery && model.store.current.trial != BOOT_NO_TRIAL) {
        return; /* during a trial no update begins */
    }
    if (!model.handover.recovery) {
        slot = model.handover.slot == IMAGE_SLOT_A ? IMAGE_SLOT_B : IMAGE_SLOT_A;
    } else if (step->body[0] % 2U == 1) {
        slot = IMAGE_SLOT_B;
    }
    update_start(&model.update);
    model.update.phase = UPDATE_STAGED;
    model.update.slot = slot;
    boot_state_view(&before);
    boot_state_judge_forget(&judge);
    if (carry_out(act_activate, &faulty)) {
        const int verdict = before.verdicts[slot];

        ORACLE("5.7-1", "activated-unfit", verdict == IMAGE_OK || act_result == verdict,
               "activating says '%s', but '%s'", update_strerror(act_result),
               image_strerror(verdict));
        ORACLE("5.9-1", "activate-refused",
               verdict != IMAGE_OK || act_result == UPDATE_OK || faulty || before.worn, "%s",
               update_strerror(act_result));
    }
    boot_state_judge_memory(&before);
}

/* --- Inputs --- */

static void arm(const struct history_step *step)
{
    if (step->length < 4) {
        return;
    }
    next_fault.kind = step->body[0] % 2U == 0 ? FAULT_POWER_CUT : FAULT_FLASH_ERROR;
    next_fault.moment = (enum fault_moment)(step->body[1] % FAULT_MOMENT_COUNT);
    next_fault.operation = step->body[2] % 8U;
    next_fault.units = step->body[3];
}

static void run_step(const struct history_step *step)
{
    switch ((int)step->kind) {
    case BOOT_PLACE_BYTES:
        if (!ever_started) {
            boot_state_place_bytes(step);
        }
        break;
    case BOOT_PLACE_RECORD:
        if (!ever_started) {
            boot_state_place_record(step);
        }
        break;
    case BOOT_PLACE_IMAGE:
        boot_state_place_image(step);
        boot_state_judge_forget(&judge);
        break;
    case BOOT_ACTIVATE:
        activate(step);
        break;
    case BOOT_CONFIRM:
        confirm();
        break;
    case BOOT_START:
        start();
        break;
    default:
        arm(step);
        break;
    }
}

static void begin(void)
{
    static struct in_process_snapshot fresh;
    static bool ready;

    if (!ready) {
        struct factory_page page = {.initial_password.iterations = PASSWORD_MIN_ITERATIONS};

        in_process_on_breach(on_breach);
        in_process_manufacture(&page);
        in_process_take(&fresh, NULL);
        ready = true;
    }
    in_process_restore(&fresh, NULL);
    memset(&model, 0, sizeof model);
    memset(&next_fault, 0, sizeof next_fault);
    boot_state_judge_forget(&judge);
    ever_started = false;
    act_result = 0;
}

int harness_run(const uint8_t *data, size_t size)
{
    struct history_step step;
    size_t position = 0;

    begin();
    harness_about("boot");
    for (unsigned i = 0; i < MAX_STEPS && history_next(data, size, &position, &step); i++) {
        run_step(&step);
    }
    check_settles();
    return 0;
}

size_t harness_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return boot_state_mutate(data, size, max_size, seed);
}
