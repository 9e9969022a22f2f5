/**
 * Histories that leave nothing out: each function code; each range in each
 * mode; and of somebody without log-in, each writing
 * function on each register and coil, each type of message for the mailbox.
 */
#ifndef RIG_SCENARIOS_MODBUS_SWEEP_H
#define RIG_SCENARIOS_MODBUS_SWEEP_H

#include "scenarios/modbus_frame.h"

/** Appends writes, each of another value than `registers` hold and in its range most likely: it is what
 * a device takes that does not ask who writes. Those that are open come twice, since what they hold, a
 * mode for instance, may decide about others. */
void modbus_sweep_registers(const struct modbus_bus *bus, const uint16_t *registers,
                            struct modbus_history *history);

/** Appends requests of each function code that is not one of the map's functions or of reads and writes,
 * among them each of the diagnostics. */
void modbus_sweep_functions(const struct modbus_bus *bus, struct modbus_history *history);

/** Appends writes of values beyond the range of each open register, by each function, once in each state
 * that the registers of few values (modes) have. Nothing without a map. */
void modbus_sweep_ranges(const struct modbus_bus *bus, struct modbus_history *history);

/** Appends messages that nobody sealed, of each type, in no session, in one made up, and in the one that
 * the device gave last; one guess at the password is among them when `guess`. Nothing without a mailbox.
 */
void modbus_sweep_messages(const struct modbus_bus *bus, bool guess,
                           struct modbus_history *history);

/** Appends one message as it is. */
void modbus_sweep_message(const struct modbus_bus *bus, const char *what, const uint8_t *message,
                          size_t size, struct modbus_history *history);

#endif
