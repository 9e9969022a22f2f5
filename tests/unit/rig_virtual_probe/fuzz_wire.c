/*
 * A debugger that sends anything at all: bytes on the adapter's wire, and scans that the debug port
 * understands, in any order. Nothing may overrun, every reply fits, and a port that is shut lets nothing
 * through, whatever is sent; nor does a lock of all memory, but for the core and what the chip spares.
 *
 * Input: the first byte tells whether the port is open, and whether the chip is one with a lock of all memory,
 * whose fuse is blown or not; then operations, a byte that names one and what
 * it takes. With scans among them the fuzzer need not find out how a TAP is walked.
 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "virtual_probe/bus_pirate.h"
#include "virtual_probe/chip_bus.h"
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
    M0 = 0x410CC200,
    MEMORY = 256,        /* bytes of the chip, from address 0 on */
    FUSE = 252,          /* a word of it */
    SPARED = 0x10000000, /* FICR and UICR of an nRF51: zeros */
    SPARED_SIZE = 0x2000,
    NVMC = 0x4001E400,
    NVMC_SIZE = 0x200,

    /* Bits of the first byte. */
    IS_OPEN = 1,
    LOCKS_MEMORY = 2,
    IS_BLOWN = 4,
};

struct chip {
    bool is_open;
    bool is_halted;
    bool is_covered; /* by the lock of all memory, as the last reset found the fuse */
    uint8_t memory[MEMORY];
    struct chip_lock lock;
    struct chip_bus locked;
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

/* What the lock covers is never reached. */
static void require_reach(uint32_t address)
{
    require_open();
    if (chip.is_covered && !private_bus_holds(address) && address - SPARED >= SPARED_SIZE &&
        address - NVMC >= NVMC_SIZE) {
        abort();
    }
}

static bool read_guest(void *context, const struct memory_access *access, uint32_t *value)
{
    (void)context;
    require_reach(access->address);
    if (private_bus_holds(access->address)) {
        return private_bus_read(&chip.bus, access, value);
    }
    *value = 0;
    if (access->address > MEMORY - access->size) {
        return access->address - SPARED < SPARED_SIZE;
    }
    memcpy(value, chip.memory + access->address, access->size);
    return true;
}

static bool write_guest(void *context, const struct memory_access *access, uint32_t value)
{
    (void)context;
    require_reach(access->address);
    if (private_bus_holds(access->address)) {
        return private_bus_write(&chip.bus, access, value);
    }
    if (access->address > MEMORY - access->size) {
        return access->address - SPARED < SPARED_SIZE;
    }
    memcpy(chip.memory + access->address, &value, access->size);
    return true;
}

static bool read_memory(void *context, const struct memory_access *access, uint32_t *value)
{
    (void)context;
    require_open();
    return core_debug_settle(&chip.bus.core) && chip_bus_read(&chip.locked, access, value);
}

static bool write_memory(void *context, const struct memory_access *access, uint32_t value)
{
    (void)context;
    require_open();
    return (core_debug_asks_reset(access->address, value) || core_debug_settle(&chip.bus.core)) &&
           chip_bus_write(&chip.locked, access, value);
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

static bool read_fuse(void *context, uint32_t address, uint32_t *value)
{
    (void)context;
    memcpy(value, chip.memory + address, sizeof(*value));
    return true;
}

static void reset_lock(void)
{
    uint32_t fuse;

    memcpy(&fuse, chip.memory + FUSE, sizeof(fuse));
    chip.is_covered = chip.lock.model.kind == CHIP_LOCK_MEMORY && fuse != UINT32_MAX;
    chip_lock_reset(&chip.lock);
}

static bool reset_core(void *context)
{
    (void)context;
    chip.is_halted = true;
    reset_lock();
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

static void make_lock(unsigned bits)
{
    static const struct chip_lock_view view = {NULL, read_fuse};
    const bool locks_memory = (bits & LOCKS_MEMORY) != 0;
    const struct chip_lock_model model = {.kind = locks_memory ? CHIP_LOCK_MEMORY : CHIP_LOCK_NONE,
                                          .fuse = FUSE};

    memset(chip.memory + FUSE, (bits & IS_BLOWN) != 0 ? 0 : 0xFF, sizeof(uint32_t));
    chip_lock_init(&chip.lock, &model, chip_profile_find(locks_memory ? "nrf51" : "none"), &view);
    chip.locked = (struct chip_bus){&chip.lock, {NULL, read_guest, write_guest}};
    reset_lock();
}

static void power_up(unsigned bits)
{
    static const struct core_control control = {
        NULL, halt, resume, step, read_register, write_register, set_points, reset_core};
    static const struct private_bus_rest rest = {NULL, read_rest, write_rest};
    static const struct mem_ap_memory memory = {NULL,        is_open,      is_open,
                                                read_memory, write_memory, NULL};
    static const struct debug_pins pins = {NULL, clock_tap, reset_tap, reset_chip};
    const bool open = (bits & IS_OPEN) != 0;
    const struct core_kind *kind = core_kind_find((bits & LOCKS_MEMORY) != 0 ? M0 : M33);
    const struct mem_ap_identity identity = {kind->port_identity, ROM_TABLE_BASE, 0, kind->is_v8};
    const struct access_port access = {&chip.access, mem_ap_read, mem_ap_write, mem_ap_settle};
    const struct jtag_port port = {&chip.port, DEBUG_PORT_IDCODE, debug_port_capture,
                                   debug_port_update};

    memset(&chip, 0, sizeof(chip));
    chip.is_open = open;
    make_lock(bits);
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
    power_up(data[0]);
    enter_jtag();
    for (size_t at = 1; at < size;) {
        const unsigned operation = data[at++] % OPERATIONS;

        at += run_operation(operation, data + at, size - at);
    }
    return 0;
}
