/*
 * A debugger that sends anything at all: bytes on the adapter's wire, and scans that the debug port
 * understands, in any order. Nothing may overrun, every reply fits, and a port that is shut lets nothing
 * through, whatever is sent.
 *
 * Input: the first byte tells whether the port is open; then operations, a byte that names one and what
 * it takes. With scans among them the fuzzer need not find out how a TAP is walked.
 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "virtual_probe/bus_pirate.h"
#include "virtual_probe/debug_port.h"
#include "virtual_probe/jtag_tap.h"
#include "virtual_probe/mem_ap.h"
#include "virtual_probe/private_bus.h"
#include "virtual_probe/rom_table.h"

enum {
    OPERATION_BYTES, /* a length, and as many bytes for the wire */
    OPERATION_INSTRUCTION,
    OPERATION_DATA, /* 35 bits */
    OPERATION_RESET,
    OPERATIONS,
    SCAN_BITS_MAX = 48,
    M33 = 0x410FD213,
    MEMORY = 256, /* bytes of the chip, from address 0 on */
};

struct chip {
    bool is_open;
    bool is_halted;
    uint8_t memory[MEMORY];
    struct jtag_tap tap;
    struct debug_port port;
    struct mem_ap access;
    struct private_bus bus;
    struct bus_pirate wire;
};

static struct chip chip;

/* ---- the chip ---- */

static bool is_open(void *context)
{
    (void)context;
    return chip.is_open;
}

static void require_open(void)
{
    if (!chip.is_open) {
        abort();
    }
}

static bool read_memory(void *context, const struct memory_access *access, uint32_t *value)
{
    (void)context;
    require_open();
    if (private_bus_holds(access->address)) {
        return private_bus_read(&chip.bus, access, value);
    }
    if (access->address > MEMORY - access->size) {
        return false;
    }
    *value = 0;
    memcpy(value, chip.memory + access->address, access->size);
    return true;
}

static bool write_memory(void *context, const struct memory_access *access, uint32_t value)
{
    (void)context;
    require_open();
    if (private_bus_holds(access->address)) {
        return private_bus_write(&chip.bus, access, value);
    }
    if (access->address > MEMORY - access->size) {
        return false;
    }
    memcpy(chip.memory + access->address, &value, access->size);
    return true;
}

static bool read_rest(void *context, uint32_t address, uint32_t *value)
{
    (void)context;
    *value = address;
    return true;
}

static bool write_rest(void *context, uint32_t address, uint32_t value)
{
    (void)context;
    (void)address;
    (void)value;
    return true;
}

static bool halt(void *context)
{
    (void)context;
    require_open();
    chip.is_halted = true;
    return true;
}

static bool resume(void *context)
{
    (void)context;
    chip.is_halted = false;
    return true;
}

static bool step(void *context, bool interrupts)
{
    (void)context;
    (void)interrupts;
    return chip.is_halted;
}

/* Only of a halted core; every number may come. */
static bool read_register(void *context, unsigned number, uint32_t *value)
{
    (void)context;
    if (!chip.is_halted || number > 0x7F) {
        abort();
    }
    *value = number;
    return true;
}

static bool write_register(void *context, unsigned number, uint32_t value)
{
    (void)value;
    return read_register(context, number, &value);
}

static bool set_points(void *context, const struct core_point *points, size_t count)
{
    (void)context;
    (void)points;
    return count <= CORE_POINTS_MAX;
}

static bool reset_core(void *context)
{
    (void)context;
    chip.is_halted = true;
    return true;
}

/* ---- the connector ---- */

static bool clock_tap(void *context, bool tms, bool tdi)
{
    (void)context;
    return jtag_tap_clock(&chip.tap, tms, tdi);
}

static void reset_tap(void *context, bool asserted)
{
    (void)context;
    if (asserted) {
        jtag_tap_reset(&chip.tap);
    }
}

static void reset_chip(void *context, bool asserted)
{
    (void)context;
    if (!asserted) {
        (void)core_debug_reset(&chip.bus.core);
    }
}

static void power_up(bool open)
{
    static const struct core_control control = {
        NULL, halt, resume, step, read_register, write_register, set_points, reset_core};
    static const struct private_bus_rest rest = {NULL, read_rest, write_rest};
    static const struct mem_ap_memory memory = {NULL,        is_open,      is_open,
                                                read_memory, write_memory, NULL};
    static const struct debug_pins pins = {NULL, clock_tap, reset_tap, reset_chip};
    const struct core_kind *kind = core_kind_find(M33);
    const struct mem_ap_identity identity = {kind->port_identity, ROM_TABLE_BASE, 0, true};
    const struct access_port access = {&chip.access, mem_ap_read, mem_ap_write, mem_ap_settle};
    const struct jtag_port port = {&chip.port, DEBUG_PORT_IDCODE, debug_port_capture,
                                   debug_port_update};

    memset(&chip, 0, sizeof(chip));
    chip.is_open = open;
    private_bus_init(&chip.bus, kind, &control, &rest);
    chip.bus.core.permitted = open;
    mem_ap_init(&chip.access, &memory, &identity);
    debug_port_init(&chip.port, &access);
    jtag_tap_init(&chip.tap, &port);
    bus_pirate_init(&chip.wire, &pins);
}

/* ---- the debugger ---- */

static void send(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t reply[BUS_PIRATE_REPLY_MAX];

        if (bus_pirate_take(&chip.wire, bytes[i], reply) > sizeof(reply)) {
            abort();
        }
    }
}

/* A scan of `bits` of `value`, from idle to idle: a shift command as OpenOCD sends it. */
static void scan(bool of_instruction, unsigned bits, uint64_t value)
{
    const unsigned lead = of_instruction ? 4 : 3; /* TMS 1, 1, 0, 0 or 1, 0, 0 */
    const unsigned all = lead + bits + 2;         /* and 1, 0 */
    uint8_t command[3 + SCAN_BITS_MAX / 4] = {0x05, 0, (uint8_t)all};
    uint64_t tms = of_instruction ? 3 : 1;
    const uint64_t tdi = value << lead;

    tms |= 3ULL << (lead + bits - 1); /* with the last bit, and once more */
    for (unsigned i = 0; i < (all + 7) / 8; i++) {
        command[3 + 2 * i] = (uint8_t)(tdi >> 8 * i);
        command[4 + 2 * i] = (uint8_t)(tms >> 8 * i);
    }
    send(command, 3 + 2 * ((all + 7) / 8));
}

static void enter_jtag(void)
{
    static const uint8_t way[BUS_PIRATE_ZEROS + 1] = {[BUS_PIRATE_ZEROS] = 0x06};
    static const uint8_t idle[] = {0x05, 0x00, 0x01, 0x00, 0x00}; /* one cycle out of the reset */

    send(way, sizeof(way));
    send(idle, sizeof(idle));
}

/* What it takes of the input. */
static size_t run_operation(unsigned operation, const uint8_t *data, size_t size)
{
    uint64_t value = 0;

    switch (operation) {
    case OPERATION_BYTES: {
        const size_t length = size > 0 ? data[0] % size : 0;

        send(data + (size > 0), length);
        return length + (size > 0);
    }
    case OPERATION_INSTRUCTION:
        scan(true, 4, size > 0 ? data[0] : 0);
        return size > 0;
    case OPERATION_DATA:
        memcpy(&value, data, size < 5 ? size : 5);
        scan(false, 35, value & 0x7FFFFFFFFULL);
        return size < 5 ? size : 5;
    default:
        bus_pirate_reopen(&chip.wire);
        enter_jtag();
        return 0;
    }
}

int harness_run(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return -1;
    }
    power_up((data[0] & 1) != 0);
    enter_jtag();
    for (size_t at = 1; at < size;) {
        const unsigned operation = data[at++] % OPERATIONS;

        at += run_operation(operation, data + at, size - at);
    }
    return 0;
}
