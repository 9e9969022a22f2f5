/*
 * The uplink of the real firmware on the emulated board, with a real broker (EN 303 645, 5.5-1, 5.5-7,
 * 5.9-1, 5.9-2, 5.9-3, 5.13-1, 6-3A): what arrives and what is obeyed, whom the device does not speak
 * to, and what comes of the readings when the network or the broker goes away.
 *
 * usage: device.uplink [TEST]      (one test, by its name)
 */
#include "test_uplink.h"

#include "uplink.h"

#include "base/interrupt.h"
#include "base/rig_error.h"
#include "target/broker_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define EXIT_USAGE 2

struct uplink_bench bench;

const char call_from_device[] = "New connection from 127.0.0.1";

static int tear_down(void **state)
{
    (void)state;
    uplink_bench_destroy(&bench);
    return 0;
}

void connect_device(void)
{
    uplink_bench_create(&bench, true);
    broker_bench_start(&bench.broker, BROKER_GENUINE);
    telemetry_subscriber_start(&bench.subscriber, &bench.broker);
    uplink_bench_name_broker(&bench, bench.broker.port);
    uplink_bench_consent(&bench, true);
    uplink_bench_wait_reading(&bench, 1, CONNECT_LIMIT_MS, "the first reading does not arrive");
    uplink_bench_wait_input(&bench, UPLINK_INPUT_ACKNOWLEDGED, 1, SOON_MS,
                            "the first reading is not acknowledged");
}

void expect_all_delivered(uint16_t number)
{
    uplink_bench_wait_input(&bench, UPLINK_INPUT_QUEUED, 0, SOON_MS,
                            "readings that have arrived stay in the queue");
    assert_in_range(uplink_bench_input(&bench, UPLINK_INPUT_ACKNOWLEDGED), number, number + 1U);
    assert_int_equal(uplink_bench_input(&bench, UPLINK_INPUT_DROPPED), 0);
}

/* ---- Telemetry ---- */

static json_int_t integer(const json_t *reading, const char *name)
{
    const json_t *member = json_object_get(reading, name);

    assert_true(json_is_integer(member));
    return json_integer_value(member);
}

static double degrees(const json_t *reading, const char *name)
{
    const json_t *member = json_object_get(reading, name);

    assert_true(json_is_real(member));
    return json_real_value(member);
}

static void expect_false(const json_t *reading, const char *name)
{
    assert_true(json_is_false(json_object_get(reading, name)));
}

/* All members of telemetry.h and no other. */
static void expect_reading(size_t index, uint16_t set_point)
{
    char topic[80];
    char expected[80];
    json_t *reading = telemetry_subscriber_reading(&bench.subscriber, index, topic);

    (void)snprintf(expected, sizeof expected, "hearth/%s/telemetry", bench.broker.device_id);
    assert_string_equal(topic, expected);
    assert_int_equal(json_object_size(reading), 8);
    assert_int_equal(integer(reading, "number"), index + 1U);
    assert_in_range(integer(reading, "uptime_s"), 0, 600);
    assert_float_equal(degrees(reading, "temperature"), 21.5, 0.01);
    assert_float_equal(degrees(reading, "set_point"), set_point / 10.0, 0.01);
    expect_false(reading, "heating");
    expect_false(reading, "sensor_fault");
    expect_false(reading, "frost_protection");
    assert_int_equal(integer(reading, "dropped"), 0);
    json_decref(reading);
}

static void test_telemetry_arrives_over_mutual_tls(void **state)
{
    char client[160];
    uint16_t first_set_point;

    (void)state;
    connect_device();
    first_set_point = uplink_bench_set_point(&bench);
    (void)snprintf(client, sizeof client, " as %s (p2, c1, k30, u'%s')", bench.broker.device_id,
                   BROKER_KEYS_DEVICE_USER);
    assert_int_equal(broker_bench_logged(&bench.broker, client), 1);
    uplink_bench_switch(&bench);
    uplink_bench_wait_reading(&bench, 2, READING_LIMIT_MS, "the second reading does not arrive");
    uplink_bench_wait_input(&bench, UPLINK_INPUT_ACKNOWLEDGED, 2, SOON_MS,
                            "the second reading is not acknowledged");
    assert_int_equal(uplink_bench_input(&bench, UPLINK_INPUT_LINK), 1);
    assert_int_equal(uplink_bench_input(&bench, UPLINK_INPUT_STATE), UPLINK_IDLE);
    expect_all_delivered(2);
    assert_int_equal(bench.subscriber.count, 2);
    expect_reading(0, first_set_point);
    expect_reading(1, bench.set_point);
    assert_int_equal(broker_bench_logged(&bench.broker, "Denied"), 0);
}

/* ---- Commands ---- */

static void command(const char *device_id, const char *last, const char *text, size_t length)
{
    char topic[80];

    (void)snprintf(topic, sizeof topic, "hearth/%s/%s", device_id, last);
    broker_bench_publish(&bench.broker, topic, text, length);
}

static void obeys(const char *text, uint16_t set_point)
{
    command(bench.broker.device_id, "command", text, strlen(text));
    uplink_bench_wait_set_point(&bench, set_point, SOON_MS, "a command is not obeyed");
}

/* The device says that it has refused the command; the set-point is as it was. */
static void refuses(const char *text, size_t length)
{
    static const char refusal[] = "uplink: a command was refused";
    const size_t before = uplink_bench_said(&bench, refusal);
    const uint16_t set_point = uplink_bench_set_point(&bench);

    command(bench.broker.device_id, "command", text, length);
    uplink_bench_wait_said(&bench, refusal, before + 1U, SOON_MS, "a wrong command is not refused");
    assert_int_equal(uplink_bench_set_point(&bench), set_point);
    assert_int_equal(uplink_bench_said(&bench, refusal), before + 1U);
}

/* A command that would be right, but for the blanks behind it. */
static void refuses_long(size_t length)
{
    static const char command_text[] = "{\"set_point\": 16}";
    static char text[16384];

    assert_in_range(length, sizeof command_text, sizeof text - 1U);
    (void)snprintf(text, sizeof text, "%-*s", (int)length, command_text);
    refuses(text, length);
}

static void test_only_right_commands_change_the_set_point(void **state)
{
    static const char *const wrong[] = {
        "{\"set_point\": 30.1}",
        "{\"set_point\": 4.9}",
        "{\"set_point\": 17.55}",
        "{\"set_point\": 17",
        "17",
        "{\"mode\": 0}",
        "{}",
        "{\"set_point\": \"17\"}",
        "{\"set_point\": 17, \"mode\": 0}",
    };
    static const char right[] = "{\"set_point\": 17}";

    (void)state;
    connect_device();
    obeys("{\"set_point\": 19.5}", 195);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        refuses(wrong[i], strlen(wrong[i]));
    }
    refuses_long(TELEMETRY_MAX_COMMAND + 1U);
    refuses_long(300);
    refuses_long(12000);
    command(bench.broker.device_id, "telemetry", right, strlen(right));
    command(bench.broker.device_id, "command/set", right, strlen(right));
    command("00112233445566778899aabbccddeeff", "command", right, strlen(right));
    /* What was published before comes first; this one shows that it has come. */
    obeys("{\"set_point\": 18}", 180);
    assert_int_equal(uplink_bench_said(&bench, "uplink: connected"), 1);
}

/* ---- Consent ---- */

/* Waits until the broker has said so of the device. */
static void wait_logged(const char *last, const char *what)
{
    const uint64_t deadline = device_process_now_ms() + SOON_MS;
    char line[160];

    (void)snprintf(line, sizeof line, "Client %s %s", bench.broker.device_id, last);
    while (broker_bench_logged(&bench.broker, line) == 0) {
        if (device_process_now_ms() >= deadline) {
            fail_msg("%s", what);
        }
        uplink_bench_turn(&bench);
    }
}

static void test_withdrawn_consent_ends_the_connection(void **state)
{
    size_t calls;
    uint16_t until;

    (void)state;
    connect_device();
    calls = broker_bench_logged(&bench.broker, call_from_device);
    uplink_bench_consent(&bench, false);
    uplink_bench_wait_input(&bench, UPLINK_INPUT_STATE, UPLINK_OFF, SOON_MS,
                            "consent is withdrawn, and the uplink goes on");
    wait_logged("closed its connection", "consent is withdrawn, and the connection stays");
    uplink_bench_switch(&bench);
    until = (uint16_t)(uplink_bench_input(&bench, UPLINK_INPUT_UPTIME) +
                       UPLINK_READING_SPACING_MS / 1000U + 2U);
    uplink_bench_wait_input(&bench, UPLINK_INPUT_UPTIME, until, READING_LIMIT_MS,
                            "the device's clock stands still");
    assert_int_equal(uplink_bench_input(&bench, UPLINK_INPUT_STATE), UPLINK_OFF);
    assert_int_equal(uplink_bench_input(&bench, UPLINK_INPUT_QUEUED), 0);
    assert_int_equal(bench.subscriber.count, 1);
    assert_int_equal(broker_bench_logged(&bench.broker, call_from_device), calls);
    /* A number that follows shows that nothing was gathered meanwhile, and that arrivals are seen. */
    uplink_bench_consent(&bench, true);
    uplink_bench_wait_reading(&bench, 2, CONNECT_LIMIT_MS, "with consent again, nothing arrives");
    expect_all_delivered(2);
}

/* ---- */

#define UPLINK_TEST(function) cmocka_unit_test_teardown(function, tear_down)

static const struct CMUnitTest tests[] = {
    UPLINK_TEST(test_telemetry_arrives_over_mutual_tls),
    UPLINK_TEST(test_only_right_commands_change_the_set_point),
    UPLINK_TEST(test_withdrawn_consent_ends_the_connection),
    UPLINK_TEST(test_brokers_that_are_not_genuine_are_refused),
    UPLINK_TEST(test_readings_outlive_a_lost_link),
    UPLINK_TEST(test_readings_outlive_a_lost_broker),
    UPLINK_TEST(test_without_credentials_nobody_is_called),
};

static bool is_test(const char *name)
{
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        if (strcmp(tests[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    if (argc > 2 || (argc == 2 && !is_test(argv[1]))) {
        (void)fprintf(stderr, "usage: device.uplink [TEST]\n");
        return EXIT_USAGE;
    }
    if (!device_process_is_emulated()) {
        (void)fprintf(stderr, "device.uplink needs HEARTH_TARGET=mps2_an505_qemu: a device that is "
                              "a process has no uplink\n");
        return EXIT_USAGE;
    }
    if (interrupt_install() != RIG_OK) {
        return EXIT_FAILURE;
    }
    if (argc == 2) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests_name("device.uplink", tests, NULL, NULL);
}
