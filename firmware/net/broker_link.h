/*
 * broker_link.h - the transport of uplink.h: MQTT 3.1.1 at QoS 1 over TLS 1.2, both sides with a
 * certificate (EN 303 645, 5.5-1, 5.5-7, 5.13-1B).
 *
 *   - The broker's certificate must chain to the CA of the factory page and carry the host name of
 *     the user's setting. A broker that fails either is not spoken to.
 *   - The device shows its own certificate, from the factory page; one that has none stays off-line.
 *   - Readings go to hearth/DEVICE-ID/telemetry, commands come from hearth/DEVICE-ID/command; the
 *     device id, 32 hexadecimal digits, is the client's name as well. A command is judged by
 *     telemetry_command_apply(); a longer one is passed over unread.
 */
#ifndef NET_BROKER_LINK_H
#define NET_BROKER_LINK_H

#include "device.h"

/* Loads the credentials. Says on the console if there are none. */
void broker_link_start(struct device *device);

/* Does what the uplink asks for. Never waits. */
void broker_link_poll(void);

#endif
