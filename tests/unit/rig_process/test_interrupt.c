#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/interrupt.h"
#include "base/process.h"

enum {
    LIMIT_MS = 20000,
};

static int set_up(void **state)
{
    (void)state;
    return interrupt_install();
}

static void test_a_signal_sets_the_flag_and_the_descriptor(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    (void)state;

    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct pollfd polled = {-1, POLLIN, 0};

        assert_int_equal(interrupt_install(), RIG_OK);
        polled.fd = interrupt_descriptor();
        assert_false(interrupt_requested());
        assert_int_equal(poll(&polled, 1, 0), 0);
        assert_int_equal(raise(signals[i]), 0);
        assert_true(interrupt_requested());
        assert_int_equal(poll(&polled, 1, 0), 1);
    }
}

static void test_an_ignored_signal_stays_ignored(void **state)
{
    (void)state;

    assert_true(signal(SIGHUP, SIG_IGN) != SIG_ERR);
    assert_int_equal(interrupt_install(), RIG_OK);
    assert_int_equal(raise(SIGHUP), 0);
    assert_false(interrupt_requested());
    assert_true(signal(SIGHUP, SIG_DFL) != SIG_ERR);
}

/* As after `trap '' CHLD`: the kernel would reap each child and forget how it ended. */
static void test_children_count_whatever_the_caller_ignores(void **state)
{
    const char *const arguments[] = {CHILD_PROGRAM, "exit", "77", NULL};
    const struct process_options options = {.argv = arguments};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    (void)state;

    assert_true(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
    assert_int_equal(process_run(&options, LIMIT_MS, &process, &diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "is lost"));
    assert_int_equal(interrupt_install(), RIG_OK);
    assert_int_equal(process_run(&options, LIMIT_MS, &process, &diagnostic), RIG_OK);
    assert_int_equal(process_end(process)->exit_code, 77);
    process_destroy(process);
}

static void test_an_interrupt_ends_a_wait(void **state)
{
    const char *const arguments[] = {CHILD_PROGRAM, "sleep", NULL};
    const struct process_options options = {.argv = arguments};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    (void)state;

    assert_int_equal(process_start(&options, &process, &diagnostic), RIG_OK);
    interrupt_request();
    assert_int_equal(process_wait(process, PROCESS_NO_DEADLINE, &diagnostic),
                     RIG_ERROR_INTERRUPTED);
    assert_int_equal(process_stop(process, LIMIT_MS, &diagnostic), RIG_OK);
    assert_int_equal(process_end(process)->outcome, PROCESS_STOPPED);
    process_destroy(process);
    process = NULL;
    assert_int_equal(process_run(&options, LIMIT_MS, &process, &diagnostic), RIG_ERROR_INTERRUPTED);
    assert_null(process);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_signal_sets_the_flag_and_the_descriptor, set_up),
        cmocka_unit_test_setup(test_an_ignored_signal_stays_ignored, set_up),
        cmocka_unit_test_setup(test_children_count_whatever_the_caller_ignores, set_up),
        cmocka_unit_test_setup(test_an_interrupt_ends_a_wait, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
