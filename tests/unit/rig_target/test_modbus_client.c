/* The Modbus client against a server that lies, and on terminals that cannot be had. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/process.h"
#include "emulator/serial_bus.h"
#include "target/modbus_client.h"

enum {
    UNIT = 17,
    SHORT_MS = 200,
    LONG_MS = 10000,
    SERVER_S = 60, /* it ends by itself then */
};

/* How the server departs from the honest answer to a request for two input registers. */
enum lie {
    HONEST,
    OTHER_TRANSACTION,
    OTHER_PROTOCOL,
    OTHER_UNIT,
    OTHER_LENGTH,
    OTHER_FUNCTION,
    FEWER_REGISTERS,
    EXCEPTION,
    EXCEPTION_0,
    HALF,
    TWICE, /* the second time with other values */
    CLOSES,
    LIES,
};

static struct diagnostic diagnostic;
static struct modbus_port port;
static pid_t server;

static int64_t in(int64_t milliseconds)
{
    return process_clock_ms() + milliseconds;
}

/* ---- the server ---- */

static void send_answer(int connection, const uint8_t *request, enum lie lie)
{
    uint8_t answer[] = {request[0], request[1], 0, 0, 0, 7, UNIT, 4, 4, 0x12, 0x34, 0x56, 0x78};
    size_t size = sizeof answer;

    answer[1] = (uint8_t)(answer[1] + (lie == OTHER_TRANSACTION));
    answer[3] = lie == OTHER_PROTOCOL;
    answer[5] = (uint8_t)(answer[5] + (lie == OTHER_LENGTH ? 1 : 0));
    answer[6] = (uint8_t)(answer[6] + (lie == OTHER_UNIT));
    answer[7] = lie == OTHER_FUNCTION ? 3 : 4;
    if (lie == FEWER_REGISTERS) {
        answer[5] = 5;
        answer[8] = 2;
        size -= 2;
    } else if (lie == EXCEPTION || lie == EXCEPTION_0) {
        answer[5] = 3;
        answer[7] = 0x84;
        answer[8] = lie == EXCEPTION ? 2 : 0;
        size = 9;
    } else if (lie == HALF) {
        size = 10;
    }
    (void)!send(connection, answer, size, MSG_NOSIGNAL);
    if (lie == TWICE) {
        answer[12]++;
        (void)!send(connection, answer, size, MSG_NOSIGNAL);
    }
}

/* Serves connections, one after the other; the address asked for is the lie. */
static void serve(int listener)
{
    (void)alarm(SERVER_S);
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        uint8_t request[260];

        while (connection >= 0 && recv(connection, request, sizeof request, 0) >= 12) {
            if (request[9] == CLOSES) {
                break;
            }
            send_answer(connection, request, (enum lie)request[9]);
        }
        (void)close(connection);
    }
}

static int start_server(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    port = (struct modbus_port){.exists = true,
                                .kind = MODBUS_TCP,
                                .unit = UNIT,
                                .host = "localhost",
                                .port = ntohs(address.sin_port)};
    server = fork();
    assert_true(server >= 0);
    if (server == 0) {
        serve(listener);
    }
    (void)close(listener);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    (void)kill(server, SIGKILL);
    return waitpid(server, NULL, 0) == server ? 0 : -1;
}

/* ---- lies ---- */

static struct modbus_client *connect_client(void)
{
    struct modbus_client *client = NULL;

    if (modbus_client_open(&port, in(LONG_MS), &client, &diagnostic) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
    return client;
}

static int ask(struct modbus_client *client, enum lie lie, uint16_t values[2], int64_t within)
{
    const struct modbus_registers where = {(uint16_t)lie, 2};

    return modbus_client_read_inputs(client, where, values, in(within), &diagnostic);
}

static void lies_are_caught_and_the_next_answer_counts(void **state)
{
    struct modbus_client *client = connect_client();
    uint16_t values[2];

    (void)state;
    for (int lie = OTHER_TRANSACTION; lie <= FEWER_REGISTERS; lie++) {
        if (ask(client, (enum lie)lie, values, LONG_MS) != RIG_ERROR_DEVICE) {
            fail_msg("lie %d was believed", lie);
        }
        assert_int_equal(modbus_client_exception(client), 0);
        assert_int_equal(ask(client, HONEST, values, LONG_MS), RIG_OK);
        assert_int_equal(values[0], 0x1234);
        assert_int_equal(values[1], 0x5678);
    }
    modbus_client_close(client);
}

static void exceptions_are_told(void **state)
{
    struct modbus_client *client = connect_client();
    uint16_t values[2];

    (void)state;
    assert_int_equal(ask(client, EXCEPTION, values, LONG_MS), RIG_ERROR_DEVICE);
    assert_int_equal(modbus_client_exception(client), 2);
    assert_int_equal(ask(client, EXCEPTION_0, values, LONG_MS), RIG_ERROR_DEVICE);
    assert_int_equal(modbus_client_exception(client), 0);
    modbus_client_close(client);
}

static void a_second_answer_is_not_the_next_one(void **state)
{
    struct modbus_client *client = connect_client();
    uint16_t values[2];

    (void)state;
    for (int i = 0; i < 20; i++) {
        int error = ask(client, TWICE, values, LONG_MS);

        /* It may come before the next request or after: caught by its transaction, at the latest. */
        assert_true(error == RIG_OK || error == RIG_ERROR_DEVICE);
        assert_true(error != RIG_OK || values[1] == 0x5678);
    }
    modbus_client_close(client);
}

static void half_an_answer_is_a_timeout(void **state)
{
    struct modbus_client *client = connect_client();
    const int64_t start = process_clock_ms();
    uint16_t values[2];

    (void)state;
    assert_int_equal(ask(client, HALF, values, SHORT_MS), RIG_ERROR_TIMEOUT);
    assert_in_range(process_clock_ms() - start, SHORT_MS, LONG_MS);
    assert_int_equal(ask(client, HONEST, values, LONG_MS), RIG_OK);
    modbus_client_close(client);
}

static void a_closed_connection_is_seen(void **state)
{
    struct modbus_client *client = connect_client();
    uint16_t values[2];

    (void)state;
    assert_false(modbus_client_is_closed(client));
    assert_int_equal(ask(client, CLOSES, values, LONG_MS), RIG_ERROR_TIMEOUT);
    assert_true(modbus_client_is_closed(client));
    assert_int_equal(ask(client, HONEST, values, LONG_MS), RIG_ERROR_TIMEOUT);
    modbus_client_close(client);
}

static void raw_bytes_go_and_come(void **state)
{
    const uint8_t request[] = {9, 9, 0, 0, 0, 6, UNIT, 4, 0, HONEST, 0, 2};
    struct modbus_client *client = connect_client();
    uint8_t answer[64];
    size_t size;

    (void)state;
    assert_int_equal(
        modbus_client_send_raw(client, request, sizeof request, in(LONG_MS), &diagnostic), RIG_OK);
    assert_int_equal(
        modbus_client_receive_raw(client, answer, sizeof answer, &size, in(LONG_MS), &diagnostic),
        RIG_OK);
    assert_in_range(size, 1, 13);
    assert_int_equal(modbus_client_send_raw(client, request, 1, in(LONG_MS), &diagnostic), RIG_OK);
    for (size = 1; size > 0;) { /* less than a request: the server closes */
        int error = modbus_client_receive_raw(client, answer, sizeof answer, &size, in(LONG_MS),
                                              &diagnostic);

        assert_true(error == (size > 0 ? RIG_OK : RIG_ERROR_TIMEOUT));
    }
    assert_true(modbus_client_is_closed(client));
    modbus_client_close(client);
}

static void nobody_there_is_a_timeout(void **state)
{
    struct modbus_client *client = NULL;
    struct modbus_port nowhere = port;

    (void)stop_server(state);
    assert_int_equal(modbus_client_open(&nowhere, in(LONG_MS), &client, &diagnostic),
                     RIG_ERROR_TIMEOUT);
    assert_null(client);
    nowhere.host = "no such name";
    assert_int_equal(modbus_client_open(&nowhere, in(LONG_MS), &client, &diagnostic),
                     RIG_ERROR_BENCH);
    nowhere.exists = false;
    assert_int_equal(modbus_client_open(&nowhere, in(LONG_MS), &client, &diagnostic),
                     RIG_ERROR_USAGE);
    assert_int_equal(start_server(state), 0); /* for the tear-down */
}

static void an_interrupt_ends_a_wait(void **state)
{
    struct modbus_client *client = connect_client();
    uint16_t values[2];

    (void)state;
    assert_int_equal(interrupt_install(), RIG_OK);
    interrupt_request();
    assert_int_equal(ask(client, HALF, values, LONG_MS), RIG_ERROR_INTERRUPTED);
    assert_int_equal(interrupt_install(), RIG_OK);
    modbus_client_close(client);
}

/* ---- terminals ---- */

static int try_terminal(const char *path, uint32_t baud, struct modbus_client **client)
{
    const struct modbus_port terminal = {
        .exists = true, .kind = MODBUS_RTU, .unit = 1, .path = path, .baud = baud};

    diagnostic_clear(&diagnostic);
    return modbus_client_open(&terminal, in(SHORT_MS), client, &diagnostic);
}

static void a_terminal_that_cannot_be_had(void **state)
{
    struct modbus_client *client = NULL;

    (void)state;
    assert_int_equal(try_terminal("/dev/no-such-terminal", 9600, &client), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "/dev/no-such-terminal: cannot open"));
    assert_int_equal(try_terminal("/dev/no-such-terminal", 0, &client), RIG_ERROR_TIMEOUT);
    assert_int_equal(try_terminal("/dev/null", 9600, &client), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "no terminal"));
    assert_null(client);
}

static bool says(void *context)
{
    return *(const bool *)context;
}

/* That of a USB board: silence is the device's while the bench has switched it off, and nobody's else. */
static void a_terminal_that_went_with_the_power(void **state)
{
    struct modbus_client *client = NULL;
    bool off = true;
    const struct modbus_port terminal = {.exists = true,
                                         .kind = MODBUS_RTU,
                                         .unit = UNIT,
                                         .path = "/dev/no-such-terminal",
                                         .baud = 9600,
                                         .is_off = says,
                                         .context = &off};

    (void)state;
    assert_int_equal(modbus_client_open(&terminal, in(SHORT_MS), &client, &diagnostic),
                     RIG_ERROR_TIMEOUT);
    assert_non_null(strstr(diagnostic.text, "the device is off"));
    off = false;
    assert_int_equal(modbus_client_open(&terminal, in(SHORT_MS), &client, &diagnostic),
                     RIG_ERROR_BENCH);
}

static void another_program_has_the_terminal(void **state)
{
    struct modbus_client *first = NULL;
    struct modbus_client *second = NULL;
    struct serial_bus *bus = NULL;
    const char *path;
    int other;

    (void)state;
    assert_int_equal(serial_bus_create(&bus, &diagnostic), RIG_OK);
    path = serial_bus_path(bus);
    other = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(other >= 0);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(try_terminal(path, 0, &first), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "another program"));
    assert_int_equal(flock(other, LOCK_UN), 0);

    assert_int_equal(try_terminal(path, 0, &first), RIG_OK);
    assert_int_equal(try_terminal(path, 0, &second), RIG_OK); /* of this program */
    modbus_client_close(first);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), -1); /* the second still has it */
    modbus_client_close(second);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
    (void)close(other);
    assert_int_equal(try_terminal(path, 12345, &first), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "12345"));
    serial_bus_destroy(bus);
}

/* ---- the serial line ---- */

/* A request of a client on a bus whose device says `answer`, in a child once the request has come. */
static int ask_bus(const uint8_t *answer, size_t size, uint16_t *value)
{
    const struct modbus_registers where = {0, 1};
    struct modbus_client *client = NULL;
    struct serial_bus *bus = NULL;
    pid_t child;
    int error;

    assert_int_equal(serial_bus_create(&bus, &diagnostic), RIG_OK);
    assert_int_equal(try_terminal(serial_bus_path(bus), 0, &client), RIG_OK);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        uint8_t request[8];
        const int master = serial_bus_descriptor(bus);

        (void)alarm(SERVER_S);
        while (read(master, request, sizeof request) <= 0) {
        }
        (void)!write(master, answer, size);
        (void)pause();
        _exit(0);
    }
    error = modbus_client_read_inputs(client, where, value, in(LONG_MS), &diagnostic);
    (void)kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    modbus_client_close(client);
    serial_bus_destroy(bus);
    return error;
}

static void frames_of_a_serial_line(void **state)
{
    uint8_t frame[] = {1, 4, 2, 0x12, 0x34, 0, 0};
    const uint16_t crc = modbus_crc(frame, 5);
    uint16_t value = 0;

    (void)state;
    frame[5] = (uint8_t)crc;
    frame[6] = (uint8_t)(crc >> 8);
    assert_int_equal(ask_bus(frame, sizeof frame, &value), RIG_OK);
    assert_int_equal(value, 0x1234);
    frame[6] ^= 1;
    assert_int_equal(ask_bus(frame, sizeof frame, &value), RIG_ERROR_DEVICE);
    assert_non_null(strstr(diagnostic.text, "checksum"));
    frame[0] = 2;
    assert_int_equal(ask_bus(frame, sizeof frame, &value), RIG_ERROR_DEVICE);
    assert_non_null(strstr(diagnostic.text, "another unit"));
}

int main(void)
{
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, start_server, stop_server)
    const struct CMUnitTest tests[] = {
        WITH_SERVER(lies_are_caught_and_the_next_answer_counts),
        WITH_SERVER(exceptions_are_told),
        WITH_SERVER(a_second_answer_is_not_the_next_one),
        WITH_SERVER(half_an_answer_is_a_timeout),
        WITH_SERVER(a_closed_connection_is_seen),
        WITH_SERVER(raw_bytes_go_and_come),
        WITH_SERVER(nobody_there_is_a_timeout),
        WITH_SERVER(an_interrupt_ends_a_wait),
        cmocka_unit_test(a_terminal_that_cannot_be_had),
        cmocka_unit_test(a_terminal_that_went_with_the_power),
        cmocka_unit_test(another_program_has_the_terminal),
        cmocka_unit_test(frames_of_a_serial_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
