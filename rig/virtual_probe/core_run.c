/*
 * Method: the stub stops the guest for whatever it is asked, so nothing is asked while the guest runs
 * but to stop. Points are set when they change: a running guest is stopped for that and goes on.
 */
#include "virtual_probe/core_run_state.h"

#include <string.h>

#include "base/process.h"

enum {
    PC = 15,
    THUMB_CODE = 2, /* bytes of the shortest instruction */
    WORD = 4,
    STEPS_MAX = 4,       /* for one instruction */
    FAULT_VECTOR = 0x0C, /* of HardFault, in the table at 0 */
};

/* What flash without a program holds: no instruction, and no vector. */
static const uint8_t erased[WORD] = {0xFF, 0xFF, 0xFF, 0xFF};

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

int64_t core_run_deadline(void)
{
    return process_clock_ms() + CORE_RUN_LIMIT_MS;
}

/* An answer that did not come in time is out of step with all that follow: QEMU counts as gone. */
bool core_run_check(struct core_run *run, int error)
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
           core_run_check(
               run, gdb_client_interrupt(run->gdb, &stop, core_run_deadline(), &run->failure));
}

static bool step_once(struct core_run *run, bool interrupts, struct gdb_stop *stop)
{
    run->has_registers = false;
    return core_run_check(
        run, gdb_client_step(run->gdb, interrupts, stop, core_run_deadline(), &run->failure));
}

/* QEMU ends one step in thousands before its instruction: one that has led nowhere is made again. Of a branch
 * to itself, one step is as good as several. */
bool core_run_step(struct core_run *run, bool interrupts, struct gdb_stop *stop)
{
    uint32_t before;

    if (run->gone || !core_run_fetch_registers(run)) {
        return false;
    }
    before = run->registers[PC];
    for (int i = 0; i < STEPS_MAX; i++) {
        if (!step_once(run, interrupts, stop) || !core_run_fetch_registers(run)) {
            return false;
        }
        if (stop->reason != GDB_STOP_TRAP || run->registers[PC] != before) {
            break;
        }
    }
    return true;
}

/* ---- memory ---- */

bool core_run_read_memory(struct core_run *run, uint32_t address, uint8_t *bytes, size_t size)
{
    return !run->gone &&
           core_run_check(run, gdb_client_read_memory(run->gdb, address, bytes, size,
                                                      core_run_deadline(), &run->failure));
}

bool core_run_write_memory(struct core_run *run, uint32_t address, const uint8_t *bytes,
                           size_t size)
{
    return !run->gone &&
           core_run_check(run, gdb_client_write_memory(run->gdb, address, bytes, size,
                                                       core_run_deadline(), &run->failure));
}

/* Where a core may find an instruction; NULL: nowhere. */
static const struct guest_region *find_code(const struct core_run *run, uint32_t address)
{
    const struct guest_region *region = guest_map_find(run->map, address & ~1U, THUMB_CODE);

    return region != NULL && region->kind != GUEST_DEVICE ? region : NULL;
}

/* Behind a reset: whether the vectors lead to code, as Thumb state says and a region of memory. */
static bool can_start(struct core_run *run)
{
    return !core_run_fetch_registers(run) /* the next call fails */ ||
           (find_code(run, run->registers[PC]) != NULL &&
            (run->registers[GDB_REGISTER_XPSR] & CORE_RUN_THUMB) != 0);
}

/* Whether there is flash without a program, or nothing at all, at the program counter. */
static bool is_nowhere(struct core_run *run)
{
    const uint32_t counter = run->registers[PC] & ~1U;
    const struct guest_region *region = find_code(run, counter);
    uint8_t code[THUMB_CODE] = {0};

    return region == NULL ||
           (region->kind == GUEST_ROM && core_run_read_memory(run, counter, code, sizeof(code)) &&
            memcmp(code, erased, sizeof(code)) == 0);
}

/* Later: whether the flash was not erased under the core, its handler of faults with it. Parts with a vector
 * table that can be moved are taken for sound. */
static bool can_go_on(struct core_run *run)
{
    uint8_t vector[WORD] = {0};

    return run->kind->has_main || !core_run_fetch_registers(run) || !is_nowhere(run) ||
           !core_run_read_memory(run, FAULT_VECTOR, vector, sizeof(vector)) ||
           memcmp(vector, erased, sizeof(vector)) != 0;
}

bool core_run_answers(struct core_run *run)
{
    const struct qmp_command ask = {"query-status", NULL, NULL};

    return !run->gone &&
           core_run_check(run, qmp_execute(run->qmp, &ask, core_run_deadline(), &run->failure));
}

/* The stub does not answer when it lets the core run. */
static bool let_run(struct core_run *run)
{
    return core_run_check(run, gdb_client_resume(run->gdb, core_run_deadline(), &run->failure)) &&
           core_run_answers(run);
}

static bool resume(void *context)
{
    struct core_run *run = context;

    if (run->gone || run->held) {
        return !run->gone;
    }
    run->locked_up = run->is_fresh ? !can_start(run) : !can_go_on(run);
    run->is_fresh = false;
    run->has_registers = false;
    return run->locked_up || run->gdb->running || let_run(run);
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

    return core_run_check(
        run, gdb_client_set_point(run->gdb, &wanted, set, core_run_deadline(), &run->failure));
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
    return set_points(run, NULL, 0) && core_run_step(run, false, &stop) &&
           set_points(run, before, count);
}

static bool step(void *context, bool interrupts)
{
    struct core_run *run = context;
    struct gdb_stop stop;

    if (run->held) {
        return !run->gone;
    }
    return core_run_step(run, interrupts, &stop) &&
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
    return core_run_check(run, error) && (stop->reason != GDB_STOP_WATCH || finish_access(run));
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

    if (!run->gone && core_run_check(run, qmp_serve(run->qmp, &run->failure))) {
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
            !core_run_check(run, qmp_execute(run->qmp, &ask, deadline_ms, &run->failure))) {
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
    const int64_t limit = core_run_deadline();

    if (!halt(run)) {
        return false;
    }
    (void)core_run_was_reset(run); /* those before this one */
    if (!core_run_check(run, qmp_execute(run->qmp, &system_reset, limit, &run->failure)) ||
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
    return (struct core_control){
        run,        halt, resume, step, core_run_read_register, core_run_write_register,
        set_points, reset};
}
