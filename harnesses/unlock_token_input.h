/*
 * unlock_token_input.h - inputs of the harness unlock_token: what somebody does who wants the debug
 * port open. Steps are framed as in history.h, with kinds of their own:
 *
 *   UNLOCK_CHALLENGE  no body: a nonce is asked for
 *   UNLOCK_TOKEN      body: enum unlock_token_variant, then what that takes: a bit (16 bits,
 *                     little-endian), a length, or the bytes of a token
 *   UNLOCK_RESET      body: cause (enum hal_reset_cause), and for a power-on whether retained memory
 *                     survives (1) or becomes the bytes that follow
 *   UNLOCK_WAIT       body: 32-bit milliseconds, taken modulo UNLOCK_MAX_WAIT_MS
 *   UNLOCK_FAULT      body: kind, moment, operation, units; hits the next token or reset
 *   UNLOCK_USE        body: how much: the user's data come in
 *   UNLOCK_LIFE       body: even: the device is decommissioned; odd: it is one that has not left
 *                     the factory (before the first other step only)
 */
#ifndef UNLOCK_TOKEN_INPUT_H
#define UNLOCK_TOKEN_INPUT_H

enum unlock_token_kind {
    UNLOCK_CHALLENGE = 0,
    UNLOCK_TOKEN = 1,
    UNLOCK_RESET = 2,
    UNLOCK_WAIT = 3,
    UNLOCK_FAULT = 4,
    UNLOCK_USE = 5,
    UNLOCK_LIFE = 6,
};

enum unlock_token_variant {
    TOKEN_GENUINE = 0,
    TOKEN_OTHER_DEVICE = 1,
    TOKEN_OTHER_NONCE = 2, /* the one before */
    TOKEN_OLD_EPOCH = 3,
    TOKEN_NEXT_EPOCH = 4,
    TOKEN_OTHER_KEY = 5, /* signed with the vendor's key for images */
    TOKEN_FLIPPED = 6,   /* genuine but for one bit */
    TOKEN_CUT = 7,       /* genuine up to a length, zeros after it */
    TOKEN_REPLAYED = 8,  /* the last one that was accepted */
    TOKEN_BYTES = 9,
    TOKEN_VARIANT_COUNT = 10
};

#define UNLOCK_MAX_WAIT_MS 400000U

#endif
