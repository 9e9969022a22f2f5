#define _GNU_SOURCE /* SOCK_CLOEXEC with socketpair */
#include "target/hostile_broker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "target/broker_keys.h"
#include "target/broker_tool.h"
#include "target/loopback_port.h"
#include "target/mqtt_scan.h"

enum {
    TURN_MS = 10, /* between two looks at the port */
    ADDRESS_SIZE = 32,
    TEXT_SIZE = 256,
};

struct hostile_broker {
    struct process *process;
    int input; /* what is written here goes to the device; -1: none */
    char *log;
    uint16_t port;
    size_t connects;
    size_t scanned; /* bytes before are done with */
    size_t size;
    uint8_t received[HOSTILE_BROKER_RECEIVED];
};

static void take_bytes(void *context, enum process_stream stream, const char *bytes, size_t size)
{
    struct hostile_broker *hostile = context;
    const size_t room = sizeof(hostile->received) - hostile->size;
    size_t behind;

    if (stream != PROCESS_STDOUT) {
        return;
    }
    if (size > room) {
        size = room;
    }
    memcpy(hostile->received + hostile->size, bytes, size);
    hostile->size += size;
    while ((behind = mqtt_scan_connect(hostile->received, hostile->size, hostile->scanned)) > 0) {
        hostile->scanned = behind;
        hostile->connects++;
    }
}

/* Reads what s_server writes until `until_ms`, or until `watched` is ready; RIG_ERROR_TIMEOUT when
 * there is nothing else to tell. */
static int turn(struct hostile_broker *hostile, struct pollfd *watched, size_t count,
                int64_t until_ms, struct diagnostic *diagnostic)
{
    struct diagnostic waited = {""};
    char how[TEXT_SIZE];
    char line[TEXT_SIZE];
    const char *text;
    size_t size = 0;
    const int error = process_wait_ready(hostile->process, watched, count, until_ms, &waited);

    if (process_end(hostile->process)->outcome != PROCESS_RUNNING) {
        text = process_output(hostile->process, PROCESS_STDERR, &size);
        process_end_describe(process_end(hostile->process), how, sizeof(how));
        broker_tool_last_line(text, size, line, sizeof(line));
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "the hostile broker has ended by itself (%s): %s", how, line);
    }
    if (error != RIG_OK) {
        return diagnostic_fail(diagnostic, error, "%s", waited.text);
    }
    return RIG_OK;
}

/* ---- start ---- */

/* -quiet: bytes from stdin are data, none is a command, and stdout is what the device sent. -state:
 * each step of a handshake on stderr. */
static int launch(struct hostile_broker *hostile, const struct broker *broker, const char *program,
                  int input, struct diagnostic *diagnostic)
{
    static const char certificate[] = BROKER_KEYS_BROKER ".pem";
    static const char key[] = BROKER_KEYS_BROKER ".key";
    static const char authority[] = BROKER_KEYS_AUTHORITY ".pem";
    char address[ADDRESS_SIZE];
    const char *const words[] = {program,     "s_server", "-accept", address,
                                 "-quiet",    "-state",   "-tls1_2", "-cert",
                                 certificate, "-key",     key,       "-CAfile",
                                 authority,   "-Verify",  "1",       "-verify_return_error",
                                 NULL};
    const struct process_options options = {.argv = words,
                                            .working_folder = broker_folder(broker),
                                            .input = input,
                                            .log_path = hostile->log,
                                            .on_bytes = take_bytes,
                                            .on_bytes_context = hostile};

    (void)snprintf(address, sizeof(address), "127.0.0.1:%u", (unsigned)hostile->port);
    return process_start(&options, &hostile->process, diagnostic);
}

static int open_input(struct hostile_broker *hostile, int *other, struct diagnostic *diagnostic)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "no socket for the hostile broker's input: %s", strerror(errno));
    }
    hostile->input = ends[0];
    *other = ends[1];
    return RIG_OK;
}

static int wait_until_served(struct hostile_broker *hostile, int64_t deadline_ms,
                             struct diagnostic *diagnostic)
{
    const struct loopback_port port = {-1, hostile->port};
    int error = RIG_OK;

    while (!loopback_port_is_served(&port)) {
        const int64_t now_ms = process_clock_ms();

        if (deadline_ms != PROCESS_NO_DEADLINE && now_ms >= deadline_ms) {
            return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT,
                                   "the hostile broker does not listen before the deadline");
        }
        error = turn(hostile, NULL, 0, now_ms + TURN_MS, diagnostic);
        if (error != RIG_OK && error != RIG_ERROR_TIMEOUT) {
            return error;
        }
    }
    return hostile_broker_check(hostile, diagnostic);
}

static int start(struct hostile_broker *hostile, const struct broker *broker, int64_t deadline_ms,
                 struct diagnostic *diagnostic)
{
    const struct loopback_port port = {-1, broker_port(broker)};
    char *program = NULL;
    int other = -1;
    int error;

    if (loopback_port_is_served(&port)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "a broker runs: stop it before another takes its place");
    }
    hostile->port = port.number;
    hostile->log = file_join(broker_folder(broker), "hostile.log");
    error = hostile->log != NULL ? broker_tool_find(&broker_tool_openssl, &program, diagnostic)
                                 : RIG_ERROR_NO_MEMORY;
    if (error == RIG_OK) {
        error = open_input(hostile, &other, diagnostic);
    }
    if (error == RIG_OK) {
        error = launch(hostile, broker, program, other, diagnostic);
    }
    if (other >= 0) {
        (void)close(other); /* the child has its own */
    }
    free(program);
    return error == RIG_OK ? wait_until_served(hostile, deadline_ms, diagnostic) : error;
}

int hostile_broker_start(const struct broker *broker, int64_t deadline_ms,
                         struct hostile_broker **hostile, struct diagnostic *diagnostic)
{
    struct hostile_broker *made = calloc(1, sizeof(*made));
    int error;

    *hostile = NULL;
    if (made == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    made->input = -1;
    error = start(made, broker, deadline_ms, diagnostic);
    if (error != RIG_OK) {
        hostile_broker_destroy(made);
        return error;
    }
    *hostile = made;
    return RIG_OK;
}

void hostile_broker_destroy(struct hostile_broker *hostile)
{
    if (hostile == NULL) {
        return;
    }
    process_destroy(hostile->process);
    if (hostile->input >= 0) {
        (void)close(hostile->input);
    }
    free(hostile->log);
    free(hostile);
}

/* ---- use ---- */

int hostile_broker_check(struct hostile_broker *hostile, struct diagnostic *diagnostic)
{
    const int error = turn(hostile, NULL, 0, process_clock_ms(), diagnostic);

    return error == RIG_ERROR_TIMEOUT ? RIG_OK : error;
}

int hostile_broker_wait_connect(struct hostile_broker *hostile, size_t connects,
                                int64_t deadline_ms, struct diagnostic *diagnostic)
{
    for (;;) {
        const int64_t now_ms = process_clock_ms();
        const bool is_late = deadline_ms != PROCESS_NO_DEADLINE && now_ms >= deadline_ms;
        const int error = turn(hostile, NULL, 0, is_late ? now_ms : now_ms + TURN_MS, diagnostic);

        if (error != RIG_OK && error != RIG_ERROR_TIMEOUT) {
            return error;
        }
        if (hostile->connects >= connects) {
            return RIG_OK;
        }
        if (is_late) {
            return diagnostic_fail(
                diagnostic, RIG_ERROR_TIMEOUT,
                "%zu of %zu MQTT connections have come to the hostile broker; its log is %s",
                hostile->connects, connects, hostile->log);
        }
    }
}

size_t hostile_broker_connects(const struct hostile_broker *hostile)
{
    return hostile->connects;
}

int hostile_broker_send(struct hostile_broker *hostile, const void *bytes, size_t size,
                        int64_t deadline_ms, struct diagnostic *diagnostic)
{
    size_t sent = 0;

    while (sent < size) {
        struct pollfd watched = {hostile->input, POLLOUT, 0};
        const int error = turn(hostile, &watched, 1, deadline_ms, diagnostic);
        ssize_t count;

        if (error != RIG_OK) {
            return error;
        }
        count = send(hostile->input, (const uint8_t *)bytes + sent, size - sent,
                     MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN && errno != EINTR) {
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                   "the hostile broker takes no more bytes: %s", strerror(errno));
        }
        sent += count > 0 ? (size_t)count : 0;
    }
    return RIG_OK;
}

const uint8_t *hostile_broker_received(const struct hostile_broker *hostile, size_t *size)
{
    *size = hostile->size;
    return hostile->received;
}

const char *hostile_broker_log_path(const struct hostile_broker *hostile)
{
    return hostile->log;
}
