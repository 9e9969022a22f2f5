/*
 * login_model.h - what the specification says about log-in, kept beside the device: the failures
 * that must have been counted, and when the next proof may be judged (EN 303 645, 5.1-5).
 */
#ifndef LOGIN_MODEL_H
#define LOGIN_MODEL_H

#include "test_client.h"

#include <stdbool.h>
#include <stdint.h>

struct login_model {
    uint32_t failures;      /* that flash must hold at least */
    uint64_t wait_until_ms; /* device time */
    uint32_t open_session;  /* number of the session that began with a proof; 0: none */
    uint32_t log_sequence;  /* the attempts log when it was last looked at */
};

void login_model_start(struct login_model *model);

/* Checks one outcome, then follows it. */
void login_model_step(struct login_model *model, const struct test_outcome *outcome);

/* After a restart. `genuine_login`: the power cut ended a LOGIN with the right proof. */
void login_model_restart(struct login_model *model, bool genuine_login);

#endif
