#include "target/adapter_program.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "target/last_line.h"

enum {
    GOODBYE_MS = 500, /* to end after its stdin was closed, and once more after SIGTERM */
    QUOTED = 120,     /* bytes of an answer that a message quotes, escaped */
};

bool adapter_program_is_started(const struct adapter_program *program)
{
    return program->process != NULL;
}

int adapter_program_start(struct adapter_program *program, struct diagnostic *diagnostic)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot make a socket: %s",
                               strerror(errno));
    }
    const struct process_options options = {
        .argv = (const char *const *)program->command.argv,
        .environment = program->environment,
        .working_folder = program->folder,
        .log_path = program->log_path,
        .input = ends[1],
        .output = ends[1],
    };
    int error = process_start(&options, &program->process, diagnostic);
    (void)close(ends[1]);
    if (error != RIG_OK) {
        (void)close(ends[0]);
        return error;
    }
    program->size = 0;
    stream_socket_open(&program->socket, ends[0]);
    return RIG_OK;
}

void adapter_program_stop(struct adapter_program *program)
{
    struct diagnostic ignored; /* one that cannot be killed hangs in the kernel, out of reach */
    if (program->process == NULL) {
        return;
    }
    stream_socket_close(&program->socket);
    if (process_wait_through(program->process, process_clock_ms() + GOODBYE_MS, &ignored) !=
        RIG_OK) {
        (void)!process_stop(program->process, GOODBYE_MS, &ignored);
    }
    process_destroy(program->process);
    program->process = NULL;
}

static void kill_program(struct adapter_program *program)
{
    stream_socket_close(&program->socket);
    process_destroy(program->process);
    program->process = NULL;
}

/* It ended, or closed its streams, which is as good. */
static int report_end(struct adapter_program *program, struct diagnostic *diagnostic)
{
    char ending[64];
    char said[LAST_LINE_TEXT];
    struct diagnostic ignored; /* it is killed below in any case */
    if (process_wait_through(program->process, process_clock_ms() + GOODBYE_MS, &ignored) !=
        RIG_OK) {
        (void)!process_stop(program->process, 0, &ignored);
    }
    process_end_describe(process_end(program->process), ending, sizeof ending);
    last_line_of(program->process, said);
    kill_program(program);
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                           "adapter program `%s` ended by itself: %s%s%s", program->name, ending,
                           said[0] == '\0' ? "" : ": ", said);
}

int adapter_program_refuse(struct adapter_program *program, const char *wrong,
                           struct diagnostic *diagnostic)
{
    char quoted[QUOTED];
    (void)text_escape(quoted, sizeof quoted, program->line, program->size);
    kill_program(program);
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "adapter program `%s`: %s: `%s`",
                           program->name, wrong, quoted);
}

/* Reads once. True when a whole line is there; *error when there can be none. */
static bool read_line(struct adapter_program *program, int *error, struct diagnostic *diagnostic)
{
    char *from = program->line + program->size;
    size_t count =
        stream_socket_read(&program->socket, from, ADAPTER_PROGRAM_LINE + 1 - program->size);
    char *end = memchr(from, '\n', count);
    program->size += count;
    if (end != NULL) {
        bool is_last = end + 1 == program->line + program->size;
        if (!is_last) {
            *error =
                adapter_program_refuse(program, "more than one line for one request", diagnostic);
            return false;
        }
        program->size--;
        *end = '\0';
        if (memchr(program->line, '\0', program->size) != NULL) {
            *error = adapter_program_refuse(program, "a NUL byte in its answer", diagnostic);
        }
        return *error == RIG_OK;
    }
    if (program->size > ADAPTER_PROGRAM_LINE) {
        *error = adapter_program_refuse(program, "an answer of more than 64 KiB", diagnostic);
    }
    return false;
}

/* What came without a request belongs to no answer. */
static int expect_silence(struct adapter_program *program, struct diagnostic *diagnostic)
{
    program->size = stream_socket_read(&program->socket, program->line, ADAPTER_PROGRAM_LINE);
    if (program->size > 0) {
        return adapter_program_refuse(program, "an answer without a request", diagnostic);
    }
    return program->socket.closed ? report_end(program, diagnostic) : RIG_OK;
}

static int send_line(struct adapter_program *program, const char *request)
{
    int error = stream_socket_send(&program->socket, request, strlen(request));
    return error == RIG_OK ? stream_socket_send(&program->socket, "\n", 1) : error;
}

static int wait_once(struct adapter_program *program, int64_t deadline_ms,
                     struct diagnostic *diagnostic)
{
    struct pollfd polled = stream_socket_poll(&program->socket);
    int error = process_wait_ready(program->process, &polled, 1, deadline_ms, diagnostic);
    stream_socket_flush(&program->socket);
    if (error == RIG_ERROR_TIMEOUT) {
        kill_program(program);
        return diagnostic_fail(
            diagnostic, RIG_ERROR_BENCH,
            "adapter program `%s` did not answer in time and was killed; it must "
            "answer within the `deadline_ms` of each request",
            program->name);
    }
    if (error != RIG_OK) {
        kill_program(program);
    }
    return error;
}

int adapter_program_ask(struct adapter_program *program, const char *request, int64_t deadline_ms,
                        const char **answer, struct diagnostic *diagnostic)
{
    int error = expect_silence(program, diagnostic);
    if (error == RIG_OK && send_line(program, request) != RIG_OK) {
        kill_program(program);
        error = diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
    }
    while (error == RIG_OK) {
        error = wait_once(program, deadline_ms, diagnostic);
        if (error == RIG_OK && read_line(program, &error, diagnostic)) {
            *answer = program->line;
            return RIG_OK;
        }
        if (error == RIG_OK && program->socket.closed) {
            error = report_end(program, diagnostic);
        }
    }
    return error;
}
