/**
 * Numbers that look random and come from a seed, so that a run can be repeated (splitmix64). Not for
 * secrets.
 */
#ifndef RIG_BASE_RANDOM_H
#define RIG_BASE_RANDOM_H

#include <stdint.h>

/** The next number; *state, which begins as the seed, moves on. */
uint64_t random_next(uint64_t *state);

/** A number below `limit`, which is at least 1. */
uint64_t random_below(uint64_t *state, uint64_t limit);

#endif
