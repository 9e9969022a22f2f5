#include "base/descriptor_wait.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/process.h"

enum { ASK_MS = 500 };

static descriptor_wait_doubt *asked;
static void *asked_context;

void descriptor_wait_ask(descriptor_wait_doubt *doubt, void *context)
{
    asked = doubt;
    asked_context = context;
}

static int timeout_until(int64_t deadline_ms)
{
    const int timeout = process_poll_timeout(deadline_ms);

    return asked == NULL || (timeout >= 0 && timeout < ASK_MS) ? timeout : ASK_MS;
}

int descriptor_wait(int descriptor, short events, int64_t deadline_ms,
                    struct diagnostic *diagnostic)
{
    for (;;) {
        struct pollfd polled[] = {{descriptor, events, 0}, {interrupt_descriptor(), POLLIN, 0}};
        int timeout = timeout_until(deadline_ms);
        int ready;

        if (interrupt_requested()) {
            return diagnostic_fail(diagnostic, RIG_ERROR_INTERRUPTED, "interrupted");
        }
        ready = poll(polled, 2, timeout);
        if (ready < 0 && errno != EINTR) {
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                   "cannot wait for the device: poll: %s", strerror(errno));
        }
        if (ready > 0 && polled[0].revents != 0) {
            return RIG_OK;
        }
        if (ready == 0 && (process_poll_timeout(deadline_ms) == 0 ||
                           (timeout == ASK_MS && asked != NULL && asked(asked_context)))) {
            return RIG_ERROR_TIMEOUT;
        }
    }
}

int descriptor_pause(int64_t until_ms, struct diagnostic *diagnostic)
{
    int error = descriptor_wait(-1, 0, until_ms, diagnostic);

    return error == RIG_ERROR_TIMEOUT ? RIG_OK : error;
}
