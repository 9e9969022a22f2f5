/*
 * unlock_client.h - the vendor's side of an unlock, and everybody else's: makes tokens, right and
 * wrong, and knows which of them are genuine.
 */
#ifndef UNLOCK_CLIENT_H
#define UNLOCK_CLIENT_H

#include "debug_lock.h"
#include "unlock_token_input.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the client has seen of the device. */
struct unlock_client {
    struct debug_lock_claim claim; /* of the device, the nonce it has issued last, its epoch */
    uint8_t nonce_before[DEBUG_LOCK_NONCE_SIZE];
    uint8_t accepted[DEBUG_LOCK_TOKEN_SIZE]; /* the last token that was; zeros */
};

/*
 * Makes a token of `variant`; `detail` (`length` bytes) is what the variant takes.
 * Returns true if it is the vendor's, for exactly this claim.
 */
bool unlock_client_make_token(const struct unlock_client *client, enum unlock_token_variant variant,
                              const uint8_t *detail, size_t length,
                              uint8_t token[DEBUG_LOCK_TOKEN_SIZE]);

#endif
