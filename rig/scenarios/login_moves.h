/**
 * Log-ins as trials make them.
 */
#ifndef RIG_SCENARIOS_LOGIN_MOVES_H
#define RIG_SCENARIOS_LOGIN_MOVES_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/trial.h"

/** One attempt that was made. */
struct login_attempt {
    bool answered; /**< else the device fell silent, or talked nonsense: `answer` is empty */
    struct adapter_answer answer;
    int64_t asked_ms;    /**< of process_clock_ms() */
    int64_t answered_ms; /**< likewise */
};

/**
 * One attempt, now, by that channel. RIG_OK also when the device does not answer in its time.
 * `name` is what the log calls the password ("the label's"), which never is in it.
 */
int move_login(struct trial *trial, enum adapter_channel channel, const char *password,
               const char *name, struct login_attempt *attempt,
               struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** As move_login(), but waits as long as the device asks for, `patience_ms` at most, and tries
 * again: the last attempt is what the caller gets. */
int move_login_patiently(struct trial *trial, enum adapter_channel channel, const char *password,
                         const char *name, int64_t patience_ms, struct login_attempt *attempt,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether the attempt let somebody in. */
bool login_is_accepted(const struct login_attempt *attempt);

/** Records the control that the device judged a password, by its own word: silence, a wait or somebody
 * else's session is neither yes nor no. Returns that. */
bool login_is_judged(struct trial *trial, const struct login_attempt *attempt);

#endif
