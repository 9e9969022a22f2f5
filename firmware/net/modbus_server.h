/*
 * modbus_server.h - Modbus TCP on port 502 (Modbus Messaging on TCP/IP Implementation Guide V1.0b).
 *
 * Four connections are served. The one that has been without a request for longest makes room for a
 * fifth (4.2.1 there), and one without a request for five minutes is closed. A client that does not
 * read its responses is not read from.
 */
#ifndef NET_MODBUS_SERVER_H
#define NET_MODBUS_SERVER_H

#include "device.h"
#include "hal.h"

#define MODBUS_SERVER_PORT        502U
#define MODBUS_SERVER_CONNECTIONS 4U
#define MODBUS_SERVER_IDLE_MS     300000U

/* Returns an enum network_error. */
HAL_MUST_CHECK int modbus_server_start(struct device *device);

/* Closes connections that have been idle for too long. */
void modbus_server_poll(void);

#endif
