#include "modbus_tcp.h"

#include "byte_order.h"
#include "device.h"

#include <string.h>

#define LENGTH_END 6U /* the length field counts what follows it: unit and PDU */

/* The size of the ADU that the header announces, or 0 if it cannot be one. */
static size_t announced_size(const uint8_t *adu)
{
    uint16_t protocol = get_be16(adu + 2);
    uint16_t length = get_be16(adu + 4);

    if (protocol != 0 || length < 2 || length > 1U + MODBUS_MAX_PDU) {
        return 0;
    }
    return LENGTH_END + length;
}

/* Fills the ADU up to `size` bytes; returns how many were taken. */
static size_t take(struct modbus_tcp *connection, size_t size, const uint8_t *data,
                   size_t available)
{
    size_t taken = size - connection->used;

    if (taken > available) {
        taken = available;
    }
    memcpy(connection->adu + connection->used, data, taken);
    connection->used += (uint32_t)taken;
    return taken;
}

static int respond(struct modbus_tcp *connection, struct device *device, size_t size,
                   uint8_t response[MODBUS_TCP_MAX_ADU])
{
    size_t pdu;

    memcpy(device->requester.address, connection->peer, sizeof connection->peer);
    pdu = modbus_pdu_handle(device, MODBUS_FROM_TCP, connection->adu + MODBUS_TCP_HEADER,
                            size - MODBUS_TCP_HEADER, response + MODBUS_TCP_HEADER);
    memcpy(response, connection->adu, MODBUS_TCP_HEADER);
    put_be16(response + 4, (uint16_t)(pdu + 1U));
    connection->used = 0;
    return (int)(MODBUS_TCP_HEADER + pdu);
}

int modbus_tcp_receive(struct modbus_tcp *connection, struct device *device, const uint8_t *data,
                       size_t *length, uint8_t response[MODBUS_TCP_MAX_ADU])
{
    size_t available = *length;
    size_t size;

    *length = 0;
    if (connection->used < MODBUS_TCP_HEADER) {
        *length += take(connection, MODBUS_TCP_HEADER, data, available);
    }
    if (connection->used < MODBUS_TCP_HEADER) {
        return 0;
    }
    size = announced_size(connection->adu);
    if (size == 0) {
        return -1;
    }
    *length += take(connection, size, data + *length, available - *length);
    return connection->used == size ? respond(connection, device, size, response) : 0;
}
