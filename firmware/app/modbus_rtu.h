/*
 * modbus_rtu.h - Modbus RTU framing (Modbus over serial line V1.02, 2.5.1): address, PDU, CRC-16.
 *
 * A frame ends when it has the length that its function code announces and its CRC is right, or
 * after 3.5 characters of silence. What is then not a whole frame with a right CRC is dropped, and
 * so is everything up to the next silence.
 */
#ifndef APP_MODBUS_RTU_H
#define APP_MODBUS_RTU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODBUS_RTU_ADDRESS   1U /* of this device on the bus */
#define MODBUS_RTU_BROADCAST 0U
#define MODBUS_RTU_MAX_ADU   256U

struct device;

/* The bus. Owned by the device; fields are private. */
struct modbus_rtu {
    uint8_t adu[MODBUS_RTU_MAX_ADU]; /* the request that is arriving */
    size_t used;
    bool skipping;         /* until the next silence */
    uint64_t last_byte_ms; /* on the clock of hal_time_ms() */
};

void modbus_rtu_start(struct modbus_rtu *rtu);

/* Takes what the bus has, answers the request that became complete. Call often. */
void modbus_rtu_poll(struct modbus_rtu *rtu, struct device *device);

#endif
