/*
 * Method: qmp_serve() is the only place that reads the socket. It reads once and takes each
 * complete line: an event goes to the queue, the answer to the current command (told by its id) is
 * kept for qmp_execute(), an older command's late answer is dropped. Waiting is the caller's, so
 * that one loop can wait for all that an emulator does.
 */
#include "emulator/qmp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/process.h"
#include "base/stream_socket.h"

enum {
    EXCERPT = 120, /* bytes of a bad line that are shown */
};

struct qmp {
    struct qmp_options options;
    struct stream_socket socket;
    char line[QMP_LINE_LIMIT];
    size_t line_size;
    json_int_t id;    /* of the current command */
    json_t *answer;   /* to the current command; NULL until it came */
    json_t *greeting; /* NULL until it came */
    bool failed;
    struct diagnostic failure; /* said again by each call after it */
};

/* ---- what comes ---- */

static int fail(struct qmp *qmp, struct diagnostic *diagnostic)
{
    qmp->failed = true;
    *diagnostic = qmp->failure;
    return RIG_ERROR_BENCH;
}

static int refuse_line(struct qmp *qmp, const char *why, size_t size, struct diagnostic *diagnostic)
{
    diagnostic_set(
        &qmp->failure,
        "QEMU's monitor sent %s: '%.*s'; this program must be qemu-system-arm 7.2 or later", why,
        (int)(size < EXCERPT ? size : EXCERPT), qmp->line);
    return fail(qmp, diagnostic);
}

static bool is_greeting(const json_t *message)
{
    const json_t *greeting = json_object_get(message, "QMP");

    return json_is_object(json_object_get(greeting, "version")) &&
           json_is_array(json_object_get(greeting, "capabilities"));
}

static bool is_answer(const json_t *message)
{
    const json_t *error = json_object_get(message, "error");

    return json_is_integer(json_object_get(message, "id")) &&
           (error != NULL ? json_is_string(json_object_get(error, "desc"))
                          : json_object_get(message, "return") != NULL);
}

static bool is_event(const json_t *message)
{
    const json_t *data = json_object_get(message, "data");

    return json_is_string(json_object_get(message, "event")) &&
           (data == NULL || json_is_object(data));
}

/* Takes the message in the first `size` bytes of the line buffer. */
static int take_message(struct qmp *qmp, json_t *message, size_t size,
                        struct diagnostic *diagnostic)
{
    json_int_t id = json_integer_value(json_object_get(message, "id"));

    if (qmp->greeting == NULL) {
        if (!is_greeting(message)) {
            return refuse_line(qmp, "no greeting", size, diagnostic);
        }
        qmp->greeting = json_incref(message);
        return RIG_OK;
    }
    if (is_event(message)) {
        return qmp_events_add(qmp->options.events,
                              json_string_value(json_object_get(message, "event")),
                              json_object_get(message, "data"));
    }
    if (!is_answer(message) || id < 1 || id > qmp->id || (id == qmp->id && qmp->answer != NULL)) {
        return refuse_line(qmp, "something that answers no command", size, diagnostic);
    }
    if (id == qmp->id) {
        qmp->answer = json_incref(message);
    }
    return RIG_OK;
}

static int take_line(struct qmp *qmp, size_t size, struct diagnostic *diagnostic)
{
    json_error_t ignored; /* where in the line matters to nobody: the line is shown */
    json_t *message = json_loadb(qmp->line, size, JSON_REJECT_DUPLICATES, &ignored);
    int error;

    if (message == NULL) {
        return refuse_line(qmp, "something that is no JSON", size, diagnostic);
    }
    error = take_message(qmp, message, size, diagnostic);
    json_decref(message);
    return error;
}

static int take_lines(struct qmp *qmp, struct diagnostic *diagnostic)
{
    char *newline = memchr(qmp->line, '\n', qmp->line_size);

    while (newline != NULL) {
        size_t size = (size_t)(newline - qmp->line);
        int error = take_line(qmp, size, diagnostic);

        if (error != RIG_OK) {
            return error;
        }
        qmp->line_size -= size + 1;
        memmove(qmp->line, newline + 1, qmp->line_size);
        newline = memchr(qmp->line, '\n', qmp->line_size);
    }
    if (qmp->line_size == sizeof(qmp->line)) {
        return refuse_line(qmp, "a line without end", qmp->line_size, diagnostic);
    }
    return RIG_OK;
}

int qmp_serve(struct qmp *qmp, struct diagnostic *diagnostic)
{
    if (qmp->failed) {
        return fail(qmp, diagnostic);
    }
    stream_socket_flush(&qmp->socket);
    qmp->line_size += stream_socket_read(&qmp->socket, qmp->line + qmp->line_size,
                                         sizeof(qmp->line) - qmp->line_size);
    return take_lines(qmp, diagnostic);
}

struct pollfd qmp_poll(const struct qmp *qmp)
{
    struct pollfd polled = stream_socket_poll(&qmp->socket);

    polled.fd = qmp->failed ? -1 : polled.fd;
    return polled;
}

bool qmp_ended(const struct qmp *qmp)
{
    return qmp->socket.closed;
}

/* ---- waiting ---- */

/* The wait of a connection that has no loop of its own. */
static int wait_for_socket(void *context, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct qmp *qmp = context;
    struct pollfd polled[] = {qmp_poll(qmp), {interrupt_descriptor(), POLLIN, 0}};
    int ready;

    if (interrupt_requested()) {
        return diagnostic_fail(diagnostic, RIG_ERROR_INTERRUPTED, "interrupted");
    }
    if (qmp_ended(qmp)) {
        return RIG_ERROR_TIMEOUT; /* nothing will come */
    }
    ready = poll(polled, 2, process_poll_timeout(deadline_ms));
    if (ready < 0 && errno != EINTR) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot wait for QEMU: poll: %s",
                               strerror(errno));
    }
    if (ready == 0) {
        return RIG_ERROR_TIMEOUT;
    }
    return polled[0].revents != 0 && ready > 0 ? qmp_serve(qmp, diagnostic) : RIG_OK;
}

/* Waits until *awaited is set. */
static int wait_for(struct qmp *qmp, json_t *const *awaited, int64_t deadline_ms,
                    struct diagnostic *diagnostic)
{
    while (*awaited == NULL) {
        int error = qmp->failed
                        ? fail(qmp, diagnostic)
                        : qmp->options.wait(qmp->options.wait_context, deadline_ms, diagnostic);

        if (error == RIG_OK && *awaited == NULL && process_poll_timeout(deadline_ms) == 0) {
            error = RIG_ERROR_TIMEOUT; /* events without end must not extend it */
        }
        if (error == RIG_ERROR_TIMEOUT && qmp_ended(qmp)) {
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "QEMU closed its monitor");
        }
        if (error == RIG_ERROR_TIMEOUT) {
            return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT,
                                   "QEMU's monitor did not %s before the deadline",
                                   qmp->greeting == NULL ? "greet" : "answer");
        }
        if (error != RIG_OK) {
            return error;
        }
    }
    return RIG_OK;
}

/* ---- commands ---- */

/* Makes the command the current one and sends it. Takes over the arguments. */
static int send_command(struct qmp *qmp, const struct qmp_command *command)
{
    json_t *message = json_pack("{s:s, s:I}", "execute", command->name, "id", qmp->id + 1);
    char *text = NULL;
    int error = RIG_OK;

    if (command->arguments != NULL &&
        (message == NULL || json_object_set(message, "arguments", command->arguments) != 0)) {
        error = RIG_ERROR_NO_MEMORY;
    }
    text = error == RIG_OK && message != NULL ? json_dumps(message, JSON_COMPACT) : NULL;
    json_decref(message);
    json_decref(command->arguments);
    if (text == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    qmp->id++;
    json_decref(qmp->answer);
    qmp->answer = NULL;
    error = stream_socket_send(&qmp->socket, text, strlen(text)); /* needs no newline */
    free(text);
    return error;
}

static int read_answer(const struct qmp *qmp, const struct qmp_command *command,
                       struct diagnostic *diagnostic)
{
    const json_t *refusal = json_object_get(qmp->answer, "error");

    if (refusal != NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "QEMU refuses '%s': %s", command->name,
                               json_string_value(json_object_get(refusal, "desc")));
    }
    if (command->value != NULL) {
        *command->value = json_incref(json_object_get(qmp->answer, "return"));
    }
    return RIG_OK;
}

int qmp_execute(struct qmp *qmp, const struct qmp_command *command, int64_t deadline_ms,
                struct diagnostic *diagnostic)
{
    int error = send_command(qmp, command);

    if (error == RIG_OK) {
        error = wait_for(qmp, &qmp->answer, deadline_ms, diagnostic);
    }
    return error == RIG_OK ? read_answer(qmp, command, diagnostic) : error;
}

int qmp_connect(struct qmp *qmp, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const struct qmp_command capabilities = {"qmp_capabilities", NULL, NULL};
    int error = wait_for(qmp, &qmp->greeting, deadline_ms, diagnostic);

    return error == RIG_OK ? qmp_execute(qmp, &capabilities, deadline_ms, diagnostic) : error;
}

int qmp_create(const struct qmp_options *options, struct qmp **qmp)
{
    struct qmp *made = calloc(1, sizeof(*made));

    if (made == NULL) {
        (void)close(options->descriptor);
        return RIG_ERROR_NO_MEMORY;
    }
    made->options = *options;
    stream_socket_open(&made->socket, options->descriptor);
    if (options->wait == NULL) {
        made->options.wait = wait_for_socket;
        made->options.wait_context = made;
    }
    *qmp = made;
    return RIG_OK;
}

void qmp_destroy(struct qmp *qmp)
{
    if (qmp == NULL) {
        return;
    }
    stream_socket_close(&qmp->socket);
    json_decref(qmp->answer);
    json_decref(qmp->greeting);
    free(qmp);
}
