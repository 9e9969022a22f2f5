/* Whole devices whose QEMU misbehaves: each way is told as what it is, at once, and leaves nothing. */
#include "bench.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/interrupt.h"

/* The bench's device with a QEMU that behaves so; static, because options must outlive it. */
static const char *extra[] = {"behave=sound", NULL};

static int set_up(void **state)
{
    struct bench *bench;

    assert_int_equal(bench_set_up(state), 0);
    bench = *state;
    bench->options.qemu = FAKE_QEMU;
    bench->options.extra = extra;
    extra[0] = "behave=sound";
    return interrupt_install();
}

static int power_on(struct bench *bench, int64_t deadline_ms)
{
    return emulator_power_on(bench->emulator, deadline_ms, &bench->diagnostic);
}

/* Waits for a text that never comes. */
static int wait_in_vain(struct bench *bench, int64_t deadline_ms)
{
    uint64_t position = 0;

    return emulator_wait_console(bench->emulator, "never", &position, deadline_ms,
                                 &bench->diagnostic);
}

static void test_a_start_that_fails_is_told_and_undone(void **state)
{
    static const struct {
        const char *behaviour;
        int error;
        const char *diagnostic;
    } rows[] = {
        {"behave=silent", RIG_ERROR_TIMEOUT, "did not greet"},
        {"behave=no-json", RIG_ERROR_BENCH, "no JSON: 'SSH-2.0-\\x1b[2J"},
        {"behave=no-greeting", RIG_ERROR_BENCH, "no greeting"},
        {"behave=endless", RIG_ERROR_BENCH, "a line without end"},
        {"behave=wrong-id", RIG_ERROR_BENCH, "answers no command"},
        {"behave=no-port", RIG_ERROR_BENCH, "port 502: could not set up host forwarding rule"},
        {"behave=lost-port", RIG_ERROR_BENCH, "does not say at which port"},
        {"behave=dies", RIG_ERROR_BENCH, "exit code 7: fake: \\x1b[2Jlast words"},
        {"behave=floods", RIG_ERROR_TIMEOUT, "did not answer"},
        {"behave=closes", RIG_ERROR_BENCH, "closed its monitor"},
    };
    struct bench *bench = *state;

    bench_create(bench);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t start = process_clock_ms();
        int error;

        extra[0] = rows[i].behaviour;
        error = power_on(bench, bench_soon() + BENCH_SHORT_MS);
        if (error != rows[i].error || strstr(bench->diagnostic.text, rows[i].diagnostic) == NULL) {
            fail_msg("%s: %s, '%s'", rows[i].behaviour, rig_strerror(error),
                     bench->diagnostic.text);
        }
        assert_in_range(process_clock_ms() - start, 0, BENCH_LIMIT_MS / 2);
        assert_int_equal(emulator_state(bench->emulator), EMULATOR_OFF);
        assert_int_equal(emulator_process_id(bench->emulator), 0);
        bench_assert_no_child();
    }
}

static void test_a_sound_one_starts(void **state)
{
    struct bench *bench = *state;

    bench_start(bench);
    assert_int_equal(emulator_state(bench->emulator), EMULATOR_RUNNING);
    assert_int_equal(emulator_tcp_port(bench->emulator), 12345);
    assert_int_equal(
        emulator_set_link(bench->emulator, false, bench_deadline(), &bench->diagnostic), RIG_OK);
    assert_int_equal(wait_in_vain(bench, bench_soon()), RIG_ERROR_TIMEOUT);
    assert_non_null(strstr(bench->diagnostic.text, "did not say 'never'"));
}

static void test_a_refused_command_is_told(void **state)
{
    struct bench *bench = *state;

    extra[0] = "behave=refuses";
    bench_start(bench);
    assert_int_equal(
        emulator_set_link(bench->emulator, false, bench_deadline(), &bench->diagnostic),
        RIG_ERROR_USAGE);
    assert_string_equal(bench->diagnostic.text, "QEMU refuses 'set_link': no such \\x1bcable");
    assert_int_equal(emulator_state(bench->emulator), EMULATOR_RUNNING);
}

static void test_a_lockup_is_the_device_s(void **state)
{
    struct bench *bench = *state;

    extra[0] = "behave=lockup";
    bench_start(bench);
    assert_int_equal(wait_in_vain(bench, bench_deadline()), RIG_ERROR_DEVICE);
    assert_string_equal(bench->diagnostic.text,
                        "the guest locked up: qemu: fatal: Lockup: can't escalate 3 to HardFault");
    assert_int_equal(emulator_state(bench->emulator), EMULATOR_GUEST_LOCKUP);
    /* Said again by each call until the power goes. */
    assert_int_equal(emulator_reset(bench->emulator, bench_deadline(), &bench->diagnostic),
                     RIG_ERROR_DEVICE);
    assert_int_equal(emulator_power_off(bench->emulator, &bench->diagnostic), RIG_OK);
    assert_int_equal(emulator_state(bench->emulator), EMULATOR_OFF);
    assert_int_equal(wait_in_vain(bench, bench_deadline()), RIG_ERROR_USAGE);
    extra[0] = "behave=sound";
    assert_int_equal(power_on(bench, bench_deadline()), RIG_OK);
}

static void test_another_end_is_the_bench_s(void **state)
{
    struct bench *bench = *state;

    bench_start(bench);
    assert_int_equal(kill(emulator_process_id(bench->emulator), SIGKILL), 0);
    assert_int_equal(wait_in_vain(bench, bench_deadline()), RIG_ERROR_BENCH);
    assert_string_equal(bench->diagnostic.text,
                        "QEMU ended by itself, signal 9 (Killed): it said nothing");
    assert_int_equal(emulator_state(bench->emulator), EMULATOR_DIED);
    assert_int_equal(
        emulator_send_console(bench->emulator, "x", 1, bench_deadline(), &bench->diagnostic),
        RIG_ERROR_BENCH);
    bench_assert_no_child();
}

/* The power goes before any call has met the end: the end is not lost. */
static void test_an_end_that_nobody_saw_is_told_at_power_off(void **state)
{
    struct bench *bench = *state;
    siginfo_t end;
    pid_t qemu;

    bench_start(bench);
    qemu = emulator_process_id(bench->emulator);
    assert_int_equal(kill(qemu, SIGKILL), 0);
    assert_int_equal(waitid(P_PID, (id_t)qemu, &end, WEXITED | WNOWAIT), 0);
    assert_int_equal(emulator_power_off(bench->emulator, &bench->diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(bench->diagnostic.text, "signal 9"));
    assert_int_equal(emulator_state(bench->emulator), EMULATOR_OFF);
    assert_int_equal(emulator_power_off(bench->emulator, &bench->diagnostic), RIG_OK);
}

static void test_an_interrupt_ends_a_wait(void **state)
{
    struct bench *bench = *state;

    bench_start(bench);
    interrupt_request();
    assert_int_equal(wait_in_vain(bench, PROCESS_NO_DEADLINE), RIG_ERROR_INTERRUPTED);
    assert_int_equal(emulator_power_off(bench->emulator, &bench->diagnostic), RIG_OK);
    bench_assert_no_child();
}

static void test_what_is_impossible_is_refused(void **state)
{
    struct bench *bench = *state;

    bench_create(bench);
    assert_int_equal(emulator_pump(bench->emulator, 0, &bench->diagnostic), RIG_ERROR_USAGE);
    assert_non_null(strstr(bench->diagnostic.text, "is off"));
    assert_int_equal(emulator_power_off(bench->emulator, &bench->diagnostic), RIG_OK);
    assert_int_equal(emulator_set_temperature(bench->emulator, 1280, 0, &bench->diagnostic),
                     RIG_ERROR_USAGE);
    assert_int_equal(emulator_set_temperature(bench->emulator, -1281, 0, &bench->diagnostic),
                     RIG_ERROR_USAGE);
    bench_destroy(bench);
    bench->options.sensor = NULL;
    bench_create(bench);
    assert_int_equal(emulator_set_temperature(bench->emulator, 215, 0, &bench->diagnostic),
                     RIG_ERROR_USAGE);
    assert_non_null(strstr(bench->diagnostic.text, "no temperature sensor"));
}

static void test_bad_files_are_refused_before_the_start(void **state)
{
    struct bench *bench = *state;

    bench->options.flash_size++;
    bench_create(bench);
    assert_int_equal(power_on(bench, bench_deadline()), RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(bench->diagnostic.text, "has 16777216 bytes"));
    bench_destroy(bench);
    bench->options.flash_size--;
    bench->options.kernel = bench->folder;
    bench_create(bench);
    assert_int_equal(power_on(bench, bench_deadline()), RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(bench->diagnostic.text, "is no file"));
    bench_destroy(bench);
    bench->options.kernel = GUEST;
    bench->options.qemu = "ordeal-no-such-program";
    bench_create(bench);
    assert_int_equal(power_on(bench, bench_deadline()), RIG_ERROR_BENCH);
    assert_non_null(strstr(bench->diagnostic.text, "cannot start 'ordeal-no-such-program'"));
}

static void test_a_log_that_cannot_be_is_refused(void **state)
{
    struct bench *bench = *state;

    bench->options.console_log = bench->folder;
    assert_int_equal(emulator_create(&bench->options, &bench->emulator, &bench->diagnostic),
                     RIG_ERROR_BENCH);
    assert_null(bench->emulator);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_start_that_fails_is_told_and_undone),
        CASE(test_a_sound_one_starts),
        CASE(test_a_refused_command_is_told),
        CASE(test_a_lockup_is_the_device_s),
        CASE(test_another_end_is_the_bench_s),
        CASE(test_an_end_that_nobody_saw_is_told_at_power_off),
        CASE(test_an_interrupt_ends_a_wait),
        CASE(test_what_is_impossible_is_refused),
        CASE(test_bad_files_are_refused_before_the_start),
        CASE(test_a_log_that_cannot_be_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
