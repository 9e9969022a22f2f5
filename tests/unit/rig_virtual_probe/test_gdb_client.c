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
#include "virtual_probe/gdb_client.h"

enum { PATIENCE_MS = 2000, NOW = 0 };

static int ends[2]; /* the client's, the stub's */
static struct gdb_client client;
static struct diagnostic diagnostic;

/* Answers that wait for their questions. */
static void stub_says(const char *data)
{
    char packet[GDB_PACKET_ROOM];
    const size_t size = gdb_packet_frame(data, packet);

    assert_int_equal(send(ends[1], "+", 1, 0), 1);
    assert_int_equal(send(ends[1], packet, size, 0), size);
}

/* What the client has said, without acknowledgements and frames: words with a blank behind each. */
static const char *stub_heard(void)
{
    static char heard[8192];
    static struct gdb_packet_reader reader;
    char byte;
    size_t used = 0;

    heard[0] = '\0';
    while (recv(ends[1], &byte, 1, MSG_DONTWAIT) == 1) {
        if (byte == '\x03') {
            used += (size_t)snprintf(heard + used, sizeof(heard) - used, "^C ");
        } else if (gdb_packet_take(&reader, byte) == GDB_PACKET_COMPLETE) {
            used += (size_t)snprintf(heard + used, sizeof(heard) - used, "%s ", reader.data);
        }
    }
    return heard;
}

static int64_t soon(void)
{
    return process_clock_ms() + PATIENCE_MS;
}

static int set_up(void **state)
{
    (void)state;
    diagnostic_clear(&diagnostic);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    stub_says("PacketSize=1000;qXfer:features:read+");
    stub_says("l<?xml version=\"1.0\"?>");
    stub_says("T02thread:01;");
    assert_int_equal(gdb_client_open(&client, ends[0], soon(), &diagnostic), RIG_OK);
    (void)stub_heard();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)close(ends[0]);
    return ends[1] < 0 ? 0 : close(ends[1]);
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
    assert_int_equal(gdb_client_read_registers(&client, registers, soon(), &diagnostic), RIG_OK);
    assert_int_equal(registers[0], 0x10345600);
    assert_int_equal(registers[16], 0x10345610);
    assert_string_equal(stub_heard(), "g ");
    answer[8 * GDB_REGISTERS - 1] = '\0'; /* half a byte is missing */
    stub_says(answer);
    assert_int_equal(gdb_client_read_registers(&client, registers, soon(), &diagnostic),
                     RIG_ERROR_BENCH);
}

static void test_write_register(void **state)
{
    (void)state;
    stub_says("OK");
    stub_says("OK");
    assert_int_equal(gdb_client_write_register(&client, 15, 0x10000123, soon(), &diagnostic),
                     RIG_OK);
    assert_int_equal(
        gdb_client_write_register(&client, GDB_REGISTER_XPSR, 0x01000000, soon(), &diagnostic),
        RIG_OK);
    assert_string_equal(stub_heard(), "Pf=23010010 P19=00000001 ");
}

static void test_memory(void **state)
{
    static const uint8_t written[] = {0x00, 0xFF, 0x12};
    uint8_t bytes[4];

    (void)state;
    stub_says("deadbeef");
    assert_int_equal(
        gdb_client_read_memory(&client, 0x20000000, bytes, sizeof(bytes), soon(), &diagnostic),
        RIG_OK);
    assert_memory_equal(bytes, "\xde\xad\xbe\xef", 4);
    stub_says("OK");
    assert_int_equal(
        gdb_client_write_memory(&client, 0x20000004, written, sizeof(written), soon(), &diagnostic),
        RIG_OK);
    assert_string_equal(stub_heard(), "m20000000,4 M20000004,3:00ff12 ");
}

static void test_memory_that_is_not_there(void **state)
{
    uint8_t bytes[4];

    (void)state;
    stub_says("E14");
    assert_int_equal(
        gdb_client_read_memory(&client, 0x60000000, bytes, sizeof(bytes), soon(), &diagnostic),
        RIG_ERROR_NOT_FOUND);
    stub_says("E14");
    assert_int_equal(
        gdb_client_write_memory(&client, 0x60000000, bytes, sizeof(bytes), soon(), &diagnostic),
        RIG_ERROR_NOT_FOUND);
    stub_says("dead"); /* less than was asked for */
    assert_int_equal(
        gdb_client_read_memory(&client, 0x20000000, bytes, sizeof(bytes), soon(), &diagnostic),
        RIG_ERROR_BENCH);
}

static void test_sizes_that_are_too_large(void **state)
{
    static const uint8_t bytes[GDB_TRANSFER_MAX + 1];

    (void)state;
    assert_int_equal(gdb_client_write_memory(&client, 0, bytes, sizeof(bytes), soon(), &diagnostic),
                     RIG_ERROR_USAGE);
    stub_says("OK");
    assert_int_equal(
        gdb_client_write_memory(&client, 0, bytes, GDB_TRANSFER_MAX, soon(), &diagnostic), RIG_OK);
}

static void test_points(void **state)
{
    const struct gdb_point watch = {GDB_POINT_WRITE, 0x20000010, 4};

    (void)state;
    stub_says("OK");
    stub_says("OK");
    stub_says("");
    assert_int_equal(gdb_client_set_point(&client, &watch, true, soon(), &diagnostic), RIG_OK);
    assert_int_equal(gdb_client_set_point(&client, &watch, false, soon(), &diagnostic), RIG_OK);
    assert_int_equal(gdb_client_set_point(&client, &watch, true, soon(), &diagnostic),
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
        assert_int_equal(gdb_client_resume(&client, soon(), &diagnostic), RIG_OK);
        assert_int_equal(gdb_client_wait_stop(&client, &stop, NOW, &diagnostic), RIG_ERROR_TIMEOUT);
        stub_says(stops[i].answer);
        assert_int_equal(gdb_client_wait_stop(&client, &stop, NOW, &diagnostic), RIG_OK);
        assert_int_equal(stop.reason, stops[i].reason);
        assert_int_equal(stop.address, stops[i].address);
    }
    assert_int_equal(gdb_client_wait_stop(&client, &stop, NOW, &diagnostic), RIG_ERROR_USAGE);
    assert_string_equal(stub_heard(), "c c c c c ");
}

static void test_interrupt(void **state)
{
    struct gdb_stop stop;

    (void)state;
    assert_int_equal(gdb_client_resume(&client, soon(), &diagnostic), RIG_OK);
    assert_int_equal(gdb_client_resume(&client, soon(), &diagnostic), RIG_ERROR_USAGE);
    stub_says("T02thread:01;");
    assert_int_equal(gdb_client_interrupt(&client, &stop, soon(), &diagnostic), RIG_OK);
    assert_int_equal(stop.reason, GDB_STOP_INTERRUPT);
    assert_string_equal(stub_heard(), "c ^C ");
}

static void test_step(void **state)
{
    struct gdb_stop stop;

    (void)state;
    stub_says("OK");
    stub_says("T05thread:01;");
    assert_int_equal(gdb_client_step(&client, false, &stop, soon(), &diagnostic), RIG_OK);
    stub_says("OK");
    stub_says("T05thread:01;");
    assert_int_equal(gdb_client_step(&client, true, &stop, soon(), &diagnostic), RIG_OK);
    assert_string_equal(stub_heard(), "Qqemu.sstep=0x7 s Qqemu.sstep=0x1 s ");
}

static void test_stub_that_lies(void **state)
{
    struct gdb_stop stop;

    (void)state;
    assert_int_equal(gdb_client_resume(&client, soon(), &diagnostic), RIG_OK);
    stub_says("S05%s%n");
    assert_int_equal(gdb_client_wait_stop(&client, &stop, soon(), &diagnostic), RIG_ERROR_BENCH);
    assert_int_equal(gdb_client_resume(&client, soon(), &diagnostic), RIG_OK);
    assert_int_equal(send(ends[1], "$T05#00", 7, 0), 7);
    assert_int_equal(gdb_client_wait_stop(&client, &stop, soon(), &diagnostic), RIG_ERROR_BENCH);
}

static void test_stub_that_ends(void **state)
{
    uint32_t registers[GDB_REGISTERS];

    (void)state;
    (void)close(ends[1]);
    ends[1] = -1;
    assert_int_equal(gdb_client_read_registers(&client, registers, soon(), &diagnostic),
                     RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "gdb stub is gone"));
}

static void test_stub_that_says_nothing(void **state)
{
    uint32_t registers[GDB_REGISTERS];

    (void)state;
    assert_int_equal(
        gdb_client_read_registers(&client, registers, process_clock_ms() + 20, &diagnostic),
        RIG_ERROR_TIMEOUT);
    assert_non_null(strstr(diagnostic.text, "does not answer"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_registers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_write_register, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_memory_that_is_not_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sizes_that_are_too_large, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_points, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stops, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_interrupt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stub_that_lies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stub_that_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stub_that_says_nothing, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
