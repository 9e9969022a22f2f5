/* OpenOCD's wire: the way in, each command, and bytes that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "virtual_probe/bus_pirate.h"

enum { CLOCKS_MAX = 128 };

/* What happened at the pins. */
static struct {
    size_t clocks;
    bool tms[CLOCKS_MAX];
    bool tdi[CLOCKS_MAX];
    bool tap_reset;
    bool system_reset;
    unsigned resets; /* calls of either */
} pins;

static bool clock_pins(void *context, bool tms, bool tdi)
{
    (void)context;
    assert_true(pins.clocks < CLOCKS_MAX);
    pins.tms[pins.clocks] = tms;
    pins.tdi[pins.clocks] = tdi;
    pins.clocks++;
    return pins.clocks % 3 == 0; /* TDO: every third */
}

static void set_tap_reset(void *context, bool asserted)
{
    (void)context;
    pins.tap_reset = asserted;
    pins.resets++;
}

static void set_system_reset(void *context, bool asserted)
{
    (void)context;
    pins.system_reset = asserted;
    pins.resets++;
}

static struct bus_pirate wire;
static uint8_t replies[4096];
static size_t replied;

static void send(const uint8_t *bytes, size_t size)
{
    replied = 0;
    for (size_t i = 0; i < size; i++) {
        assert_true(replied + BUS_PIRATE_REPLY_MAX <= sizeof(replies));
        replied += bus_pirate_take(&wire, bytes[i], replies + replied);
    }
}

#define SEND(...)                                                                                  \
    do {                                                                                           \
        static const uint8_t sent[] = {__VA_ARGS__};                                               \
        send(sent, sizeof(sent));                                                                  \
    } while (0)

static void expect(const void *bytes, size_t size)
{
    assert_int_equal(replied, size);
    assert_memory_equal(replies, bytes, size);
}

static int set_up(void **state)
{
    static const struct debug_pins far_end = {NULL, clock_pins, set_tap_reset, set_system_reset};

    (void)state;
    memset(&pins, 0, sizeof(pins));
    bus_pirate_init(&wire, &far_end);
    return 0;
}

static int set_up_jtag(void **state)
{
    static const uint8_t zeros[BUS_PIRATE_ZEROS];

    (void)set_up(state);
    send(zeros, sizeof(zeros));
    SEND(0x06);
    assert_int_equal(wire.mode, BUS_PIRATE_JTAG);
    return 0;
}

static void test_twenty_zeros_lead_in(void **state)
{
    static const uint8_t zeros[BUS_PIRATE_ZEROS];

    (void)state;
    send(zeros, sizeof(zeros) - 1);
    expect("", 0);
    SEND('x'); /* not in a row */
    send(zeros, sizeof(zeros) - 1);
    expect("", 0);
    SEND(0);
    expect("BBIO1", 5);
    SEND(0);
    expect("BBIO1", 5);
    SEND(0x06);
    expect("OCD1", 4);
}

static void test_way_out(void **state)
{
    (void)state;
    SEND(0x00);
    expect("BBIO1", 5);
    SEND(0x0F, 0x06, 0x06);
    expect("", 0);
    assert_int_equal(wire.mode, BUS_PIRATE_TERMINAL);
}

/* Eleven bits: two pairs, of whose second only three bits count. */
static void test_shift_in_any_pieces(void **state)
{
    static const uint8_t header[] = {0x05, 0x00, 0x0B};
    static const uint8_t data[] = {0x81, 0x0F, 0xFF, 0x04};
    static const uint8_t answer[] = {0x24, 0x01}; /* clocks 3, 6 and 9 */

    (void)state;
    send(header, 2);
    expect("", 0);
    send(header + 2, 1);
    expect(header, sizeof(header));
    send(data, 1);
    expect("", 0);
    send(data + 1, sizeof(data) - 1);
    expect(answer, sizeof(answer));
    assert_int_equal(pins.clocks, 11);
    for (size_t i = 0; i < 11; i++) {
        assert_int_equal(pins.tdi[i], i == 0 || i >= 7);
        assert_int_equal(pins.tms[i], i < 4 || i == 10);
    }
    SEND(0x03); /* a command again */
    assert_int_equal(replied, 10);
}

static void test_shift_of_nothing(void **state)
{
    static const uint8_t header[] = {0x05, 0x00, 0x00};

    (void)state;
    send(header, sizeof(header));
    expect(header, sizeof(header));
    assert_int_equal(pins.clocks, 0);
    SEND(0x00);
    expect("BBIO1", 5);
}

/* OpenOCD disables a line to pull it low. */
static void test_reset_lines(void **state)
{
    (void)state;
    SEND(0x02, 0x08, 0x00);
    assert_true(pins.system_reset);
    assert_false(pins.tap_reset);
    SEND(0x02, 0x08, 0x01, 0x02, 0x04, 0x00);
    assert_false(pins.system_reset);
    assert_true(pins.tap_reset);
    SEND(0x02, 0x01, 0x00, 0x02, 0x10, 0x00, 0x02, 0x02, 0x00); /* LED, pull-ups, supply */
    assert_int_equal(pins.resets, 3);
    expect("", 0);
}

static void test_settings_are_taken(void **state)
{
    static const uint8_t speed[] = {0x07, 0x01};

    (void)state;
    SEND(0x01, 0x01, 0x08, 0x00, 0x64);
    expect("", 0);
    SEND(0x07, 0x01);
    expect("", 0);
    SEND(0xAA, 0x55);
    expect(speed, sizeof(speed));
    SEND(0x07, 0x01, 0xAA, 0x56); /* not confirmed */
    expect("", 0);
}

static void test_unknown_bytes_are_passed_over(void **state)
{
    static const uint8_t header[] = {0x05, 0x00, 0x01};

    (void)state;
    SEND(0xFF, 0x04, 0x06, 0x80);
    expect("", 0);
    send(header, sizeof(header));
    expect(header, sizeof(header));
}

/* A client that dies within a shift, with the chip in reset, leaves nothing to the next one. */
static void test_opened_anew(void **state)
{
    (void)state;
    SEND(0x02, 0x08, 0x00, 0x05, 0x20, 0x00, 0x00);
    assert_true(pins.system_reset);
    bus_pirate_reopen(&wire);
    assert_false(pins.system_reset);
    assert_int_equal(wire.mode, BUS_PIRATE_TERMINAL);
    (void)set_up_jtag(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_twenty_zeros_lead_in, set_up),
        cmocka_unit_test_setup(test_way_out, set_up_jtag),
        cmocka_unit_test_setup(test_shift_in_any_pieces, set_up_jtag),
        cmocka_unit_test_setup(test_shift_of_nothing, set_up_jtag),
        cmocka_unit_test_setup(test_reset_lines, set_up_jtag),
        cmocka_unit_test_setup(test_settings_are_taken, set_up_jtag),
        cmocka_unit_test_setup(test_unknown_bytes_are_passed_over, set_up_jtag),
        cmocka_unit_test_setup(test_opened_anew, set_up_jtag),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
