#include "libmodbus_server_frame.h"

#include "byte_order.h"

#include <string.h>

/* Method: two steps of four bits each, after a table of what four zero bits shift in. */
uint16_t frame_crc(const uint8_t *bytes, size_t length)
{
    static const uint16_t steps[16] = {0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00,
                                       0x2800, 0xE401, 0xA001, 0x6C00, 0x7800, 0xB401,
                                       0x5000, 0x9C01, 0x8801, 0x4400};
    unsigned crc = 0xFFFFU;

    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        crc = (crc >> 4) ^ steps[crc & 0x0FU];
        crc = (crc >> 4) ^ steps[crc & 0x0FU];
    }
    return (uint16_t)crc;
}

size_t frame_header(bool rtu)
{
    return rtu ? FRAME_RTU_HEADER : FRAME_TCP_HEADER;
}

size_t frame_make(bool rtu, uint16_t transaction, uint8_t unit, const uint8_t *pdu, size_t length,
                  uint8_t *wire)
{
    const size_t header = frame_header(rtu);

    memcpy(wire + header, pdu, length);
    wire[header - 1U] = unit;
    if (rtu) {
        put_le16(wire + header + length, frame_crc(wire, header + length));
        return header + length + FRAME_RTU_CRC;
    }
    put_be16(wire, transaction);
    put_be16(wire + 2, 0);
    put_be16(wire + 4, (uint16_t)(length + 1U));
    return header + length;
}
