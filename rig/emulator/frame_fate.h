/**
 * The weather's choice: which frames of one direction are lost, and which bit of which is turned.
 * The same seed makes the same choice for the same frames, whatever the other direction carries.
 */
#ifndef RIG_EMULATOR_FRAME_FATE_H
#define RIG_EMULATOR_FRAME_FATE_H

#include <stddef.h>
#include <stdint.h>

#include "emulator/net_weather.h"

enum frame_fate {
    FRAME_PASSES,
    FRAME_LOST,
    FRAME_DAMAGED, /**< one bit was turned; it is sent on */
};

/** All zero is fair weather. */
struct frame_chooser {
    struct net_weather weather;
    uint64_t state;  /**< of the generator */
    unsigned spared; /**< so many of the next frames with data, if the weather is for data only */
};

/** Sets the weather and begins the choice anew. `direction` (0, 1) makes two choices of one seed. */
void frame_chooser_set(struct frame_chooser *chooser, const struct net_weather *weather,
                       unsigned direction);

/** Decides on the next frame (`size` is not 0), and turns the bit in it. */
enum frame_fate frame_chooser_decide(struct frame_chooser *chooser, uint8_t *frame, size_t size);

#endif
