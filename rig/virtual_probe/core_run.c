/*
 * Method: the stub stops the guest for whatever it is asked, so nothing is asked while the guest runs
 * but to stop. Points are set when they change: a running guest is stopped for that and goes on.
 *
 * A special register: the four bytes at the program counter become MRS or MSR, the core makes one
 * step without interrupts, and bytes and registers get their values back. The step needs the T bit,
 * and no IT block around it.
 */
#include "virtual_probe/core_run.h"

#include <string.h>

#include "base/process.h"
#include "virtual_probe/special_register.h"

enum {
    R0 = 0,
    R1 = 1,
    PC = 15,
    STORE_CODE = 2,     /* bytes */
    THUMB_CODE = 2,     /* of the shortest instruction */
    FIRST_SPECIAL = 17, /* numbers of DCRSR up to 16 are places in `registers` */
    NUMBER_FPSCR = 0x21,
    NUMBER_S0 = 0x40, /* to S31 */
    NUMBER_S31 = 0x5F,
    WORD = 4,
    BYTE_BITS = 8,
};

static const uint32_t xpsr_thumb = 1U << 24;
static const uint32_t xpsr_it = 0x0600FC00;

void core_run_init(struct core_run *run, const struct core_run_parts *parts)
{
    *run = (struct core_run){.kind = parts->kind,
                             .map = parts->map,
                             .gdb = parts->gdb,
                             .qmp = parts->qmp,
                             .events = parts->events,
                             .is_fresh = true,
                             .event_position = parts->events->count};
}

static int64_t deadline(void)
{
    return process_clock_ms() + CORE_RUN_LIMIT_MS;
}

/* An answer that did not come in time is out of step with all that follow: QEMU counts as gone. */
static bool check(struct core_run *run, int error)
{
    if (error != RIG_OK && error != RIG_ERROR_NOT_FOUND) {
        run->gone = true;
    }
    return error == RIG_OK;
}

bool core_run_is_running(const struct core_run *run)
{
    return run->gdb->running;
}

bool core_run_is_locked_up(const struct core_run *run)
{
    return run->locked_up;
}

/* ---- run and stop ---- */

static bool halt(void *context)
{
    struct core_run *run = context;
    struct gdb_stop stop;

    if (run->gone) {
        return false;
    }
    run->has_registers = false;
    run->locked_up = false;
    return !run->gdb->running ||
           check(run, gdb_client_interrupt(run->gdb, &stop, deadline(), &run->failure));
}

static bool step_once(struct core_run *run, bool interrupts, struct gdb_stop *stop)
{
    if (run->gone) {
        return false;
    }
    run->has_registers = false;
    return check(run, gdb_client_step(run->gdb, interrupts, stop, deadline(), &run->failure));
}

/* ---- memory ---- */

bool core_run_read_memory(struct core_run *run, uint32_t address, uint8_t *bytes, size_t size)
{
    return !run->gone && check(run, gdb_client_read_memory(run->gdb, address, bytes, size,
                                                           deadline(), &run->failure));
}

bool core_run_write_memory(struct core_run *run, uint32_t address, const uint8_t *bytes,
                           size_t size)
{
    return !run->gone && check(run, gdb_client_write_memory(run->gdb, address, bytes, size,
                                                            deadline(), &run->failure));
}

/* ---- registers ---- */

static bool fetch_registers(struct core_run *run)
{
    if (!run->has_registers) {
        run->has_registers = check(
            run, gdb_client_read_registers(run->gdb, run->registers, deadline(), &run->failure));
    }
    return run->has_registers;
}

/* Behind a reset: whether the vectors lead to code, as Thumb state says and a region of memory. */
static bool can_start(struct core_run *run)
{
    const struct guest_region *region;

    if (!fetch_registers(run)) {
        return true; /* the next call fails */
    }
    region = guest_map_find(run->map, run->registers[PC] & ~1U, THUMB_CODE);
    return region != NULL && region->kind != GUEST_DEVICE &&
           (run->registers[GDB_REGISTER_XPSR] & xpsr_thumb) != 0;
}

static bool resume(void *context)
{
    struct core_run *run = context;

    if (run->gone) {
        return false;
    }
    run->locked_up = run->is_fresh && !can_start(run);
    run->is_fresh = false;
    run->has_registers = false;
    return run->locked_up || run->gdb->running ||
           check(run, gdb_client_resume(run->gdb, deadline(), &run->failure));
}

static bool put_register(struct core_run *run, unsigned number, uint32_t value)
{
    run->registers[number] = value;
    return check(run,
                 gdb_client_write_register(run->gdb, number, value, deadline(), &run->failure));
}

/* An instruction that the core is made to run, and what R0 and R1 are before it, and after. */
struct instruction {
    uint8_t code[SPECIAL_CODE];
    size_t size; /* bytes */
    uint32_t values[2];
};

/* What it changed: only these four registers, whatever it was. */
static bool restore(struct core_run *run, const uint32_t before[GDB_REGISTERS])
{
    bool restored = put_register(run, R0, before[R0]);

    restored = put_register(run, R1, before[R1]) && restored;
    restored = put_register(run, GDB_REGISTER_XPSR, before[GDB_REGISTER_XPSR]) && restored;
    return put_register(run, PC, before[PC]) && restored;
}

static bool step_instruction(struct core_run *run, const struct instruction *instruction)
{
    const uint32_t xpsr = (run->registers[GDB_REGISTER_XPSR] & ~xpsr_it) | xpsr_thumb;
    struct gdb_stop stop;

    return put_register(run, R0, instruction->values[R0]) &&
           put_register(run, R1, instruction->values[R1]) &&
           put_register(run, GDB_REGISTER_XPSR, xpsr) && step_once(run, false, &stop);
}

/* False: it did not run, and all is as before. */
static bool run_instruction(struct core_run *run, struct instruction *instruction)
{
    uint32_t before[GDB_REGISTERS];
    uint8_t bytes[SPECIAL_CODE];
    uint32_t place;
    bool done;

    if (!fetch_registers(run)) {
        return false;
    }
    memcpy(before, run->registers, sizeof(before));
    place = before[PC] & ~1U;
    if (!core_run_read_memory(run, place, bytes, instruction->size) ||
        !core_run_write_memory(run, place, instruction->code, instruction->size)) {
        return false;
    }
    done = step_instruction(run, instruction);
    run->has_registers = false;
    done = done && fetch_registers(run) && run->registers[PC] == place + instruction->size;
    memcpy(instruction->values, run->registers, sizeof(instruction->values));
    return core_run_write_memory(run, place, bytes, instruction->size) && restore(run, before) &&
           done;
}

static bool read_special(struct core_run *run, const struct special_register *special,
                         uint32_t *value)
{
    *value = 0;
    for (size_t i = 0; i < special->count; i++) {
        const struct special_part *part = &special->parts[i];
        struct instruction read = {.size = SPECIAL_CODE};

        special_register_read_code(part->number, read.code);
        if (!run_instruction(run, &read)) {
            return false;
        }
        *value |= (read.values[R0] & part->mask) << part->shift;
    }
    return true;
}

static bool write_special(struct core_run *run, const struct special_register *special,
                          uint32_t value)
{
    for (size_t i = 0; i < special->count; i++) {
        const struct special_part *part = &special->parts[i];
        struct instruction write = {.size = SPECIAL_CODE};

        write.values[R0] = value >> part->shift & part->mask;
        special_register_write_code(part->number, write.code);
        if (!run_instruction(run, &write)) {
            return false;
        }
    }
    run->has_registers = false; /* R13 is one of the stack pointers */
    return true;
}

/* Two single-precision registers are halves of a double-precision one. */
static bool find_float(unsigned number, enum gdb_float *register_number, size_t *place)
{
    if (number == NUMBER_FPSCR) {
        *register_number = GDB_FLOAT_FPSCR;
        *place = 0;
        return true;
    }
    *register_number = (enum gdb_float)((number - NUMBER_S0) / 2);
    *place = (number - NUMBER_S0) % 2 * WORD;
    return number >= NUMBER_S0 && number <= NUMBER_S31;
}

/* Reads a word of one, or changes it. */
static bool access_float(struct core_run *run, unsigned number, uint32_t *value, bool write)
{
    uint8_t bytes[GDB_FLOAT_SIZE];
    enum gdb_float register_number;
    size_t place;

    if (!find_float(number, &register_number, &place) ||
        !check(run, gdb_client_read_float(run->gdb, register_number, bytes, deadline(),
                                          &run->failure))) {
        return false;
    }
    for (unsigned i = 0; write && i < WORD; i++) {
        bytes[place + i] = (uint8_t)(*value >> BYTE_BITS * i);
    }
    *value = 0;
    for (unsigned i = 0; i < WORD; i++) {
        *value |= (uint32_t)bytes[place + i] << BYTE_BITS * i;
    }
    return !write || check(run, gdb_client_write_float(run->gdb, register_number, bytes, deadline(),
                                                       &run->failure));
}

static bool find_special(const struct core_run *run, unsigned number,
                         struct special_register *special)
{
    return special_register_find(number, run->kind->has_main, run->kind->is_v8, special);
}

static bool read_register(void *context, unsigned number, uint32_t *value)
{
    struct core_run *run = context;
    struct special_register special;

    if (run->gone || !fetch_registers(run)) {
        return false;
    }
    if (number < FIRST_SPECIAL) {
        *value = run->registers[number];
        return true;
    }
    return find_special(run, number, &special) ? read_special(run, &special, value)
                                               : access_float(run, number, value, false);
}

static bool write_register(void *context, unsigned number, uint32_t value)
{
    struct core_run *run = context;
    struct special_register special;

    if (run->gone || !fetch_registers(run)) {
        return false;
    }
    if (number < FIRST_SPECIAL) {
        return put_register(run, number, value);
    }
    return find_special(run, number, &special) ? write_special(run, &special, value)
                                               : access_float(run, number, &value, true);
}

bool core_run_store(struct core_run *run, uint32_t address, unsigned size, uint32_t value)
{
    static const uint8_t codes[] = {[1] = 0x70, [2] = 0x80, [4] = 0x60}; /* STRB, STRH, STR */
    struct instruction store = {{0x01, codes[size]}, STORE_CODE, {address, value}}; /* R1, [R0] */

    return !run->gone && run_instruction(run, &store);
}

/* ---- points ---- */

static bool change_point(struct core_run *run, const struct core_point *point, bool set)
{
    static const enum gdb_point_kind kinds[] = {
        [CORE_POINT_BREAK] = GDB_POINT_BREAK,
        [CORE_POINT_WRITE] = GDB_POINT_WRITE,
        [CORE_POINT_READ] = GDB_POINT_READ,
        [CORE_POINT_ACCESS] = GDB_POINT_ACCESS,
    };
    const struct gdb_point wanted = {kinds[point->kind], point->address, point->size};

    return check(run, gdb_client_set_point(run->gdb, &wanted, set, deadline(), &run->failure));
}

static bool has_point(const struct core_point *points, size_t count, const struct core_point *point)
{
    for (size_t i = 0; i < count; i++) {
        if (points[i].kind == point->kind && points[i].address == point->address &&
            points[i].size == point->size) {
            return true;
        }
    }
    return false;
}

/* Those of `from` that are not in `others`, set or removed. */
static bool change_points(struct core_run *run, const struct core_point *from, size_t count,
                          const struct core_point *others, size_t other_count, bool set)
{
    bool done = true;

    for (size_t i = 0; i < count && !run->gone; i++) {
        if (!has_point(others, other_count, &from[i]) && !has_point(from, i, &from[i])) {
            done = change_point(run, &from[i], set) && done;
        }
    }
    return done && !run->gone;
}

static bool set_points(void *context, const struct core_point *points, size_t count)
{
    struct core_run *run = context;
    const bool runs = run->gdb->running;
    struct core_point before[CORE_POINTS_MAX];
    const size_t before_count = run->point_count;
    bool done;

    if (run->gone || (runs && !halt(run))) {
        return false;
    }
    memcpy(before, run->points, sizeof(before));
    for (size_t i = 0; i < count; i++) {
        run->points[i] = points[i];
    }
    run->point_count = count;
    done = change_points(run, before, before_count, points, count, false) &&
           change_points(run, points, count, before, before_count, true);
    return runs ? resume(run) && done : done;
}

/* ---- stops ---- */

/* QEMU stops before the access that is watched, silicon after it: it is made here, by one step without
 * any points. */
static bool finish_access(struct core_run *run)
{
    struct core_point before[CORE_POINTS_MAX];
    const size_t count = run->point_count;
    struct gdb_stop stop;

    memcpy(before, run->points, sizeof(before));
    return set_points(run, NULL, 0) && step_once(run, false, &stop) &&
           set_points(run, before, count);
}

static bool step(void *context, bool interrupts)
{
    struct core_run *run = context;
    struct gdb_stop stop;

    return step_once(run, interrupts, &stop) &&
           (stop.reason != GDB_STOP_WATCH || finish_access(run));
}

bool core_run_has_stopped(struct core_run *run, struct gdb_stop *stop)
{
    int error;

    if (run->gone || !run->gdb->running) {
        return false;
    }
    error = gdb_client_wait_stop(run->gdb, stop, 0, &run->failure);
    if (error == RIG_ERROR_TIMEOUT) {
        return false;
    }
    run->has_registers = false;
    return check(run, error) && (stop->reason != GDB_STOP_WATCH || finish_access(run));
}

/* ---- reset ---- */

static bool next_reset(struct core_run *run)
{
    return qmp_events_find(run->events, "RESET", &run->event_position) != NULL;
}

/* The monitor is the one that tells at any time when QEMU ends. */
static void check_monitor(struct core_run *run)
{
    if (qmp_ended(run->qmp)) {
        diagnostic_set(&run->failure, "QEMU ended");
        run->gone = true;
    }
}

bool core_run_was_reset(struct core_run *run)
{
    bool was = false;

    if (!run->gone && check(run, qmp_serve(run->qmp, &run->failure))) {
        check_monitor(run);
        while (next_reset(run)) {
            was = true;
        }
    }
    return was;
}

/* The monitor answers before the reset is done; the event tells that it is. */
static bool wait_reset(struct core_run *run, int64_t deadline_ms)
{
    while (!next_reset(run)) {
        const struct qmp_command ask = {"query-status", NULL, NULL};

        if (process_clock_ms() >= deadline_ms ||
            !check(run, qmp_execute(run->qmp, &ask, deadline_ms, &run->failure))) {
            run->gone = true;
            return false;
        }
    }
    return true;
}

static bool reset(void *context)
{
    struct core_run *run = context;
    const struct qmp_command system_reset = {"system_reset", NULL, NULL};
    const int64_t limit = deadline();

    if (!halt(run)) {
        return false;
    }
    (void)core_run_was_reset(run); /* those before this one */
    if (!check(run, qmp_execute(run->qmp, &system_reset, limit, &run->failure)) ||
        !wait_reset(run, limit)) {
        return false;
    }
    run->has_registers = false;
    run->is_fresh = true;
    if (run->watcher.has_reset != NULL) {
        run->watcher.has_reset(run->watcher.context);
    }
    return true;
}

struct core_control core_run_control(struct core_run *run)
{
    return (struct core_control){run,           halt,           resume,     step,
                                 read_register, write_register, set_points, reset};
}
