/* modbus_rows.h - Modbus requests and their answers as rows of hexadecimal digits. */
#ifndef MODBUS_ROWS_H
#define MODBUS_ROWS_H

#include "device.h"
#include "modbus_pdu.h"

#include <stddef.h>
#include <stdint.h>

struct modbus_row {
    const char *request;
    const char *response;
};

/* Sends each request and compares the answer; the device keeps what a row has changed. */
void modbus_check_rows(struct device *device, enum modbus_origin origin,
                       const struct modbus_row *rows, size_t count);

/* Sends one request. */
void modbus_check(struct device *device, enum modbus_origin origin, const char *request,
                  const char *response);

/* The exception code of the answer to `request`; 0 for an answer that is none. */
uint8_t modbus_exception_of(struct device *device, enum modbus_origin origin,
                            const uint8_t *request, size_t length);

#endif
