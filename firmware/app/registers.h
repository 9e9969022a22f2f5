/*
 * registers.h - the register map.
 *
 *   coils, read; RTU also writes
 *     0 heating on   1 by schedule (counts only while 0 is on)
 *   discrete inputs, read
 *     0 relay closed   1 sensor fault   2 frost protection   3 mailbox session open
 *   input registers, read
 *     0 temperature (0.1 degree C, signed)   1 target temperature
 *     2-3 uptime (s, high word first)   4 wait before the next log-in (s)   5 telemetry consent
 *     6 cause of the last reset: 0 power on, 1 pin, 2 software, 3 watchdog, 4 processor fault
 *     7 network link: 0 none, 1 up   8 uplink: enum uplink_state (uplink.h)
 *     9 readings queued for the broker
 *     10 readings dropped   11 readings acknowledged, each since the start; 65535: so many or more
 *     12-13 number of this start, high word first: rises with each start, by one or more, and is never
 *       twice the same in the life of the device; 0: not known, since its event could not be kept
 *   holding registers, read; RTU also writes 0 and 1
 *     0 set-point (0.1 degree C)   1 mode   2 hysteresis   3 frost limit
 *     4-11 schedule: minute of the day, set-point, four times
 *   holding registers 0x1000-0x1078, FC 23 only: the secure mailbox (mailbox.h). Writes from 0x1000
 *     on as much as the message needs and reads all 121 registers.
 *
 * Functions return a modbus_exception; a write that is refused has changed nothing.
 */
#ifndef APP_REGISTERS_H
#define APP_REGISTERS_H

#include "device.h"
#include "modbus_pdu.h"

#include <stdbool.h>
#include <stdint.h>

#define REGISTERS_COILS           2U
#define REGISTERS_DISCRETE_INPUTS 4U
#define REGISTERS_INPUTS          14U
#define REGISTERS_HOLDING         12U
#define REGISTERS_WRITABLE        2U /* the first holding registers */
#define REGISTERS_MAILBOX         0x1000U
#define REGISTERS_MAILBOX_COUNT   (MAILBOX_MAX_MESSAGE / 2U)

/* The state of one coil or discrete input; `address` is in range. */
bool registers_coil(const struct device *device, uint16_t address);
bool registers_discrete_input(const struct device *device, uint16_t address);

/* The value of one register; `address` is in range. */
uint16_t registers_input(const struct device *device, uint16_t address);
uint16_t registers_holding(const struct device *device, uint16_t address);

/* Changes coils in `draft`: bit i of `bits` is coil `address` + i. The range has been checked. */
void registers_draft_coils(struct settings *draft, uint16_t address, uint16_t count,
                           const uint8_t *bits);

/* Changes one holding register in `draft`. MODBUS_ILLEGAL_ADDRESS unless it is writable. */
enum modbus_exception registers_draft_holding(struct settings *draft, uint16_t address,
                                              uint16_t value);

/* Makes the draft current and permanent. */
enum modbus_exception registers_commit(struct device *device, const struct settings *draft);

#endif
