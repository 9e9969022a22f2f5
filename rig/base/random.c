#include "base/random.h"

uint64_t random_next(uint64_t *state)
{
    uint64_t mixed = *state += 0x9e3779b97f4a7c15U;

    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
}

/* The bias of the remainder is below 2^-32 for every limit that a trial has. */
uint64_t random_below(uint64_t *state, uint64_t limit)
{
    return limit == 0 ? 0 : random_next(state) % limit;
}

void random_bytes(uint64_t *state, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(random_next(state) >> 56);
}
