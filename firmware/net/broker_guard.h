/*
 * broker_guard.h - stands between TLS and lwIP's MQTT, and lets no packet through that lwIP 2.1
 * cannot bear (EN 303 645, 5.13-1B): it stores a remaining length however long it is, beyond its
 * buffer, and with some 250 bytes of it never comes back. A broker that sends one is hung up on.
 */
#ifndef NET_BROKER_GUARD_H
#define NET_BROKER_GUARD_H

#include "lwip/altcp.h"

/* Call when mqtt_client_connect() has begun `connection`, before anything has come. One connection at
 * a time. */
void broker_guard_start(struct altcp_pcb *connection);

#endif
