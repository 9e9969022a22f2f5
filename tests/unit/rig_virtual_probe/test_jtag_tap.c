/* The TAP's states and registers, by scans as a debugger makes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "virtual_probe/jtag_tap.h"

enum { IDCODE = 0x4BA00477 };

static struct {
    unsigned captures;
    unsigned updates;
    enum jtag_instruction instruction;
    uint64_t value;
} port;

static const uint64_t captured = 0x5A5A5A5A2ULL; /* 35 bits */

static uint64_t capture(void *context, enum jtag_instruction instruction)
{
    (void)context;
    port.captures++;
    port.instruction = instruction;
    return captured;
}

static void update(void *context, enum jtag_instruction instruction, uint64_t value)
{
    (void)context;
    port.updates++;
    port.instruction = instruction;
    port.value = value;
}

static struct jtag_tap tap;

static int set_up(void **state)
{
    static const struct jtag_port far_end = {NULL, IDCODE, capture, update};

    (void)state;
    memset(&port, 0, sizeof(port));
    jtag_tap_init(&tap, &far_end);
    assert_true(jtag_tap_clock(&tap, false, false)); /* to idle; nothing drives TDO */
    return 0;
}

/* From idle through select and capture into shift, the bits, and back to idle by way of update. */
static uint64_t scan(bool of_instruction, unsigned bits, uint64_t out)
{
    uint64_t in = 0;

    (void)jtag_tap_clock(&tap, true, false);
    if (of_instruction) {
        (void)jtag_tap_clock(&tap, true, false);
    }
    (void)jtag_tap_clock(&tap, false, false);
    (void)jtag_tap_clock(&tap, false, false);
    for (unsigned i = 0; i < bits; i++) {
        in |= (uint64_t)jtag_tap_clock(&tap, i + 1 == bits, (out >> i & 1) != 0) << i;
    }
    (void)jtag_tap_clock(&tap, true, false);
    (void)jtag_tap_clock(&tap, false, false);
    assert_int_equal(tap.state, JTAG_IDLE);
    return in;
}

static void test_idcode_after_reset(void **state)
{
    (void)state;
    assert_int_equal(scan(false, 32, 0), IDCODE);
    assert_int_equal(port.captures + port.updates, 0);
}

static void test_instruction_register(void **state)
{
    (void)state;
    assert_int_equal(scan(true, 4, JTAG_DPACC), 1); /* 01 in its lowest bits */
    assert_int_equal(tap.instruction, JTAG_DPACC);
    for (int i = 0; i < 5; i++) {
        (void)jtag_tap_clock(&tap, true, false);
    }
    assert_int_equal(tap.state, JTAG_RESET);
    assert_int_equal(tap.instruction, JTAG_IDCODE);
}

static void test_accesses(void **state)
{
    static const enum jtag_instruction instructions[] = {JTAG_DPACC, JTAG_APACC};
    const uint64_t sent = 0x712345678ULL;

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        (void)scan(true, 4, instructions[i]);
        assert_true(scan(false, 35, sent) == captured);
        assert_int_equal(port.captures, i + 1);
        assert_int_equal(port.updates, i + 1);
        assert_int_equal(port.instruction, instructions[i]);
        assert_true(port.value == sent);
    }
}

static void test_abort_captures_nothing(void **state)
{
    (void)state;
    (void)scan(true, 4, JTAG_ABORT);
    (void)scan(false, 35, 1 << 3);
    assert_int_equal(port.captures, 0);
    assert_int_equal(port.updates, 1);
    assert_int_equal(port.instruction, JTAG_ABORT);
}

/* One bit late, as other instructions are. */
static void test_bypass(void **state)
{
    static const uint8_t instructions[] = {JTAG_BYPASS, 0x0, 0x5};

    (void)state;
    for (size_t i = 0; i < sizeof(instructions); i++) {
        (void)scan(true, 4, instructions[i]);
        assert_int_equal(scan(false, 9, 0xA5), 0xA5 << 1 & 0x1FF);
    }
    assert_int_equal(port.captures + port.updates, 0);
}

/* A scan may pause and go on. */
static void test_pause(void **state)
{
    uint64_t in = 0;

    (void)state;
    (void)jtag_tap_clock(&tap, true, false);
    (void)jtag_tap_clock(&tap, false, false);
    (void)jtag_tap_clock(&tap, false, false);
    for (unsigned i = 0; i < 32; i++) {
        in |= (uint64_t)jtag_tap_clock(&tap, i % 2 == 1, false) << i;
        if (i % 2 == 1) { /* exit 1, pause, exit 2, shift */
            (void)jtag_tap_clock(&tap, false, false);
            (void)jtag_tap_clock(&tap, false, false);
            (void)jtag_tap_clock(&tap, true, false);
            (void)jtag_tap_clock(&tap, false, false);
        }
    }
    assert_int_equal(in, IDCODE);
}

static void test_reset_line(void **state)
{
    (void)state;
    (void)scan(true, 4, JTAG_APACC);
    jtag_tap_reset(&tap);
    assert_int_equal(tap.state, JTAG_RESET);
    (void)jtag_tap_clock(&tap, false, false);
    assert_int_equal(scan(false, 32, 0), IDCODE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_idcode_after_reset, set_up),
        cmocka_unit_test_setup(test_instruction_register, set_up),
        cmocka_unit_test_setup(test_accesses, set_up),
        cmocka_unit_test_setup(test_abort_captures_nothing, set_up),
        cmocka_unit_test_setup(test_bypass, set_up),
        cmocka_unit_test_setup(test_pause, set_up),
        cmocka_unit_test_setup(test_reset_line, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
