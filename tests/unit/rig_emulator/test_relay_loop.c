/* The relay as a process, between sockets of the test: it plays the rig, and both sides of QEMU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <signal.h>

#include <cmocka.h>

#include "emulator/frame_reader.h"
#include "emulator/link_relay_message.h"
#include "emulator/relay_loop.h"

enum {
    LIMIT_MS = 20000, /* far more than any step here needs */
    FLOOD = 500,      /* frames of the longest kind: more than any buffer holds */
    FRAME_SIZE = 64,
};

struct bench {
    pid_t relay;
    int control;
    int from[RELAY_DIRECTIONS]; /* where the test sends frames */
    int to[RELAY_DIRECTIONS];   /* where they come out */
    uint32_t number;
};

static void limit_waits(int descriptor)
{
    const struct timeval limit = {LIMIT_MS / 1000, 0};

    assert_int_equal(setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)), 0);
    assert_int_equal(setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
}

/* Opens a pair, and returns the test's end; the relay's is *its. */
static int open_pair(int type, int *its)
{
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, type, 0, ends), 0);
    limit_waits(ends[0]);
    *its = ends[1];
    return ends[0];
}

static void close_ours(const struct bench *bench)
{
    (void)close(bench->control);
    for (int i = 0; i < RELAY_DIRECTIONS; i++) {
        (void)close(bench->from[i]);
        (void)close(bench->to[i]);
    }
}

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    struct relay_sockets sockets;

    assert_non_null(bench);
    bench->control = open_pair(SOCK_SEQPACKET, &sockets.control);
    for (int i = 0; i < RELAY_DIRECTIONS; i++) {
        bench->from[i] = open_pair(SOCK_STREAM, &sockets.from[i]);
        bench->to[i] = open_pair(SOCK_STREAM, &sockets.to[i]);
    }
    bench->relay = fork();
    if (bench->relay == 0) {
        struct diagnostic diagnostic;

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        close_ours(bench);
        _exit(-relay_run(&sockets, &diagnostic));
    }
    assert_true(bench->relay > 0);
    (void)close(sockets.control);
    for (int i = 0; i < RELAY_DIRECTIONS; i++) {
        (void)close(sockets.from[i]);
        (void)close(sockets.to[i]);
    }
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    if (bench->relay > 0) {
        (void)kill(bench->relay, SIGKILL);
        (void)waitpid(bench->relay, NULL, 0);
    }
    close_ours(bench);
    free(bench);
    return 0;
}

/* Waits for the relay's end, and returns the error code that it ended with. */
static int end_of_relay(struct bench *bench)
{
    int status = 0;

    assert_int_equal(waitpid(bench->relay, &status, 0), bench->relay); /* bounded by ctest */
    bench->relay = 0;
    assert_true(WIFEXITED(status));
    return -WEXITSTATUS(status);
}

static struct net_weather_counters order(struct bench *bench, const struct net_weather *weather)
{
    struct link_relay_order order;
    struct link_relay_report report;

    memset(&order, 0, sizeof(order));
    order.number = ++bench->number;
    if (weather != NULL) {
        order.set_weather = 1;
        order.weather = *weather;
    }
    assert_int_equal(send(bench->control, &order, sizeof(order), 0), sizeof(order));
    assert_int_equal(recv(bench->control, &report, sizeof(report), 0), sizeof(report));
    assert_int_equal(report.number, order.number);
    return report.counters;
}

static void send_bytes(int descriptor, const uint8_t *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        const ssize_t count = send(descriptor, bytes + done, size - done, MSG_NOSIGNAL);

        assert_true(count > 0);
        done += (size_t)count;
    }
}

static void send_frame(const struct bench *bench, int direction, uint8_t fill)
{
    uint8_t bytes[FRAME_HEADER + FRAME_SIZE];

    frame_header(bytes, FRAME_SIZE);
    memset(bytes + FRAME_HEADER, fill, FRAME_SIZE);
    send_bytes(bench->from[direction], bytes, sizeof(bytes));
}

/* The next frame must be this one. */
static void expect_frame(const struct bench *bench, int direction, uint8_t fill)
{
    uint8_t bytes[FRAME_HEADER + FRAME_SIZE];
    uint8_t expected[FRAME_HEADER + FRAME_SIZE];

    frame_header(expected, FRAME_SIZE);
    memset(expected + FRAME_HEADER, fill, FRAME_SIZE);
    assert_int_equal(recv(bench->to[direction], bytes, sizeof(bytes), MSG_WAITALL), sizeof(bytes));
    assert_memory_equal(bytes, expected, sizeof(bytes));
}

/* Waits until so many frames came. */
static struct net_weather_counters expect_count(struct bench *bench, uint64_t frames)
{
    struct net_weather_counters counters = order(bench, NULL);

    while (counters.frames < frames) { /* bounded by ctest; each look is an answer of the relay */
        counters = order(bench, NULL);
    }
    assert_int_equal(counters.frames, frames);
    return counters;
}

static void test_frames_pass_both_ways(void **state)
{
    struct bench *bench = *state;
    struct net_weather_counters counters;

    send_frame(bench, 0, 'a');
    send_frame(bench, 1, 'b');
    expect_frame(bench, 0, 'a');
    expect_frame(bench, 1, 'b');
    counters = order(bench, NULL);
    assert_int_equal(counters.frames, 2);
    assert_int_equal(counters.dropped + counters.corrupted + counters.overrun, 0);
}

/* What is answered is in force, from the next frame on and no longer than it is set. */
static void test_weather_is_in_force_once_it_is_answered(void **state)
{
    struct bench *bench = *state;
    const struct net_weather storm = {.loss_percent = 100};
    const struct net_weather fair = {0};

    (void)order(bench, &storm);
    send_frame(bench, 0, 'a');
    send_frame(bench, 1, 'b');
    assert_int_equal(expect_count(bench, 2).dropped, 2);
    (void)order(bench, &fair);
    send_frame(bench, 0, 'c');
    send_frame(bench, 1, 'd');
    expect_frame(bench, 0, 'c'); /* and nothing before */
    expect_frame(bench, 1, 'd');
    assert_int_equal(order(bench, NULL).dropped, 2);
}

static void test_damage_is_counted(void **state)
{
    struct bench *bench = *state;
    const struct net_weather weather = {.corruption_percent = 100};
    uint8_t bytes[FRAME_HEADER + FRAME_SIZE];
    unsigned changed = 0;

    (void)order(bench, &weather);
    send_frame(bench, 1, 0);
    assert_int_equal(recv(bench->to[1], bytes, sizeof(bytes), MSG_WAITALL), sizeof(bytes));
    for (size_t i = FRAME_HEADER; i < sizeof(bytes); i++) {
        changed += bytes[i] != 0;
    }
    assert_int_equal(changed, 1);
    assert_int_equal(order(bench, NULL).corrupted, 1);
}

/* A sender that would wait for the relay is never held up by a receiver that does not read. */
static void test_a_slow_receiver_loses_frames(void **state)
{
    struct bench *bench = *state;
    const size_t size = FRAME_HEADER + FRAME_MAX;
    uint8_t *bytes = calloc(1, size);
    struct net_weather_counters counters;

    assert_non_null(bytes);
    frame_header(bytes, FRAME_MAX);
    for (int i = 0; i < FLOOD; i++) {
        send_bytes(bench->from[0], bytes, size);
    }
    counters = expect_count(bench, FLOOD);
    assert_in_range(counters.overrun, 1, FLOOD - 1);
    /* The other way is open, and what was kept is whole. */
    send_frame(bench, 1, 'b');
    expect_frame(bench, 1, 'b');
    for (uint64_t i = counters.overrun; i < FLOOD; i++) {
        assert_int_equal(recv(bench->to[0], bytes, size, MSG_WAITALL), size);
        assert_int_equal(bytes[1], FRAME_MAX >> 16);
    }
    send_frame(bench, 0, 'a');
    expect_frame(bench, 0, 'a');
    free(bytes);
}

static void test_a_length_that_is_none_ends_it(void **state)
{
    struct bench *bench = *state;
    const uint8_t header[FRAME_HEADER] = {0xFF, 0xFF, 0xFF, 0xFF};

    send_bytes(bench->from[0], header, sizeof(header));
    assert_int_equal(end_of_relay(bench), RIG_ERROR_BENCH);
}

static void test_an_order_that_is_none_ends_it(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(send(bench->control, "order", 5, 0), 5);
    assert_int_equal(end_of_relay(bench), RIG_ERROR_BENCH);
}

static void test_the_end_of_qemu_ends_it_with_a_report(void **state)
{
    struct bench *bench = *state;
    struct link_relay_report report;

    send_frame(bench, 0, 'a');
    expect_frame(bench, 0, 'a');
    assert_int_equal(shutdown(bench->from[0], SHUT_RDWR), 0);
    assert_int_equal(recv(bench->control, &report, sizeof(report), 0), sizeof(report));
    assert_int_equal(report.number, 0);
    assert_int_equal(report.counters.frames, 1);
    assert_int_equal(end_of_relay(bench), RIG_OK);
}

static void test_the_end_of_the_rig_ends_it(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(shutdown(bench->control, SHUT_RDWR), 0);
    assert_int_equal(end_of_relay(bench), RIG_OK);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_frames_pass_both_ways),
        CASE(test_weather_is_in_force_once_it_is_answered),
        CASE(test_damage_is_counted),
        CASE(test_a_slow_receiver_loses_frames),
        CASE(test_a_length_that_is_none_ends_it),
        CASE(test_an_order_that_is_none_ends_it),
        CASE(test_the_end_of_qemu_ends_it_with_a_report),
        CASE(test_the_end_of_the_rig_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
