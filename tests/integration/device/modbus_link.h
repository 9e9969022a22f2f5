/* modbus_link.h - a stock Modbus client (libmodbus) on one of the device's interfaces. */
#ifndef TESTS_MODBUS_LINK_H
#define TESTS_MODBUS_LINK_H

#include "device_process.h"

#include <modbus.h>
#include <stdint.h>

#define MODBUS_LINK_UNIT 1

enum modbus_link_kind { MODBUS_LINK_TCP, MODBUS_LINK_RTU };

/* The first of the kinds that the device has; MODBUS_LINK_RTU is always the last. */
enum modbus_link_kind modbus_link_first(void);

/* A client that is not connected yet, for modbus_link_close(). */
modbus_t *modbus_link_new(const struct device_process *device, enum modbus_link_kind kind);

/* Connects; a failure fails the test. Give it back with modbus_link_close(). */
modbus_t *modbus_link_open(const struct device_process *device, enum modbus_link_kind kind);

/* NULL is allowed. */
void modbus_link_close(modbus_t *modbus);

/*
 * Sends a PDU as libmodbus frames it and reads the reply with a reader of our own, since
 * libmodbus cannot tell the length of every reply. Returns the length of the reply's PDU, at most
 * 253; a failure fails the test.
 */
size_t modbus_link_raw(modbus_t *modbus, enum modbus_link_kind kind, const uint8_t *pdu,
                       size_t length, uint8_t reply[253]);

/* Fails the test unless a libmodbus call returned `expected`; says which one and why. */
#define EXPECT_DONE(call, expected) modbus_link_expect((call), (expected), #call)

/* Fails the test unless the call failed with this errno of libmodbus (EMBXILFUN ...). */
#define EXPECT_REFUSED(call, error) modbus_link_expect_refused((call), (error), #call)

void modbus_link_expect(int result, int expected, const char *what);
void modbus_link_expect_refused(int result, int error, const char *what);

#endif
