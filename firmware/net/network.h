/*
 * network.h - the device on a network, for boards with Ethernet (hal_net.h): lwIP and mbedTLS, and on
 * them Modbus TCP (modbus_server.h) and the link to the broker (broker_link.h).
 *
 * Everything happens in network_poll(), which never waits: the control loop and the wired bus go on
 * whatever the network does (EN 303 645, 5.9-2). Memory is static: lwIP's pools (lwipopts.h) and the
 * board's pool for mbedTLS.
 */
#ifndef NET_NETWORK_H
#define NET_NETWORK_H

#include "device.h"
#include "hal.h"

enum network_error {
    NETWORK_OK = 0,
    NETWORK_ERROR_CONTROLLER = -1, /* the Ethernet controller does not answer */
    NETWORK_ERROR_MEMORY = -2,     /* lwIP's pools are too small; never expected */
};

const char *network_strerror(int error);

/* Starts on a device that has started. `device` must outlive the network; it is changed by what
 * arrives. */
HAL_MUST_CHECK int network_start(struct device *device);

/* One turn: takes frames, runs lwIP's timers, follows settings and link, moves the uplink on. */
void network_poll(void);

#endif
