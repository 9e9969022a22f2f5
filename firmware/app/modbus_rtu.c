#include "modbus_rtu.h"

#include "crc.h"
#include "device.h"
#include "modbus_pdu.h"

#include <string.h>

#define MIN_ADU      4U /* address, function code, CRC */
#define CRC_SIZE     2U
#define MAX_PER_POLL 512U /* bytes taken in one poll: a flood must not stop the control loop */

void modbus_rtu_start(struct modbus_rtu *rtu)
{
    memset(rtu, 0, sizeof *rtu);
}

/* Size of the request ADU as its function code and byte count announce it; 0: not known (yet). */
static size_t announced_size(const struct modbus_rtu *rtu)
{
    const uint8_t *adu = rtu->adu;

    if (rtu->used < 2) {
        return 0;
    }
    switch (adu[1]) {
    case MODBUS_READ_COILS:
    case MODBUS_READ_DISCRETE_INPUTS:
    case MODBUS_READ_HOLDING_REGISTERS:
    case MODBUS_READ_INPUT_REGISTERS:
    case MODBUS_WRITE_SINGLE_COIL:
    case MODBUS_WRITE_SINGLE_REGISTER:
        return 8;
    case MODBUS_WRITE_MULTIPLE_COILS:
    case MODBUS_WRITE_MULTIPLE_REGISTERS:
        return rtu->used > 6 ? 9U + adu[6] : 0;
    case MODBUS_MASK_WRITE_REGISTER:
        return 10;
    case MODBUS_READ_WRITE_REGISTERS:
        return rtu->used > 10 ? 13U + adu[10] : 0;
    case MODBUS_ENCAPSULATED_INTERFACE:
        return 7;
    default:
        return 0;
    }
}

static bool crc_is_right(const struct modbus_rtu *rtu)
{
    uint16_t crc = crc16_modbus(rtu->adu, rtu->used - CRC_SIZE);

    return rtu->adu[rtu->used - 2U] == (crc & 0xFFU) && rtu->adu[rtu->used - 1U] == crc >> 8;
}

static bool may_be_broadcast(uint8_t function)
{
    return function == MODBUS_WRITE_SINGLE_COIL || function == MODBUS_WRITE_SINGLE_REGISTER ||
           function == MODBUS_WRITE_MULTIPLE_COILS || function == MODBUS_WRITE_MULTIPLE_REGISTERS ||
           function == MODBUS_MASK_WRITE_REGISTER;
}

static void answer(const struct modbus_rtu *rtu, struct device *device)
{
    uint8_t response[1U + MODBUS_MAX_PDU + CRC_SIZE];
    size_t size;
    uint16_t crc;

    size = 1U + modbus_pdu_handle(device, MODBUS_FROM_RTU, rtu->adu + 1, rtu->used - 1U - CRC_SIZE,
                                  response + 1);
    if (rtu->adu[0] == MODBUS_RTU_BROADCAST) {
        return;
    }
    response[0] = rtu->adu[0];
    crc = crc16_modbus(response, size);
    response[size] = (uint8_t)(crc & 0xFFU);
    response[size + 1U] = (uint8_t)(crc >> 8);
    if (hal_uart_write(response, size + CRC_SIZE) != HAL_OK) {
        hal_console_line("rtu: response could not be sent");
    }
}

/* The ADU is as long as it will get: answers it if it is whole and for us. */
static void end_frame(struct modbus_rtu *rtu, struct device *device)
{
    bool ours = rtu->used >= MIN_ADU && crc_is_right(rtu) &&
                (rtu->adu[0] == MODBUS_RTU_ADDRESS ||
                 (rtu->adu[0] == MODBUS_RTU_BROADCAST && may_be_broadcast(rtu->adu[1])));

    if (ours) {
        answer(rtu, device);
    }
    rtu->used = 0;
}

static void take_byte(struct modbus_rtu *rtu, struct device *device, uint8_t byte)
{
    if (rtu->skipping) {
        return;
    }
    if (rtu->used == sizeof rtu->adu) {
        rtu->used = 0;
        rtu->skipping = true;
        return;
    }
    rtu->adu[rtu->used] = byte;
    rtu->used++;
    if (rtu->used >= MIN_ADU && rtu->used == announced_size(rtu) && crc_is_right(rtu)) {
        end_frame(rtu, device);
    }
}

void modbus_rtu_poll(struct modbus_rtu *rtu, struct device *device)
{
    uint8_t bytes[64];
    uint64_t now = hal_time_ms();
    size_t taken = 0;
    size_t count = hal_uart_read(bytes, sizeof bytes);

    /* Silence counts only while nothing is waiting: the loop may have been late, not the sender. */
    if (count == 0 && now - rtu->last_byte_ms >= hal_uart_frame_gap_ms()) {
        if (rtu->used > 0) {
            end_frame(rtu, device);
        }
        rtu->skipping = false;
    }
    while (count > 0) {
        rtu->last_byte_ms = now;
        for (size_t i = 0; i < count; i++) {
            take_byte(rtu, device, bytes[i]);
        }
        taken += count;
        count = taken < MAX_PER_POLL ? hal_uart_read(bytes, sizeof bytes) : 0;
    }
}
