/**
 * What the rig and its link relay (link_relay_main.c) tell each other: one message a packet of a
 * connected AF_UNIX SOCK_SEQPACKET socket. Both are of one build; a message of another size is none.
 */
#ifndef RIG_EMULATOR_LINK_RELAY_MESSAGE_H
#define RIG_EMULATOR_LINK_RELAY_MESSAGE_H

#include <stdint.h>

#include "emulator/net_weather.h"

/** Rig to relay; each is answered by a report with its number, in order. */
struct link_relay_order {
    uint32_t number;      /**< not 0 */
    uint32_t set_weather; /**< 1: the weather below; 0: only report */
    struct net_weather weather;
};

/** Relay to rig. */
struct link_relay_report {
    uint32_t number; /**< of the order; 0: QEMU has closed its ends, and this is the last one */
    struct net_weather_counters counters; /**< since the relay's start */
};

#endif
