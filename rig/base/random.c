#include "base/random.h"

uint64_t random_next(uint64_t *state)
{
    uint64_t mixed;

    *state += 0x9e3779b97f4a7c15u;
    mixed = *state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
}

uint64_t random_below(uint64_t *state, uint64_t limit)
{
    const uint64_t number = random_next(state);

    return limit == 0 ? 0 : number % limit;
}
