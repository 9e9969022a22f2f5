#include "kill_timer.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define US_PER_SECOND 1000000U
#define NS_PER_US     1000L

/* For the signal handler: which process the timer hits, 0: none, and by what. */
static volatile sig_atomic_t prey;
static volatile sig_atomic_t blow;

static timer_t timer;
static bool exists;

static void hit_prey(int signal)
{
    const int saved = errno;

    (void)signal;
    if (prey > 0) {
        (void)kill((pid_t)prey, (int)blow);
    }
    errno = saved;
}

static void make_timer(void)
{
    struct sigaction action;
    struct sigevent event;

    memset(&action, 0, sizeof action);
    memset(&event, 0, sizeof event);
    action.sa_handler = hit_prey;
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGALRM;
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    exists = true;
}

void kill_timer_start(const struct device_process *victim, uint32_t after_us)
{
    const struct itimerspec moment = {
        .it_value = {.tv_sec = after_us / US_PER_SECOND,
                     .tv_nsec = (long)(after_us % US_PER_SECOND) * NS_PER_US + 1}};

    kill_timer_stop();
    make_timer();
    blow = device_process_cut_signal(victim);
    prey = victim->pid;
    assert_int_equal(timer_settime(timer, 0, &moment, NULL), 0);
}

void kill_timer_stop(void)
{
    prey = 0;
    if (exists) {
        exists = false;
        assert_int_equal(timer_delete(timer), 0);
    }
}
