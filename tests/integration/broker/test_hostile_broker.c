/* test_hostile_broker.c - what a device hears that connects to a hostile broker: the device is OpenSSL's
 * client, which says and hears raw bytes inside TLS. */
#define _GNU_SOURCE /* pipe2 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "device_client.h"
#include "target/hostile_broker.h"

enum {
    TURN_MS = 5,
    HEARD = 256 * 1024,
    MUCH = 200000, /* more than a TLS record, a socket's buffer and s_server's buffer hold */
    SHORT_MS = 300,
};

/* CONNECT of MQTT 3.1.1 (section 3.1): clean session, keep-alive 60 s, client "device". */
static const uint8_t connect_packet[] = {0x10, 18, 0, 4, 'M', 'Q', 'T', 'T', 4,   2,
                                         0,    60, 0, 6, 'd', 'e', 'v', 'i', 'c', 'e'};

/* Bytes that s_server would take for commands in a line of their own, and that end C's texts. */
static const uint8_t nonsense[] = {'Q', '\n', 0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0, 'q', '\n'};

struct device {
    struct process *process;
    int input;
    size_t heard_size;
    uint8_t heard[HEARD];
};

static void hear(void *context, enum process_stream stream, const char *bytes, size_t size)
{
    struct device *device = context;

    if (stream == PROCESS_STDOUT && size <= HEARD - device->heard_size) {
        memcpy(device->heard + device->heard_size, bytes, size);
        device->heard_size += size;
    }
}

/* With the device's certificate, or without one. */
static void device_connect(struct device *device, const struct broker *broker,
                           bool with_certificate)
{
    const struct broker_credentials credentials = broker_credentials(broker);
    char address[32];
    const char *const words[] = {"openssl",
                                 "s_client",
                                 "-quiet",
                                 "-connect",
                                 address,
                                 "-verify_return_error",
                                 "-verify_hostname",
                                 "127.0.0.1",
                                 "-CAfile",
                                 credentials.authority,
                                 with_certificate ? "-cert" : NULL,
                                 credentials.certificate,
                                 "-key",
                                 credentials.private_key,
                                 NULL};
    struct process_options options = {.argv = words, .on_bytes = hear, .on_bytes_context = device};
    struct diagnostic diagnostic = {""};
    int ends[2];

    device->heard_size = 0;
    (void)snprintf(address, sizeof(address), "127.0.0.1:%u", (unsigned)broker_port(broker));
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    options.input = ends[0];
    expect_ok(process_start(&options, &device->process, &diagnostic), &diagnostic);
    (void)close(ends[0]);
    device->input = ends[1];
}

static void device_say(const struct device *device, const uint8_t *bytes, size_t size)
{
    assert_int_equal(write(device->input, bytes, size), (ssize_t)size);
}

static void device_leave(struct device *device)
{
    process_destroy(device->process);
    (void)close(device->input);
}

static void expect_heard(struct device *device, struct hostile_broker *hostile, size_t size)
{
    const int64_t deadline_ms = in_time();
    struct diagnostic diagnostic = {""};

    while (device->heard_size < size) {
        const int error = process_wait(device->process, process_clock_ms() + TURN_MS, &diagnostic);

        if (error != RIG_ERROR_TIMEOUT || process_clock_ms() >= deadline_ms) {
            fail_msg("heard %zu bytes of %zu: %s", device->heard_size, size, rig_strerror(error));
        }
        expect_ok(hostile_broker_check(hostile, &diagnostic), &diagnostic);
    }
    assert_int_equal(device->heard_size, size);
}

static struct hostile_broker *start_hostile(const struct broker *broker)
{
    struct hostile_broker *hostile = NULL;
    struct diagnostic diagnostic = {""};

    expect_ok(hostile_broker_start(broker, in_time(), &hostile, &diagnostic), &diagnostic);
    return hostile;
}

static void test_any_bytes_reach_the_device(void **state)
{
    static struct device device;
    static uint8_t much[MUCH];
    const struct fixture *fixture = *state;
    struct hostile_broker *hostile = start_hostile(fixture->broker);
    struct diagnostic diagnostic = {""};

    memset(much, 'B', sizeof(much));
    for (size_t i = 1; i <= 2; i++) {
        device_connect(&device, fixture->broker, true);
        /* A part of the packet is no connection yet. */
        device_say(&device, connect_packet, sizeof(connect_packet) - 1);
        assert_int_equal(
            hostile_broker_wait_connect(hostile, i, process_clock_ms() + SHORT_MS, &diagnostic),
            RIG_ERROR_TIMEOUT);
        device_say(&device, connect_packet + sizeof(connect_packet) - 1, 1);
        expect_ok(hostile_broker_wait_connect(hostile, i, in_time(), &diagnostic), &diagnostic);
        assert_int_equal(hostile_broker_connects(hostile), i);
        expect_ok(hostile_broker_send(hostile, nonsense, sizeof(nonsense), in_time(), &diagnostic),
                  &diagnostic);
        expect_heard(&device, hostile, sizeof(nonsense));
        assert_memory_equal(device.heard, nonsense, sizeof(nonsense));
        device_leave(&device);
    }
    device_connect(&device, fixture->broker, true);
    device_say(&device, connect_packet, sizeof(connect_packet));
    expect_ok(hostile_broker_wait_connect(hostile, 3, in_time(), &diagnostic), &diagnostic);
    expect_ok(hostile_broker_send(hostile, much, sizeof(much) / 2, in_time(), &diagnostic),
              &diagnostic);
    expect_heard(&device, hostile, sizeof(much) / 2);
    assert_memory_equal(device.heard, much, sizeof(much) / 2);
    device_leave(&device);
    hostile_broker_destroy(hostile);
}

static void test_what_the_device_said_is_kept(void **state)
{
    static struct device device;
    const struct fixture *fixture = *state;
    struct hostile_broker *hostile = start_hostile(fixture->broker);
    struct diagnostic diagnostic = {""};
    const uint8_t *received;
    size_t size = 0;

    device_connect(&device, fixture->broker, true);
    device_say(&device, connect_packet, sizeof(connect_packet));
    expect_ok(hostile_broker_wait_connect(hostile, 1, in_time(), &diagnostic), &diagnostic);
    received = hostile_broker_received(hostile, &size);
    assert_int_equal(size, sizeof(connect_packet));
    assert_memory_equal(received, connect_packet, size);
    device_leave(&device);
    hostile_broker_destroy(hostile);
    start_broker(fixture->broker, BROKER_GENUINE); /* the place is free again */
}

static void test_a_device_without_certificate_is_no_connection(void **state)
{
    static struct device device;
    const struct fixture *fixture = *state;
    struct hostile_broker *hostile = start_hostile(fixture->broker);
    struct diagnostic diagnostic = {""};

    device_connect(&device, fixture->broker, false);
    device_say(&device, connect_packet, sizeof(connect_packet));
    expect_ok(process_wait(device.process, in_time(), &diagnostic), &diagnostic); /* sent away */
    assert_int_equal(
        hostile_broker_wait_connect(hostile, 1, process_clock_ms() + SHORT_MS, &diagnostic),
        RIG_ERROR_TIMEOUT);
    assert_non_null(strstr(diagnostic.text, hostile_broker_log_path(hostile)));
    device_leave(&device);
    hostile_broker_destroy(hostile);
}

static void test_a_broker_that_runs_keeps_its_place(void **state)
{
    const struct fixture *fixture = *state;
    struct hostile_broker *hostile = NULL;
    struct diagnostic diagnostic = {""};

    start_broker(fixture->broker, BROKER_GENUINE);
    assert_int_equal(hostile_broker_start(fixture->broker, in_time(), &hostile, &diagnostic),
                     RIG_ERROR_USAGE);
    assert_null(hostile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_any_bytes_reach_the_device, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_what_the_device_said_is_kept, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_device_without_certificate_is_no_connection,
                                        fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_broker_that_runs_keeps_its_place, fixture_set_up,
                                        fixture_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
