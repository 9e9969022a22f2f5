/* test_broker.c - the rig's broker with a device that behaves. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "device_client.h"

enum {
    SHORT_MS = 1500, /* for what must not happen */
    BURST = 200,
    BURST_TEXT = BURST * 64,
};

static void expect_reading(const struct broker_readings *readings, size_t index, uint32_t number,
                           uint32_t uptime_s)
{
    assert_true(index < readings->count);
    assert_int_equal(readings->items[index].number, number);
    assert_int_equal(readings->items[index].uptime_s, uptime_s);
    assert_in_range(readings->items[index].arrived_ms, process_clock_ms() - LIMIT_MS,
                    process_clock_ms());
}

static void test_readings_of_the_device_arrive(void **state)
{
    const struct fixture *fixture = *state;
    struct broker_readings readings;

    start_broker(fixture->broker, BROKER_GENUINE);
    assert_true(
        device_says(fixture->broker, DEVICE_TELEMETRY, "{\"number\":1,\"uptime_s\":7}", LIMIT_MS));
    assert_true(
        device_says(fixture->broker, DEVICE_TELEMETRY, "{\"number\":\"1\"}\n\x1b[2J", LIMIT_MS));
    assert_true(device_says(fixture->broker, DEVICE_TELEMETRY,
                            "{\"uptime_s\":19,\"extra\":null,\"number\":2}", LIMIT_MS));
    wait_for_readings(fixture->broker, 2, &readings);
    expect_reading(&readings, 0, 1, 7);
    expect_reading(&readings, 1, 2, 19);
    assert_int_equal(readings.count, 2);
    assert_int_equal(readings.malformed, 1);
    assert_non_null(strstr(readings.first_malformed, DEVICE_TELEMETRY));
    assert_true(logged(fixture->broker, "Received PUBLISH from device-client") >= 3);
}

/* Mosquitto acknowledges what it refuses (MQTT 3.1.1, 3.3.5.2), and hands it to nobody. */
static void test_others_topics_are_not_the_device_s(void **state)
{
    const struct fixture *fixture = *state;
    struct broker_readings readings;

    start_broker(fixture->broker, BROKER_GENUINE);
    (void)device_says(fixture->broker, "hearth/another/telemetry", "{\"number\":1,\"uptime_s\":1}",
                      LIMIT_MS);
    assert_true(
        device_says(fixture->broker, DEVICE_TELEMETRY, "{\"number\":2,\"uptime_s\":2}", LIMIT_MS));
    wait_for_readings(fixture->broker, 1, &readings);
    expect_reading(&readings, 0, 2, 2);
    assert_int_equal(readings.malformed, 0);
    assert_true(logged(fixture->broker, "Denied PUBLISH from device-client") >= 1);
}

static void test_a_command_reaches_the_device(void **state)
{
    const struct fixture *fixture = *state;
    struct diagnostic diagnostic = {""};
    struct process *device;
    size_t size = 0;

    start_broker(fixture->broker, BROKER_GENUINE);
    device = device_listen(fixture->broker);
    expect_ok(broker_publish(fixture->broker, DEVICE_COMMAND, "21.5\0!", 6, in_time(), &diagnostic),
              &diagnostic);
    expect_ok(process_wait(device, in_time(), &diagnostic), &diagnostic);
    assert_memory_equal(process_output(device, PROCESS_STDOUT, &size), "21.5\0!\n", 7);
    assert_int_equal(size, 7);
    process_destroy(device);
}

/* A client that verifies refuses both; the last part is the control. */
static void test_wrong_certificates_are_refused(void **state)
{
    static const enum broker_identity wrong[] = {BROKER_ROGUE_AUTHORITY, BROKER_OTHER_NAME};
    const struct fixture *fixture = *state;
    const uint16_t port = broker_port(fixture->broker);

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        start_broker(fixture->broker, wrong[i]);
        assert_int_equal(broker_port(fixture->broker), port);
        assert_false(device_says(fixture->broker, DEVICE_TELEMETRY, "{}", LIMIT_MS));
        assert_int_equal(logged(fixture->broker, "as device-client"), 0);
    }
    start_broker(fixture->broker, BROKER_GENUINE);
    assert_true(device_says(fixture->broker, DEVICE_TELEMETRY, "{}", LIMIT_MS));
    assert_int_equal(logged(fixture->broker, "as device-client"), 1);
}

static void test_a_broker_comes_back_on_its_port(void **state)
{
    const struct fixture *fixture = *state;
    const uint16_t port = broker_port(fixture->broker);
    struct broker_readings readings;
    struct diagnostic diagnostic = {""};

    start_broker(fixture->broker, BROKER_GENUINE);
    assert_true(
        device_says(fixture->broker, DEVICE_TELEMETRY, "{\"number\":1,\"uptime_s\":1}", LIMIT_MS));
    stop_broker(fixture->broker);
    stop_broker(fixture->broker); /* nothing the second time */
    assert_false(
        device_says(fixture->broker, DEVICE_TELEMETRY, "{\"number\":2,\"uptime_s\":2}", LIMIT_MS));
    expect_ok(broker_check(fixture->broker, &diagnostic), &diagnostic);
    start_broker(fixture->broker, BROKER_GENUINE);
    assert_int_equal(broker_port(fixture->broker), port);
    assert_true(
        device_says(fixture->broker, DEVICE_TELEMETRY, "{\"number\":3,\"uptime_s\":3}", LIMIT_MS));
    wait_for_readings(fixture->broker, 2, &readings);
    expect_reading(&readings, 0, 1, 1);
    expect_reading(&readings, 1, 3, 3);
    stop_broker(fixture->broker);
    expect_ok(broker_move(fixture->broker, &diagnostic), &diagnostic);
    assert_int_not_equal(broker_port(fixture->broker), port);
    start_broker(fixture->broker, BROKER_GENUINE);
    assert_true(
        device_says(fixture->broker, DEVICE_TELEMETRY, "{\"number\":4,\"uptime_s\":4}", LIMIT_MS));
    wait_for_readings(fixture->broker, 3, &readings);
}

/* What was acknowledged before the broker is killed is not lost, however slow the subscriber is: the
 * device would be blamed. */
static void test_no_acknowledged_reading_is_lost(void **state)
{
    const struct fixture *fixture = *state;
    char lines[BURST_TEXT];
    struct broker_readings readings;
    size_t used = 0;

    for (unsigned i = 1; i <= BURST; i++) {
        used += (size_t)snprintf(lines + used, sizeof(lines) - used,
                                 "{\"number\":%u,\"uptime_s\":%u}\n", i, 2 * i);
        assert_true(used < sizeof(lines));
    }
    start_broker(fixture->broker, BROKER_GENUINE);
    assert_int_equal(kill(find_child("mosquitto_sub"), SIGSTOP), 0);
    assert_true(device_says_lines(fixture->broker, DEVICE_TELEMETRY, lines));
    stop_broker(fixture->broker);
    assert_int_equal(kill(find_child("mosquitto_sub"), SIGCONT), 0);
    wait_for_readings(fixture->broker, BURST, &readings);
    for (size_t i = 0; i < BURST; i++) {
        expect_reading(&readings, i, (uint32_t)(i + 1), (uint32_t)(2 * (i + 1)));
    }
    assert_int_equal(readings.malformed + readings.dropped, 0);
}

/* A device that calls all the time is there before the subscriber, at the first start and at each
 * later one. */
static void test_no_reading_comes_too_early(void **state)
{
    static const char *const texts[] = {"{\"number\":1,\"uptime_s\":1}",
                                        "{\"number\":2,\"uptime_s\":2}"};
    const struct fixture *fixture = *state;
    struct broker_readings readings;
    struct diagnostic diagnostic = {""};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct process *device = device_insists(fixture->broker, DEVICE_TELEMETRY, texts[i]);

        start_broker(fixture->broker, BROKER_GENUINE);
        expect_ok(process_wait(device, in_time(), &diagnostic), &diagnostic);
        process_destroy(device);
        wait_for_readings(fixture->broker, i + 1, &readings);
        expect_reading(&readings, i, (uint32_t)(i + 1), (uint32_t)(i + 1));
        stop_broker(fixture->broker);
    }
}

static void test_a_frozen_broker_never_answers(void **state)
{
    const struct fixture *fixture = *state;
    struct broker_readings readings;
    struct diagnostic diagnostic = {""};

    start_broker(fixture->broker, BROKER_GENUINE);
    expect_ok(broker_freeze(fixture->broker, &diagnostic), &diagnostic);
    assert_int_equal(broker_publish(fixture->broker, DEVICE_COMMAND, "1", 1,
                                    process_clock_ms() + SHORT_MS, &diagnostic),
                     RIG_ERROR_TIMEOUT);
    assert_false(
        device_says(fixture->broker, DEVICE_TELEMETRY, "{\"number\":1,\"uptime_s\":1}", SHORT_MS));
    expect_ok(broker_check(fixture->broker, &diagnostic), &diagnostic);
    expect_ok(broker_thaw(fixture->broker, &diagnostic), &diagnostic);
    assert_true(
        device_says(fixture->broker, DEVICE_TELEMETRY, "{\"number\":2,\"uptime_s\":2}", LIMIT_MS));
    wait_for_readings(fixture->broker, 1, &readings);
    /* It can be killed where it stands, and another started at once. */
    expect_ok(broker_freeze(fixture->broker, &diagnostic), &diagnostic);
    start_broker(fixture->broker, BROKER_GENUINE);
    assert_true(
        device_says(fixture->broker, DEVICE_TELEMETRY, "{\"number\":3,\"uptime_s\":3}", LIMIT_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_readings_of_the_device_arrive, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_others_topics_are_not_the_device_s, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_command_reaches_the_device, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_certificates_are_refused, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_broker_comes_back_on_its_port, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_no_acknowledged_reading_is_lost, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_no_reading_comes_too_early, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_frozen_broker_never_answers, fixture_set_up,
                                        fixture_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
