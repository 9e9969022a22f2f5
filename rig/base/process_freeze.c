#define _XOPEN_SOURCE 700 /* waitid */
#include "base/process_freeze.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/process.h"

enum {
    STOP_DEADLINE_MS = 10000, /* as for a child to go after SIGKILL */
    LOOK_AGAIN_MS = 1,        /* nothing that poll() watches tells of a stop */
};

/* Looks once. CLD_STOPPED, another CLD_ for a child that has ended, or 0; -1: errno says why. */
static int look(pid_t child)
{
    siginfo_t info;

    memset(&info, 0, sizeof(info));
    /* WNOWAIT: how it ended is its owner's to learn. */
    if (waitid(P_PID, (id_t)child, &info, WSTOPPED | WEXITED | WNOHANG | WNOWAIT) != 0) {
        return -1;
    }
    return info.si_pid == child ? info.si_code : 0;
}

int process_freeze(pid_t child, struct diagnostic *diagnostic)
{
    const int64_t deadline_ms = process_clock_ms() + STOP_DEADLINE_MS;
    int state = kill(child, SIGSTOP) == 0 ? look(child) : -1;

    while (state == 0 && process_clock_ms() < deadline_ms) {
        (void)poll(NULL, 0, LOOK_AGAIN_MS);
        state = look(child);
    }
    if (state < 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot stop process %ld: %s",
                               (long)child, strerror(errno));
    }
    if (state == 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "process %ld does not stop by SIGSTOP; see `ps -o stat,wchan %ld`",
                               (long)child, (long)child);
    }
    return state == CLD_STOPPED ? RIG_OK
                                : diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND,
                                                  "process %ld has ended", (long)child);
}

int process_refuse_frozen(pid_t child, const char *name, struct diagnostic *diagnostic)
{
    return look(child) == CLD_STOPPED
               ? diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                 "%s does not answer: its process %ld is stopped (state T)", name,
                                 (long)child)
               : RIG_OK;
}

bool process_is_mute(pid_t child)
{
    return look(child) != 0;
}
