/**
 * Random numbers that a seed decides, for whatever is sampled and has to be replayed. Not for secrets.
 */
#ifndef RIG_BASE_RANDOM_H
#define RIG_BASE_RANDOM_H

#include <stdint.h>

/** The next number of the sequence that `*state` stands in; any first state is a seed (SplitMix64 by
 * S. Vigna, public domain). */
uint64_t random_next(uint64_t *state);

/** A number from 0 to `limit` - 1; 0 when `limit` is 0. Its bias is below limit / 2^64. */
uint64_t random_below(uint64_t *state, uint64_t limit);

#endif
