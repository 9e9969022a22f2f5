/* test_uplink_failures.c - the tests of device.uplink in which something is wrong: brokers that are not
 * genuine, a lost link, a lost broker, no credentials. */
#include "test_uplink.h"

#include "uplink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

/* Attempts at a broker that hangs up, in the 10 s until a reading is due: the delays are random, but
 * doubled each time, and that many do not fit by any chance that counts. */
#define MAX_CALLS_UNTIL_READING 14U

#define SILENT_REQUESTS 100U /* on each interface */

/* ---- Brokers that must not be spoken to ---- */

static const char lost[] = "uplink: connection lost or refused";

/* Sends the device to a broker whose certificate is wrong. It has to hang up in the handshake. */
static void expect_refused(enum broker_identity identity, const char *what)
{
    const uint64_t deadline = device_process_now_ms() + CONNECT_LIMIT_MS;
    size_t refused;
    size_t calls;

    broker_bench_start(&bench.broker, identity);
    calls = broker_bench_logged(&bench.broker, call_from_device);
    uplink_bench_name_broker(&bench, bench.broker.port);
    refused = uplink_bench_said(&bench, lost);
    while (broker_bench_logged(&bench.broker, call_from_device) < calls + 2U ||
           uplink_bench_said(&bench, lost) < refused + 2U) {
        if (broker_bench_logged(&bench.broker, "New client connected") > 0 ||
            uplink_bench_is_connected(&bench)) {
            fail_msg("the device spoke MQTT to a broker %s", what);
        }
        assert_true(device_process_now_ms() < deadline);
    }
    assert_int_equal(broker_bench_logged(&bench.broker, "New client connected"), 0);
}

/* Waits for a call at the listener. */
static void wait_for_call(void)
{
    const uint64_t deadline = device_process_now_ms() + CONNECT_LIMIT_MS;

    while (!broker_listener_take(&bench.listener)) {
        assert_true(device_process_now_ms() < deadline);
        uplink_bench_turn(&bench);
    }
}

/* All that the device says until it hangs up. After its first words it is welcomed as by a broker. */
static size_t hear_whole_call(uint8_t *heard, size_t size)
{
    /* CONNACK (MQTT 3.1.1, 3.2), twice: the five bytes that a TLS record has at least. */
    static const uint8_t welcome[] = {0x20, 0x02, 0x00, 0x00, 0x20, 0x02, 0x00, 0x00};
    const uint64_t deadline = device_process_now_ms() + CONNECT_LIMIT_MS;
    size_t used = 0;
    int count;

    while ((count = broker_listener_hear(&bench.listener, heard + used, size - used)) != 0) {
        assert_true(device_process_now_ms() < deadline);
        if (count > 0 && used == 0) {
            assert_true(broker_listener_say(&bench.listener, welcome, sizeof welcome));
        }
        used += count > 0 ? (size_t)count : 0;
        assert_in_range(used, 0, size - 1U);
        uplink_bench_turn(&bench);
    }
    return used;
}

static bool holds(const uint8_t *bytes, size_t size, const char *text)
{
    for (size_t i = 0; i + strlen(text) <= size; i++) {
        if (memcmp(bytes + i, text, strlen(text)) == 0) {
            return true;
        }
    }
    return false;
}

/* A broker without TLS hears the beginning of a TLS handshake, and no MQTT. */
static void expect_plain_refused(void)
{
    const uint16_t port = broker_bench_free_port();
    const size_t before = uplink_bench_said(&bench, lost);
    uint8_t heard[4096];
    size_t size;

    broker_listener_open(&bench.listener, port);
    uplink_bench_name_broker(&bench, port);
    wait_for_call();
    size = hear_whole_call(heard, sizeof heard);
    broker_listener_close(&bench.listener);
    assert_in_range(size, 6, sizeof heard);
    if (holds(heard, size, "MQTT") || holds(heard, size, bench.broker.device_id)) {
        fail_msg("the device spoke MQTT without TLS");
    }
    assert_int_equal(heard[0], 22); /* a handshake (RFC 5246, 6.2.1) ... */
    assert_int_equal(heard[5], 1);  /* ... that a client begins (7.4) */
    uplink_bench_wait_said(&bench, lost, before + 1U, SOON_MS,
                           "a broker without TLS is not given up");
}

/* While a broker that says nothing keeps the device waiting, both interfaces go on answering. */
static void expect_answers_while_connecting(void)
{
    const uint16_t port = broker_bench_free_port();

    broker_listener_open(&bench.listener, port);
    uplink_bench_name_broker(&bench, port);
    wait_for_call();
    uplink_bench_open_network(&bench);
    for (unsigned i = 0; i < SILENT_REQUESTS; i++) {
        uint16_t state = 0;

        assert_int_equal(uplink_bench_input(&bench, UPLINK_INPUT_STATE), UPLINK_CONNECTING);
        EXPECT_DONE(modbus_read_input_registers(bench.network, UPLINK_INPUT_STATE, 1, &state), 1);
        assert_int_equal(state, UPLINK_CONNECTING);
    }
    broker_listener_close(&bench.listener);
}

/* The last part is the control: with the right broker all of it works. */
void test_brokers_that_are_not_genuine_are_refused(void **state)
{
    (void)state;
    uplink_bench_create(&bench, true);
    uplink_bench_consent(&bench, true);
    expect_refused(BROKER_OF_ROGUE_AUTHORITY, "whose certificate a rogue authority signed");
    expect_refused(BROKER_OF_ANOTHER_NAME, "whose certificate has another name");
    expect_plain_refused();
    expect_answers_while_connecting();
    assert_int_equal(uplink_bench_said(&bench, "uplink: connected"), 0);
    assert_int_equal(uplink_bench_input(&bench, UPLINK_INPUT_ACKNOWLEDGED), 0);
    broker_bench_start(&bench.broker, BROKER_GENUINE);
    uplink_bench_name_broker(&bench, bench.broker.port);
    uplink_bench_wait_said(&bench, "uplink: connected", 1, CONNECT_LIMIT_MS,
                           "the genuine broker is refused, too");
    assert_int_equal(broker_bench_logged(&bench.broker, "New client connected"), 1);
}

/* ---- Outages ---- */

static void expect_unconnected(const char *what)
{
    const uint64_t deadline = device_process_now_ms() + SOON_MS;

    while (uplink_bench_is_connected(&bench)) {
        if (device_process_now_ms() >= deadline) {
            fail_msg("%s", what);
        }
        uplink_bench_turn(&bench);
    }
}

void test_readings_outlive_a_lost_link(void **state)
{
    (void)state;
    connect_device();
    uplink_bench_set_link(&bench, false);
    uplink_bench_wait_input(&bench, UPLINK_INPUT_LINK, 0, SOON_MS,
                            "the link is down, and the device does not say so");
    expect_unconnected("the link is down, and the uplink still counts as connected");
    uplink_bench_switch(&bench);
    uplink_bench_wait_input(&bench, UPLINK_INPUT_QUEUED, 1, READING_LIMIT_MS,
                            "no reading is taken while the link is down");
    assert_int_equal(bench.subscriber.count, 1);
    uplink_bench_set_link(&bench, true);
    uplink_bench_wait_input(&bench, UPLINK_INPUT_LINK, 1, SOON_MS,
                            "the link is up again, and the device does not say so");
    uplink_bench_wait_reading(&bench, 2, RECOVER_LIMIT_MS,
                              "a reading from before the link was up does not arrive");
    expect_all_delivered(2);
}

static void expect_one_acknowledged(void)
{
    if (uplink_bench_input(&bench, UPLINK_INPUT_ACKNOWLEDGED) > 1) {
        fail_msg("a reading counts as acknowledged by a broker that stands still");
    }
}

/* The broker stands still while it should acknowledge a reading, and then is gone. */
static void lose_reading_under_way(void)
{
    const uint64_t deadline = device_process_now_ms() + READING_LIMIT_MS;

    broker_bench_freeze(&bench.broker);
    uplink_bench_switch(&bench);
    while (uplink_bench_input(&bench, UPLINK_INPUT_STATE) != UPLINK_PUBLISHING) {
        expect_one_acknowledged();
        assert_true(device_process_now_ms() < deadline);
        uplink_bench_turn(&bench);
    }
    broker_bench_stop(&bench.broker);
    expect_unconnected("the broker is gone, and the uplink still counts as connected");
    expect_one_acknowledged();
}

/* In the broker's place somebody hangs up at once. The device has to call less and less often. */
static void hang_up_until_queued(uint16_t queued)
{
    const uint64_t deadline = device_process_now_ms() + READING_LIMIT_MS;

    broker_listener_open(&bench.listener, bench.broker.port);
    uplink_bench_switch(&bench);
    while (uplink_bench_input(&bench, UPLINK_INPUT_QUEUED) < queued) {
        if (broker_listener_take(&bench.listener)) {
            broker_listener_hang_up(&bench.listener);
        }
        if (bench.listener.calls > MAX_CALLS_UNTIL_READING) {
            fail_msg("the device calls a broker that hangs up again and again: %zu times",
                     bench.listener.calls);
        }
        assert_true(device_process_now_ms() < deadline);
        uplink_bench_turn(&bench);
    }
    assert_in_range(bench.listener.calls, 1, MAX_CALLS_UNTIL_READING);
    broker_listener_close(&bench.listener);
}

void test_readings_outlive_a_lost_broker(void **state)
{
    (void)state;
    connect_device();
    lose_reading_under_way();
    hang_up_until_queued(2);
    broker_bench_start_again(&bench.broker);
    uplink_bench_wait_reading(&bench, 3, RECOVER_LIMIT_MS,
                              "readings from before the broker was back do not arrive");
    expect_all_delivered(3);
}

/* ---- No credentials ---- */

/* Two readings are at least 10 s apart, and within 10 s the first attempt is due. */
void test_without_credentials_nobody_is_called(void **state)
{
    const uint16_t port = broker_bench_free_port();

    (void)state;
    uplink_bench_create(&bench, false);
    broker_listener_open(&bench.listener, port);
    uplink_bench_name_broker(&bench, port);
    uplink_bench_consent(&bench, true);
    uplink_bench_wait_input(&bench, UPLINK_INPUT_QUEUED, 1, SOON_MS, "no reading is taken");
    uplink_bench_switch(&bench);
    uplink_bench_wait_input(&bench, UPLINK_INPUT_QUEUED, 2, READING_LIMIT_MS,
                            "no second reading is taken");
    assert_false(broker_listener_take(&bench.listener));
    assert_false(uplink_bench_is_connected(&bench));
    assert_int_equal(uplink_bench_said(&bench, "uplink: no usable credentials in the factory page"),
                     1);
    assert_int_equal(uplink_bench_said(&bench, "uplink: "), 1);
}
