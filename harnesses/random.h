/* random.h - the small generator of the mutators: all choices follow from the engine's seed. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
    uint32_t state;
};

/* Spreads a seed of any quality over the state, which must not be 0 (splitmix32). */
static inline struct random random_from(uint32_t seed)
{
    uint32_t mixed = seed + 0x9E3779B9U;
    struct random random;

    mixed = (mixed ^ (mixed >> 16)) * 0x85EBCA6BU;
    mixed = (mixed ^ (mixed >> 13)) * 0xC2B2AE35U;
    mixed ^= mixed >> 16;
    random.state = mixed != 0 ? mixed : 1U;
    return random;
}

/* xorshift32 (G. Marsaglia, 2003). */
static inline uint32_t random_next(struct random *random)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 17;
    random->state ^= random->state << 5;
    return random->state;
}

/* 0 to limit - 1; `limit` is at least 1. */
static inline size_t random_below(struct random *random, size_t limit)
{
    return random_next(random) % limit;
}

/* True in `percent` of 100 cases. */
static inline bool random_chance(struct random *random, unsigned percent)
{
    return random_below(random, 100) < percent;
}

#endif
