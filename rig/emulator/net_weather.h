#ifndef RIG_EMULATOR_NET_WEATHER_H
#define RIG_EMULATOR_NET_WEATHER_H

#include <stdbool.h>
#include <stdint.h>

/**
 * What is done to Ethernet frames in both directions. All zero: a sound link.
 *
 * A turned bit reaches the receiver: no frame check sequence stops it, as when a switch damages a
 * frame in its memory. ARP is spared: it has no checksum, and a peer that never forgets a wrong
 * address (QEMU's user network is one) would make an outage of it that no device can end.
 */
struct net_weather {
    unsigned loss_percent;       /**< of frames dropped, 0 to 100 */
    unsigned corruption_percent; /**< of frames in which one bit is turned, 0 to 100 */
    /** Spares frames that carry no data, as acknowledgements, and of each direction the two that follow
     * one that was hit: what is sent again arrives, and nobody's patience is tried. */
    bool data_only;
    uint64_t seed; /**< of the choice of frames and bits */
};

/** What became of frames, both directions together. */
struct net_weather_counters {
    uint64_t frames;    /**< that came */
    uint64_t dropped;   /**< by the weather */
    uint64_t corrupted; /**< one bit turned, and sent on */
    uint64_t overrun;   /**< dropped because the receiver took too long */
};

#endif
