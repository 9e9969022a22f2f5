#include <stdio.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/process.h"

int process_run(const struct process_options *options, int64_t limit_ms, struct process **process,
                struct diagnostic *diagnostic)
{
    const int64_t deadline_ms = process_clock_ms() + limit_ms;
    struct process *started = NULL;
    int error = process_start(options, &started, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    error = process_wait(started, deadline_ms, diagnostic);
    if (error == RIG_ERROR_TIMEOUT) {
        error = process_stop(started, 0, diagnostic);
    }
    if (error != RIG_OK) {
        process_destroy(started);
        return error;
    }
    *process = started;
    return RIG_OK;
}

int process_pause_until(int64_t deadline_ms)
{
    while (!interrupt_requested()) {
        struct pollfd watched = {.fd = interrupt_descriptor(), .events = POLLIN};

        /* A negative descriptor is passed over, and a signal shortens the turn only. */
        (void)poll(&watched, 1, process_poll_timeout(deadline_ms));
        if (process_clock_ms() >= deadline_ms) {
            return interrupt_requested() ? RIG_ERROR_INTERRUPTED : RIG_OK;
        }
    }
    return RIG_ERROR_INTERRUPTED;
}

void process_end_describe(const struct process_end *end, char *text, size_t size)
{
    switch (end->outcome) {
    case PROCESS_RUNNING:
        (void)snprintf(text, size, "still running");
        break;
    case PROCESS_EXITED:
        (void)snprintf(text, size, "exit code %d", end->exit_code);
        break;
    case PROCESS_SIGNALED:
        (void)snprintf(text, size, "signal %d (%s)", end->signal_number,
                       strsignal(end->signal_number));
        break;
    case PROCESS_STOPPED:
        (void)snprintf(text, size, "stopped after %.1f s", (double)end->duration_ms / 1000.0);
        break;
    }
}
