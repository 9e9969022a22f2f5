#include "power_cut.h"

#include "process_report.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define MOMENTS_OF_A_VALUE 4
#define MOST_OPERATION     (INT_MAX / MOMENTS_OF_A_VALUE) /* what the value of a signal can hold */

static const char *const moments[FAULT_MOMENT_COUNT] = {
    [FAULT_BEFORE] = "before", [FAULT_TORN] = "torn", [FAULT_AFTER] = "after"};

/* What is due in a torn operation depends on its length: process_hal.c sets it. */
static struct fault cut_at(long operation, unsigned moment)
{
    const struct fault cut = {.kind = FAULT_POWER_CUT,
                              .moment = (enum fault_moment)moment,
                              .operation = (uint32_t)operation};

    return cut;
}

/* The moment with this name, or FAULT_MOMENT_COUNT. */
static unsigned moment_named(const char *name)
{
    unsigned moment = 0;

    while (moment < FAULT_MOMENT_COUNT && strcmp(moments[moment], name) != 0) {
        moment++;
    }
    return moment;
}

int power_cut_from_text(const char *text, struct fault *cut)
{
    unsigned moment = FAULT_BEFORE;
    long operation;
    char *end;

    errno = 0;
    operation = strtol(text, &end, 10);
    if (*end == ':') {
        moment = moment_named(end + 1);
    } else if (*end != '\0') {
        moment = FAULT_MOMENT_COUNT;
    }
    if (errno != 0 || end == text || operation < 0 || operation > MOST_OPERATION ||
        moment == FAULT_MOMENT_COUNT) {
        return process_refuse("--power-cut %s: not a flash operation; give a number from 0 to %d, "
                              "and :before, :torn or :after if you like",
                              text, MOST_OPERATION);
    }
    *cut = cut_at(operation, moment);
    return 0;
}

int power_cut_open(int *signals)
{
    sigset_t watched;

    if (sigemptyset(&watched) != 0 || sigaddset(&watched, SIGUSR1) != 0 ||
        sigprocmask(SIG_BLOCK, &watched, NULL) != 0) {
        return -1;
    }
    *signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    return *signals < 0 ? -1 : 0;
}

static int read_value(const struct signalfd_siginfo *signal, struct fault *cut)
{
    const int value = signal->ssi_int;

    if (signal->ssi_code != SI_QUEUE || value < 0 ||
        value % MOMENTS_OF_A_VALUE >= FAULT_MOMENT_COUNT) {
        return process_refuse("SIGUSR1 has no value that says when to cut the power; send it by "
                              "sigqueue() with 4 * operation + moment");
    }
    *cut = cut_at(value / MOMENTS_OF_A_VALUE, (unsigned)(value % MOMENTS_OF_A_VALUE));
    return 0;
}

bool power_cut_take(int signals, struct fault *cut)
{
    struct signalfd_siginfo signal;
    bool has_come = false;

    while (read(signals, &signal, sizeof signal) == (ssize_t)sizeof signal) {
        if (read_value(&signal, cut) == 0) {
            has_come = true;
        }
    }
    return has_come;
}
