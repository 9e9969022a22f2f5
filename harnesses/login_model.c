#include "login_model.h"

#include "harness.h"

#include <stdbool.h>
#include <string.h>

/* A step over RTU takes a few milliseconds: within it the model cannot tell when. */
#define CLOCK_SLACK_MS 10U

static uint64_t delay_after(uint32_t failures)
{
    uint64_t delay = failures > 0 ? ACCESS_FIRST_DELAY_MS : 0;

    for (uint32_t i = 1; i < failures && delay < ACCESS_MAX_DELAY_MS; i++) {
        delay *= 2U;
    }
    return delay < ACCESS_MAX_DELAY_MS ? delay : ACCESS_MAX_DELAY_MS;
}

void login_model_start(struct login_model *model)
{
    memset(model, 0, sizeof *model);
    model->log_sequence = live_device.access.log.sequence;
}

static void follow_flash(struct login_model *model)
{
    uint32_t failures = live_failures_in_flash();

    if (failures > model->failures) {
        model->failures = failures;
        model->wait_until_ms = hal_time_ms() + delay_after(failures);
    }
    model->log_sequence = live_device.access.log.sequence;
}

static void follow_login(struct login_model *model)
{
    model->failures = 0;
    model->wait_until_ms = 0;
    model->open_session = live_device.mailbox.session;
}

static void check_wrong_proof(struct login_model *model, const struct test_outcome *outcome)
{
    uint32_t failures = live_failures_in_flash();

    ORACLE("5.1-4", "genuine-login-accepted", !outcome->genuine,
           "the right password was answered as wrong");
    ORACLE("5.1-5", "attempt-counted", failures > model->failures || failures >= UINT16_MAX,
           "wrong proof answered, %u failures in flash, %u before", (unsigned)failures,
           (unsigned)model->failures);
}

static void check_login(struct login_model *model, const struct test_outcome *outcome)
{
    const bool granted = outcome->proven && outcome->status == MAILBOX_STATUS_OK;
    const bool judged = granted || outcome->status == MAILBOX_STATUS_WRONG_PROOF;

    if (!outcome->answered && outcome->genuine && live_device.mailbox.state == MAILBOX_OPEN) {
        follow_login(model); /* the answer was lost on the way */
    }
    if (outcome->genuine && outcome->status == MAILBOX_STATUS_STORAGE) {
        model->failures = live_failures_in_flash(); /* cleared or not: the proof was right */
        model->wait_until_ms = 0;
    }
    if (!outcome->answered || !judged) {
        return;
    }
    ORACLE("5.1-5", "back-off-kept", hal_time_ms() + CLOCK_SLACK_MS >= model->wait_until_ms,
           "judged %llu ms too early after %u failures",
           (unsigned long long)(model->wait_until_ms - hal_time_ms()), (unsigned)model->failures);
    if (!granted) {
        check_wrong_proof(model, outcome);
        return;
    }
    ORACLE("5.5-5", "proof-needed", outcome->genuine,
           "a log-in without the right proof was granted");
    harness_gate("login");
    follow_login(model);
}

void login_model_step(struct login_model *model, const struct test_outcome *outcome)
{
    const struct mailbox *mailbox = &live_device.mailbox;

    if (outcome->kind == HISTORY_MAILBOX && outcome->message == MAILBOX_LOGIN) {
        check_login(model, outcome);
    }
    if (live_device.access.log.sequence != model->log_sequence) {
        follow_flash(model);
    }
    ORACLE("5.5-5", "session-needs-proof",
           mailbox->state != MAILBOX_OPEN || mailbox->session == model->open_session,
           "session %u is open", (unsigned)mailbox->session);
}

void login_model_restart(struct login_model *model, bool genuine_login)
{
    uint32_t failures = live_failures_in_flash();

    ORACLE("5.1-5", "attempt-forgotten", genuine_login || failures >= model->failures,
           "%u failures after the restart, %u before", (unsigned)failures,
           (unsigned)model->failures);
    model->failures = failures;
    model->wait_until_ms = hal_time_ms() + delay_after(failures);
    model->open_session = 0;
    model->log_sequence = live_device.access.log.sequence;
}
