#include "unlock_token_seeds.h"

#include "access.h"
#include "byte_order.h"
#include "hal.h"
#include "seed_writer.h"
#include "unlock_token_input.h"

#include <stdbool.h>
#include <stddef.h>

#define HARNESS "unlock_token"

static void challenge(void)
{
    seed_add(UNLOCK_CHALLENGE, 0, NULL, 0);
}

static void token(enum unlock_token_variant variant, uint16_t detail)
{
    uint8_t body[3] = {(uint8_t)variant};

    put_le16(body + 1, detail);
    seed_add(UNLOCK_TOKEN, 0, body, sizeof body);
}

static void reset(enum hal_reset_cause cause, bool retained_survives)
{
    const uint8_t body[2] = {(uint8_t)cause, retained_survives ? 1 : 0};

    seed_add(UNLOCK_RESET, 0, body, sizeof body);
}

static void wait_longest(void)
{
    uint8_t body[4];

    put_le32(body, ACCESS_MAX_DELAY_MS);
    seed_add(UNLOCK_WAIT, 0, body, sizeof body);
}

static void fault(uint8_t kind, uint8_t moment, uint8_t operation, uint8_t units)
{
    const uint8_t body[4] = {kind, moment, operation, units};

    seed_add(UNLOCK_FAULT, 0, body, sizeof body);
}

static void use(void)
{
    const uint8_t events = 3;

    seed_add(UNLOCK_USE, 0, &events, 1);
}

static void unlocks(void)
{
    for (int i = 0; i < 2; i++) {
        use();
        challenge();
        token(TOKEN_GENUINE, 0);
        reset(HAL_RESET_SOFTWARE, false);
        token(TOKEN_REPLAYED, 0);
        reset(HAL_RESET_SOFTWARE, false);
    }
    seed_save(HARNESS, "unlocks");
    for (int i = 0; i < 5; i++) {
        challenge();
        token(TOKEN_GENUINE, 0);
        reset((enum hal_reset_cause)i, true);
        reset(HAL_RESET_SOFTWARE, true);
    }
    seed_save(HARNESS, "resets");
}

static void wrong_tokens(void)
{
    for (int variant = TOKEN_OTHER_DEVICE; variant < TOKEN_VARIANT_COUNT; variant++) {
        wait_longest();
        challenge();
        token((enum unlock_token_variant)variant, 63);
    }
    token(TOKEN_GENUINE, 0);
    reset(HAL_RESET_SOFTWARE, false);
    seed_save(HARNESS, "wrong-tokens");
}

static void faults(void)
{
    for (uint8_t operation = 0; operation < 7; operation++) {
        use();
        challenge();
        token(TOKEN_GENUINE, 0);
        fault(operation % 2U, 1, operation, 3);
        reset(HAL_RESET_SOFTWARE, false);
    }
    seed_save(HARNESS, "cut-unlocks");
    for (uint8_t operation = 0; operation < 4; operation++) {
        challenge();
        fault(operation % 2U, 1, operation, 0);
        token(operation < 2 ? TOKEN_GENUINE : TOKEN_OTHER_KEY, 0);
        reset(HAL_RESET_SOFTWARE, false);
        wait_longest();
    }
    seed_save(HARNESS, "cut-tokens");
}

static void life_cycles(void)
{
    static const uint8_t decommissioned = 0;
    static const uint8_t in_factory = 1;

    seed_add(UNLOCK_LIFE, 0, &in_factory, 1);
    challenge();
    token(TOKEN_GENUINE, 0);
    reset(HAL_RESET_SOFTWARE, false);
    seed_save(HARNESS, "in-factory");
    challenge();
    token(TOKEN_GENUINE, 0);
    seed_add(UNLOCK_LIFE, 0, &decommissioned, 1);
    challenge();
    token(TOKEN_GENUINE, 0);
    reset(HAL_RESET_SOFTWARE, false);
    seed_save(HARNESS, "decommissioned");
}

void unlock_token_seeds(void)
{
    unlocks();
    wrong_tokens();
    faults();
    life_cycles();
}
