/* A whole device in the real QEMU: what survives a power cut, and what the guest sees. */
#include "bench.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "emulator/emulator_state.h" /* to ask QEMU itself what it was told */

static int set_up(void **state)
{
    assert_int_equal(bench_set_up(state), 0);
    return interrupt_install();
}

static void cut_power(struct bench *bench)
{
    assert_int_equal(emulator_power_off(bench->emulator, &bench->diagnostic), RIG_OK);
    assert_int_equal(emulator_state(bench->emulator), EMULATOR_OFF);
    bench_assert_no_child();
}

static void power_on(struct bench *bench)
{
    assert_int_equal(emulator_power_on(bench->emulator, bench_deadline(), &bench->diagnostic),
                     RIG_OK);
}

static void send_console(struct bench *bench, const char *text)
{
    assert_int_equal(emulator_send_console(bench->emulator, text, strlen(text), bench_deadline(),
                                           &bench->diagnostic),
                     RIG_OK);
}

/* How often the guest has started, as the flash file says. */
static unsigned flash_count(const struct bench *bench)
{
    struct file_content content = {0};
    struct diagnostic diagnostic;
    unsigned count;

    assert_int_equal(file_read(bench->flash, BENCH_FLASH_SIZE, &content, &diagnostic), RIG_OK);
    count = content.bytes[0];
    file_content_free(&content);
    return count;
}

static void test_console_and_flash_survive_power_cuts(void **state)
{
    struct bench *bench = *state;
    struct file_content log = {0};
    uint64_t position = 0;

    bench_start(bench);
    bench_expect_console(bench, "start 1\n", &position);
    cut_power(bench);
    assert_int_equal(flash_count(bench), 1);
    cut_power(bench); /* once more changes nothing */
    power_on(bench);
    bench_expect_console(bench, "start 2\n", &position);
    power_on(bench); /* so does this */
    cut_power(bench);
    assert_int_equal(flash_count(bench), 2);
    assert_int_equal(emulator_console_position(bench->emulator), position);
    assert_int_equal(file_read(bench->log, 1000, &log, &bench->diagnostic), RIG_OK);
    assert_string_equal((const char *)log.bytes, "start 1\nstart 2\n");
    file_content_free(&log);
}

/* ---- the bus ---- */

static int open_client(const struct bench *bench)
{
    int client = open(emulator_bus_path(bench->emulator), O_RDWR | O_NOCTTY | O_CLOEXEC);

    assert_true(client >= 0);
    return client;
}

static void expect_bytes(int client, const char *bytes)
{
    char received[64];
    size_t sum = 0;

    while (sum < strlen(bytes)) {
        struct pollfd polled = {client, POLLIN, 0};
        ssize_t count;

        assert_int_equal(poll(&polled, 1, BENCH_LIMIT_MS), 1);
        count = read(client, received + sum, sizeof(received) - sum);
        assert_true(count > 0);
        sum += (size_t)count;
    }
    assert_int_equal(sum, strlen(bytes));
    assert_memory_equal(received, bytes, sum);
}

static void expect_echo(int client, const char *bytes)
{
    assert_int_equal(write(client, bytes, strlen(bytes)), strlen(bytes));
    expect_bytes(client, bytes);
}

static void test_the_bus_stays_while_the_device_goes(void **state)
{
    struct bench *bench = *state;
    struct pollfd polled = {-1, POLLIN, 0};
    uint64_t position = 0;
    char *path;

    bench_start(bench);
    path = text_duplicate(emulator_bus_path(bench->emulator));
    polled.fd = open_client(bench);
    expect_echo(polled.fd, "one\r\n\x03\x11");
    /* An answer that the client has not read when the power goes is lost ... */
    assert_int_equal(write(polled.fd, "unread", 6), 6);
    assert_int_equal(poll(&polled, 1, BENCH_LIMIT_MS), 1);
    cut_power(bench);
    assert_int_equal(poll(&polled, 1, 0), 0);
    /* ... and so is a question to a device that is off. */
    assert_int_equal(write(polled.fd, "nobody", 6), 6);
    power_on(bench);
    assert_string_equal(emulator_bus_path(bench->emulator), path);
    bench_expect_console(bench, "start 2", &position);
    expect_echo(polled.fd, "two");
    (void)close(polled.fd);
    polled.fd = open_client(bench); /* another client, after one that hung up */
    expect_echo(polled.fd, "three");
    (void)close(polled.fd);
    free(path);
}

/* ---- reset, network, sensor ---- */

static void test_a_reset_is_waited_for(void **state)
{
    struct bench *bench = *state;
    uint64_t position = 0;
    uint64_t events = 0;

    bench_start(bench);
    bench_expect_console(bench, "start 1", &position);
    assert_int_equal(emulator_reset(bench->emulator, bench_deadline(), &bench->diagnostic), RIG_OK);
    bench_expect_console(bench, "start 2", &position);
    assert_int_equal(emulator_wait_event(bench->emulator, "RESET", &events, bench_deadline(),
                                         &bench->diagnostic),
                     RIG_OK);
    assert_int_equal(emulator_event_position(bench->emulator), events);
    assert_int_equal(
        emulator_wait_event(bench->emulator, "RESET", &events, bench_soon(), &bench->diagnostic),
        RIG_ERROR_TIMEOUT);
    assert_string_equal(bench->diagnostic.text, "QEMU did not tell of RESET before the deadline");
}

static void expect_link(struct bench *bench, const char *text)
{
    uint64_t position = emulator_console_position(bench->emulator);

    send_console(bench, "n");
    bench_expect_console(bench, "link ", &position);
    bench_expect_console(bench, "\n", &position);
    position -= strlen(text) + 1;
    bench_expect_console(bench, text, &position);
}

static void set_link(struct bench *bench, bool up)
{
    assert_int_equal(emulator_set_link(bench->emulator, up, bench_deadline(), &bench->diagnostic),
                     RIG_OK);
}

static void test_the_guest_sees_the_cable(void **state)
{
    struct bench *bench = *state;
    uint64_t position = 0;

    bench_start(bench);
    bench_expect_console(bench, "start 1", &position);
    expect_link(bench, "link up");
    set_link(bench, false);
    expect_link(bench, "link down");
    cut_power(bench);
    power_on(bench); /* it stays as it was */
    bench_expect_console(bench, "start 2", &position);
    expect_link(bench, "link down");
    cut_power(bench);
    set_link(bench, true);
    power_on(bench);
    bench_expect_console(bench, "start 3", &position);
    expect_link(bench, "link up");
}

static void expect_temperature(struct bench *bench, int thousandths)
{
    json_t *value = NULL;
    const struct qmp_command get = {
        "qom-get",
        json_pack("{s:s, s:s}", "path", "/machine/peripheral/temp0", "property", "temperature"),
        &value};

    assert_int_equal(qmp_execute(bench->emulator->qmp, &get, bench_deadline(), &bench->diagnostic),
                     RIG_OK);
    assert_int_equal(json_integer_value(value), thousandths);
    json_decref(value);
}

static void test_the_sensor_measures_what_is_set(void **state)
{
    static const int tenths[] = {215, -55, 1279, -1280};
    struct bench *bench = *state;

    bench_start(bench);
    for (size_t i = 0; i < sizeof(tenths) / sizeof(tenths[0]); i++) {
        assert_int_equal(emulator_set_temperature(bench->emulator, tenths[i], bench_deadline(),
                                                  &bench->diagnostic),
                         RIG_OK);
        /* The TMP105 rounds to 1/256 of a degree; these are whole quarters but 127.9. */
        if (tenths[i] % 5 == 0) {
            expect_temperature(bench, tenths[i] * 100);
        }
    }
    cut_power(bench);
    power_on(bench);
    expect_temperature(bench, -128000);
}

/* A listener on the port, or a connection to it; -1 when that cannot be. */
static int use_port(uint16_t port, bool listens)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const struct sockaddr *any = (const struct sockaddr *)&address;
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    int error;

    assert_true(made >= 0);
    assert_int_equal(setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), 0);
    error = listens ? bind(made, any, sizeof(address)) : connect(made, any, sizeof(address));
    if (error != 0 || (listens && listen(made, 1) != 0)) {
        (void)close(made);
        return -1;
    }
    return made;
}

static void test_the_port_is_kept_while_it_is_free(void **state)
{
    struct bench *bench = *state;
    uint16_t port;
    int other;

    bench_start(bench);
    port = emulator_tcp_port(bench->emulator);
    assert_int_not_equal(port, 0);
    other = use_port(port, false);
    assert_true(other >= 0);
    (void)close(other);
    cut_power(bench);
    assert_int_equal(use_port(port, false), -1);
    power_on(bench);
    assert_int_equal(emulator_tcp_port(bench->emulator), port);
    cut_power(bench);
    other = use_port(port, true);
    assert_true(other >= 0);
    power_on(bench);
    assert_int_not_equal(emulator_tcp_port(bench->emulator), port);
    assert_int_not_equal(emulator_tcp_port(bench->emulator), 0);
    (void)close(other);
}

/* ---- ends ---- */

static void test_a_lockup_is_the_guest_s_fault(void **state)
{
    struct bench *bench = *state;
    uint64_t position = 0;

    bench_start(bench);
    bench_expect_console(bench, "start 1", &position);
    send_console(bench, "l");
    assert_int_equal(emulator_wait_console(bench->emulator, "never", &position, bench_deadline(),
                                           &bench->diagnostic),
                     RIG_ERROR_DEVICE);
    assert_non_null(strstr(bench->diagnostic.text, "the guest locked up: qemu: fatal: Lockup"));
    assert_int_equal(emulator_state(bench->emulator), EMULATOR_GUEST_LOCKUP);
    bench_assert_no_child();
    power_on(bench);
    bench_expect_console(bench, "start 2", &position);
}

static void test_a_console_without_end_ends_no_wait_late(void **state)
{
    struct bench *bench = *state;
    uint64_t position = 0;
    int64_t start;

    bench_start(bench);
    bench_expect_console(bench, "start 1", &position);
    send_console(bench, "f");
    bench_expect_console(bench, "flood", &position);
    start = process_clock_ms();
    assert_int_equal(emulator_wait_console(bench->emulator, "never", &position, bench_soon(),
                                           &bench->diagnostic),
                     RIG_ERROR_TIMEOUT);
    assert_in_range(process_clock_ms() - start, BENCH_SHORT_MS, BENCH_LIMIT_MS / 2);
    assert_int_equal(emulator_pump(bench->emulator, bench_deadline(), &bench->diagnostic), RIG_OK);
}

static void test_what_qemu_refuses_is_told_in_its_words(void **state)
{
    struct bench *bench = *state;

    bench->options.machine = "no-such-board";
    bench_create(bench);
    assert_int_equal(emulator_power_on(bench->emulator, bench_deadline(), &bench->diagnostic),
                     RIG_ERROR_BENCH);
    assert_non_null(strstr(bench->diagnostic.text, "QEMU ended by itself, exit code 1: "));
    bench_destroy(bench);
    bench->options.machine = NULL;
    bench->options.sensor = "no-such-bus";
    bench_create(bench);
    assert_int_equal(emulator_power_on(bench->emulator, bench_deadline(), &bench->diagnostic),
                     RIG_ERROR_BENCH);
    assert_non_null(strstr(bench->diagnostic.text, "no-such-bus"));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_console_and_flash_survive_power_cuts),
        CASE(test_the_bus_stays_while_the_device_goes),
        CASE(test_a_reset_is_waited_for),
        CASE(test_the_guest_sees_the_cable),
        CASE(test_the_sensor_measures_what_is_set),
        CASE(test_the_port_is_kept_while_it_is_free),
        CASE(test_a_lockup_is_the_guest_s_fault),
        CASE(test_a_console_without_end_ends_no_wait_late),
        CASE(test_what_qemu_refuses_is_told_in_its_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
