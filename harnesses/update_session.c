/*
 * Whole updates over Modbus TCP, and everything that can come between: images that are wrong in one
 * way, messages out of order, replays, log-outs, restarts, power cuts and flash errors.
 */
#include "harness.h"
#include "history.h"
#include "login_model.h"
#include "update_model.h"
#include "update_session_mutator.h"

#include <setjmp.h>
#include <string.h>

/* One run. */
static struct {
    struct test_client client;
    struct update_client update;
    struct login_model login;
    struct update_model model;
    struct fault fault; /* for the next step */
} run;

static void after_reset(bool genuine_login)
{
    harness_about("boot");
    test_client_forget(&run.client);
    login_model_restart(&run.login, genuine_login);
    update_model_restart(&run.model, &run.update);
}

static void arm(const struct history_step *step)
{
    if (step->length < 4) {
        return;
    }
    run.fault.kind = step->body[0] % 2U == 0 ? FAULT_POWER_CUT : FAULT_FLASH_ERROR;
    run.fault.moment = (enum fault_moment)(step->body[1] % FAULT_MOMENT_COUNT);
    run.fault.operation = step->body[2] % 64U;
    run.fault.units = step->body[3];
}

static void carry_out(const struct history_step *step, struct update_outcome *outcome)
{
    memset(outcome, 0, sizeof *outcome);
    if (step->kind == HISTORY_UPDATE) {
        update_client_step(&run.update, &run.client, step, outcome);
    } else {
        test_client_step(&run.client, step, &outcome->last);
    }
}

static void judge(const struct history_step *step, const struct update_outcome *outcome,
                  const struct update_mark *before)
{
    if (step->kind == HISTORY_UPDATE) {
        harness_about("action-%d", (int)outcome->action);
    } else {
        harness_about("message-%u", outcome->last.message);
    }
    update_model_step(&run.model, step->kind == HISTORY_UPDATE ? &run.update : NULL, outcome,
                      before);
    login_model_step(&run.login, &outcome->last);
}

/* The device restarts itself after an activation: so that the answer can leave, a moment later. */
static void restart_if_wanted(void)
{
    if (live_device.restart_at_ms == 0) {
        return;
    }
    live_wait(DEVICE_RESTART_DELAY_MS);
    ORACLE("5.3-2", "restarts-when-it-says", device_wants_restart(&live_device),
           "no restart %u ms after it was due", DEVICE_RESTART_DELAY_MS);
    live_reset();
    after_reset(false);
}

/* After a step that a fault has hit the device starts again: what counts then is in flash. */
static void step_with_fault(const struct history_step *step)
{
    static struct update_outcome outcome;
    static jmp_buf power_cut;
    static volatile bool genuine_login;

    genuine_login =
        step->kind == HISTORY_MAILBOX && step->length > 0 && step->body[0] == MAILBOX_LOGIN;
    flash_model_arm(&in_process_board.flash, run.fault);
    in_process_board.power_cut = &power_cut;
    if (setjmp(power_cut) == 0) {
        carry_out(step, &outcome);
    }
    in_process_board.power_cut = NULL;
    in_process_board.flash.fault.kind = FAULT_NONE;
    update_model_fault(&run.model);
    live_restart();
    after_reset(genuine_login);
}

static void run_step(const struct history_step *step)
{
    static struct update_outcome outcome;
    struct update_mark before;

    if (step->kind == HISTORY_FAULT) {
        arm(step);
        return;
    }
    if (step->kind == HISTORY_RESTART) {
        live_restart();
        after_reset(false);
        return;
    }
    if (run.fault.kind != FAULT_NONE) {
        step_with_fault(step);
        run.fault.kind = FAULT_NONE;
        return;
    }
    before = update_model_mark();
    carry_out(step, &outcome);
    judge(step, &outcome, &before);
    restart_if_wanted();
}

int harness_run(const uint8_t *data, size_t size)
{
    struct history_step step;
    size_t position = 0;

    live_begin(LIVE_WITH_IMAGE);
    memset(&run, 0, sizeof run);
    test_client_start(&run.client, LIVE_TCP);
    login_model_start(&run.login);
    update_model_start(&run.model);
    for (unsigned i = 0; i < HISTORY_MAX_STEPS && history_next(data, size, &position, &step); i++) {
        run_step(&step);
    }
    live_restart();
    after_reset(false);
    return 0;
}

size_t harness_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return update_session_mutate(data, size, max_size, seed);
}
