/* Descriptors beside the two output streams: what a child inherits, what a wait watches. */
#define _GNU_SOURCE /* pipe2 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"

enum {
    LIMIT_MS = 20000,
    SHORT_MS = 100,
};

static int set_up(void **state)
{
    static int ends[2];

    *state = ends;
    return pipe2(ends, O_CLOEXEC | O_NONBLOCK);
}

static int tear_down(void **state)
{
    const int *ends = *state;

    (void)close(ends[0]);
    (void)close(ends[1]);
    return 0;
}

/* Runs a child that writes to `descriptor`; its exit code says whether it could. */
static int run_writer(int descriptor, const int *inherited)
{
    char number[16];
    const char *const arguments[] = {CHILD_PROGRAM, "descriptor", number, NULL};
    const struct process_options options = {.argv = arguments, .inherited = inherited};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    int code;

    (void)snprintf(number, sizeof(number), "%d", descriptor);
    assert_int_equal(process_run(&options, LIMIT_MS, &process, &diagnostic), RIG_OK);
    code = process_end(process)->exit_code;
    process_destroy(process);
    return code;
}

static void test_a_child_inherits_what_is_named(void **state)
{
    const int *ends = *state;
    const int inherited[] = {ends[1], -1};
    char text[8];

    assert_int_equal(run_writer(ends[1], inherited), 0);
    assert_int_equal(read(ends[0], text, sizeof(text)), 5);
    assert_memory_equal(text, "here\n", 5);
    /* The other end was not named, the rig's own flag is untouched, and so is the next child. */
    assert_int_equal(fcntl(ends[1], F_GETFD), FD_CLOEXEC);
    assert_int_equal(run_writer(ends[1], NULL), 1);
}

static void test_what_cannot_be_inherited_is_refused(void **state)
{
    const int bad[] = {STDERR_FILENO, 1000000};
    const char *const arguments[] = {CHILD_PROGRAM, "exit", "0", NULL};
    (void)state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const int inherited[] = {bad[i], -1};
        const struct process_options options = {.argv = arguments, .inherited = inherited};
        struct process *process = NULL;
        struct diagnostic diagnostic = {""};

        assert_int_equal(process_start(&options, &process, &diagnostic), RIG_ERROR_BENCH);
        assert_non_null(strstr(diagnostic.text, "Bad file descriptor"));
    }
}

static struct process *start(const char *word)
{
    const char *const arguments[] = {CHILD_PROGRAM, word, "5", NULL};
    const struct process_options options = {.argv = arguments};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};

    assert_int_equal(process_start(&options, &process, &diagnostic), RIG_OK);
    return process;
}

struct echoed {
    char bytes[16];
    size_t size;
};

static void keep_bytes(void *context, enum process_stream stream, const char *bytes, size_t size)
{
    struct echoed *echoed = context;

    if (stream == PROCESS_STDOUT && size <= sizeof(echoed->bytes) - echoed->size) {
        memcpy(echoed->bytes + echoed->size, bytes, size);
        echoed->size += size;
    }
}

/* The child reads what is written while it runs; what it writes is seen before its line is complete,
 * and its input ends when the last writer closes it. */
static void test_a_child_reads_what_it_is_given(void **state)
{
    int ends[2];
    const char *const arguments[] = {CHILD_PROGRAM, "echo", NULL};
    struct echoed echoed = {"", 0};
    struct process_options options = {
        .argv = arguments, .on_bytes = keep_bytes, .on_bytes_context = &echoed};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    const int64_t deadline_ms = process_clock_ms() + LIMIT_MS;
    (void)state;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    options.input = ends[0];
    assert_int_equal(process_start(&options, &process, &diagnostic), RIG_OK);
    assert_int_equal(fcntl(ends[0], F_GETFD), FD_CLOEXEC);
    assert_int_equal(write(ends[1], "a\0b", 3), 3);
    while (echoed.size < 3) {
        assert_int_equal(process_wait(process, process_clock_ms() + 1, &diagnostic),
                         RIG_ERROR_TIMEOUT);
        assert_true(process_clock_ms() < deadline_ms);
    }
    assert_memory_equal(echoed.bytes, "a\0b", 3);
    (void)close(ends[0]);
    (void)close(ends[1]);
    assert_int_equal(process_wait(process, deadline_ms, &diagnostic), RIG_OK);
    assert_int_equal(process_end(process)->outcome, PROCESS_EXITED);
    assert_int_equal(process_end(process)->exit_code, 0);
    process_destroy(process);
}

static void test_a_bad_input_is_refused(void **state)
{
    const int bad[] = {STDOUT_FILENO, STDERR_FILENO, -1, 1000000};
    const char *const arguments[] = {CHILD_PROGRAM, "exit", "0", NULL};
    (void)state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const struct process_options options = {.argv = arguments, .input = bad[i]};
        struct process *process = NULL;
        struct diagnostic diagnostic = {""};

        assert_int_equal(process_start(&options, &process, &diagnostic), RIG_ERROR_BENCH);
        assert_non_null(strstr(diagnostic.text, "Bad file descriptor"));
    }
}

static void test_a_wait_sees_other_descriptors(void **state)
{
    const int *ends = *state;
    struct pollfd watched[] = {{-1, POLLIN, POLLIN}, {ends[0], POLLIN, POLLIN}};
    struct process *process = start("sleep");
    struct diagnostic diagnostic = {""};

    assert_int_equal(
        process_wait_ready(process, watched, 2, process_clock_ms() + SHORT_MS, &diagnostic),
        RIG_ERROR_TIMEOUT);
    assert_int_equal(watched[1].revents, 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    /* Once in time, and once after the deadline: what is ready is seen. */
    for (int late = 0; late < 2; late++) {
        int64_t deadline_ms = late == 0 ? process_clock_ms() + LIMIT_MS : 0;

        assert_int_equal(process_wait_ready(process, watched, 2, deadline_ms, &diagnostic), RIG_OK);
        assert_int_equal(watched[0].revents, 0);
        assert_int_equal(watched[1].revents, POLLIN);
    }
    assert_int_equal(process_end(process)->outcome, PROCESS_RUNNING);
    process_destroy(process);
}

static void test_a_wait_on_others_sees_the_end(void **state)
{
    const int *ends = *state;
    struct pollfd watched = {ends[0], POLLIN, 0};
    struct process *process = start("exit");
    struct diagnostic diagnostic = {""};

    assert_int_equal(
        process_wait_ready(process, &watched, 1, process_clock_ms() + LIMIT_MS, &diagnostic),
        RIG_OK);
    assert_int_equal(process_end(process)->exit_code, 5);
    assert_int_equal(watched.revents, 0);
    process_destroy(process);
}

static void test_too_many_descriptors_are_refused(void **state)
{
    struct pollfd watched[PROCESS_WATCH_MAX + 1] = {{-1, 0, 0}};
    struct process *process = start("sleep");
    struct diagnostic diagnostic = {""};
    (void)state;

    assert_int_equal(process_wait_ready(process, watched, PROCESS_WATCH_MAX + 1, 0, &diagnostic),
                     RIG_ERROR_USAGE);
    process_destroy(process);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_child_inherits_what_is_named, set_up, tear_down),
        cmocka_unit_test(test_what_cannot_be_inherited_is_refused),
        cmocka_unit_test(test_a_child_reads_what_it_is_given),
        cmocka_unit_test(test_a_bad_input_is_refused),
        cmocka_unit_test_setup_teardown(test_a_wait_sees_other_descriptors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_wait_on_others_sees_the_end, set_up, tear_down),
        cmocka_unit_test(test_too_many_descriptors_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
