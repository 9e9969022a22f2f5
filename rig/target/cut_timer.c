#define _GNU_SOURCE /* syscall */
#include "target/cut_timer.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define US_PER_SECOND 1000000U
#define NS_PER_US     1000L

/* For the signal handler: the process to hit, as a descriptor (its number may be another's by then), -1
 * for none; by which signal; and whether it was. */
static volatile sig_atomic_t prey = -1;
static volatile sig_atomic_t blow;
static volatile sig_atomic_t has_fallen;

static timer_t timer;
static bool exists;

static void hit_prey(int signal)
{
    const int saved = errno;

    (void)signal;
    if (prey >= 0 && syscall(SYS_pidfd_send_signal, (int)prey, (int)blow, NULL, 0) == 0) {
        has_fallen = 1;
    }
    errno = saved;
}

static int make_timer(void)
{
    struct sigaction action;
    struct sigevent event;

    memset(&action, 0, sizeof action);
    memset(&event, 0, sizeof event);
    action.sa_handler = hit_prey;
    action.sa_flags = SA_RESTART;
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGALRM;
    if (sigaction(SIGALRM, &action, NULL) != 0 ||
        timer_create(CLOCK_MONOTONIC, &event, &timer) != 0)
        return -1;
    exists = true;
    return 0;
}

int cut_timer_start(pid_t process, enum cut_timer_deed deed, uint32_t after_us,
                    struct diagnostic *diagnostic)
{
    /* A nanosecond more, since zero would disarm. */
    const struct itimerspec moment = {
        .it_value = {.tv_sec = (time_t)(after_us / US_PER_SECOND),
                     .tv_nsec = (long)(after_us % US_PER_SECOND) * NS_PER_US + 1}};

    cut_timer_stop();
    has_fallen = 0;
    blow = deed == CUT_TIMER_STOPS ? SIGSTOP : SIGKILL;
    if (make_timer() != 0)
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "no timer for a power cut: %s",
                               strerror(errno));
    prey = (sig_atomic_t)syscall(SYS_pidfd_open, process, 0);
    if (prey < 0)
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "the device is gone before its cut: %s",
                               strerror(errno));
    if (timer_settime(timer, 0, &moment, NULL) != 0)
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "a timer for a power cut: %s",
                               strerror(errno));
    return RIG_OK;
}

void cut_timer_stop(void)
{
    if (exists) {
        exists = false;
        (void)timer_delete(timer);
    }
    if (prey >= 0) {
        (void)close((int)prey);
        prey = -1;
    }
}

bool cut_timer_has_fallen(void)
{
    return has_fallen != 0;
}
