/**
 * Random numbers that a seed determines on every machine: for samples and mutations that have to be
 * replayed. No cryptography.
 */
#ifndef RIG_BASE_RANDOM_H
#define RIG_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/** The next number of the sequence that `*state` stands for; begin with any seed. SplitMix64 (Steele,
 * Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). */
uint64_t random_next(uint64_t *state);

/** A number below `limit`, which is not 0. */
uint64_t random_below(uint64_t *state, uint64_t limit);

/** Fills `bytes`. */
void random_fill(uint64_t *state, uint8_t *bytes, size_t size);

#endif
