/*
 * Method: readings must not be lost behind the device, else the device would be blamed. So the first
 * start makes the subscriber's session before any device can connect, and has it saved; each later
 * start knows it, and keeps what comes before the subscriber is back. A broker that is killed has
 * handed the subscriber all that it acknowledged (broker_subscriber.c), and the subscriber is never
 * killed with it.
 */
#define _XOPEN_SOURCE 700 /* waitid, WSTOPPED */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/process.h"
#include "target/broker.h"
#include "target/broker_files.h"
#include "target/broker_keys.h"
#include "target/broker_state.h"
#include "target/broker_tool.h"

enum {
    TURN_MS = 10,           /* between two looks at a condition */
    SIGNAL_LIMIT_MS = 5000, /* for the kernel to stop a process */
    TEXT_SIZE = 256,
};

/* Its last error, as it may give details after that; else its last line. Returns the size of the log
 * up to the end of that line. */
static size_t find_last_words(const char *log, size_t size)
{
    static const char mark[] = "\nError: ";
    const size_t mark_size = sizeof(mark) - 1;

    for (size_t at = size; at >= mark_size; at--) {
        const char *error = log + at - mark_size;

        if (memcmp(error, mark, mark_size) == 0) {
            const char *end = memchr(error + 1, '\n', (size_t)(log + size - error - 1));

            return end != NULL ? (size_t)(end - log) : size;
        }
    }
    return size;
}

/* The broker has ended, though nobody asked it to. Before it has a log it complains on stderr. */
static int report_end(const struct broker *broker, struct diagnostic *diagnostic)
{
    struct file_content log = {0};
    struct diagnostic ignored = {""}; /* there may be no log yet */
    char how[TEXT_SIZE];
    char line[TEXT_SIZE];
    size_t size = 0;
    const char *text = process_output(broker->process, PROCESS_STDERR, &size);

    if (file_read(broker->log, BROKER_FILES_LOG_LIMIT, &log, &ignored) == RIG_OK && log.size > 0) {
        text = (const char *)log.bytes;
        size = find_last_words(text, log.size);
    }
    process_end_describe(process_end(broker->process), how, sizeof(how));
    broker_tool_last_line(text, size, line, sizeof(line));
    file_content_free(&log);
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                           "the broker has ended by itself (%s): %s; its log is %s", how, line,
                           broker->log);
}

/* Lets time pass until `until_ms` at the latest; RIG_OK while the broker runs. */
static int turn(struct broker *broker, int64_t until_ms, struct diagnostic *diagnostic)
{
    struct diagnostic waited = {""};
    int error;

    if (broker->process != NULL) {
        error = process_wait(broker->process, until_ms, &waited);
        if (error == RIG_OK) {
            return report_end(broker, diagnostic);
        }
        if (error != RIG_ERROR_TIMEOUT) {
            return diagnostic_fail(diagnostic, error, "%s", waited.text);
        }
    }
    return broker->subscriber != NULL ? broker_subscriber_check(broker->subscriber, diagnostic)
                                      : RIG_OK;
}

int broker_check(struct broker *broker, struct diagnostic *diagnostic)
{
    return turn(broker, process_clock_ms(), diagnostic);
}

/* What is waited for. */
struct condition {
    int (*holds)(struct broker *broker, const struct condition *condition, bool *is_so,
                 struct diagnostic *diagnostic);
    const char *name;
    const char *text; /* in the log ... */
    size_t before;    /* ... more often than this */
};

static int wait_until(struct broker *broker, const struct condition *condition, int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    for (;;) {
        const int64_t now_ms = process_clock_ms();
        const bool is_late = deadline_ms != PROCESS_NO_DEADLINE && now_ms >= deadline_ms;
        bool is_so = false;
        int error = condition->holds(broker, condition, &is_so, diagnostic);

        if (error != RIG_OK || is_so) {
            return error;
        }
        error = turn(broker, is_late ? now_ms : now_ms + TURN_MS, diagnostic);
        if (error != RIG_OK) {
            return error;
        }
        if (is_late) {
            return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT,
                                   "the broker %s before the deadline; its log is %s",
                                   condition->name, broker->log);
        }
    }
}

static int is_logged(struct broker *broker, const struct condition *condition, bool *is_so,
                     struct diagnostic *diagnostic)
{
    size_t count = 0;
    int error = broker_log_count(broker, condition->text, &count, diagnostic);

    *is_so = count > condition->before;
    return error;
}

static int is_saved(struct broker *broker, const struct condition *condition, bool *is_so,
                    struct diagnostic *diagnostic)
{
    (void)condition;
    (void)diagnostic;
    *is_so = broker_files_exist(broker->folder, BROKER_FILES_SESSIONS);
    return RIG_OK;
}

/* Asks without waiting and without reaping: its end is process.h's to see. */
static int is_frozen(struct broker *broker, const struct condition *condition, bool *is_so,
                     struct diagnostic *diagnostic)
{
    siginfo_t state = {0};

    (void)condition;
    if (waitid(P_PID, (id_t)process_id(broker->process), &state,
               WSTOPPED | WEXITED | WNOHANG | WNOWAIT) != 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "the broker's state is unknown: %s",
                               strerror(errno));
    }
    *is_so = state.si_pid != 0 && state.si_code == CLD_STOPPED;
    return RIG_OK;
}

static int send_signal(const struct broker *broker, int number, struct diagnostic *diagnostic)
{
    if (broker->process == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "the broker does not run");
    }
    if (process_end(broker->process)->outcome != PROCESS_RUNNING) {
        return report_end(broker, diagnostic); /* its number may be another's by now */
    }
    return kill(process_id(broker->process), number) == 0
               ? RIG_OK
               : diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "no signal to the broker: %s",
                                 strerror(errno));
}

/* ---- start ---- */

static int launch(struct broker *broker, const struct broker_files_listener *listener,
                  struct diagnostic *diagnostic)
{
    const char *const words[] = {broker->program, "-c", BROKER_FILES_CONFIGURATION, NULL};
    const struct process_options options = {.argv = words, .working_folder = broker->folder};
    int error = broker_files_configure(broker->folder, listener, diagnostic);

    return error == RIG_OK ? process_start(&options, &broker->process, diagnostic) : error;
}

static int start_subscriber(struct broker *broker, struct diagnostic *diagnostic)
{
    int error =
        broker_subscriber_start(broker->folder, broker->product, &broker->subscriber, diagnostic);

    return error == RIG_OK && broker->topic != NULL
               ? broker_subscriber_expect(broker->subscriber, broker->topic)
               : error;
}

/* Starts the broker and waits until the subscriber is there; he is started when there is none. The
 * broker says that it runs once all its listeners are open. */
static int launch_and_subscribe(struct broker *broker, const struct broker_files_listener *listener,
                                int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct condition running = {is_logged, "does not run", " running\n", 0};
    struct condition subscribed = {is_logged, "has no subscriber", broker->subscribed, 0};
    int error = broker_log_count(broker, running.text, &running.before, diagnostic);

    if (error == RIG_OK) {
        error = broker_log_count(broker, subscribed.text, &subscribed.before, diagnostic);
    }
    if (error == RIG_OK) {
        error = launch(broker, listener, diagnostic);
    }
    if (error == RIG_OK) {
        error = wait_until(broker, &running, deadline_ms, diagnostic);
    }
    if (error == RIG_OK && broker->subscriber == NULL) {
        error = start_subscriber(broker, diagnostic);
    }
    return error == RIG_OK ? wait_until(broker, &subscribed, deadline_ms, diagnostic) : error;
}

/* See the method above: nobody listens to the network yet. */
static int make_session(struct broker *broker, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    static const struct condition saved = {is_saved, "does not save its sessions", NULL, 0};
    const struct broker_files_listener nobody = {NULL, 0};
    int error = launch_and_subscribe(broker, &nobody, deadline_ms, diagnostic);

    if (error == RIG_OK) {
        error = send_signal(broker, SIGUSR1, diagnostic);
    }
    if (error == RIG_OK) {
        error = wait_until(broker, &saved, deadline_ms, diagnostic);
    }
    return error == RIG_OK ? broker_stop(broker, diagnostic) : error;
}

static const char *certificate_of(enum broker_identity identity)
{
    switch (identity) {
    case BROKER_ROGUE_AUTHORITY:
        return BROKER_KEYS_ROGUE;
    case BROKER_OTHER_NAME:
        return BROKER_KEYS_ELSEWHERE;
    case BROKER_GENUINE:
        break;
    }
    return BROKER_KEYS_BROKER;
}

int broker_start(struct broker *broker, enum broker_identity identity, int64_t deadline_ms,
                 struct diagnostic *diagnostic)
{
    const struct broker_files_listener listener = {certificate_of(identity), broker->port.number};
    struct diagnostic ignored = {""}; /* the first reason counts */
    int error = broker_stop(broker, diagnostic);

    if (error == RIG_OK && !broker_files_exist(broker->folder, BROKER_FILES_SESSIONS)) {
        error = make_session(broker, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        error = launch_and_subscribe(broker, &listener, deadline_ms, diagnostic);
    }
    if (error != RIG_OK) {
        (void)!broker_stop(broker, &ignored);
    }
    return error;
}

int broker_stop(struct broker *broker, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    if (broker->process == NULL) {
        return RIG_OK;
    }
    if (process_end(broker->process)->outcome == PROCESS_RUNNING) {
        error = process_stop(broker->process, 0, diagnostic);
    }
    if (error == RIG_OK && process_end(broker->process)->outcome != PROCESS_STOPPED) {
        error = report_end(broker, diagnostic);
    }
    process_destroy(broker->process);
    broker->process = NULL;
    return error == RIG_OK ? broker_files_remove(broker->folder, BROKER_FILES_SOCKET, diagnostic)
                           : error;
}

int broker_freeze(struct broker *broker, struct diagnostic *diagnostic)
{
    static const struct condition frozen = {is_frozen, "does not stand still", NULL, 0};
    int error = send_signal(broker, SIGSTOP, diagnostic);

    return error == RIG_OK
               ? wait_until(broker, &frozen, process_clock_ms() + SIGNAL_LIMIT_MS, diagnostic)
               : error;
}

int broker_thaw(struct broker *broker, struct diagnostic *diagnostic)
{
    return send_signal(broker, SIGCONT, diagnostic);
}
