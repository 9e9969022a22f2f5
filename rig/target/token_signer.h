/**
 * What makes unlock tokens for a target's debug port: a program of the vendor's (`probe.signer` of the
 * target's file), since the rig knows neither its keys nor what it signs. It is called as
 *
 *   PROGRAM --device-id ID --challenge HEX --kind KIND [--spent HEX]
 *
 * and prints the token in hexadecimal on one line, with exit code 0. It needs to know the kind `genuine`;
 * one that it does not know it refuses with exit code 2. ID is the device's, as its label says; `--spent` is a
 * challenge that an unlock has been made of: the kind `old-epoch` is for that unlock, but for the
 * challenge of now.
 */
#ifndef RIG_TARGET_TOKEN_SIGNER_H
#define RIG_TARGET_TOKEN_SIGNER_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/bench.h"

/** Whether the target's file names one. */
bool token_signer_exists(const struct target *target);

struct token_request {
    const char *kind; /**< "genuine", or wrong in one way as its name says */
    const struct adapter_bytes *challenge;
    const struct adapter_bytes *spent; /**< NULL: there has been none */
};

/**
 * Makes a token. RIG_OK; RIG_ERROR_NOT_FOUND
 * when the program does not know the kind; RIG_ERROR_BENCH with a diagnostic when it is not built,
 * fails, or prints something else; RIG_ERROR_TIMEOUT, RIG_ERROR_INTERRUPTED, RIG_ERROR_NO_MEMORY.
 */
int token_signer_make(const struct bench *bench, const struct token_request *request,
                      struct adapter_bytes *token, int64_t deadline_ms,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
