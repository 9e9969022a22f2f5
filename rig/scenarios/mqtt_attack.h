/**
 * What a hostile broker sends to a device that is connected to it: by kind, and details by a seed. Pure
 * functions.
 */
#ifndef RIG_SCENARIOS_MQTT_ATTACK_H
#define RIG_SCENARIOS_MQTT_ATTACK_H

#include <stddef.h>
#include <stdint.h>

#include "scenarios/mqtt_packet.h"

enum {
    MQTT_ATTACK_MAX = 80 * 1024, /**< bytes of one */
    MQTT_ATTACK_IDS = 0x6000,    /**< packet identifiers from here up to 0x7000 are made up */
    MQTT_ATTACK_IDS_END = 0x7000,
};

struct mqtt_attack {
    const char *what;
    size_t parts; /**< as many pieces with a pause between them; 1: all at once */
    size_t size;
    uint8_t bytes[MQTT_ATTACK_MAX];
};

/** Whom it is for. */
struct mqtt_victim {
    const char *topic; /**< that it has subscribed to */
    int tenths;        /**< the set-point that it holds */
};

/** Whole packets that mean nothing to a device: messages for others, wrong commands at any quality of
 * service, answers to what it never asked. The device may go on. */
extern const size_t mqtt_attack_mild_kinds;
void mqtt_attack_mild(size_t kind, const struct mqtt_victim *victim, uint64_t *state,
                      struct mqtt_attack *attack);

/** What breaks the protocol, or the device's buffers. The device should hang up. Number 0 is the one
 * whose length never ends. */
extern const size_t mqtt_attack_rude_kinds;
void mqtt_attack_rude(size_t kind, const struct mqtt_victim *victim, uint64_t *state,
                      struct mqtt_attack *attack);

#endif
