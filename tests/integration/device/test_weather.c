/*
 * The real firmware on the emulated board (HEARTH_TARGET=mps2_an505_qemu) in bad weather: frames of its
 * network are lost and damaged. Its wired bus, which has no weather, is the witness.
 */
#include "device_process.h"
#include "modbus_link.h"
#include "test_choice.h"

#include "base/diagnostic.h"
#include "base/process.h"
#include "emulator/emulator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define HOLDING         12
#define SET_POINT       0
#define SET_POINT_LOW   180 /* tenths of a degree; each round writes one more */
#define FAIR_READS      50
#define BAD_READS       6  /* that must succeed in bad weather */
#define BAD_FRAMES      10 /* that must have been hit by then */
#define PATIENCE_MS     150000U
#define SHORT_TIMEOUT_S 1
#define LONG_TIMEOUT_S  15 /* several retransmissions */
#define RIG_DEADLINE_MS 20000
#define LOOK_PAUSE_MS   20

static const struct net_weather fair = {0};
static const struct net_weather storm = {.loss_percent = 100};

struct bench {
    struct device_process device;
    modbus_t *bus;     /* RTU */
    modbus_t *network; /* TCP; NULL: not connected */
    uint16_t set_point;
};

static struct bench bench;

static int64_t deadline(void)
{
    return process_clock_ms() + RIG_DEADLINE_MS;
}

static void expect_rig(int error, const struct diagnostic *diagnostic)
{
    if (error != RIG_OK) {
        fail_msg("%s", diagnostic->text);
    }
}

/* Gives the device a new value over the bus, so that an old or an invented one shows. */
static void write_over_bus(void)
{
    bench.set_point++;
    EXPECT_DONE(modbus_write_register(bench.bus, SET_POINT, bench.set_point), 1);
}

static void disconnect(void)
{
    modbus_link_close(bench.network);
    bench.network = NULL;
}

static int set_up(void **state)
{
    *state = &bench;
    device_process_create(&bench.device);
    bench.device.relay = LINK_RELAY;
    device_process_start(&bench.device, NULL);
    bench.bus = modbus_link_open(&bench.device, MODBUS_LINK_RTU);
    bench.set_point = SET_POINT_LOW;
    write_over_bus();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    disconnect();
    modbus_link_close(bench.bus);
    device_process_destroy(&bench.device);
    memset(&bench, 0, sizeof bench);
    return 0;
}

static void set_weather(const struct net_weather *weather)
{
    struct diagnostic diagnostic = {""};

    expect_rig(emulator_set_weather(bench.device.emulator, weather, deadline(), &diagnostic),
               &diagnostic);
}

static struct net_weather_counters count(void)
{
    struct net_weather_counters counters = {0};
    struct diagnostic diagnostic = {""};

    expect_rig(emulator_weather_counters(bench.device.emulator, &counters, deadline(), &diagnostic),
               &diagnostic);
    return counters;
}

/*
 * One read over the network; false if nothing came in time, or the connection broke. What comes must
 * be what the bus says, in any weather.
 */
static bool read_over_network(unsigned timeout_s)
{
    uint16_t expected[HOLDING];
    uint16_t found[HOLDING];

    if (bench.network == NULL) {
        bench.network = modbus_link_open(&bench.device, MODBUS_LINK_TCP);
    }
    EXPECT_DONE(modbus_set_response_timeout(bench.network, timeout_s, 0), 0);
    EXPECT_DONE(modbus_read_registers(bench.bus, 0, HOLDING, expected), HOLDING);
    assert_int_equal(expected[SET_POINT], bench.set_point);
    if (modbus_read_registers(bench.network, 0, HOLDING, found) != HOLDING) {
        disconnect();
        return false;
    }
    assert_memory_equal(found, expected, sizeof found);
    return true;
}

/* The device is there again, on the network too. */
static void expect_recovery(void)
{
    const uint64_t limit = device_process_now_ms() + PATIENCE_MS;

    disconnect();
    while (!read_over_network(LONG_TIMEOUT_S)) {
        assert_true(device_process_now_ms() < limit);
    }
}

static void expect_silence(void)
{
    write_over_bus();
    assert_false(read_over_network(SHORT_TIMEOUT_S));
    EXPECT_DONE(modbus_read_registers(bench.bus, 0, 1, &bench.set_point), 1);
}

static uint64_t hit(const struct net_weather_counters *before)
{
    const struct net_weather_counters now = count();

    return now.dropped - before->dropped + now.corrupted - before->corrupted;
}

/* Reads until enough have succeeded and enough frames were hit; the device never says what is wrong. */
static void read_through(const struct net_weather *weather)
{
    const uint64_t limit = device_process_now_ms() + PATIENCE_MS;
    const struct net_weather_counters before = count();
    unsigned reads = 0;

    set_weather(weather);
    while (reads < BAD_READS || hit(&before) < BAD_FRAMES) {
        if (device_process_now_ms() >= limit) {
            fail_msg("%u reads succeeded while %llu frames were hit", reads,
                     (unsigned long long)hit(&before));
        }
        write_over_bus();
        reads += read_over_network(LONG_TIMEOUT_S) ? 1U : 0U;
    }
    set_weather(&fair);
    expect_recovery();
}

/* ---- the tests ---- */

static void test_fair_weather_changes_nothing(void **state)
{
    struct net_weather_counters before;
    struct net_weather_counters after;
    (void)state;

    set_weather(&fair);
    before = count();
    for (int i = 0; i < FAIR_READS; i++) {
        write_over_bus();
        assert_true(read_over_network(SHORT_TIMEOUT_S));
    }
    after = count();
    assert_true(after.frames >= before.frames + (uint64_t)2 * FAIR_READS);
    assert_int_equal(after.dropped + after.corrupted + after.overrun, 0);
}

static void test_total_loss_silences_the_network_alone(void **state)
{
    uint64_t dropped;
    (void)state;

    assert_true(read_over_network(SHORT_TIMEOUT_S));
    set_weather(&storm);
    expect_silence();
    dropped = count().dropped;
    assert_true(dropped > 0);
    set_weather(&fair);
    expect_recovery();
}

static void test_reads_get_through_loss(void **state)
{
    const struct net_weather weather = {.loss_percent = 30, .seed = 1};
    (void)state;

    read_through(&weather);
    assert_true(count().dropped >= BAD_FRAMES);
    assert_int_equal(count().corrupted, 0);
}

static void test_damage_is_never_believed(void **state)
{
    const struct net_weather weather = {.corruption_percent = 20, .seed = 1};
    (void)state;

    read_through(&weather);
    assert_true(count().corrupted >= BAD_FRAMES);
    assert_int_equal(count().dropped, 0);
}

static void set_link(bool up)
{
    struct diagnostic diagnostic = {""};

    expect_rig(emulator_set_link(bench.device.emulator, up, deadline(), &diagnostic), &diagnostic);
}

static void test_the_cable_is_pulled_and_plugged_in(void **state)
{
    (void)state;
    assert_true(read_over_network(SHORT_TIMEOUT_S));
    set_link(false);
    expect_silence();
    set_link(true);
    expect_recovery();
}

static void expect_more_dropped(uint64_t dropped)
{
    const uint64_t limit = device_process_now_ms() + PATIENCE_MS;

    while (count().dropped == dropped) {
        assert_true(device_process_now_ms() < limit);
        device_process_pause(LOOK_PAUSE_MS);
    }
}

/* Both outlive a power cut: the weather, and what was counted. */
static void test_a_power_cut_in_a_storm(void **state)
{
    struct emulator *emulator = bench.device.emulator;
    struct diagnostic diagnostic = {""};
    uint64_t position = emulator_console_position(emulator);
    struct net_weather_counters before;
    struct net_weather_counters off;

    (void)state;
    set_weather(&storm);
    expect_silence();
    before = count();
    expect_rig(emulator_power_off(emulator, &diagnostic), &diagnostic);
    off = count();
    assert_true(off.frames >= before.frames && off.dropped >= before.dropped);
    expect_rig(emulator_power_on(emulator, deadline(), &diagnostic), &diagnostic);
    expect_rig(emulator_wait_console(emulator, "boot: ", &position, deadline(), &diagnostic),
               &diagnostic);
    expect_more_dropped(off.dropped); /* it asks for an address */
    set_weather(&fair);
    expect_rig(
        emulator_wait_console(emulator, "network: address ", &position, deadline(), &diagnostic),
        &diagnostic);
    bench.device.tcp_port = emulator_tcp_port(emulator);
    expect_recovery();
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        CASE(test_fair_weather_changes_nothing),
        CASE(test_total_loss_silences_the_network_alone),
        CASE(test_reads_get_through_loss),
        CASE(test_damage_is_never_believed),
        CASE(test_the_cable_is_pulled_and_plugged_in),
        CASE(test_a_power_cut_in_a_storm),
    };

    if (!device_process_is_emulated()) {
        (void)fprintf(stderr,
                      "device.weather: set HEARTH_TARGET=mps2_an505_qemu; a device that is a "
                      "process has no network of its own\n");
        return 2;
    }
    if (!test_choice(argc, argv, tests, sizeof tests / sizeof tests[0])) {
        return 2;
    }
    return cmocka_run_group_tests_name("device.weather", tests, NULL, NULL);
}
