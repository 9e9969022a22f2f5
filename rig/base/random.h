/**
 * Random numbers that are the same for the same seed, on every machine: what a trial draws is part of
 * its replay id. Not for secrets. Method: splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom
 * number generators, OOPSLA 2014).
 */
#ifndef RIG_BASE_RANDOM_H
#define RIG_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/** The next number; *state begins as the seed and moves on. */
uint64_t random_next(uint64_t *state);

/** A number from 0 to `limit` - 1; 0 for limit 0. */
uint64_t random_below(uint64_t *state, uint64_t limit);

/** Fills `size` bytes. */
void random_bytes(uint64_t *state, uint8_t *bytes, size_t size);

#endif
