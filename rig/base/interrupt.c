#include "base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t requested;
static int pipe_ends[2] = {-1, -1};

bool interrupt_requested(void)
{
    return requested != 0;
}

int interrupt_descriptor(void)
{
    return pipe_ends[0];
}

void interrupt_request(void)
{
    int saved = errno;

    requested = 1;
    if (pipe_ends[1] >= 0) {
        /* A full pipe is readable already, which is all that matters. */
        ssize_t written = write(pipe_ends[1], "!", 1);
        (void)written;
    }
    errno = saved;
}

static void handle_signal(int number)
{
    (void)number;
    interrupt_request();
}

static int set_flags(int descriptor)
{
    int flags = fcntl(descriptor, F_GETFL);

    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0) {
        return RIG_ERROR_BENCH;
    }
    return fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 ? RIG_OK : RIG_ERROR_BENCH;
}

/* Makes the pipe on the first call, empties it on later ones. */
static int prepare_pipe(void)
{
    char rest[64];

    if (pipe_ends[0] < 0) {
        int ends[2];

        if (pipe(ends) != 0) {
            return RIG_ERROR_BENCH;
        }
        if (set_flags(ends[0]) != RIG_OK || set_flags(ends[1]) != RIG_OK) {
            (void)close(ends[0]);
            (void)close(ends[1]);
            return RIG_ERROR_BENCH;
        }
        pipe_ends[0] = ends[0];
        pipe_ends[1] = ends[1];
    }
    while (read(pipe_ends[0], rest, sizeof(rest)) > 0) {
    }
    return RIG_OK;
}

static int install_handler(int number)
{
    struct sigaction action = {.sa_handler = handle_signal};
    struct sigaction before;

    if (sigaction(number, NULL, &before) != 0) {
        return RIG_ERROR_BENCH;
    }
    if (before.sa_handler == SIG_IGN) {
        return RIG_OK;
    }
    (void)sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL) == 0 ? RIG_OK : RIG_ERROR_BENCH;
}

int interrupt_install(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction usual = {.sa_handler = SIG_DFL};

    requested = 0;
    /* A caller may have left SIGCHLD ignored: then the kernel throws away how a child ended. */
    if (prepare_pipe() != RIG_OK || sigaction(SIGPIPE, &ignore, NULL) != 0 ||
        sigaction(SIGCHLD, &usual, NULL) != 0) {
        return RIG_ERROR_BENCH;
    }
    if (install_handler(SIGINT) != RIG_OK || install_handler(SIGTERM) != RIG_OK) {
        return RIG_ERROR_BENCH;
    }
    return install_handler(SIGHUP);
}
