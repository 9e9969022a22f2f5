/*
 * What a debugger's call does when OpenOCD, QEMU or the virtual probe ends or hangs: it ends by its
 * deadline as the bench's fault, and nothing is left.
 *
 * Method: one case for each of them, each way to fail and each call. Before most calls the victim gets
 * its signal, and the case waits until the system says that it has ended or stands still. "In its
 * midst" OpenOCD itself sends the signal, at an event of the call, or a child of the test does once the
 * call has begun to show in the board's flash. The test adopts what loses its parent, so a process that
 * is left anywhere below it is seen. Its argument is the victim's name.
 */
#include "lab.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

enum {
    CALL_MS = 1000,  /* that a call may take */
    GRACE_MS = 3000, /* behind its deadline, on a loaded host */
    CLOSE_MS = 8000, /* to end all that is stopped */
    LOAD_ADDRESS = (int)0x80100000,
    LOAD_SIZE = 256 * 1024,
    LOAD_BYTE = 0x5A,
    PLACE = (int)0x80000100,    /* in flash */
    CONSOLE_STATE = 0x50201004, /* a register of a device: QEMU has to answer itself */
    CPUID = (int)0xE000ED00,
    INTERRUPT_LINES = (int)0xE000E004, /* ICTR */
    CASES_MAX = 64,
};

static const char *const victims[] = {"openocd", "qemu", "virtual-probe"};
enum victim { OF_OPENOCD, OF_QEMU, OF_PROBE, VICTIMS };

static enum victim victim;

/* ---- the calls ---- */

static char *make_file(struct lab *lab, const char *name, const char *bytes, size_t size)
{
    char *path = file_join(lab->folder, name);
    FILE *file = path != NULL ? fopen(path, "wb") : NULL;

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* A chip that does not answer is no error of attaching, nor one to find its state, but then the
 * state is no chip's. */
static int find_state(struct lab *lab, int64_t deadline_ms)
{
    struct probe_finding finding = {PROBE_OPEN, ""};
    const int error = probe_find_state(&lab->probe, &finding, deadline_ms, &lab->diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    if (finding.state != PROBE_DEAD_ADAPTER && finding.state != PROBE_DEAD_TARGET) {
        fail_msg("the state is '%s': %s", probe_state_name(finding.state), finding.evidence);
    }
    return diagnostic_fail(&lab->diagnostic, RIG_ERROR_BENCH, "%s", finding.evidence);
}

static int attach(struct lab *lab, int64_t deadline_ms)
{
    const int error = lab_try_attach(lab, NULL, deadline_ms);

    return error == RIG_OK ? find_state(lab, process_clock_ms() + CALL_MS) : error;
}

static int halt(struct lab *lab, int64_t deadline_ms)
{
    return probe_halt(&lab->probe, deadline_ms, &lab->diagnostic);
}

static int read_device(struct lab *lab, int64_t deadline_ms)
{
    uint32_t value = 0;

    return probe_read_word(&lab->probe, CONSOLE_STATE, &value, deadline_ms, &lab->diagnostic);
}

static int write_flash(struct lab *lab, int64_t deadline_ms)
{
    return probe_write_word(&lab->probe, (uint32_t)PLACE, 1, deadline_ms, &lab->diagnostic);
}

/* One that neither OpenOCD nor the virtual probe knows already from the halt. */
static int read_register(struct lab *lab, int64_t deadline_ms)
{
    uint64_t value = 0;

    return probe_read_register(&lab->probe, "msp", &value, deadline_ms, &lab->diagnostic);
}

static int step(struct lab *lab, int64_t deadline_ms)
{
    return probe_step(&lab->probe, deadline_ms, &lab->diagnostic);
}

static int reset_halt(struct lab *lab, int64_t deadline_ms)
{
    return probe_reset(&lab->probe, PROBE_RESET_HALT, deadline_ms, &lab->diagnostic);
}

static int reset_run(struct lab *lab, int64_t deadline_ms)
{
    return probe_reset(&lab->probe, PROBE_RESET_RUN, deadline_ms, &lab->diagnostic);
}

static int load(struct lab *lab, int64_t deadline_ms)
{
    static char bytes[LOAD_SIZE];
    char *path;
    int error;

    memset(bytes, LOAD_BYTE, sizeof(bytes));
    path = make_file(lab, "image.bin", bytes, sizeof(bytes));
    error = probe_load(&lab->probe, path, (uint32_t)LOAD_ADDRESS, deadline_ms, &lab->diagnostic);
    assert_int_equal(unlink(path), 0);
    free(path);
    return error;
}

static int resume(struct lab *lab, int64_t deadline_ms)
{
    return probe_resume(&lab->probe, deadline_ms, &lab->diagnostic);
}

struct call {
    const char *name;
    int (*make)(struct lab *lab, int64_t deadline_ms);
    bool of_halted;    /* of a core that is halted before */
    const char *event; /* of OpenOCD's in its midst; NULL for none */
};

static const struct call calls[] = {
    {"attach", attach, false, NULL},
    {"halt", halt, false, NULL},
    {"read", read_device, false, NULL},
    {"write", write_flash, false, NULL},
    {"register", read_register, true, NULL},
    {"step", step, true, "step-start"},
    {"reset halt", reset_halt, false, "reset-assert-pre"},
    {"reset run", reset_run, false, "reset-deassert-post"},
    {"load", load, true, NULL},
    {"find state", find_state, false, NULL},
    {"resume", resume, true, "resume-start"},
};

enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

/* ---- a case ---- */

struct death {
    const struct call *call;
    int signal;
    char name[64];
};

static struct lab *lab_of_case; /* a test that fails leaves it to its tear-down */

static struct lab *begin(void)
{
    void *made = NULL;

    (void)lab_set_up(&made);
    lab_of_case = made;
    return lab_of_case;
}

static int end(void **state)
{
    void *made = lab_of_case;

    (void)state;
    lab_of_case = NULL;
    return made != NULL ? lab_tear_down(&made) : 0;
}

static pid_t process_of_victim(const struct lab *lab)
{
    switch (victim) {
    case OF_OPENOCD:
        return openocd_process_id(lab->probe.openocd);
    case OF_QEMU:
        return emulator_process_id(lab->emulator);
    default:
        return virtual_probe_process_id(lab->virtual_probe);
    }
}

/* Returns when it has ended, or stands still; whoever reaps it does so later. */
static void send_signal(pid_t process, int number)
{
    siginfo_t info;

    assert_int_equal(kill(process, number), 0);
    assert_int_equal(
        waitid(P_PID, (id_t)process, &info, (number == SIGKILL ? WEXITED : WSTOPPED) | WNOWAIT), 0);
}

/* An error of the bench, told in words, in time. */
static void judge(const struct lab *lab, int error, int64_t took_ms)
{
    if (error != RIG_ERROR_BENCH && error != RIG_ERROR_TIMEOUT) {
        fail_msg("%s: %s", rig_strerror(error), lab->diagnostic.text);
    }
    assert_true(lab->diagnostic.text[0] != '\0');
    if (took_ms > CALL_MS + GRACE_MS) {
        fail_msg("it took %lld ms", (long long)took_ms);
    }
}

/* All that ran ends, and is reaped. What OpenOCD had started and is about to end has a moment. */
static void expect_nothing_left(struct lab *lab)
{
    const int64_t began = process_clock_ms();
    pid_t left;

    lab_switch_off(lab);
    do {
        left = waitpid(-1, NULL, WNOHANG);
    } while (left >= 0 && process_clock_ms() < began + CLOSE_MS);
    assert_int_equal(left, -1);
    assert_int_equal(errno, ECHILD);
    assert_true(process_clock_ms() <= began + CLOSE_MS);
}

static void prepare(struct lab *lab, const struct call *call)
{
    if (call->of_halted) {
        LAB_OK(lab, probe_halt(&lab->probe, lab_deadline(), &lab->diagnostic));
    }
}

static void make_call(struct lab *lab, const struct call *call)
{
    const int64_t began = process_clock_ms();

    lab->diagnostic.text[0] = '\0';
    judge(lab, call->make(lab, began + CALL_MS), process_clock_ms() - began);
}

static void test_before(void **state)
{
    const struct death *death = *state;
    struct lab *lab = begin();

    prepare(lab, death->call);
    send_signal(process_of_victim(lab), death->signal);
    make_call(lab, death->call);
    expect_nothing_left(lab);
}

/* ---- in the midst of a call ---- */

static char *make_order(pid_t process, int number)
{
    return text_format("exec sh -c {kill -s %s %ld}", number == SIGKILL ? "KILL" : "STOP",
                       (long)process);
}

static void test_in_the_midst(void **state)
{
    const struct death *death = *state;
    struct tcl_reply reply = {false, ""};
    char *command;
    char *order;
    struct lab *lab = begin();

    prepare(lab, death->call);
    order = make_order(process_of_victim(lab), death->signal);
    command = text_format("chip.cpu configure -event %s {%s}", death->call->event, order);
    LAB_OK(lab,
           openocd_call(lab->probe.openocd, command, &reply, lab_deadline(), &lab->diagnostic));
    assert_false(reply.failed);
    make_call(lab, death->call);
    expect_nothing_left(lab);
    free(command);
    free(order);
}

/* OpenOCD is the new one, which sends itself its signal. */
static void test_in_the_midst_of_attaching(void **state)
{
    const struct death *death = *state;
    const char *name = death->signal == SIGKILL ? "KILL" : "STOP";
    char *script;
    char *path;
    struct lab *lab = begin();
    int64_t began;
    int error;

    script = victim == OF_OPENOCD ? text_format("chip.cpu configure -event examine-start "
                                                "{exec sh -c \"kill -s %s [pid]\"}\n",
                                                name)
                                  : text_format("chip.cpu configure -event examine-start "
                                                "{exec sh -c {kill -s %s %ld}}\n",
                                                name, (long)process_of_victim(lab));
    assert_non_null(script);
    path = make_file(lab, "script.cfg", script, strlen(script));
    began = process_clock_ms();
    error = lab_try_attach(lab, path, began + CALL_MS);
    if (error == RIG_OK) {
        error = find_state(lab, began + CALL_MS);
    }
    judge(lab, error, process_clock_ms() - began);
    expect_nothing_left(lab);
    assert_int_equal(unlink(path), 0);
    free(script);
    free(path);
}

/* Sends the signal once the first byte has come, or ends when none does. */
static pid_t start_watcher(struct lab *lab, int number)
{
    const int64_t deadline_ms = lab_deadline();
    const pid_t process = process_of_victim(lab);
    const pid_t watcher = fork();

    assert_true(watcher >= 0);
    if (watcher == 0) {
        while (lab_get_flash(lab, (uint32_t)LOAD_ADDRESS) == 0) {
            if (process_clock_ms() >= deadline_ms) {
                _exit(1);
            }
        }
        _exit(kill(process, number) == 0 ? 0 : 1);
    }
    return watcher;
}

static void test_in_the_midst_of_a_load(void **state)
{
    const struct death *death = *state;
    struct lab *lab = begin();
    pid_t watcher;
    int status = -1;

    prepare(lab, death->call);
    watcher = start_watcher(lab, death->signal);
    make_call(lab, death->call);
    assert_int_equal(waitpid(watcher, &status, 0), watcher);
    assert_int_equal(status, 0);
    expect_nothing_left(lab);
}

/* ---- hung for a while ---- */

static void expect_dead_target(struct lab *lab)
{
    struct probe_finding finding = {PROBE_OPEN, ""};

    LAB_OK(lab, probe_find_state(&lab->probe, &finding, lab_deadline(), &lab->diagnostic));
    assert_int_equal(finding.state, PROBE_DEAD_TARGET);
}

/* The debugger has the patience that QEMU had not: what it wrote does not count as written. */
static void test_write_that_is_never_taken(void **state)
{
    struct lab *lab = begin();

    (void)state;
    send_signal(process_of_victim(lab), SIGSTOP);
    assert_int_equal(write_flash(lab, lab_deadline()), RIG_ERROR_BENCH);
    expect_dead_target(lab);
    expect_nothing_left(lab);
}

/* An answer to a question that was given up is no answer to the next one. */
static void test_answer_that_comes_late(void **state)
{
    struct lab *lab = begin();
    uint32_t value = 0;

    (void)state;
    send_signal(process_of_victim(lab), SIGSTOP);
    assert_int_equal(
        probe_read_word(&lab->probe, (uint32_t)CPUID, &value, lab_deadline(), &lab->diagnostic),
        RIG_ERROR_BENCH);
    assert_int_equal(kill(process_of_victim(lab), SIGCONT), 0);
    assert_int_equal(probe_read_word(&lab->probe, (uint32_t)INTERRUPT_LINES, &value, lab_deadline(),
                                     &lab->diagnostic),
                     RIG_ERROR_BENCH);
    expect_dead_target(lab);
    expect_nothing_left(lab);
}

static int set_fault(struct lab *lab, enum probe_fault fault, int64_t limit_ms)
{
    return virtual_probe_set_fault(lab->virtual_probe, fault, process_clock_ms() + limit_ms,
                                   &lab->diagnostic);
}

static void test_order_that_is_obeyed_late(void **state)
{
    struct lab *lab = begin();

    (void)state;
    send_signal(process_of_victim(lab), SIGSTOP);
    assert_int_equal(set_fault(lab, PROBE_FAULT_WAIT, CALL_MS / 10), RIG_ERROR_TIMEOUT);
    assert_int_equal(kill(process_of_victim(lab), SIGCONT), 0);
    assert_int_equal(set_fault(lab, PROBE_FAULT_NONE, LAB_LIMIT_MS), RIG_ERROR_BENCH);
    expect_nothing_left(lab);
}

/* ---- all of them ---- */

static struct death deaths[CASES_MAX];
static struct CMUnitTest tests[CASES_MAX];
static size_t cases;

static void add(const struct call *call, int number, bool in_its_midst, CMUnitTestFunction test)
{
    struct death *death = &deaths[cases];

    death->call = call;
    death->signal = number;
    (void)snprintf(death->name, sizeof(death->name), "%s %s: %s%s", victims[victim],
                   number == SIGKILL ? "ends" : "hangs", call->name,
                   in_its_midst ? ", in its midst" : "");
    tests[cases++] = (struct CMUnitTest){death->name, test, NULL, end, death};
}

static void add_call(const struct call *call, int number)
{
    if (call->make != attach || victim != OF_OPENOCD) {
        add(call, number, false, test_before);
    }
    if (call->make == attach) {
        add(call, number, true, test_in_the_midst_of_attaching);
    } else if (call->make == load) {
        add(call, number, true, test_in_the_midst_of_a_load);
    } else if (call->event != NULL) {
        add(call, number, true, test_in_the_midst);
    }
}

static void add_hangs(void)
{
    static const struct CMUnitTest of_qemu[] = {
        cmocka_unit_test_teardown(test_write_that_is_never_taken, end),
        cmocka_unit_test_teardown(test_answer_that_comes_late, end),
    };
    static const struct CMUnitTest of_probe[] = {
        cmocka_unit_test_teardown(test_order_that_is_obeyed_late, end),
    };

    if (victim == OF_QEMU) {
        tests[cases++] = of_qemu[0];
        tests[cases++] = of_qemu[1];
    } else if (victim == OF_PROBE) {
        tests[cases++] = of_probe[0];
    }
}

static bool find_victim(const char *name)
{
    for (unsigned i = 0; i < VICTIMS; i++) {
        if (strcmp(name, victims[i]) == 0) {
            victim = (enum victim)i;
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    if (argc != 2 || !find_victim(argv[1])) {
        (void)fprintf(stderr, "usage: %s openocd|qemu|virtual-probe\n", argv[0]);
        return 2;
    }
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
        (void)fprintf(stderr, "%s: cannot adopt processes: %s\n", argv[0], strerror(errno));
        return 2;
    }
    for (unsigned i = 0; i < CALLS; i++) {
        add_call(&calls[i], SIGKILL);
        add_call(&calls[i], SIGSTOP);
    }
    add_hangs();
    return _cmocka_run_group_tests(victims[victim], tests, cases, NULL, NULL);
}
