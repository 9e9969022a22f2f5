/*
 * byte_order.h - numbers to and from bytes. Modbus is big-endian (Modbus Application Protocol
 * V1.1b3, 4.2); what Hearth keeps in flash and sends in the mailbox is little-endian.
 */
#ifndef APP_BYTE_ORDER_H
#define APP_BYTE_ORDER_H

#include <stdint.h>

static inline uint16_t get_be16(const uint8_t *bytes)
{
    return (uint16_t)((bytes[0] << 8) | bytes[1]);
}

static inline void put_be16(uint8_t *bytes, uint16_t value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)(value & 0xFFU);
}

static inline uint16_t get_le16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | (bytes[1] << 8));
}

static inline void put_le16(uint8_t *bytes, uint16_t value)
{
    bytes[0] = (uint8_t)(value & 0xFFU);
    bytes[1] = (uint8_t)(value >> 8);
}

static inline uint32_t get_le32(const uint8_t *bytes)
{
    return (uint32_t)get_le16(bytes) | ((uint32_t)get_le16(bytes + 2) << 16);
}

static inline void put_le32(uint8_t *bytes, uint32_t value)
{
    put_le16(bytes, (uint16_t)(value & 0xFFFFU));
    put_le16(bytes + 2, (uint16_t)(value >> 16));
}

#endif
