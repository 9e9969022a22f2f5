/*
 * Method: before each access, what QEMU has told is taken notice of, so that a reset that came first
 * shuts the port first: QEMU tells of a reset before the core runs on.
 */
#include "virtual_probe/debug_chip.h"

#include "base/process.h"
#include "virtual_probe/rom_table.h"

enum {
    WORD = 4,
    OPENER_BLOCK = 12, /* bytes of the registers that set, show and clear what opens the port */
};

/* CSW of an AHB-AP after a reset: privileged data accesses of a debugger, 32 bits. */
static const uint32_t csw_reset = 0x23000002;

static int64_t deadline(void)
{
    return process_clock_ms() + CORE_RUN_LIMIT_MS;
}

/* ---- what the lock sees ---- */

static bool read_past_lock(void *context, uint32_t address, uint32_t *value)
{
    struct debug_chip *chip = context;
    const struct memory_access access = {address, WORD, true};

    return guest_memory_read(&chip->memory, &access, value);
}

/* A chip that is gone has no lock: its port must not be taken for a shut one. All its accesses fail. So
 * one that is shut must answer in some way. */
static bool is_open(void *context)
{
    struct debug_chip *chip = context;

    if (!debug_chip_poll(chip)) {
        return true;
    }
    chip->bus.core.permitted = chip_lock_is_open(&chip->lock);
    return chip->bus.core.permitted || !core_run_answers(&chip->run);
}

/* ---- memory ---- */

/* Past any lock. */
static bool read_guest(void *context, const struct memory_access *access, uint32_t *value)
{
    struct debug_chip *chip = context;

    if (!private_bus_holds(access->address)) {
        return guest_memory_read(&chip->memory, access, value);
    }
    return guest_memory_flush(&chip->memory) && private_bus_read(&chip->bus, access, value);
}

static bool write_guest(void *context, const struct memory_access *access, uint32_t value)
{
    struct debug_chip *chip = context;

    if (private_bus_holds(access->address)) {
        return guest_memory_flush(&chip->memory) && private_bus_write(&chip->bus, access, value);
    }
    if (guest_memory_is_ram(&chip->memory, access->address) &&
        soft_breakpoints_note(&chip->bus.soft, access->address, access->size, value) &&
        !private_bus_update_points(&chip->bus)) {
        return false;
    }
    return guest_memory_write(&chip->memory, access, value);
}

static bool read_memory(void *context, const struct memory_access *access, uint32_t *value)
{
    struct debug_chip *chip = context;

    return !chip->run.gone && core_debug_settle(&chip->bus.core) &&
           chip_bus_read(&chip->locked, access, value);
}

static bool write_memory(void *context, const struct memory_access *access, uint32_t value)
{
    struct debug_chip *chip = context;

    return !chip->run.gone &&
           (core_debug_asks_reset(access->address, value) || core_debug_settle(&chip->bus.core)) &&
           chip_bus_write(&chip->locked, access, value);
}

static bool settle_memory(void *context)
{
    struct debug_chip *chip = context;

    return guest_memory_flush(&chip->memory);
}

static bool read_rest(void *context, uint32_t address, uint32_t *value)
{
    struct debug_chip *chip = context;

    return core_run_check(&chip->run, qtest_client_read(chip->qtest, address, WORD, value,
                                                        deadline(), &chip->run.failure));
}

static bool write_rest(void *context, uint32_t address, uint32_t value)
{
    struct debug_chip *chip = context;

    return core_run_check(&chip->run, qtest_client_write(chip->qtest, address, WORD, value,
                                                         deadline(), &chip->run.failure));
}

/* ---- the core ---- */

/* The lock as the reset leaves it, before the core can run. */
static void reset_lock(void *context)
{
    struct debug_chip *chip = context;

    chip_lock_reset(&chip->lock);
    chip->bus.core.permitted = chip_lock_is_open(&chip->lock);
}

/* Whether the core has just written to the register that opens the port. */
static bool is_at_opening(const struct debug_chip *chip, const struct gdb_stop *stop)
{
    const struct core_point *point = &chip->bus.bench_point;

    return chip->bus.has_bench_point && stop->reason == GDB_STOP_WATCH &&
           stop->address - point->address < point->size;
}

/* Held for whoever comes, if it has opened it; else it goes on. */
static void note_opening(struct debug_chip *chip)
{
    if (chip_lock_is_open(&chip->lock)) {
        core_debug_stopped(&chip->bus.core, DFSR_EXTERNAL);
    } else {
        (void)chip->control.resume(chip->control.context); /* an error shows with the next access */
    }
}

static void note_stop(struct debug_chip *chip, const struct gdb_stop *stop)
{
    if (is_at_opening(chip, stop)) {
        note_opening(chip);
        return;
    }
    switch (stop->reason) {
    case GDB_STOP_WATCH:
        watchpoint_unit_matched(&chip->bus.watchpoints, stop->address);
        core_debug_stopped(&chip->bus.core, DFSR_DWTTRAP);
        break;
    case GDB_STOP_TRAP:
        core_debug_stopped(&chip->bus.core, DFSR_BKPT);
        break;
    default: /* somebody else halted the guest, as a person at the monitor */
        core_debug_stopped(&chip->bus.core, DFSR_EXTERNAL);
        break;
    }
}

bool debug_chip_poll(struct debug_chip *chip)
{
    struct gdb_stop stop;

    if (core_run_was_reset(&chip->run)) {
        reset_lock(chip);
        (void)core_debug_was_reset(&chip->bus.core); /* a core that is gone shows below */
    }
    if (core_run_has_stopped(&chip->run, &stop)) {
        note_stop(chip, &stop);
    }
    chip->bus.core.locked_up = core_run_is_locked_up(&chip->run);
    return !chip->run.gone;
}

bool debug_chip_hold_at_opening(struct debug_chip *chip, bool hold)
{
    chip->bus.has_bench_point = hold && chip->lock.model.kind == CHIP_LOCK_LATCHED;
    chip->bus.bench_point =
        (struct core_point){CORE_POINT_WRITE, chip->lock.model.control, OPENER_BLOCK};
    return private_bus_update_points(&chip->bus);
}

bool debug_chip_settle(struct debug_chip *chip)
{
    return core_debug_settle(&chip->bus.core);
}

bool debug_chip_start(struct debug_chip *chip)
{
    return chip->control.resume(chip->control.context);
}

/* ---- the connector ---- */

static bool clock_tap(void *context, bool tms, bool tdi)
{
    struct debug_chip *chip = context;

    return jtag_tap_clock(&chip->tap, tms, tdi);
}

static void reset_tap(void *context, bool asserted)
{
    struct debug_chip *chip = context;

    if (asserted) {
        jtag_tap_reset(&chip->tap);
    }
}

/* While the line is low the core stands still, and the lock is as after the reset. An error shows with
 * the next access. */
static void reset_chip(void *context, bool asserted)
{
    struct debug_chip *chip = context;

    const bool was_held = chip->run.held;

    if (asserted && !was_held && chip->control.halt(chip->control.context)) {
        reset_lock(chip);
    }
    chip->run.held = asserted;
    if (!asserted && was_held) {
        (void)core_debug_reset(&chip->bus.core);
    }
}

struct debug_pins debug_chip_pins(struct debug_chip *chip)
{
    return (struct debug_pins){chip, clock_tap, reset_tap, reset_chip};
}

void debug_chip_init(struct debug_chip *chip, const struct debug_chip_parts *parts)
{
    const struct core_run_parts run = {parts->kind, parts->map, parts->gdb, parts->qmp,
                                       parts->events};
    const struct private_bus_rest rest = {chip, read_rest, write_rest};
    const struct mem_ap_memory memory = {chip,        is_open,      is_open,
                                         read_memory, write_memory, settle_memory};
    const struct mem_ap_identity identity = {parts->kind->port_identity, ROM_TABLE_BASE, csw_reset,
                                             parts->kind->is_v8};
    const struct access_port access = {&chip->access, mem_ap_read, mem_ap_write, mem_ap_settle};
    const struct jtag_port port = {&chip->port, DEBUG_PORT_IDCODE, debug_port_capture,
                                   debug_port_update};
    const struct chip_lock_view view = {chip, read_past_lock};

    core_run_init(&chip->run, &run);
    chip->run.watcher = (struct core_run_watcher){chip, reset_lock};
    chip->control = core_run_control(&chip->run);
    chip->qtest = parts->qtest;
    guest_memory_init(&chip->memory, &chip->run, parts->map, parts->ram);
    private_bus_init(&chip->bus, parts->kind, &chip->control, &rest);
    mem_ap_init(&chip->access, &memory, &identity);
    debug_port_init(&chip->port, &access);
    jtag_tap_init(&chip->tap, &port);
    chip_lock_init(&chip->lock, &parts->lock, parts->profile, &view);
    chip->locked = (struct chip_bus){&chip->lock, {chip, read_guest, write_guest}};
    reset_lock(chip);
}
