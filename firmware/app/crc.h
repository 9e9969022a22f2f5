/* crc.h - the two checksums of the device. They find accidents, not attackers. */
#ifndef APP_CRC_H
#define APP_CRC_H

#include <stddef.h>
#include <stdint.h>

/* CRC-16 of Modbus RTU (Modbus over serial line V1.02, 6.2.2). Sent low byte first. */
uint16_t crc16_modbus(const uint8_t *data, size_t length);

/* CRC-32 of IEEE 802.3, as zlib computes it. `previous` is 0, or the result so far. */
uint32_t crc32_ieee(uint32_t previous, const uint8_t *data, size_t length);

#endif
