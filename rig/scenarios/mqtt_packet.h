/**
 * Packets of MQTT 3.1.1 as a broker sends them, right or wrong, and those that came from a device. Pure
 * functions.
 */
#ifndef RIG_SCENARIOS_MQTT_PACKET_H
#define RIG_SCENARIOS_MQTT_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The first byte of a packet: its type, and its flags where the type has fixed ones (2.2). */
enum mqtt_type {
    MQTT_CONNECT = 0x10,
    MQTT_CONNACK = 0x20,
    MQTT_PUBLISH = 0x30, /**< with MQTT_DUP, MQTT_QOS, MQTT_RETAIN */
    MQTT_PUBACK = 0x40,
    MQTT_PUBREC = 0x50,
    MQTT_PUBREL = 0x62,
    MQTT_PUBCOMP = 0x70,
    MQTT_SUBSCRIBE = 0x82,
    MQTT_SUBACK = 0x90,
    MQTT_UNSUBACK = 0xB0,
    MQTT_PINGREQ = 0xC0,
    MQTT_PINGRESP = 0xD0,
    MQTT_DISCONNECT = 0xE0,
};

enum { MQTT_RETAIN = 1, MQTT_QOS_STEP = 2, MQTT_DUP = 8 };

/** Bytes to be sent; what does not fit is left out. */
struct mqtt_bytes {
    uint8_t *bytes;
    size_t room;
    size_t size;
};

void mqtt_put(struct mqtt_bytes *out, const void *bytes, size_t size);
void mqtt_put_byte(struct mqtt_bytes *out, unsigned byte);
void mqtt_put_16(struct mqtt_bytes *out, unsigned number);

/** The first byte, and a remaining length (2.2.3) in at most four bytes. */
void mqtt_put_header(struct mqtt_bytes *out, unsigned first, size_t length);

/** A packet with two bytes behind its header: a number, or flags and a code. */
void mqtt_put_short(struct mqtt_bytes *out, unsigned first, unsigned number);

/** The answer to a subscription with that packet identifier: the granted quality of service, 0x80 for a
 * refusal (3.9.3), or a code that does not exist. */
void mqtt_put_suback(struct mqtt_bytes *out, unsigned id, unsigned code);

/** A message for somebody who has subscribed. */
struct mqtt_message {
    unsigned first; /**< MQTT_PUBLISH and its flags */
    const void *topic;
    size_t topic_size;
    unsigned id; /**< of one with QoS */
    const void *payload;
    size_t payload_size;
};

void mqtt_put_message(struct mqtt_bytes *out, const struct mqtt_message *message);

/** A packet that came. */
struct mqtt_seen {
    unsigned type; /**< enum mqtt_type: the first byte, of PUBLISH without its flags */
    const uint8_t *body;
    size_t size;
};

/** Takes the next whole packet of `size` bytes from *at on, which moves behind it. False when there is
 * none yet, or what stands there is none. */
bool mqtt_packet_next(const uint8_t *bytes, size_t size, size_t *at, struct mqtt_seen *seen);

/** The packet identifier that such a packet begins with; 0: none. Not for PUBLISH. */
unsigned mqtt_packet_id(const struct mqtt_seen *seen);

#endif
