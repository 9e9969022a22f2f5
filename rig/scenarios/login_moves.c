#include "scenarios/login_moves.h"

#include <inttypes.h>

#include "base/process.h"
#include "scenarios/moves.h"

enum {
    PAUSE_MIN_MS = 50, /* between two attempts, whatever the device says */
    BUSY_MS = 1000,    /* a session of somebody else may end before it has to */
};

static const char *channel_name(enum adapter_channel channel)
{
    return channel == ADAPTER_LOCAL ? "local" : "network";
}

bool login_is_accepted(const struct login_attempt *attempt)
{
    return attempt->answered && attempt->answer.outcome == ADAPTER_ACCEPTED;
}

int move_login(struct trial *trial, enum adapter_channel channel, const char *password,
               const char *name, struct login_attempt *attempt, struct diagnostic *diagnostic)
{
    int error;

    *attempt = (struct login_attempt){.asked_ms = process_clock_ms()};
    error = adapter_login(&trial->bench->adapter, channel, password, &attempt->answer,
                          move_deadline(trial), diagnostic);
    attempt->answered_ms = process_clock_ms();
    attempt->answered = error == RIG_OK;
    if (error == RIG_OK)
        trial_note(trial, "log-in, %s, %s password: %s, wait %" PRIu64 " ms, %s",
                   channel_name(channel), name, adapter_outcome_name(attempt->answer.outcome),
                   attempt->answer.wait_ms, attempt->answer.reason);
    if (!move_is_silence(error))
        return error;
    trial_note(trial, "log-in, %s, %s password: no answer: %s", channel_name(channel), name,
               diagnostic->text);
    adapter_forget(&trial->bench->adapter);
    return RIG_OK;
}

int move_login_patiently(struct trial *trial, enum adapter_channel channel, const char *password,
                         const char *name, int64_t patience_ms, struct login_attempt *attempt,
                         struct diagnostic *diagnostic)
{
    const int64_t until_ms = process_clock_ms() + patience_ms;

    for (;;) {
        int64_t wait_ms;
        int error = move_login(trial, channel, password, name, attempt, diagnostic);

        if (error != RIG_OK || !attempt->answered ||
            (attempt->answer.outcome != ADAPTER_WAIT && attempt->answer.outcome != ADAPTER_BUSY))
            return error;
        if (attempt->answer.wait_ms > (uint64_t)patience_ms)
            return RIG_OK;
        wait_ms = (int64_t)attempt->answer.wait_ms;
        if (attempt->answer.outcome == ADAPTER_BUSY && wait_ms > BUSY_MS)
            wait_ms = BUSY_MS;
        wait_ms = wait_ms > PAUSE_MIN_MS ? wait_ms : PAUSE_MIN_MS;
        if (process_clock_ms() + wait_ms > until_ms)
            return RIG_OK;
        error = bench_let_pass(trial->bench, wait_ms, diagnostic);
        if (error != RIG_OK)
            return error;
    }
}

bool login_is_judged(struct trial *trial, const struct login_attempt *attempt)
{
    const bool judged = attempt->answered && (attempt->answer.outcome == ADAPTER_ACCEPTED ||
                                              attempt->answer.outcome == ADAPTER_REFUSED);

    return trial_control(trial, judged, "a password is judged: %s",
                         attempt->answered ? adapter_outcome_name(attempt->answer.outcome)
                                           : "no answer");
}
