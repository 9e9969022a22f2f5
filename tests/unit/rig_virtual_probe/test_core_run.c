/* QEMU's core, run as debug registers ask: the guest is the one of the emulator's tests. */
#include "qemu_bench.h"

#include <string.h>

#include "virtual_probe/core_run.h"
#include "virtual_probe/guest_ram.h"

enum {
    FLASH = (int)0x80000000, /* where the guest counts its starts */
    M33 = 0x410FD214,
    R0 = 0,
    SP = 13,
    PC = 15,
    MSP = 0x11,
    PSP = 0x12,
    MASKS = 0x14,
    MSP_NON_SECURE = 0x18,
    MSP_SECURE = 0x1A,
    MSPLIM_SECURE = 0x1C,
    MASKS_NON_SECURE = 0x23,
    FIRST_STACK = 0x38010000,
};

static struct core_run run;
static struct core_control control;
static struct guest_ram ram;

static int set_up(void **state)
{
    struct qemu_bench *bench;

    assert_int_equal(qemu_bench_set_up(state), 0);
    bench = *state;
    core_run_init(&run, &(const struct core_run_parts){core_kind_find(M33), &bench->map,
                                                       &bench->gdb, bench->qmp, &bench->events});
    control = core_run_control(&run);
    assert_int_equal(guest_ram_find(&ram, &bench->map, process_id(bench->process), &bench->gdb,
                                    qemu_bench_deadline(), &bench->diagnostic),
                     RIG_OK);
    return 0;
}

static uint32_t get(unsigned number)
{
    uint32_t value = 0;

    assert_true(control.read_register(&run, number, &value));
    return value;
}

static void put(unsigned number, uint32_t value)
{
    assert_true(control.write_register(&run, number, value));
}

static uint32_t starts(struct qemu_bench *bench)
{
    uint32_t value = 0;

    assert_int_equal(
        guest_ram_read(&ram, (uint32_t)FLASH, &value, sizeof(value), &bench->diagnostic), RIG_OK);
    return value;
}

static void wait_starts(struct qemu_bench *bench, uint32_t count)
{
    const int64_t deadline = qemu_bench_deadline();

    while (starts(bench) < count) {
        assert_true(process_clock_ms() < deadline);
    }
}

static void wait_stop(struct gdb_stop *stop)
{
    const int64_t deadline = qemu_bench_deadline();

    while (!core_run_has_stopped(&run, stop)) {
        assert_true(process_clock_ms() < deadline);
        assert_false(run.gone);
    }
}

static void test_special_registers(void **state)
{
    const uint32_t first = (uint32_t)get(PC);
    uint32_t values[SP];

    (void)state;
    for (unsigned i = 0; i < SP; i++) {
        put(i, 0x1000 + i);
        values[i] = 0x1000 + i;
    }
    assert_int_equal(get(MSP), FIRST_STACK);
    assert_int_equal(get(MSP_SECURE), FIRST_STACK);
    assert_int_equal(get(PSP) | get(MASKS) | get(MSPLIM_SECURE), 0);
    put(PSP, 0x20001000);
    put(MSP_NON_SECURE, 0x20002000);
    put(MASKS, 0x00002001); /* PRIMASK and BASEPRI */
    put(MASKS_NON_SECURE, 1);
    put(MSP, 0x38008000);
    assert_int_equal(get(PSP), 0x20001000);
    assert_int_equal(get(MSP_NON_SECURE), 0x20002000);
    assert_int_equal(get(MASKS), 0x00002001);
    assert_int_equal(get(MASKS_NON_SECURE), 1);
    assert_int_equal(get(SP), 0x38008000);
    for (unsigned i = 0; i < SP; i++) { /* nothing else has changed */
        assert_int_equal(get(i), values[i]);
    }
    assert_int_equal(get(PC), first);
}

static void test_register_that_does_not_exist(void **state)
{
    uint32_t value = 0;

    (void)state;
    assert_false(control.read_register(&run, 0x13, &value));
    assert_false(control.write_register(&run, 0x7F, 0));
    assert_false(run.gone);
}

/* Reading special registers leaves the code as it was: the guest then starts as if nothing was. */
static void test_guest_runs_on(void **state)
{
    struct qemu_bench *bench = *state;

    (void)get(MSP);
    (void)get(MASKS);
    assert_true(control.resume(&run));
    assert_true(core_run_is_running(&run));
    wait_starts(bench, 1);
    assert_true(control.halt(&run));
    assert_false(core_run_is_running(&run));
    assert_int_equal(get(SP) & 0xFFFF0000, 0x38000000);
}

static void test_reset_and_hold(void **state)
{
    struct qemu_bench *bench = *state;
    const uint32_t first = get(PC);

    assert_true(control.resume(&run));
    wait_starts(bench, 1);
    assert_true(control.reset(&run));
    assert_false(core_run_is_running(&run));
    assert_int_equal(get(PC), first);
    assert_int_equal(get(MSP), FIRST_STACK);
    assert_int_equal(starts(bench), 1);
    assert_false(core_run_was_reset(&run)); /* it was its own */
    assert_true(control.reset(&run));
    assert_true(control.resume(&run));
    assert_true(core_run_is_running(&run));
    wait_starts(bench, 2);
}

static void test_reset_by_somebody_else(void **state)
{
    struct qemu_bench *bench = *state;
    const struct qmp_command command = {"system_reset", NULL, NULL};
    const int64_t deadline = qemu_bench_deadline();

    assert_true(control.resume(&run));
    wait_starts(bench, 1);
    assert_false(core_run_was_reset(&run));
    assert_int_equal(qmp_execute(bench->qmp, &command, deadline, &bench->diagnostic), RIG_OK);
    while (!core_run_was_reset(&run)) {
        assert_true(process_clock_ms() < deadline);
    }
    assert_false(core_run_was_reset(&run));
    wait_starts(bench, 2);
}

/* Points set while it runs: it goes on, and stops there after the next reset. */
static void test_points_while_it_runs(void **state)
{
    struct qemu_bench *bench = *state;
    const struct core_point points[] = {{CORE_POINT_BREAK, get(PC), 2},
                                        {CORE_POINT_WRITE, (uint32_t)FLASH, 4}};
    struct gdb_stop stop;

    assert_true(control.resume(&run));
    wait_starts(bench, 1);
    assert_true(control.set_points(&run, points, 2));
    assert_true(core_run_is_running(&run));
    assert_true(control.reset(&run));
    assert_true(control.resume(&run));
    wait_stop(&stop);
    assert_int_equal(stop.reason, GDB_STOP_TRAP);
    assert_int_equal(get(PC), points[0].address);
    assert_true(control.set_points(&run, points + 1, 1)); /* the first is removed */
    assert_true(control.resume(&run));
    wait_stop(&stop);
    assert_int_equal(stop.reason, GDB_STOP_WATCH);
    assert_int_equal(stop.address, (uint32_t)FLASH);
    assert_int_equal(starts(bench), 2); /* the write is done */
    assert_true(control.set_points(&run, NULL, 0));
    assert_true(control.reset(&run));
    assert_true(control.resume(&run));
    wait_starts(bench, 3);
}

/* A step over a watched access ends behind it, too. */
static void test_step_over_a_watched_access(void **state)
{
    struct qemu_bench *bench = *state;
    const struct core_point point = {CORE_POINT_WRITE, (uint32_t)FLASH, 4};
    int steps = 0;

    assert_true(control.set_points(&run, &point, 1));
    while (starts(bench) == 0) {
        assert_true(control.step(&run, true));
        assert_true(steps++ < 200);
    }
    assert_true(control.step(&run, true));
    assert_int_equal(starts(bench), 1);
}

/* Vectors that lead nowhere: the core is locked up, and QEMU goes on. */
static void test_lockup(void **state)
{
    struct qemu_bench *bench = *state;

    put(PC, 0xFFFFFFFE);
    assert_true(control.resume(&run));
    assert_true(core_run_is_locked_up(&run));
    assert_false(core_run_is_running(&run));
    assert_true(control.halt(&run));
    assert_false(core_run_is_locked_up(&run));
    assert_true(control.reset(&run));
    assert_true(control.resume(&run));
    assert_false(core_run_is_locked_up(&run));
    wait_starts(bench, 1);
}

static void test_qemu_that_dies(void **state)
{
    struct qemu_bench *bench = *state;
    uint32_t value = 0;

    assert_int_equal(process_stop(bench->process, 0, &bench->diagnostic), RIG_OK);
    assert_false(control.read_register(&run, R0, &value));
    assert_true(run.gone);
    assert_non_null(strstr(run.failure.text, "gdb stub is gone"));
    assert_false(control.halt(&run));
    assert_false(control.resume(&run));
    assert_false(control.step(&run, true));
    assert_false(control.reset(&run));
    assert_false(control.set_points(&run, NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_special_registers, set_up, qemu_bench_tear_down),
        cmocka_unit_test_setup_teardown(test_register_that_does_not_exist, set_up,
                                        qemu_bench_tear_down),
        cmocka_unit_test_setup_teardown(test_guest_runs_on, set_up, qemu_bench_tear_down),
        cmocka_unit_test_setup_teardown(test_reset_and_hold, set_up, qemu_bench_tear_down),
        cmocka_unit_test_setup_teardown(test_reset_by_somebody_else, set_up, qemu_bench_tear_down),
        cmocka_unit_test_setup_teardown(test_points_while_it_runs, set_up, qemu_bench_tear_down),
        cmocka_unit_test_setup_teardown(test_step_over_a_watched_access, set_up,
                                        qemu_bench_tear_down),
        cmocka_unit_test_setup_teardown(test_lockup, set_up, qemu_bench_tear_down),
        cmocka_unit_test_setup_teardown(test_qemu_that_dies, set_up, qemu_bench_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
