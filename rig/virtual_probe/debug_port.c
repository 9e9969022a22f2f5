#include "virtual_probe/debug_port.h"

#include <stddef.h>

enum {
    READ = 1, /* lowest bit of an access */
    DATA_SHIFT = 3,
    REGISTER_SHIFT = 1,
    REGISTER_MASK = 0x3,
};

/* Registers of the port, by bits 3:2 of their address. */
enum {
    REGISTER_IDENTITY = 0,
    REGISTER_CONTROL = 1,
    REGISTER_SELECT = 2, /* 3: RDBUFF */
};

/* SELECT (IHI 0031, B2.2.10). */
enum {
    SELECT_PORT_SHIFT = 24,
    SELECT_BANK_MASK = 0xF0,
    SELECT_OWN_BANK_MASK = 0x0F,
};

static const uint32_t requests = DEBUG_PORT_POWER_REQUEST | DEBUG_PORT_SYSTEM_POWER_REQUEST;

void debug_port_init(struct debug_port *port, const struct access_port *access_port)
{
    *port = (struct debug_port){.access_port = *access_port};
}

/* ---- the port's own registers ---- */

/* Power comes at once; each acknowledge stands one bit above its request. */
static uint32_t control_value(const struct debug_port *port)
{
    uint32_t value = port->control;

    if (!port->faults.unpowered) {
        value |= port->control << 1;
    }
    return value | (port->sticky_error ? (uint32_t)DEBUG_PORT_STICKY_ERROR : 0);
}

/* Behind bank 0 there are registers of version 2 and of multi-drop, which this port has not. */
static uint32_t read_own(const struct debug_port *port, unsigned address)
{
    switch (address) {
    case REGISTER_IDENTITY:
        return DEBUG_PORT_IDENTITY;
    case REGISTER_CONTROL:
        return (port->select & SELECT_OWN_BANK_MASK) == 0 ? control_value(port) : 0;
    case REGISTER_SELECT:
        return port->select;
    default: /* RDBUFF only makes room for the scan that brings the last result (B2.2.7) */
        return 0;
    }
}

static void write_own(struct debug_port *port, unsigned address, uint32_t value)
{
    if (address == REGISTER_CONTROL && (port->select & SELECT_OWN_BANK_MASK) == 0) {
        port->control = value & requests;
        if ((value & DEBUG_PORT_STICKY_ERROR) != 0) {
            port->sticky_error = false;
        }
    } else if (address == REGISTER_SELECT) {
        port->select = value;
    }
}

/* ---- the access port ---- */

static bool can_reach(const struct debug_port *port)
{
    return !port->sticky_error && !port->faults.unpowered &&
           (port->control & DEBUG_PORT_POWER_REQUEST) != 0;
}

static void access_other(struct debug_port *port, unsigned address, bool is_read, uint32_t value)
{
    const uint8_t place = (uint8_t)((port->select & SELECT_BANK_MASK) | address << 2);
    const struct access_port *other = &port->access_port;
    bool done = true;

    port->result = is_read ? 0 : port->result;
    if (!can_reach(port)) {
        port->sticky_error = true;
        return;
    }
    if (port->select >> SELECT_PORT_SHIFT != 0) {
        return;
    }
    if (is_read) {
        done = other->read(other->context, place, &port->result);
    } else {
        done = other->write(other->context, place, value);
    }
    port->sticky_error = !done;
}

void debug_port_settle(struct debug_port *port)
{
    const struct access_port *other = &port->access_port;

    if (other->settle != NULL && !other->settle(other->context)) {
        port->sticky_error = true;
    }
}

/* ---- scans ---- */

uint64_t debug_port_capture(void *context, enum jtag_instruction instruction)
{
    struct debug_port *port = context;

    (void)instruction;
    port->waited = port->faults.waits;
    if (port->waited) {
        return DEBUG_PORT_WAIT;
    }
    return (uint64_t)port->result << DATA_SHIFT | DEBUG_PORT_OK_OR_FAULT;
}

/* ABORT ends an access that waits; none does for long here, and one that waits for ever goes on. */
void debug_port_update(void *context, enum jtag_instruction instruction, uint64_t value)
{
    struct debug_port *port = context;
    const unsigned address = (unsigned)(value >> REGISTER_SHIFT) & REGISTER_MASK;
    const bool is_read = (value & READ) != 0;
    const uint32_t data = (uint32_t)(value >> DATA_SHIFT);

    if (port->waited || instruction == JTAG_ABORT) {
        return;
    }
    if (instruction == JTAG_APACC) {
        access_other(port, address, is_read, data);
    } else if (is_read) {
        if (address == REGISTER_CONTROL) {
            debug_port_settle(port);
        }
        port->result = read_own(port, address);
    } else {
        write_own(port, address, data);
    }
}
