/*
 * Method: SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA
 * 2014, section 4). Each frame draws three numbers, whether they are needed or not: the fate of
 * the n-th frame does not depend on that of the ones before, and a higher percentage hits the same
 * frames and more.
 */
#include "emulator/frame_fate.h"

#include <stdbool.h>

enum {
    ETHERTYPE = 12, /* offset in an Ethernet frame (IEEE 802.3, 3.2) */
    ETHERTYPE_END = 14,
    SHORTEST =
        60, /* of all frames, without the check sequence (3.2.8): room for an acknowledgement */
    BITS = 8,
    SPARED = 2, /* after one that was hit */
};

static uint64_t draw(uint64_t *state)
{
    uint64_t mixed;

    *state += 0x9E3779B97F4A7C15U;
    mixed = *state;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
}

/* Whether a number drawn is among `percent` of a hundred. */
static bool hits(uint64_t number, unsigned percent)
{
    return (number >> 32) * 100U >> 32 < percent;
}

static bool is_arp(const uint8_t *frame, size_t size)
{
    return size >= ETHERTYPE_END && frame[ETHERTYPE] == 0x08 && frame[ETHERTYPE + 1] == 0x06;
}

static bool is_spared(struct frame_chooser *chooser, size_t size)
{
    if (!chooser->weather.data_only) {
        return false;
    }
    if (size <= SHORTEST) {
        return true;
    }
    if (chooser->spared == 0) {
        return false;
    }
    chooser->spared--;
    return true;
}

void frame_chooser_set(struct frame_chooser *chooser, const struct net_weather *weather,
                       unsigned direction)
{
    uint64_t state = weather->seed;

    chooser->weather = *weather;
    chooser->spared = 0;
    for (unsigned i = 0; i <= direction; i++) {
        chooser->state = draw(&state);
    }
}

enum frame_fate frame_chooser_decide(struct frame_chooser *chooser, uint8_t *frame, size_t size)
{
    const bool lost = hits(draw(&chooser->state), chooser->weather.loss_percent);
    const bool damaged = hits(draw(&chooser->state), chooser->weather.corruption_percent);
    const uint64_t bit = draw(&chooser->state) % ((uint64_t)size * BITS);

    if (is_spared(chooser, size) || (!lost && (!damaged || is_arp(frame, size)))) {
        return FRAME_PASSES;
    }
    chooser->spared = SPARED;
    if (lost) {
        return FRAME_LOST;
    }
    frame[bit / BITS] ^= (uint8_t)(1U << bit % BITS);
    return FRAME_DAMAGED;
}
