/*
 * Method: each child has three descriptors here: a pidfd (pidfd_open(2)) that becomes readable when
 * it ends, and the read ends of its two output pipes. One poll() over all of them, and over the
 * interrupt's descriptor, is the only place that waits. A child that has ended is a zombie until it
 * is reaped, so its process group id cannot be taken by others: the group is killed first, what is
 * left in the pipes is read, and then it is reaped.
 */
#include "base/process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/capture.h"
#include "base/interrupt.h"
#include "base/log_file.h"
#include "base/process_launch.h"

enum {
    READ_SIZE = 64 * 1024,
    DRAIN_LIMIT = 1024 * 1024, /* bytes read after the end, when a stray grandchild keeps writing */
    KILL_DEADLINE_MS = 10000,  /* for a child to go after SIGKILL */
    POLLED = 3,                /* descriptors of one child */
};

struct stream {
    int descriptor; /* -1 once at its end */
    struct capture capture;
    char line[PROCESS_LINE_LIMIT + 1];
    size_t line_size;
};

struct process {
    pid_t pid;
    int pidfd; /* -1 once reaped */
    int log;   /* -1 for none */
    bool stopping;
    int64_t started_ms;
    struct process_end end;
    struct stream streams[PROCESS_STREAMS];
    process_line_function *on_line;
    void *on_line_context;
    process_bytes_function *on_bytes;
    void *on_bytes_context;
};

int64_t process_clock_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail with this clock (clock_gettime(2)) */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int process_poll_timeout(int64_t deadline_ms)
{
    int64_t left = deadline_ms - process_clock_ms();

    if (deadline_ms == PROCESS_NO_DEADLINE) {
        return -1;
    }
    if (left < 0) {
        return 0;
    }
    return left < 3600000 ? (int)left : 3600000;
}

/* ---- streams ---- */

/* Hands complete lines to the callback. What is beyond the line's limit is dropped. */
static void split_lines(struct process *process, enum process_stream which, const char *bytes,
                        size_t size)
{
    struct stream *stream = &process->streams[which];

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != '\n') {
            if (stream->line_size < PROCESS_LINE_LIMIT) {
                stream->line[stream->line_size++] = bytes[i];
            }
            continue;
        }
        stream->line[stream->line_size] = '\0';
        process->on_line(process->on_line_context, which, stream->line, stream->line_size);
        stream->line_size = 0;
    }
}

static void close_descriptor(int *descriptor)
{
    if (*descriptor >= 0) {
        (void)close(*descriptor);
        *descriptor = -1;
    }
}

/* One read of a stream; *size is 0 when there is nothing to read now, or no more. */
static int read_stream(struct process *process, enum process_stream which, size_t *size,
                       struct diagnostic *diagnostic)
{
    struct stream *stream = &process->streams[which];
    char bytes[READ_SIZE];
    ssize_t count = stream->descriptor >= 0 ? read(stream->descriptor, bytes, sizeof(bytes)) : 0;

    *size = 0;
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return RIG_OK;
    }
    if (count <= 0) {
        if (stream->line_size > 0 && process->on_line != NULL) {
            split_lines(process, which, "\n", 1);
        }
        close_descriptor(&stream->descriptor);
        return RIG_OK;
    }
    *size = (size_t)count;
    capture_append(&stream->capture, bytes, *size);
    if (process->on_bytes != NULL) {
        process->on_bytes(process->on_bytes_context, which, bytes, *size);
    }
    if (process->on_line != NULL) {
        split_lines(process, which, bytes, *size);
    }
    return log_file_append(&process->log, bytes, *size, diagnostic);
}

/* ---- the end of a child ---- */

static void decode_status(struct process *process, int status)
{
    struct process_end *end = &process->end;

    end->duration_ms = process_clock_ms() - process->started_ms;
    end->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    end->signal_number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (process->stopping) {
        end->outcome = PROCESS_STOPPED;
    } else {
        end->outcome = WIFSIGNALED(status) ? PROCESS_SIGNALED : PROCESS_EXITED;
    }
}

/* Called once the pidfd says that the child has ended: kills its group, reads the rest, reaps. */
static int finish(struct process *process, struct diagnostic *diagnostic)
{
    int status = 0;
    int result = RIG_OK;
    pid_t reaped;

    (void)kill(-process->pid, SIGKILL);
    for (int which = 0; which < PROCESS_STREAMS; which++) {
        size_t size = 0;
        size_t sum = 0;

        do {
            int error = read_stream(process, (enum process_stream)which, &size, diagnostic);

            result = error != RIG_OK ? error : result;
            sum += size;
        } while (size > 0 && sum < DRAIN_LIMIT);
        close_descriptor(&process->streams[which].descriptor);
        capture_close(&process->streams[which].capture);
    }
    do {
        reaped = waitpid(process->pid, &status, 0);
    } while (reaped < 0 && errno == EINTR);
    if (reaped < 0) {
        result = diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "how a child ended is lost: %s",
                                 strerror(errno));
    }
    close_descriptor(&process->pidfd);
    close_descriptor(&process->log);
    decode_status(process, status);
    return result;
}

/* ---- waiting ---- */

static bool has_ended(const struct process *process)
{
    return process->end.outcome != PROCESS_RUNNING;
}

/* Acts on what poll() said about one child. */
static int serve(struct process *process, const struct pollfd *polled,
                 struct diagnostic *diagnostic)
{
    for (int which = 0; which < PROCESS_STREAMS; which++) {
        size_t size = 0;

        if (polled[1 + which].revents != 0) {
            int error = read_stream(process, (enum process_stream)which, &size, diagnostic);

            if (error != RIG_OK) {
                return error;
            }
        }
    }
    return polled[0].revents != 0 ? finish(process, diagnostic) : RIG_OK;
}

struct wait {
    struct process *const *processes;
    size_t count;
    int64_t deadline_ms;
    bool ignore_interrupt;
    struct pollfd *watched; /* descriptors of the caller, polled beside the children's */
    size_t watched_count;
};

/* Adds the interrupt's descriptor and the caller's after those of the children. */
static nfds_t add_others(const struct wait *wait, struct pollfd *polled, nfds_t used)
{
    polled[used++] =
        (struct pollfd){wait->ignore_interrupt ? -1 : interrupt_descriptor(), POLLIN, 0};
    for (size_t i = 0; i < wait->watched_count; i++) {
        polled[used++] = wait->watched[i];
    }
    return used;
}

/* Polls once and acts on it. RIG_ERROR_TIMEOUT when nothing happened before the deadline. */
static int wait_once(const struct wait *wait, struct diagnostic *diagnostic)
{
    struct pollfd polled[PROCESS_WAIT_MAX * POLLED + 1 + PROCESS_WATCH_MAX];
    nfds_t used = wait->count * POLLED;
    int ready;

    for (size_t i = 0; i < wait->count; i++) {
        const struct process *process = wait->processes[i];
        bool live = process != NULL && !has_ended(process);

        polled[i * POLLED] = (struct pollfd){live ? process->pidfd : -1, POLLIN, 0};
        polled[i * POLLED + 1] =
            (struct pollfd){live ? process->streams[PROCESS_STDOUT].descriptor : -1, POLLIN, 0};
        polled[i * POLLED + 2] =
            (struct pollfd){live ? process->streams[PROCESS_STDERR].descriptor : -1, POLLIN, 0};
    }
    used = add_others(wait, polled, used);
    ready = poll(polled, used, process_poll_timeout(wait->deadline_ms));
    if (ready < 0 && errno != EINTR) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot wait for a child: poll: %s",
                               strerror(errno));
    }
    for (size_t i = 0; ready > 0 && i < wait->watched_count; i++) {
        wait->watched[i].revents = polled[used - wait->watched_count + i].revents;
    }
    for (size_t i = 0; ready > 0 && i < wait->count; i++) {
        if (wait->processes[i] != NULL) {
            int error = serve(wait->processes[i], &polled[i * POLLED], diagnostic);

            if (error != RIG_OK) {
                return error;
            }
        }
    }
    return ready == 0 ? RIG_ERROR_TIMEOUT : RIG_OK;
}

static bool find_ended(const struct wait *wait, size_t *ended)
{
    for (size_t i = 0; i < wait->count; i++) {
        if (wait->processes[i] != NULL && has_ended(wait->processes[i])) {
            *ended = i;
            return true;
        }
    }
    return false;
}

static bool watched_is_ready(const struct wait *wait)
{
    for (size_t i = 0; i < wait->watched_count; i++) {
        if (wait->watched[i].revents != 0) {
            return true;
        }
    }
    return false;
}

static int wait_for_end(const struct wait *wait, size_t *ended, struct diagnostic *diagnostic)
{
    while (!find_ended(wait, ended) && !watched_is_ready(wait)) {
        int error;

        if (!wait->ignore_interrupt && interrupt_requested()) {
            return diagnostic_fail(diagnostic, RIG_ERROR_INTERRUPTED, "interrupted");
        }
        error = wait_once(wait, diagnostic);
        if (error == RIG_OK && process_poll_timeout(wait->deadline_ms) == 0 &&
            !find_ended(wait, ended) && !watched_is_ready(wait)) {
            error = RIG_ERROR_TIMEOUT; /* a child that writes without end must not extend it */
        }
        if (error == RIG_ERROR_TIMEOUT) {
            return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT,
                                   "a child did not end before its deadline");
        }
        if (error != RIG_OK) {
            return error;
        }
    }
    return RIG_OK;
}

int process_wait_any(struct process *const *processes, size_t count, int64_t deadline_ms,
                     size_t *ended, struct diagnostic *diagnostic)
{
    const struct wait wait = {processes, count, deadline_ms, false, NULL, 0};

    if (count > PROCESS_WAIT_MAX) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "cannot wait for %zu children; at most %d at once", count,
                               PROCESS_WAIT_MAX);
    }
    return wait_for_end(&wait, ended, diagnostic);
}

int process_wait(struct process *process, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    size_t ended = 0;

    return process_wait_any(&process, 1, deadline_ms, &ended, diagnostic);
}

int process_wait_through(struct process *process, int64_t deadline_ms,
                         struct diagnostic *diagnostic)
{
    const struct wait wait = {&process, 1, deadline_ms, true, NULL, 0};
    size_t ended = 0;

    return wait_for_end(&wait, &ended, diagnostic);
}

int process_wait_ready(struct process *process, struct pollfd *watched, size_t count,
                       int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const struct wait wait = {&process, 1, deadline_ms, false, watched, count};
    size_t ended = 0;

    if (count > PROCESS_WATCH_MAX) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "cannot watch %zu descriptors; at most %d at once", count,
                               PROCESS_WATCH_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        watched[i].revents = 0;
    }
    return wait_for_end(&wait, &ended, diagnostic);
}

int process_stop(struct process *process, int64_t grace_ms, struct diagnostic *diagnostic)
{
    struct wait wait = {&process, 1, process_clock_ms(), true, NULL, 0};
    size_t ended = 0;
    int error = wait_for_end(&wait, &ended, diagnostic); /* it may have ended by itself */

    if (has_ended(process)) {
        return error;
    }
    process->stopping = true;
    if (grace_ms > 0) {
        (void)kill(-process->pid, SIGTERM);
        wait.deadline_ms = process_clock_ms() + grace_ms;
        error = wait_for_end(&wait, &ended, diagnostic);
        if (has_ended(process)) {
            return error;
        }
    }
    (void)kill(-process->pid, SIGKILL);
    wait.deadline_ms = process_clock_ms() + KILL_DEADLINE_MS;
    error = wait_for_end(&wait, &ended, diagnostic);
    if (error == RIG_ERROR_TIMEOUT) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "process %ld does not end by SIGKILL; see `ps -o stat,wchan %ld`",
                               (long)process->pid, (long)process->pid);
    }
    return error;
}

/* ---- start and result ---- */

static int open_outputs(struct process *process, const struct process_options *options,
                        struct diagnostic *diagnostic)
{
    size_t limit = options->capture_limit > 0 ? options->capture_limit : PROCESS_CAPTURE_DEFAULT;

    for (int which = 0; which < PROCESS_STREAMS; which++) {
        if (capture_open(&process->streams[which].capture, limit) != RIG_OK) {
            return RIG_ERROR_NO_MEMORY;
        }
    }
    return options->log_path != NULL ? log_file_open(options->log_path, &process->log, diagnostic)
                                     : RIG_OK;
}

int process_start(const struct process_options *options, struct process **process,
                  struct diagnostic *diagnostic)
{
    struct process_launched launched;
    struct process *made = calloc(1, sizeof(*made));
    int error;

    if (made == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    made->pidfd = -1;
    made->log = -1;
    made->streams[PROCESS_STDOUT].descriptor = -1;
    made->streams[PROCESS_STDERR].descriptor = -1;
    made->on_line = options->on_line;
    made->on_line_context = options->on_line_context;
    made->on_bytes = options->on_bytes;
    made->on_bytes_context = options->on_bytes_context;
    error = open_outputs(made, options, diagnostic);
    if (error == RIG_OK) {
        made->started_ms = process_clock_ms();
        error = process_launch(options, &launched, diagnostic);
    }
    if (error != RIG_OK) {
        process_destroy(made);
        return error;
    }
    made->pid = launched.pid;
    made->pidfd = launched.pidfd;
    made->streams[PROCESS_STDOUT].descriptor = launched.outputs[PROCESS_STDOUT];
    made->streams[PROCESS_STDERR].descriptor = launched.outputs[PROCESS_STDERR];
    *process = made;
    return RIG_OK;
}

void process_destroy(struct process *process)
{
    if (process == NULL) {
        return;
    }
    if (process->pidfd >= 0) {
        struct diagnostic ignored; /* a child stuck in the kernel cannot be helped from here */

        (void)!process_stop(process, 0, &ignored);
    }
    for (int which = 0; which < PROCESS_STREAMS; which++) {
        close_descriptor(&process->streams[which].descriptor);
        capture_free(&process->streams[which].capture);
    }
    close_descriptor(&process->pidfd);
    close_descriptor(&process->log);
    free(process);
}

const struct process_end *process_end(const struct process *process)
{
    return &process->end;
}

const char *process_output(const struct process *process, enum process_stream stream, size_t *size)
{
    const struct capture *capture = &process->streams[stream].capture;

    *size = capture->closed ? capture->size : 0;
    return capture->closed ? capture->data : "";
}

uint64_t process_dropped(const struct process *process, enum process_stream stream)
{
    const struct capture *capture = &process->streams[stream].capture;
    uint64_t limit = 2 * (uint64_t)capture->half;

    return capture->total > limit ? capture->total - limit : 0;
}

pid_t process_id(const struct process *process)
{
    return process->pid;
}
