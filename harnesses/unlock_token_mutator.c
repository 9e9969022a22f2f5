#include "unlock_token_mutator.h"

#include "access.h"
#include "byte_order.h"
#include "debug_lock.h"
#include "fault.h"
#include "step_mutator.h"
#include "unlock_token_input.h"

#include <string.h>

static uint16_t limit_number(struct random *random)
{
    static const uint16_t limits[] = {0,  1,  2,   3,   7,   8,   9,      31,     32,    33,
                                      63, 64, 255, 256, 511, 512, 0x7FFF, 0x8000, 0xFFFF};

    return random_chance(random, 20) ? (uint16_t)random_next(random)
                                     : limits[random_below(random, sizeof limits / sizeof *limits)];
}

static void token(struct random *random, struct generated_step *step)
{
    const uint8_t variant = random_chance(random, 40)
                                ? TOKEN_GENUINE
                                : (uint8_t)random_below(random, TOKEN_VARIANT_COUNT);

    generated_step_begin(step, UNLOCK_TOKEN,
                         variant == TOKEN_BYTES ? 1U + DEBUG_LOCK_TOKEN_SIZE : 3U);
    step->body[0] = variant;
    for (size_t i = 1; i < step->step.length; i++) {
        step->body[i] = (uint8_t)random_next(random);
    }
}

static void reset(struct random *random, struct generated_step *step)
{
    const bool garbage = random_chance(random, 10);

    generated_step_begin(step, UNLOCK_RESET, garbage ? 2U + HAL_RETAINED_SIZE : 2U);
    step->body[0] = random_chance(random, 60) ? HAL_RESET_SOFTWARE
                                              : (uint8_t)random_below(random, HAL_RESET_FAULT + 1U);
    step->body[1] = garbage ? 0 : (uint8_t)random_below(random, 2);
    for (size_t i = 2; i < step->step.length; i++) {
        step->body[i] = (uint8_t)random_next(random);
    }
}

static void next_fault(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, UNLOCK_FAULT, 4);
    step->body[0] = (uint8_t)random_below(random, 2);
    step->body[1] = (uint8_t)random_below(random, FAULT_MOMENT_COUNT);
    step->body[2] = (uint8_t)random_below(random, 14);
    step->body[3] = (uint8_t)random_next(random);
}

static void wait_long_enough(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, UNLOCK_WAIT, 4);
    put_le32(step->body, random_chance(random, 60)
                             ? ACCESS_MAX_DELAY_MS
                             : ACCESS_FIRST_DELAY_MS << random_below(random, 9));
}

/* Challenge, token, software reset; often with a fault in one of the last two. */
static size_t generate_unlock(struct random *random, struct generated_step *steps)
{
    size_t count = 0;

    generated_step_begin(&steps[count++], UNLOCK_CHALLENGE, 0);
    if (random_chance(random, 15)) {
        next_fault(random, &steps[count++]);
        token(random, &steps[count++]);
        reset(random, &steps[count++]);
        return count;
    }
    token(random, &steps[count++]);
    if (random_chance(random, 40)) {
        next_fault(random, &steps[count++]);
    }
    reset(random, &steps[count++]);
    return count;
}

static size_t generate(struct random *random, struct generated_step *steps)
{
    size_t roll = random_below(random, 100);

    if (roll < 40) {
        return generate_unlock(random, steps);
    }
    if (roll < 50) {
        generated_step_begin(&steps[0], UNLOCK_CHALLENGE, 0);
    } else if (roll < 65) {
        token(random, &steps[0]);
    } else if (roll < 75) {
        reset(random, &steps[0]);
    } else if (roll < 85) {
        wait_long_enough(random, &steps[0]);
    } else if (roll < 90) {
        next_fault(random, &steps[0]);
    } else if (roll < 98) {
        generated_step_begin(&steps[0], UNLOCK_USE, 1);
        steps[0].body[0] = (uint8_t)random_next(random);
    } else {
        generated_step_begin(&steps[0], UNLOCK_LIFE, 1);
        steps[0].body[0] = (uint8_t)random_below(random, 2);
    }
    return 1;
}

size_t unlock_token_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static const struct step_source source = {
        .generate = generate, .open = generate_unlock, .number = limit_number};

    return step_mutate(&source, data, size, max_size, seed);
}
