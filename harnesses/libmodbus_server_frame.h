/*
 * libmodbus_server_frame.h - what stands around a PDU on the wire: MBAP header (Modbus Messaging on
 * TCP/IP V1.0b, 3.1.3) or unit and CRC (Modbus over serial line V1.02, 2.3).
 */
#ifndef LIBMODBUS_SERVER_FRAME_H
#define LIBMODBUS_SERVER_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_TCP_HEADER 7U /* transaction, protocol, length, unit */
#define FRAME_RTU_HEADER 1U /* unit */
#define FRAME_RTU_CRC    2U
#define FRAME_OVERHEAD   FRAME_TCP_HEADER /* the larger of the two */

/* CRC-16 of `length` bytes, low byte sent first. */
uint16_t frame_crc(const uint8_t *bytes, size_t length);

/*
 * Puts framing around `length` bytes of PDU. `wire` has room for `length` + FRAME_OVERHEAD bytes.
 * `transaction` is used on TCP only. Returns the size on the wire.
 */
size_t frame_make(bool rtu, uint16_t transaction, uint8_t unit, const uint8_t *pdu, size_t length,
                  uint8_t *wire);

/* The length of the header before the function code. */
size_t frame_header(bool rtu);

#endif
