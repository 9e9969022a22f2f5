/**
 * Moves of the debug_lock family with unlock tokens: a challenge is asked for, a token is made and offered,
 * and the port is watched.
 */
#ifndef RIG_SCENARIOS_DEBUG_TOKENS_H
#define RIG_SCENARIOS_DEBUG_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/debug_moves.h"
#include "target/token_signer.h"

/** A challenge, as the device gives it when nothing is wrong. RIG_ERROR_DEVICE when it gives none. */
int debug_challenge(struct debug_session *session, struct adapter_bytes *challenge,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What became of a token. */
struct debug_offer {
    bool answered; /**< else the device fell silent */
    struct adapter_answer answer;
    int64_t asked_ms;    /**< of process_clock_ms() */
    int64_t answered_ms; /**< likewise */
};

/** Offers it. RIG_OK also when the device does not answer. */
int debug_offer(struct debug_session *session, const struct adapter_bytes *token,
                struct debug_offer *offer, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Looks again and again until the port is open, or the time of a restart is over. */
int debug_wait_open(struct debug_session *session, bool *open,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * A genuine token for a challenge of now is offered, and has to open the port: a control, since without it
 * nobody knows whether what is refused is refused for its fault. *token is the one that was used up, *challenge
 * what it answered. *opened: the port is open.
 */
int debug_unlock(struct debug_session *session, struct adapter_bytes *challenge,
                 struct adapter_bytes *token, bool *opened,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
