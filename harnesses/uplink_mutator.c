#include "uplink_mutator.h"

#include "byte_order.h"
#include "random.h"
#include "step_mutator.h"
#include "uplink_input.h"

static uint16_t limit_number(struct random *random)
{
    static const uint16_t limits[] = {0, 1, 2, 3, 4, 50, 300, 1000, 10000, 60000, 0x7FFF, 0xFFFF};

    return random_chance(random, 20) ? (uint16_t)random_next(random)
                                     : limits[random_below(random, sizeof limits / sizeof *limits)];
}

static void wait(struct random *random, struct generated_step *step)
{
    static const uint32_t times[] = {1,     999,   1000,  2000,  9999,   10000,  19999,   20000,
                                     29999, 30000, 59999, 60000, 128000, 300000, 1000000, 3999999};

    generated_step_begin(step, UPLINK_WAIT, 4);
    put_le32(step->body, random_chance(random, 30)
                             ? (uint32_t)random_below(random, 100000)
                             : times[random_below(random, sizeof times / sizeof *times)]);
}

static void user(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, UPLINK_USER, 2);
    step->body[0] = random_chance(random, 75) ? 1 : 0;
    step->body[1] = (uint8_t)(random_chance(random, 70) ? 1U : random_below(random, 4));
}

static void broker(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, UPLINK_BROKER, 1);
    step->body[0] = (uint8_t)random_below(random, UPLINK_BROKER_COUNT);
}

static void world(struct random *random, struct generated_step *step)
{
    generated_step_begin(step, UPLINK_WORLD, 5);
    put_le16(step->body, random_chance(random, 50) ? limit_number(random)
                                                   : (uint16_t)random_below(random, 300));
    put_le16(step->body + 2, (uint16_t)(50U + random_below(random, 251)));
    step->body[4] = (uint8_t)random_below(random, 8);
    if (random_chance(random, 10)) {
        step->body[4] |= UPLINK_WORLD_NO_RANDOM;
    }
    if (random_chance(random, 30)) {
        step->body[4] |= UPLINK_WORLD_RESTLESS;
    }
}

static size_t generate(struct random *random, struct generated_step *steps)
{
    const size_t roll = random_below(random, 100);

    if (roll < 35) {
        wait(random, &steps[0]);
    } else if (roll < 50) {
        broker(random, &steps[0]);
    } else if (roll < 65) {
        user(random, &steps[0]);
    } else if (roll < 78) {
        world(random, &steps[0]);
    } else if (roll < 92) {
        generated_step_begin(&steps[0], UPLINK_TELL, 1);
        steps[0].body[0] = (uint8_t)random_below(random, 4);
    } else if (roll < 97) {
        generated_step_begin(&steps[0], UPLINK_RESTART, 0);
    } else {
        generated_step_begin(&steps[0], UPLINK_CUTS, 1);
        steps[0].body[0] = (uint8_t)random_below(random, UPLINK_MAX_CUTS);
    }
    return 1;
}

/* A user who wants it, a broker, and time for something to happen. */
static size_t open(struct random *random, struct generated_step *steps)
{
    user(random, &steps[0]);
    steps[0].body[0] = 1;
    broker(random, &steps[1]);
    wait(random, &steps[2]);
    return 3;
}

size_t uplink_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static const struct step_source source = {
        .generate = generate, .open = open, .number = limit_number};

    return step_mutate(&source, data, size, max_size, seed);
}
