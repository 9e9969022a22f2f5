/*
 * broker_address.h - the setting `broker` (settings.h) as the transport needs it: host and port.
 *
 *   host         at BROKER_ADDRESS_DEFAULT_PORT
 *   host:port    port in decimal, 1 to 65535, without a leading zero
 *
 * A host is one or more letters, digits, '.' and '-': a name in DNS (RFC 1123, 2.1) or an IPv4
 * address. Only its characters are checked; whether there is such a host, the network knows.
 */
#ifndef APP_BROKER_ADDRESS_H
#define APP_BROKER_ADDRESS_H

#include "hal.h"
#include "settings.h"

#include <stdbool.h>
#include <stdint.h>

#define BROKER_ADDRESS_DEFAULT_PORT 8883U /* MQTT over TLS (IANA: secure-mqtt) */

struct broker_address {
    char host[SETTINGS_BROKER_SIZE + 1U]; /* zero-terminated */
    uint16_t port;
};

/* Reads `text`, which ends at its size or at its first zero. False, and `address` untouched, unless
 * it is an address; an empty one, which is no broker, is none. */
HAL_MUST_CHECK bool broker_address_parse(struct broker_address *address,
                                         const char text[SETTINGS_BROKER_SIZE]);

#endif
