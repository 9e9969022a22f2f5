/** What the rig recognises in bytes that should be MQTT. */
#ifndef RIG_TARGET_MQTT_SCAN_H
#define RIG_TARGET_MQTT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Reads the remaining length of a packet (2.2.3) at `bytes`, behind its first byte: 7 bits a byte, lowest
 * first. *used of them are the length's own. False when it is not whole, or none. */
bool mqtt_scan_length(const uint8_t *bytes, size_t size, size_t *used, size_t *length);

/**
 * Finds the next whole CONNECT packet of MQTT 3.1.1 (section 3.1) from `at` on: its type, a remaining
 * length (2.2.3) and the protocol's name, with all its bytes there. Packets of connections that broke
 * off may stand before it. Returns the offset behind it, or 0 when there is none yet.
 */
size_t mqtt_scan_connect(const uint8_t *bytes, size_t size, size_t at);

#endif
