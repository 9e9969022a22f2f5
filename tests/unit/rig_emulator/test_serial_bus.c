#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "emulator/serial_bus.h"

enum {
    LIMIT_MS = 20000,
};

struct bench {
    struct serial_bus *bus;
    int device; /* the bus's own master */
    int client;
    struct diagnostic diagnostic;
};

static int set_up(void **state)
{
    static struct bench bench;

    assert_int_equal(serial_bus_create(&bench.bus, &bench.diagnostic), RIG_OK);
    bench.device = serial_bus_descriptor(bench.bus);
    bench.client = open(serial_bus_path(bench.bus), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(bench.client >= 0);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    (void)close(bench->client);
    serial_bus_destroy(bench->bus);
    return 0;
}

static bool readable(int descriptor, int limit_ms)
{
    struct pollfd polled = {descriptor, POLLIN, 0};

    return poll(&polled, 1, limit_ms) == 1 && polled.revents == POLLIN;
}

/* Sends from one descriptor to the other, which must get exactly that. */
static void pass(int from, int to, const char *bytes, size_t size)
{
    char received[64];
    size_t sum = 0;

    assert_int_equal(write(from, bytes, size), size);
    while (sum < size) {
        ssize_t count;

        assert_true(readable(to, LIMIT_MS));
        count = read(to, received + sum, sizeof(received) - sum);
        assert_true(count > 0);
        sum += (size_t)count;
    }
    assert_int_equal(sum, size);
    assert_memory_equal(received, bytes, size);
    assert_false(readable(from, 0)); /* no echo */
}

static void test_every_byte_passes_untouched(void **state)
{
    static const char bytes[] = "\r\n\x03\x04\x11\x13\x1a\x7f\xff\0x\n";
    struct bench *bench = *state;

    pass(bench->client, bench->device, bytes, sizeof(bytes));
    pass(bench->device, bench->client, bytes, sizeof(bytes));
}

static void test_a_client_that_closes_is_no_hang_up(void **state)
{
    struct bench *bench = *state;
    struct pollfd polled = {bench->device, POLLIN, 0};

    (void)close(bench->client);
    assert_int_equal(poll(&polled, 1, 0), 0);
    bench->client = open(serial_bus_path(bench->bus), O_RDWR | O_NOCTTY | O_CLOEXEC);
    pass(bench->client, bench->device, "again", 5);
}

static void test_bytes_under_way_are_dropped(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(write(bench->client, "to the device", 13), 13);
    assert_int_equal(write(bench->device, "to the client", 13), 13);
    assert_true(readable(bench->device, LIMIT_MS));
    assert_true(readable(bench->client, LIMIT_MS));
    assert_int_equal(serial_bus_drop(bench->bus, &bench->diagnostic), RIG_OK);
    assert_false(readable(bench->device, 0));
    assert_false(readable(bench->client, 0));
    pass(bench->client, bench->device, "one", 3);
    pass(bench->device, bench->client, "two", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_byte_passes_untouched, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_client_that_closes_is_no_hang_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bytes_under_way_are_dropped, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
