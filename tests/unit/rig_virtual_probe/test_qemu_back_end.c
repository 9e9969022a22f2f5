/* The back end's clients against QEMU as it is: the guest is the one of the emulator's tests. */
#include "qemu_bench.h"

#include <string.h>

#include "virtual_probe/guest_ram.h"

enum {
    FLASH = (int)0x80000000,
    CODE = 0x10000000,       /* the guest's vectors */
    CODE_ALIAS = 0x00000000, /* the same memory, not secure */
    CONSOLE_STATE = 0x50201004,
    CPUID = (int)0xE000ED00,
    CORTEX_M33 = 0xD21,
};

static struct guest_ram ram;

static void find_ram(struct qemu_bench *bench)
{
    assert_int_equal(guest_ram_find(&ram, &bench->map, process_id(bench->process), &bench->gdb,
                                    qemu_bench_deadline(), &bench->diagnostic),
                     RIG_OK);
}

static uint32_t ram_word(struct qemu_bench *bench, uint32_t address)
{
    uint32_t value = 0;

    assert_int_equal(guest_ram_read(&ram, address, &value, sizeof(value), &bench->diagnostic),
                     RIG_OK);
    return value;
}

static void test_ram_is_found(void **state)
{
    struct qemu_bench *bench = *state;
    uint8_t bytes[4];
    uint32_t vector;

    find_ram(bench);
    assert_int_equal(gdb_client_read_memory(&bench->gdb, CODE, bytes, sizeof(bytes),
                                            qemu_bench_deadline(), &bench->diagnostic),
                     RIG_OK);
    memcpy(&vector, bytes, sizeof(vector));
    assert_int_equal(vector, 0x38010000); /* the guest's first stack; what it held before */
    assert_int_equal(ram_word(bench, CODE), vector);
    assert_int_equal(ram_word(bench, CODE_ALIAS), vector);
    assert_int_equal(ram_word(bench, (uint32_t)FLASH), 0);
}

static void test_no_ram(void **state)
{
    struct qemu_bench *bench = *state;
    uint32_t value = 0;

    find_ram(bench);
    assert_int_equal(guest_ram_read(&ram, CONSOLE_STATE, &value, sizeof(value), &bench->diagnostic),
                     RIG_ERROR_NOT_FOUND);
    assert_int_equal(guest_ram_read(&ram, 0x60000000, &value, sizeof(value), &bench->diagnostic),
                     RIG_ERROR_NOT_FOUND);
}

/* The guest counts its starts in flash: seen while it runs, without stopping it. */
static void test_ram_of_a_guest_that_runs(void **state)
{
    struct qemu_bench *bench = *state;
    const int64_t deadline = qemu_bench_deadline();
    struct gdb_stop stop;

    find_ram(bench);
    assert_int_equal(gdb_client_resume(&bench->gdb, deadline, &bench->diagnostic), RIG_OK);
    while (ram_word(bench, (uint32_t)FLASH) == 0) {
        assert_true(process_clock_ms() < deadline);
    }
    assert_int_equal(gdb_client_wait_stop(&bench->gdb, &stop, 0, &bench->diagnostic),
                     RIG_ERROR_TIMEOUT);
    assert_int_equal(gdb_client_interrupt(&bench->gdb, &stop, deadline, &bench->diagnostic),
                     RIG_OK);
    assert_int_equal(stop.reason, GDB_STOP_INTERRUPT);
}

static void test_qtest_beside_a_guest_that_runs(void **state)
{
    struct qemu_bench *bench = *state;
    const int64_t deadline = qemu_bench_deadline();
    uint32_t value = 0;

    assert_int_equal(gdb_client_resume(&bench->gdb, deadline, &bench->diagnostic), RIG_OK);
    assert_int_equal(
        qtest_client_read(&bench->qtest, (uint32_t)CPUID, 4, &value, deadline, &bench->diagnostic),
        RIG_OK);
    assert_int_equal(value >> 4 & 0xFFF, CORTEX_M33);
    assert_int_equal(qtest_client_write(&bench->qtest, (uint32_t)FLASH + 0x100, 4, 0xCAFEF00D,
                                        deadline, &bench->diagnostic),
                     RIG_OK);
    assert_int_equal(qtest_client_read(&bench->qtest, (uint32_t)FLASH + 0x100, 2, &value, deadline,
                                       &bench->diagnostic),
                     RIG_OK);
    assert_int_equal(value, 0xF00D);
}

static void test_step_and_breakpoint(void **state)
{
    struct qemu_bench *bench = *state;
    const int64_t deadline = qemu_bench_deadline();
    uint32_t registers[GDB_REGISTERS];
    struct gdb_point point = {GDB_POINT_BREAK, 0, 2};
    struct gdb_stop stop;
    uint32_t first;

    assert_int_equal(
        gdb_client_read_registers(&bench->gdb, registers, deadline, &bench->diagnostic), RIG_OK);
    first = registers[15];
    assert_int_equal(registers[13], 0x38010000);
    assert_int_equal(gdb_client_step(&bench->gdb, false, &stop, deadline, &bench->diagnostic),
                     RIG_OK);
    assert_int_equal(stop.reason, GDB_STOP_TRAP);
    assert_int_equal(
        gdb_client_read_registers(&bench->gdb, registers, deadline, &bench->diagnostic), RIG_OK);
    assert_int_not_equal(registers[15], first);
    for (int i = 0; i < 3; i++) { /* somewhere that it comes by again after a reset */
        assert_int_equal(gdb_client_step(&bench->gdb, true, &stop, deadline, &bench->diagnostic),
                         RIG_OK);
    }
    assert_int_equal(
        gdb_client_read_registers(&bench->gdb, registers, deadline, &bench->diagnostic), RIG_OK);
    point.address = registers[15];
    registers[15] = first;
    assert_int_equal(gdb_client_set_point(&bench->gdb, &point, true, deadline, &bench->diagnostic),
                     RIG_OK);
    assert_int_equal(
        gdb_client_write_register(&bench->gdb, 15, first, deadline, &bench->diagnostic), RIG_OK);
    assert_int_equal(gdb_client_resume(&bench->gdb, deadline, &bench->diagnostic), RIG_OK);
    assert_int_equal(gdb_client_wait_stop(&bench->gdb, &stop, deadline, &bench->diagnostic),
                     RIG_OK);
    assert_int_equal(
        gdb_client_read_registers(&bench->gdb, registers, deadline, &bench->diagnostic), RIG_OK);
    assert_int_equal(registers[15], point.address);
}

static void test_watchpoint(void **state)
{
    struct qemu_bench *bench = *state;
    const int64_t deadline = qemu_bench_deadline();
    const struct gdb_point point = {GDB_POINT_WRITE, (uint32_t)FLASH, 4};
    struct gdb_stop stop;

    assert_int_equal(gdb_client_set_point(&bench->gdb, &point, true, deadline, &bench->diagnostic),
                     RIG_OK);
    assert_int_equal(gdb_client_resume(&bench->gdb, deadline, &bench->diagnostic), RIG_OK);
    assert_int_equal(gdb_client_wait_stop(&bench->gdb, &stop, deadline, &bench->diagnostic),
                     RIG_OK);
    assert_int_equal(stop.reason, GDB_STOP_WATCH);
    assert_int_equal(stop.address, (uint32_t)FLASH);
}

static void test_qemu_that_dies(void **state)
{
    struct qemu_bench *bench = *state;
    uint32_t value = 0;

    find_ram(bench);
    assert_int_equal(process_stop(bench->process, 0, &bench->diagnostic), RIG_OK);
    assert_int_equal(qtest_client_read(&bench->qtest, (uint32_t)CPUID, 4, &value,
                                       qemu_bench_deadline(), &bench->diagnostic),
                     RIG_ERROR_BENCH);
    assert_int_equal(guest_ram_read(&ram, CODE, &value, sizeof(value), &bench->diagnostic),
                     RIG_ERROR_BENCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ram_is_found, qemu_bench_set_up, qemu_bench_tear_down),
        cmocka_unit_test_setup_teardown(test_no_ram, qemu_bench_set_up, qemu_bench_tear_down),
        cmocka_unit_test_setup_teardown(test_ram_of_a_guest_that_runs, qemu_bench_set_up,
                                        qemu_bench_tear_down),
        cmocka_unit_test_setup_teardown(test_qtest_beside_a_guest_that_runs, qemu_bench_set_up,
                                        qemu_bench_tear_down),
        cmocka_unit_test_setup_teardown(test_step_and_breakpoint, qemu_bench_set_up,
                                        qemu_bench_tear_down),
        cmocka_unit_test_setup_teardown(test_watchpoint, qemu_bench_set_up, qemu_bench_tear_down),
        cmocka_unit_test_setup_teardown(test_qemu_that_dies, qemu_bench_set_up,
                                        qemu_bench_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
