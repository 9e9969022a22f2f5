/* The timer of power cuts: it kills or stops a child, at its time and not before. */
#define _XOPEN_SOURCE 700 /* waitid */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "target/cut_timer.h"

enum { SOON_US = 20000, LATE_US = 60000000 };

static struct diagnostic diagnostic;

static pid_t start_child(void)
{
    const pid_t child = fork();

    if (child == 0) {
        for (;;) {
            (void)pause();
        }
    }
    assert_true(child > 0);
    return child;
}

/* Waits for what becomes of the child, CLD_KILLED or CLD_STOPPED. */
static int wait_for(pid_t child)
{
    siginfo_t info;
    int result;

    do { /* the timer's signal may interrupt it */
        result = waitid(P_PID, (id_t)child, &info, WEXITED | WSTOPPED | WNOWAIT);
    } while (result != 0);
    return info.si_code;
}

static void end_child(pid_t child)
{
    cut_timer_stop();
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void test_it_kills(void **state)
{
    const pid_t child = start_child();

    (void)state;
    assert_int_equal(cut_timer_start(child, CUT_TIMER_KILLS, SOON_US, &diagnostic), RIG_OK);
    assert_int_equal(wait_for(child), CLD_KILLED);
    assert_true(cut_timer_has_fallen());
    end_child(child);
}

static void test_it_stops(void **state)
{
    const pid_t child = start_child();

    (void)state;
    assert_int_equal(cut_timer_start(child, CUT_TIMER_STOPS, SOON_US, &diagnostic), RIG_OK);
    assert_int_equal(wait_for(child), CLD_STOPPED);
    assert_true(cut_timer_has_fallen());
    end_child(child);
}

static void test_it_does_nothing_before_its_time(void **state)
{
    const pid_t child = start_child();
    siginfo_t info;

    (void)state;
    memset(&info, 0, sizeof info);
    assert_int_equal(cut_timer_start(child, CUT_TIMER_STOPS, LATE_US, &diagnostic), RIG_OK);
    assert_false(cut_timer_has_fallen());
    cut_timer_stop();
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT), 0);
    assert_int_equal(info.si_pid, 0);
    end_child(child);
}

static void test_a_device_that_is_gone(void **state)
{
    const pid_t child = start_child();

    (void)state;
    end_child(child);
    assert_int_equal(cut_timer_start(child, CUT_TIMER_STOPS, SOON_US, &diagnostic),
                     RIG_ERROR_BENCH);
    cut_timer_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_kills),
        cmocka_unit_test(test_it_stops),
        cmocka_unit_test(test_it_does_nothing_before_its_time),
        cmocka_unit_test(test_a_device_that_is_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
