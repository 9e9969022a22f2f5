/*
 * interface.h - lwIP's network interface on hal_net.h.
 *
 * The station address follows from the device's identity, so that no two devices share one. The IPv4
 * address is the user's setting; all zeros: by DHCP (RFC 2131). A fixed address has the mask
 * 255.255.255.0 and no router: such a device reaches its own network only.
 */
#ifndef NET_INTERFACE_H
#define NET_INTERFACE_H

#include "device.h"
#include "hal.h"

/* Returns an enum network_error. */
HAL_MUST_CHECK int interface_start(struct device *device);

/* Takes frames that have arrived; sees changes of link and settings. */
void interface_poll(void);

#endif
