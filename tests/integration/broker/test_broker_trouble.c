/* test_broker_trouble.c - the broker when something is wrong, and what stands in its place. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "device_client.h"
#include "target/broker_peer.h"
#include "target/broker_tool.h"
#include "target/loopback_port.h"

enum {
    SHORT_MS = 300, /* for what must not happen */
    ATTEMPTS = 3,
};

/* ---- a broker that dies ---- */

static void wait_for_trouble(struct broker *broker, struct diagnostic *diagnostic)
{
    const int64_t deadline_ms = in_time();
    int error;

    while ((error = broker_check(broker, diagnostic)) == RIG_OK) {
        assert_true(process_clock_ms() < deadline_ms);
        (void)poll(NULL, 0, 1);
    }
    assert_int_equal(error, RIG_ERROR_BENCH);
}

static void test_a_dead_broker_is_noticed(void **state)
{
    const struct fixture *fixture = *state;
    struct broker_readings readings;
    struct diagnostic diagnostic = {""};

    start_broker(fixture->broker, BROKER_GENUINE);
    assert_int_equal(kill(find_child("mosquitto"), SIGKILL), 0);
    wait_for_trouble(fixture->broker, &diagnostic);
    assert_non_null(strstr(diagnostic.text, "the broker has ended by itself (signal 9"));
    assert_non_null(strstr(diagnostic.text, broker_log_path(fixture->broker)));
    assert_int_equal(broker_readings(fixture->broker, &readings, &diagnostic), RIG_ERROR_BENCH);
    assert_int_equal(
        broker_publish(fixture->broker, DEVICE_COMMAND, "1", 1, in_time(), &diagnostic),
        RIG_ERROR_BENCH);
    assert_int_equal(broker_freeze(fixture->broker, &diagnostic), RIG_ERROR_BENCH);
    assert_int_equal(broker_stop(fixture->broker, &diagnostic), RIG_ERROR_BENCH);
    start_broker(fixture->broker, BROKER_GENUINE); /* that was said; life goes on */
    expect_ok(broker_check(fixture->broker, &diagnostic), &diagnostic);
}

static void test_a_dead_subscriber_is_noticed(void **state)
{
    const struct fixture *fixture = *state;
    struct diagnostic diagnostic = {""};

    start_broker(fixture->broker, BROKER_GENUINE);
    assert_int_equal(kill(find_child("mosquitto_sub"), SIGKILL), 0);
    wait_for_trouble(fixture->broker, &diagnostic);
    assert_non_null(strstr(diagnostic.text, "subscriber has ended by itself"));
}

static void test_a_broker_that_cannot_start_says_why(void **state)
{
    const struct fixture *fixture = *state;
    struct diagnostic diagnostic = {""};
    char *certificate = file_join(fixture->folder, "broker.pem");

    assert_non_null(certificate);
    expect_ok(file_write(certificate, "x", 1, &diagnostic), &diagnostic);
    free(certificate);
    assert_int_equal(broker_start(fixture->broker, BROKER_GENUINE, in_time(), &diagnostic),
                     RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "ended by itself (exit code"));
    assert_non_null(strstr(diagnostic.text, "Unable to load server certificate"));
}

/* ---- what cannot be ---- */

static void test_impossible_calls_are_refused(void **state)
{
    const struct fixture *fixture = *state;
    static const char *const ids[] = {"", "+", "a/b", "#", "a b", "a\nuser x"};
    struct broker_options options = {
        .folder = fixture->folder, .host_name = "10.0.2.2\n[evil]", .product = "hearth"};
    struct broker *other = NULL;
    struct diagnostic diagnostic = {""};

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        assert_int_equal(broker_admit(fixture->broker, ids[i], &diagnostic), RIG_ERROR_USAGE);
    }
    assert_int_equal(broker_create(&options, &other, &diagnostic), RIG_ERROR_USAGE);
    options.host_name = "10.0.2.2";
    options.product = "hearth/+";
    assert_int_equal(broker_create(&options, &other, &diagnostic), RIG_ERROR_USAGE);
    assert_null(other);
    assert_int_equal(broker_freeze(fixture->broker, &diagnostic), RIG_ERROR_USAGE);
    assert_int_equal(broker_thaw(fixture->broker, &diagnostic), RIG_ERROR_USAGE);
    assert_int_equal(
        broker_publish(fixture->broker, DEVICE_COMMAND, "1", 1, in_time(), &diagnostic),
        RIG_ERROR_USAGE);
    start_broker(fixture->broker, BROKER_GENUINE);
    assert_int_equal(broker_move(fixture->broker, &diagnostic), RIG_ERROR_USAGE);
}

static void test_a_port_that_is_taken_is_refused(void **state)
{
    const struct fixture *fixture = *state;
    struct loopback_port other = LOOPBACK_PORT_NONE;
    struct diagnostic diagnostic = {""};

    assert_int_equal(loopback_port_keep(&other, broker_port(fixture->broker), &diagnostic),
                     RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "another program uses it"));
    loopback_port_release(&other);
}

static void test_a_missing_program_names_its_package(void **state)
{
    const struct broker_tool tool = {"no-such-program", "some-package"};
    struct diagnostic diagnostic = {""};
    char *path = NULL;
    (void)state;

    assert_int_equal(broker_tool_find(&tool, &path, &diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "install the package some-package"));
}

/* ---- somebody in the broker's place ---- */

static int call(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(descriptor >= 0);
    assert_int_equal(connect(descriptor, (const struct sockaddr *)&address, sizeof(address)), 0);
    return descriptor;
}

static void test_a_peer_resets_and_records(void **state)
{
    const struct fixture *fixture = *state;
    struct broker_peer peer;
    struct diagnostic diagnostic = {""};
    char byte;

    start_broker(fixture->broker, BROKER_GENUINE);
    assert_int_equal(broker_peer_open(&peer, broker_port(fixture->broker), PEER_RESET, &diagnostic),
                     RIG_ERROR_BENCH); /* the broker is there */
    broker_peer_close(&peer);
    stop_broker(fixture->broker);
    expect_ok(broker_peer_open(&peer, broker_port(fixture->broker), PEER_RESET, &diagnostic),
              &diagnostic);
    assert_int_equal(broker_peer_pump(&peer, process_clock_ms() + SHORT_MS, &diagnostic),
                     RIG_ERROR_TIMEOUT);
    for (size_t i = 0; i < ATTEMPTS; i++) {
        const int64_t before_ms = process_clock_ms();
        const int caller = call(broker_port(fixture->broker));

        expect_ok(broker_peer_pump(&peer, in_time(), &diagnostic), &diagnostic);
        assert_int_equal(peer.attempts, i + 1);
        assert_in_range(peer.attempted_ms[i], before_ms, process_clock_ms());
        assert_int_equal(recv(caller, &byte, 1, 0), -1);
        assert_int_equal(errno, ECONNRESET);
        (void)close(caller);
    }
    broker_peer_close(&peer);
    assert_int_equal(peer.attempts, ATTEMPTS);
    start_broker(fixture->broker, BROKER_GENUINE); /* the place is free again */
}

static void test_a_peer_stays_silent(void **state)
{
    const struct fixture *fixture = *state;
    struct broker_peer peer;
    struct diagnostic diagnostic = {""};
    int first;
    int last = -1;
    char byte;

    expect_ok(broker_peer_open(&peer, broker_port(fixture->broker), PEER_SILENT, &diagnostic),
              &diagnostic);
    first = call(broker_port(fixture->broker));
    expect_ok(broker_peer_pump(&peer, in_time(), &diagnostic), &diagnostic);
    assert_int_equal(send(first, "hello?", 6, MSG_NOSIGNAL), 6);
    assert_int_equal(recv(first, &byte, 1, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
    /* One more than are held: the first is let go. */
    for (size_t i = 0; i < BROKER_PEER_HELD; i++) {
        if (last >= 0) {
            (void)close(last);
        }
        last = call(broker_port(fixture->broker));
        expect_ok(broker_peer_pump(&peer, in_time(), &diagnostic), &diagnostic);
    }
    assert_int_equal(peer.attempts, 1 + BROKER_PEER_HELD);
    assert_true(recv(first, &byte, 1, 0) <= 0);
    assert_int_equal(recv(last, &byte, 1, MSG_DONTWAIT), -1);
    broker_peer_close(&peer);
    assert_int_equal(recv(last, &byte, 1, 0), 0);
    (void)close(first);
    (void)close(last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_dead_broker_is_noticed, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_dead_subscriber_is_noticed, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_broker_that_cannot_start_says_why, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_impossible_calls_are_refused, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_port_that_is_taken_is_refused, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test(test_a_missing_program_names_its_package),
        cmocka_unit_test_setup_teardown(test_a_peer_resets_and_records, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_a_peer_stays_silent, fixture_set_up,
                                        fixture_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
