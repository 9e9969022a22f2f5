/* The client of the gdb stub, against a stub that says what the test puts in its mouth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"
#include "scripted_stub.h"

enum { NOW = 0 };

static int64_t soon(void)
{
    return process_clock_ms() + SCRIPTED_STUB_MS;
}

static void test_registers(void **state)
{
    uint32_t registers[GDB_REGISTERS];
    char answer[8 * GDB_REGISTERS + 1];

    (void)state;
    for (unsigned i = 0; i < GDB_REGISTERS; i++) {
        (void)snprintf(answer + 8 * i, 9, "%02x56341%x", i, i % 16);
    }
    stub_says(answer);
    assert_int_equal(gdb_client_read_registers(&stub.client, registers, soon(), &stub.diagnostic),
                     RIG_OK);
    assert_int_equal(registers[0], 0x10345600);
    assert_int_equal(registers[16], 0x10345610);
    assert_string_equal(stub_heard(), "g ");
    answer[8 * GDB_REGISTERS - 1] = '\0'; /* half a byte is missing */
    stub_says(answer);
    assert_int_equal(gdb_client_read_registers(&stub.client, registers, soon(), &stub.diagnostic),
                     RIG_ERROR_BENCH);
}

static void test_write_register(void **state)
{
    (void)state;
    stub_says("OK");
    stub_says("OK");
    assert_int_equal(
        gdb_client_write_register(&stub.client, 15, 0x10000123, soon(), &stub.diagnostic), RIG_OK);
    assert_int_equal(gdb_client_write_register(&stub.client, GDB_REGISTER_XPSR, 0x01000000, soon(),
                                               &stub.diagnostic),
                     RIG_OK);
    assert_string_equal(stub_heard(), "Pf=23010010 P19=00000001 ");
}

static void test_memory(void **state)
{
    static const uint8_t written[] = {0x00, 0xFF, 0x12};
    uint8_t bytes[4];

    (void)state;
    stub_says("deadbeef");
    assert_int_equal(gdb_client_read_memory(&stub.client, 0x20000000, bytes, sizeof(bytes), soon(),
                                            &stub.diagnostic),
                     RIG_OK);
    assert_memory_equal(bytes, "\xde\xad\xbe\xef", 4);
    stub_says("OK");
    assert_int_equal(gdb_client_write_memory(&stub.client, 0x20000004, written, sizeof(written),
                                             soon(), &stub.diagnostic),
                     RIG_OK);
    assert_string_equal(stub_heard(), "m20000000,4 M20000004,3:00ff12 ");
}

static void test_memory_that_is_not_there(void **state)
{
    uint8_t bytes[4];

    (void)state;
    stub_says("E14");
    assert_int_equal(gdb_client_read_memory(&stub.client, 0x60000000, bytes, sizeof(bytes), soon(),
                                            &stub.diagnostic),
                     RIG_ERROR_NOT_FOUND);
    stub_says("E14");
    assert_int_equal(gdb_client_write_memory(&stub.client, 0x60000000, bytes, sizeof(bytes), soon(),
                                             &stub.diagnostic),
                     RIG_ERROR_NOT_FOUND);
    stub_says("dead"); /* less than was asked for */
    assert_int_equal(gdb_client_read_memory(&stub.client, 0x20000000, bytes, sizeof(bytes), soon(),
                                            &stub.diagnostic),
                     RIG_ERROR_BENCH);
}

static void test_sizes_that_are_too_large(void **state)
{
    static const uint8_t bytes[GDB_TRANSFER_MAX + 1];

    (void)state;
    assert_int_equal(
        gdb_client_write_memory(&stub.client, 0, bytes, sizeof(bytes), soon(), &stub.diagnostic),
        RIG_ERROR_USAGE);
    stub_says("OK");
    assert_int_equal(
        gdb_client_write_memory(&stub.client, 0, bytes, GDB_TRANSFER_MAX, soon(), &stub.diagnostic),
        RIG_OK);
}

static void test_points(void **state)
{
    const struct gdb_point watch = {GDB_POINT_WRITE, 0x20000010, 4};

    (void)state;
    stub_says("OK");
    stub_says("OK");
    stub_says("");
    assert_int_equal(gdb_client_set_point(&stub.client, &watch, true, soon(), &stub.diagnostic),
                     RIG_OK);
    assert_int_equal(gdb_client_set_point(&stub.client, &watch, false, soon(), &stub.diagnostic),
                     RIG_OK);
    assert_int_equal(gdb_client_set_point(&stub.client, &watch, true, soon(), &stub.diagnostic),
                     RIG_ERROR_NOT_FOUND);
    assert_string_equal(stub_heard(), "Z2,20000010,4 z2,20000010,4 Z2,20000010,4 ");
}

static void test_stops(void **state)
{
    static const struct {
        const char *answer;
        enum gdb_stop_reason reason;
        uint32_t address;
    } stops[] = {
        {"T05thread:01;", GDB_STOP_TRAP, 0},
        {"T05thread:01;watch:20000010;", GDB_STOP_WATCH, 0x20000010},
        {"T05thread:01;rwatch:ffffffff;", GDB_STOP_WATCH, 0xFFFFFFFF},
        {"T02thread:01;", GDB_STOP_INTERRUPT, 0},
        {"W00", GDB_STOP_ENDED, 0},
    };
    struct gdb_stop stop;

    (void)state;
    for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
        assert_int_equal(gdb_client_resume(&stub.client, soon(), &stub.diagnostic), RIG_OK);
        assert_int_equal(gdb_client_wait_stop(&stub.client, &stop, NOW, &stub.diagnostic),
                         RIG_ERROR_TIMEOUT);
        stub_says(stops[i].answer);
        assert_int_equal(gdb_client_wait_stop(&stub.client, &stop, NOW, &stub.diagnostic), RIG_OK);
        assert_int_equal(stop.reason, stops[i].reason);
        assert_int_equal(stop.address, stops[i].address);
    }
    assert_int_equal(gdb_client_wait_stop(&stub.client, &stop, NOW, &stub.diagnostic),
                     RIG_ERROR_USAGE);
    assert_string_equal(stub_heard(), "c c c c c ");
}

static void test_interrupt(void **state)
{
    struct gdb_stop stop;

    (void)state;
    assert_int_equal(gdb_client_resume(&stub.client, soon(), &stub.diagnostic), RIG_OK);
    assert_int_equal(gdb_client_resume(&stub.client, soon(), &stub.diagnostic), RIG_ERROR_USAGE);
    stub_says("T02thread:01;");
    assert_int_equal(gdb_client_interrupt(&stub.client, &stop, soon(), &stub.diagnostic), RIG_OK);
    assert_int_equal(stop.reason, GDB_STOP_INTERRUPT);
    assert_string_equal(stub_heard(), "c ^C ");
}

static void test_step(void **state)
{
    struct gdb_stop stop;

    (void)state;
    stub_says("OK");
    stub_says("T05thread:01;");
    assert_int_equal(gdb_client_step(&stub.client, false, &stop, soon(), &stub.diagnostic), RIG_OK);
    stub_says("OK");
    stub_says("T05thread:01;");
    assert_int_equal(gdb_client_step(&stub.client, true, &stop, soon(), &stub.diagnostic), RIG_OK);
    assert_string_equal(stub_heard(), "Qqemu.sstep=0x7 s Qqemu.sstep=0x1 s ");
}

static void test_stub_that_lies(void **state)
{
    struct gdb_stop stop;

    (void)state;
    assert_int_equal(gdb_client_resume(&stub.client, soon(), &stub.diagnostic), RIG_OK);
    stub_says("S05%s%n");
    assert_int_equal(gdb_client_wait_stop(&stub.client, &stop, soon(), &stub.diagnostic),
                     RIG_ERROR_BENCH);
    assert_int_equal(gdb_client_resume(&stub.client, soon(), &stub.diagnostic), RIG_OK);
    assert_int_equal(send(stub.ends[1], "$T05#00", 7, 0), 7);
    assert_int_equal(gdb_client_wait_stop(&stub.client, &stop, soon(), &stub.diagnostic),
                     RIG_ERROR_BENCH);
}

static void test_stub_that_ends(void **state)
{
    uint32_t registers[GDB_REGISTERS];

    (void)state;
    (void)close(stub.ends[1]);
    stub.ends[1] = -1;
    assert_int_equal(gdb_client_read_registers(&stub.client, registers, soon(), &stub.diagnostic),
                     RIG_ERROR_BENCH);
    assert_non_null(strstr(stub.diagnostic.text, "gdb stub is gone"));
}

static void test_stub_that_says_nothing(void **state)
{
    uint32_t registers[GDB_REGISTERS];

    (void)state;
    assert_int_equal(gdb_client_read_registers(&stub.client, registers, process_clock_ms() + 20,
                                               &stub.diagnostic),
                     RIG_ERROR_TIMEOUT);
    assert_non_null(strstr(stub.diagnostic.text, "does not answer"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_registers, scripted_stub_set_up,
                                        scripted_stub_tear_down),
        cmocka_unit_test_setup_teardown(test_write_register, scripted_stub_set_up,
                                        scripted_stub_tear_down),
        cmocka_unit_test_setup_teardown(test_memory, scripted_stub_set_up, scripted_stub_tear_down),
        cmocka_unit_test_setup_teardown(test_memory_that_is_not_there, scripted_stub_set_up,
                                        scripted_stub_tear_down),
        cmocka_unit_test_setup_teardown(test_sizes_that_are_too_large, scripted_stub_set_up,
                                        scripted_stub_tear_down),
        cmocka_unit_test_setup_teardown(test_points, scripted_stub_set_up, scripted_stub_tear_down),
        cmocka_unit_test_setup_teardown(test_stops, scripted_stub_set_up, scripted_stub_tear_down),
        cmocka_unit_test_setup_teardown(test_interrupt, scripted_stub_set_up,
                                        scripted_stub_tear_down),
        cmocka_unit_test_setup_teardown(test_step, scripted_stub_set_up, scripted_stub_tear_down),
        cmocka_unit_test_setup_teardown(test_stub_that_lies, scripted_stub_set_up,
                                        scripted_stub_tear_down),
        cmocka_unit_test_setup_teardown(test_stub_that_ends, scripted_stub_set_up,
                                        scripted_stub_tear_down),
        cmocka_unit_test_setup_teardown(test_stub_that_says_nothing, scripted_stub_set_up,
                                        scripted_stub_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
