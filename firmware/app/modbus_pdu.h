/*
 * modbus_pdu.h - one Modbus request answered (Modbus Application Protocol V1.1b3), whatever bus it
 * came by. Function codes 1, 2, 3, 4, 5, 6, 15, 16, 22, 23 and 43/14.
 */
#ifndef APP_MODBUS_PDU_H
#define APP_MODBUS_PDU_H

#include <stddef.h>
#include <stdint.h>

#define MODBUS_MAX_PDU 253U /* bytes: V1.1b3, 4.1 */

enum modbus_function {
    MODBUS_READ_COILS = 1,
    MODBUS_READ_DISCRETE_INPUTS = 2,
    MODBUS_READ_HOLDING_REGISTERS = 3,
    MODBUS_READ_INPUT_REGISTERS = 4,
    MODBUS_WRITE_SINGLE_COIL = 5,
    MODBUS_WRITE_SINGLE_REGISTER = 6,
    MODBUS_WRITE_MULTIPLE_COILS = 15,
    MODBUS_WRITE_MULTIPLE_REGISTERS = 16,
    MODBUS_MASK_WRITE_REGISTER = 22,
    MODBUS_READ_WRITE_REGISTERS = 23,
    MODBUS_ENCAPSULATED_INTERFACE = 43,
};

#define MODBUS_EXCEPTION_FLAG 0x80U

/* Exception codes: V1.1b3, 7. */
enum modbus_exception {
    MODBUS_OK = 0,
    MODBUS_ILLEGAL_FUNCTION = 1,
    MODBUS_ILLEGAL_ADDRESS = 2,
    MODBUS_ILLEGAL_VALUE = 3,
    MODBUS_DEVICE_FAILURE = 4,
};

/* Where a request came from decides what it may do. */
enum modbus_origin {
    MODBUS_FROM_RTU, /* local wired bus: may also write set-point and mode */
    MODBUS_FROM_TCP, /* network: reads and the secure mailbox only (5.5-5) */
};

struct device;

/*
 * Answers `request` (`length` bytes, 1 to MODBUS_MAX_PDU, any content). Writes the response or the
 * exception to `response` and returns its length, 2 to MODBUS_MAX_PDU. A request that is answered
 * by an exception other than MODBUS_DEVICE_FAILURE has changed nothing.
 */
size_t modbus_pdu_handle(struct device *device, enum modbus_origin origin, const uint8_t *request,
                         size_t length, uint8_t response[MODBUS_MAX_PDU]);

#endif
