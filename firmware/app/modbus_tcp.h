/*
 * modbus_tcp.h - Modbus TCP framing (Modbus Messaging on TCP/IP Implementation Guide V1.0b, 3.1):
 * a byte stream cut into ADUs by the MBAP header, each answered in order.
 */
#ifndef APP_MODBUS_TCP_H
#define APP_MODBUS_TCP_H

#include "modbus_pdu.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODBUS_TCP_HEADER  7U /* transaction 2, protocol 2, length 2, unit 1 */
#define MODBUS_TCP_MAX_ADU (MODBUS_TCP_HEADER + MODBUS_MAX_PDU)

/* One connection. Owned by whoever owns the socket; zero it when a connection begins, then
 * set `peer`. */
struct modbus_tcp {
    uint8_t peer[4]; /* IPv4 address of the client, network order; for the event log */
    uint32_t used;   /* bytes of `adu` */
    /* The request that is arriving. Last, so that a sanitizer sees what is written beyond it. */
    uint8_t adu[MODBUS_TCP_MAX_ADU];
};

/*
 * Takes up to `*length` bytes that arrived, until one request is complete, and sets `*length` to
 * how many it took. Returns the size of the response now in `response` (0: none yet), or -1 when
 * the stream makes no sense as Modbus TCP: close the connection. Call again while bytes are left.
 */
int modbus_tcp_receive(struct modbus_tcp *connection, struct device *device, const uint8_t *data,
                       size_t *length, uint8_t response[MODBUS_TCP_MAX_ADU]);

#endif
