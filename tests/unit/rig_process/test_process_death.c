/* How children end when they do not end by themselves: deadlines, stops, the death of the rig. */
#define _GNU_SOURCE /* syscall, pipe2 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"

enum {
    LIMIT_MS = 20000,
    SHORT_MS = 300,
};

/* What a child says about itself on its first line. */
struct first_line {
    long number; /* -1 until it came */
};

static void take_first_line(void *context, enum process_stream stream, const char *line,
                            size_t size)
{
    struct first_line *first = context;

    (void)stream;
    (void)size;
    if (first->number < 0) {
        first->number = strtol(line, NULL, 10);
    }
}

/* Starts a child and waits until it has printed a line. */
static struct process *start(const char *word, struct first_line *first)
{
    const char *const arguments[] = {CHILD_PROGRAM, word, NULL};
    const struct process_options options = {
        .argv = arguments, .on_line = take_first_line, .on_line_context = first};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    int64_t deadline_ms = process_clock_ms() + LIMIT_MS;

    first->number = -1;
    assert_int_equal(process_start(&options, &process, &diagnostic), RIG_OK);
    while (first->number < 0 && process_clock_ms() < deadline_ms) {
        (void)!process_wait(process, process_clock_ms() + 10, &diagnostic);
    }
    assert_true(first->number >= 0);
    return process;
}

static int open_pidfd(long pid)
{
    return (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
}

/* Waits until the process of a pidfd has ended; -1 stands for one that is gone already. */
static void assert_ends(int pidfd)
{
    struct pollfd polled = {pidfd, POLLIN, 0};

    if (pidfd >= 0) {
        assert_int_equal(poll(&polled, 1, LIMIT_MS), 1);
        (void)close(pidfd);
    }
}

static void test_a_deadline_ends_the_whole_group(void **state)
{
    struct first_line grandchild;
    struct process *process = start("grandchild", &grandchild);
    struct diagnostic diagnostic = {""};
    int pidfd = open_pidfd(grandchild.number);
    (void)state;

    assert_true(pidfd >= 0);
    assert_int_equal(process_wait(process, process_clock_ms() + SHORT_MS, &diagnostic),
                     RIG_ERROR_TIMEOUT);
    assert_int_equal(process_end(process)->outcome, PROCESS_RUNNING);
    assert_int_equal(process_stop(process, 0, &diagnostic), RIG_OK);
    assert_int_equal(process_end(process)->outcome, PROCESS_STOPPED);
    assert_ends(pidfd);
    process_destroy(process);
}

static void test_a_grandchild_does_not_outlive_the_child(void **state)
{
    struct first_line grandchild;
    struct process *process;
    struct diagnostic diagnostic = {""};
    (void)state;

    process = start("orphan", &grandchild);
    assert_int_equal(process_wait(process, process_clock_ms() + LIMIT_MS, &diagnostic), RIG_OK);
    assert_int_equal(process_end(process)->outcome, PROCESS_EXITED);
    assert_ends(open_pidfd(grandchild.number));
    process_destroy(process);
}

static void test_run_stops_at_its_limit(void **state)
{
    const char *const arguments[] = {CHILD_PROGRAM, "sleep", NULL};
    const struct process_options options = {.argv = arguments};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    char text[64];
    (void)state;

    assert_int_equal(process_run(&options, SHORT_MS, &process, &diagnostic), RIG_OK);
    assert_int_equal(process_end(process)->outcome, PROCESS_STOPPED);
    assert_in_range(process_end(process)->duration_ms, SHORT_MS, LIMIT_MS);
    process_end_describe(process_end(process), text, sizeof(text));
    assert_memory_equal(text, "stopped after ", 14);
    process_destroy(process);
}

static void test_a_child_that_ignores_sigterm_is_killed(void **state)
{
    struct first_line ready;
    struct process *process = start("stubborn", &ready);
    struct diagnostic diagnostic = {""};
    (void)state;

    assert_int_equal(process_stop(process, SHORT_MS, &diagnostic), RIG_OK);
    assert_int_equal(process_end(process)->signal_number, SIGKILL);
    process_destroy(process);
    process = start("sleep", &ready);
    assert_int_equal(process_stop(process, LIMIT_MS, &diagnostic), RIG_OK);
    assert_int_equal(process_end(process)->signal_number, SIGTERM);
    process_destroy(process);
}

static void test_the_first_of_many_is_found(void **state)
{
    struct first_line ready;
    const char *const arguments[] = {CHILD_PROGRAM, "exit", "3", NULL};
    const struct process_options options = {.argv = arguments};
    struct process *processes[4] = {start("sleep", &ready), NULL, NULL, start("sleep", &ready)};
    struct diagnostic diagnostic = {""};
    size_t ended = 0;
    (void)state;

    assert_int_equal(process_start(&options, &processes[2], &diagnostic), RIG_OK);
    assert_int_equal(
        process_wait_any(processes, 4, process_clock_ms() + LIMIT_MS, &ended, &diagnostic), RIG_OK);
    assert_int_equal(ended, 2);
    assert_int_equal(process_end(processes[2])->exit_code, 3);
    for (size_t i = 0; i < 4; i++) {
        process_destroy(processes[i]); /* kills the two that still run */
    }
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* The rig in a process of its own: starts a child, tells its pid, and waits to be killed. */
static _Noreturn void play_rig(int report)
{
    struct first_line ready;
    struct process *process = start("grandchild", &ready);
    pid_t child = process_id(process);

    if (write(report, &child, sizeof(child)) != (ssize_t)sizeof(child)) {
        _exit(1);
    }
    for (;;) {
        (void)pause();
    }
}

static void test_a_child_dies_with_the_rig(void **state)
{
    int ends[2];
    pid_t child = 0;
    pid_t rig;
    int pidfd;
    (void)state;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    rig = fork();
    if (rig == 0) {
        play_rig(ends[1]);
    }
    assert_true(rig > 0);
    assert_int_equal(read(ends[0], &child, sizeof(child)), sizeof(child));
    pidfd = open_pidfd(child);
    assert_true(pidfd >= 0);
    assert_int_equal(kill(rig, SIGKILL), 0);
    assert_int_equal(waitpid(rig, NULL, 0), rig);
    assert_ends(pidfd);
    (void)kill(-child, SIGKILL); /* the grandchild of this test, which does not read its pipe */
    (void)close(ends[0]);
    (void)close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_deadline_ends_the_whole_group),
        cmocka_unit_test(test_a_grandchild_does_not_outlive_the_child),
        cmocka_unit_test(test_run_stops_at_its_limit),
        cmocka_unit_test(test_a_child_that_ignores_sigterm_is_killed),
        cmocka_unit_test(test_the_first_of_many_is_found),
        cmocka_unit_test(test_a_child_dies_with_the_rig),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
