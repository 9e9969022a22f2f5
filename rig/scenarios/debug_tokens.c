#include "scenarios/debug_tokens.h"

#include <string.h>

#include "base/process.h"
#include "scenarios/moves.h"

enum { TURN_MS = 10 /* between two looks at the port */ };

int debug_challenge(struct debug_session *session, struct adapter_bytes *challenge,
                    struct diagnostic *diagnostic)
{
    struct trial *trial = session->trial;
    struct adapter_answer answer;
    const int error = adapter_challenge(&trial->bench->adapter, challenge, &answer,
                                        move_deadline(trial), diagnostic);

    if (error != RIG_OK || answer.outcome == ADAPTER_ACCEPTED)
        return error;
    return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE, "the device gives no challenge: %s, %s",
                           adapter_outcome_name(answer.outcome), answer.reason);
}

int debug_offer(struct debug_session *session, const struct adapter_bytes *token,
                struct debug_offer *offer, struct diagnostic *diagnostic)
{
    struct trial *trial = session->trial;
    int error;

    memset(offer, 0, sizeof *offer);
    offer->asked_ms = process_clock_ms();
    error = adapter_unlock(&trial->bench->adapter, token, &offer->answer, move_deadline(trial),
                           diagnostic);
    offer->answered_ms = process_clock_ms();
    offer->answered = error == RIG_OK;
    return move_is_silence(error) ? RIG_OK : error;
}

int debug_wait_open(struct debug_session *session, bool *open, struct diagnostic *diagnostic)
{
    const int64_t deadline = move_deadline(session->trial);
    int error = debug_look(session, open, diagnostic);

    while (error == RIG_OK && !*open && process_clock_ms() < deadline) {
        error = bench_let_pass(session->trial->bench, TURN_MS, diagnostic);
        if (error == RIG_OK)
            error = debug_look(session, open, diagnostic);
    }
    return error;
}

int debug_unlock(struct debug_session *session, struct adapter_bytes *challenge,
                 struct adapter_bytes *token, bool *opened, struct diagnostic *diagnostic)
{
    struct trial *trial = session->trial;
    const struct token_request request = {.kind = "genuine", .challenge = challenge};
    struct debug_offer offer = {0};
    int error = debug_challenge(session, challenge, diagnostic);

    *opened = false;
    if (error == RIG_OK)
        error = token_signer_make(trial->bench, &request, token, move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        error = debug_offer(session, token, &offer, diagnostic);
    if (error != RIG_OK ||
        !trial_control(trial, offer.answered && offer.answer.outcome == ADAPTER_ACCEPTED,
                       "a genuine token is taken: %s, %s",
                       adapter_outcome_name(offer.answer.outcome), offer.answer.reason))
        return error;
    error = debug_wait_open(session, opened, diagnostic);
    if (error == RIG_OK)
        (void)trial_control(trial, *opened, "a genuine token opens the debug port");
    return error;
}
