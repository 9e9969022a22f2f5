/* The debug port: power, results that come one scan later, the sticky error, and its faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "virtual_probe/debug_port.h"

enum { IDENTITY, CONTROL, SELECT, RESULT }; /* registers, by bits 3:2 */

static struct {
    bool fails;
    bool fails_late;
    unsigned accesses;
    uint8_t address;
    uint32_t written;
} other;

static bool read_other(void *context, uint8_t address, uint32_t *value)
{
    (void)context;
    other.accesses++;
    other.address = address;
    *value = 0x1000U + address;
    return !other.fails;
}

static bool write_other(void *context, uint8_t address, uint32_t value)
{
    (void)context;
    other.accesses++;
    other.address = address;
    other.written = value;
    return !other.fails;
}

static bool settle_other(void *context)
{
    (void)context;
    return !other.fails_late;
}

static struct debug_port port;

/* One scan: what the last one read. */
static uint32_t scan(enum jtag_instruction instruction, bool read, unsigned address, uint32_t value)
{
    const uint64_t before = debug_port_capture(&port, instruction);

    debug_port_update(&port, instruction,
                      (uint64_t)value << 3 | (uint64_t)address << 1 | (uint64_t)read);
    assert_int_equal(before & 7, DEBUG_PORT_OK_OR_FAULT);
    return (uint32_t)(before >> 3);
}

static uint32_t read_own(unsigned address)
{
    (void)scan(JTAG_DPACC, true, address, 0);
    return scan(JTAG_DPACC, true, RESULT, 0);
}

static uint32_t read_access_port(uint8_t address)
{
    (void)scan(JTAG_DPACC, false, SELECT, address & 0xF0U);
    (void)scan(JTAG_APACC, true, address >> 2 & 3U, 0);
    return scan(JTAG_DPACC, true, RESULT, 0);
}

static int set_up_unpowered(void **state)
{
    static const struct access_port far_end = {NULL, read_other, write_other, settle_other};

    (void)state;
    memset(&other, 0, sizeof(other));
    debug_port_init(&port, &far_end);
    return 0;
}

static int set_up(void **state)
{
    (void)set_up_unpowered(state);
    (void)scan(JTAG_DPACC, false, CONTROL, 0x50000000);
    return 0;
}

static void test_power_up(void **state)
{
    (void)state;
    assert_int_equal(read_own(IDENTITY), DEBUG_PORT_IDENTITY);
    assert_int_equal(read_own(CONTROL), 0);
    (void)scan(JTAG_DPACC, false, CONTROL, 0x50000000);
    assert_int_equal(read_own(CONTROL), 0xF0000000);
}

static void test_access_without_power(void **state)
{
    (void)state;
    (void)read_access_port(0xFC);
    assert_int_equal(other.accesses, 0);
    assert_int_equal(read_own(CONTROL), DEBUG_PORT_STICKY_ERROR);
}

static void test_results_come_one_scan_later(void **state)
{
    (void)state;
    (void)scan(JTAG_DPACC, false, SELECT, 0xF0);
    (void)scan(JTAG_APACC, true, 3, 0);
    assert_int_equal(other.address, 0xFC);
    assert_int_equal(scan(JTAG_APACC, true, 2, 0), 0x10FC);
    assert_int_equal(scan(JTAG_DPACC, true, RESULT, 0), 0x10F8);
    assert_int_equal(scan(JTAG_DPACC, true, RESULT, 0), 0); /* RDBUFF itself is nothing */
}

static void test_write(void **state)
{
    (void)state;
    (void)scan(JTAG_APACC, false, 3, 0xCAFE1234);
    assert_int_equal(other.address, 0x0C);
    assert_int_equal(other.written, 0xCAFE1234);
}

static void test_other_access_ports_do_not_exist(void **state)
{
    (void)state;
    (void)scan(JTAG_DPACC, false, SELECT, 0x010000F0);
    (void)scan(JTAG_APACC, true, 3, 0);
    assert_int_equal(scan(JTAG_DPACC, true, RESULT, 0), 0);
    assert_int_equal(other.accesses, 0);
    assert_int_equal(read_own(CONTROL) & DEBUG_PORT_STICKY_ERROR, 0);
}

/* Nothing is done until it is cleared. */
static void test_sticky_error(void **state)
{
    (void)state;
    other.fails = true;
    (void)read_access_port(0x0C);
    other.fails = false;
    assert_int_equal(other.accesses, 1);
    (void)read_access_port(0x00);
    (void)scan(JTAG_APACC, false, 1, 0);
    assert_int_equal(other.accesses, 1);
    assert_int_equal(read_own(CONTROL), 0xF0000000 | DEBUG_PORT_STICKY_ERROR);
    (void)scan(JTAG_DPACC, false, CONTROL, 0x50000000 | DEBUG_PORT_STICKY_ERROR);
    assert_int_equal(read_own(CONTROL), 0xF0000000);
    assert_int_equal(read_access_port(0x00), 0x1000);
}

/* A write that was taken, and then was not done. */
static void test_error_of_a_write_that_waited(void **state)
{
    (void)state;
    (void)scan(JTAG_APACC, false, 3, 1);
    other.fails_late = true;
    assert_int_equal(read_own(CONTROL), 0xF0000000U | DEBUG_PORT_STICKY_ERROR);
    other.fails_late = false;
    assert_int_equal(read_own(CONTROL), 0xF0000000U | DEBUG_PORT_STICKY_ERROR);
}

static void test_banks_that_are_not_there(void **state)
{
    (void)state;
    (void)scan(JTAG_DPACC, false, SELECT, 0x1);
    (void)scan(JTAG_DPACC, false, CONTROL, 0);
    assert_int_equal(read_own(CONTROL), 0);
    (void)scan(JTAG_DPACC, false, SELECT, 0);
    assert_int_equal(read_own(CONTROL), 0xF0000000);
    assert_int_equal(read_own(SELECT), 0);
}

static void test_wait_for_ever(void **state)
{
    (void)state;
    port.faults.waits = true;
    assert_int_equal(debug_port_capture(&port, JTAG_APACC), DEBUG_PORT_WAIT);
    debug_port_update(&port, JTAG_APACC, 1);
    assert_int_equal(other.accesses, 0);
    port.faults.waits = false; /* what was answered with WAIT stays undone */
    debug_port_update(&port, JTAG_APACC, 1);
    assert_int_equal(other.accesses, 0);
    (void)scan(JTAG_APACC, true, 0, 0);
    assert_int_equal(other.accesses, 1);
}

static void test_power_that_never_comes(void **state)
{
    (void)state;
    port.faults.unpowered = true;
    assert_int_equal(read_own(CONTROL), 0x50000000);
    (void)read_access_port(0xFC);
    assert_int_equal(other.accesses, 0);
}

static void test_abort_changes_nothing(void **state)
{
    (void)state;
    debug_port_update(&port, JTAG_ABORT, 1 << 3);
    assert_int_equal(read_own(CONTROL), 0xF0000000);
    assert_int_equal(other.accesses, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_power_up, set_up_unpowered),
        cmocka_unit_test_setup(test_access_without_power, set_up_unpowered),
        cmocka_unit_test_setup(test_results_come_one_scan_later, set_up),
        cmocka_unit_test_setup(test_write, set_up),
        cmocka_unit_test_setup(test_other_access_ports_do_not_exist, set_up),
        cmocka_unit_test_setup(test_sticky_error, set_up),
        cmocka_unit_test_setup(test_error_of_a_write_that_waited, set_up),
        cmocka_unit_test_setup(test_banks_that_are_not_there, set_up),
        cmocka_unit_test_setup(test_wait_for_ever, set_up),
        cmocka_unit_test_setup(test_power_that_never_comes, set_up),
        cmocka_unit_test_setup(test_abort_changes_nothing, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
