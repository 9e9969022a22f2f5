/* The rig dies, in every way there is: QEMU and the link relay go with it, and nothing is left but
 * flash and log. */
#define _GNU_SOURCE /* syscall, pipe2 */
#include "bench.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "emulator/emulator_state.h" /* the relay's process */

/* What the rig tells the test. */
struct told {
    pid_t qemu;
    pid_t relay;
    char bus[64];
};

/* The rig in a process of its own: a device that runs, until a signal ends the wait or the rig. */
static _Noreturn void play_rig(struct bench *bench, int report)
{
    struct told told = {0};
    uint64_t position = 0;

    /* cmocka catches what crashes a test. */
    if (signal(SIGSEGV, SIG_DFL) == SIG_ERR || interrupt_install() != RIG_OK) {
        _exit(1);
    }
    bench_start(bench);
    bench_expect_console(bench, "start 1", &position);
    told.qemu = emulator_process_id(bench->emulator);
    told.relay = link_relay_process_id(bench->emulator->relay);
    (void)strncpy(told.bus, emulator_bus_path(bench->emulator), sizeof(told.bus) - 1);
    if (write(report, &told, sizeof(told)) != (ssize_t)sizeof(told)) {
        _exit(1);
    }
    if (emulator_wait_console(bench->emulator, "never", &position, PROCESS_NO_DEADLINE,
                              &bench->diagnostic) != RIG_ERROR_INTERRUPTED) {
        _exit(1);
    }
    emulator_destroy(bench->emulator);
    _exit(0);
}

static void assert_only_flash_and_log(const struct bench *bench)
{
    struct text_list names = {0};
    struct diagnostic diagnostic;

    assert_int_equal(file_list(bench->folder, &names, &diagnostic), RIG_OK);
    assert_int_equal(names.count, 2);
    assert_true(text_list_contains(&names, "console.log"));
    text_list_free(&names);
}

/* A descriptor that tells of the process's end. */
static int watch_process(pid_t process)
{
    int descriptor = (int)syscall(SYS_pidfd_open, process, 0);

    assert_true(descriptor >= 0);
    return descriptor;
}

static void expect_end(int descriptor)
{
    struct pollfd polled = {descriptor, POLLIN, 0};

    assert_int_equal(poll(&polled, 1, BENCH_LIMIT_MS), 1);
    (void)close(descriptor);
}

/* Ends the rig by a signal, and returns how it ended. */
static int end_rig(struct bench *bench, int signal_number)
{
    struct told told = {0};
    int status = 0;
    int ends[2];
    int qemu;
    int relay;
    pid_t rig;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    rig = fork();
    if (rig == 0) {
        play_rig(bench, ends[1]);
    }
    assert_true(rig > 0);
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], &told, sizeof(told)), sizeof(told));
    (void)close(ends[0]);
    qemu = watch_process(told.qemu);
    relay = watch_process(told.relay);
    assert_int_equal(kill(rig, signal_number), 0);
    assert_int_equal(waitpid(rig, &status, 0), rig);
    expect_end(qemu);
    expect_end(relay);
    assert_false(file_exists(told.bus));
    assert_only_flash_and_log(bench);
    return status;
}

static void test_qemu_dies_with_a_rig_that_is_killed(void **state)
{
    int status = end_rig(*state, SIGKILL);

    assert_true(WIFSIGNALED(status));
}

static void test_a_rig_that_crashes_takes_qemu_along(void **state)
{
    int status = end_rig(*state, SIGSEGV);

    assert_true(WIFSIGNALED(status));
}

static void test_a_rig_that_is_asked_to_end_cleans_up(void **state)
{
    int status = end_rig(*state, SIGTERM);

    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int set_up(void **state)
{
    struct bench *bench;

    assert_int_equal(bench_set_up(state), 0);
    bench = *state;
    bench->options.relay = LINK_RELAY;
    return 0;
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_qemu_dies_with_a_rig_that_is_killed),
        CASE(test_a_rig_that_crashes_takes_qemu_along),
        CASE(test_a_rig_that_is_asked_to_end_cleans_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
