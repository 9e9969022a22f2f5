/*
 * An attached board as its target file tells of it, with the real OpenOCD and its adapter `dummy`:
 * no hardware, on whose wire everything reads as ones, as if the cable were unplugged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"
#include "scratch.h"
#include "target/bench_probe.h"

#define TAP                                                                                        \
    "transport select jtag\n"                                                                      \
    "jtag newtap fake cpu -irlen 4 -expected-id 0x4ba00477\n"
#define CORE                                                                                       \
    "dap create fake.dap -chain-position fake.cpu\n"                                               \
    "target create fake.cpu cortex_m -dap fake.dap\n"
#define CHIP "adapter driver dummy\nadapter speed 1000\n" TAP CORE

enum {
    LIMIT_MS = 30000, /* far more than any step here needs */
    SHORT_MS = 1000,  /* for what only the deadline ends */
};

static char *folder;
static struct workspace *workspace;
static struct target target;
static struct bench bench;
static struct probe probe;
static struct diagnostic diagnostic;

static int64_t soon(void)
{
    return process_clock_ms() + LIMIT_MS;
}

static void expect_ok(int error)
{
    if (error != RIG_OK) {
        fail_msg("%s: %s", rig_strerror(error), diagnostic.text);
    }
}

static int set_up(void **state)
{
    struct workspace_options options = {.project = NULL};

    (void)state;
    folder = scratch_make();
    options.project = folder;
    diagnostic_clear(&diagnostic);
    expect_ok(workspace_open(&options, &workspace, &diagnostic));
    assert_int_equal(setenv("XDG_RUNTIME_DIR", folder, 1), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    probe_close(&probe);
    bench_close(&bench);
    target_clear(&target);
    workspace_free(workspace);
    scratch_remove(folder);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    return 0;
}

/* Attaches to the board whose probe has these scripts; chip.cfg beside the target's file is `chip`. */
static int attach(const char *scripts, const char *chip, int64_t limit_ms)
{
    char *text = text_format("schema: 1\nname: board\nclass: board\n"
                             "probe: {driver: openocd, openocd: [%s], serial: 0066CAFE}\n",
                             scripts);
    const struct bench_options options = {.target = &target,
                                          .workspace = workspace,
                                          .folder = folder,
                                          .evidence = folder,
                                          .needs = CAN_PROBE};

    assert_non_null(text);
    scratch_write(folder, "targets/board.yaml", text);
    scratch_write(folder, "targets/openocd/chip.cfg", chip);
    free(text);
    expect_ok(target_find(workspace, "board", &target, &diagnostic));
    expect_ok(bench_open(&bench, &options, &diagnostic));
    assert_true((bench.capabilities & CAN_PROBE) != 0);
    return bench_attach(&bench, &probe, process_clock_ms() + limit_ms, &diagnostic);
}

static void expect_refusal(int error, enum rig_error wanted, const char *words)
{
    if (error != (int)wanted || strstr(diagnostic.text, words) == NULL) {
        fail_msg("%s: %s", rig_strerror(error), diagnostic.text);
    }
    assert_null(strchr(diagnostic.text, '\n'));
}

static void test_nothing_on_the_wire(void **state)
{
    struct probe_finding finding;
    uint32_t value = 0;

    (void)state;
    expect_ok(attach("chip.cfg", CHIP, LIMIT_MS));
    assert_string_equal(probe.target, "fake.cpu");
    assert_string_equal(probe.dap, "fake.dap");
    expect_ok(probe_find_state(&probe, &finding, soon(), &diagnostic));
    if (finding.state != PROBE_UNPLUGGED) {
        fail_msg("%s: %s", probe_state_name(finding.state), finding.evidence);
    }
    assert_non_null(strstr(finding.evidence, "Invalid ACK (7)"));
    assert_int_equal(probe_read_word(&probe, 0x20000000, &value, soon(), &diagnostic),
                     RIG_ERROR_DEVICE);
    assert_int_equal(probe_halt(&probe, soon(), &diagnostic), RIG_ERROR_DEVICE);
    expect_ok(openocd_check(probe.openocd, &diagnostic));
}

/* OpenOCD's own scripts beside those of the target. */
static void test_stock_scripts(void **state)
{
    (void)state;
    expect_ok(attach("interface/dummy.cfg, chip.cfg", TAP CORE, LIMIT_MS));
    assert_string_equal(probe.target, "fake.cpu");
}

/* A script that names ports would have two boards meet. */
static void test_ports_are_the_rigs_own(void **state)
{
    (void)state;
    expect_ok(attach("chip.cfg", CHIP "tcl_port 6666\ngdb_port 3333\n", LIMIT_MS));
    assert_int_not_equal(openocd_tcl_port(probe.openocd), 6666);
    assert_int_not_equal(openocd_gdb_port(probe.openocd), 3333);
}

static void test_a_core_without_access_port(void **state)
{
    (void)state;
    expect_refusal(attach("chip.cfg",
                          "adapter driver dummy\n" TAP
                          "target create fake.cpu testee -chain-position fake.cpu\n",
                          LIMIT_MS),
                   RIG_ERROR_CONFIGURATION, "names no core with a debug access port");
}

static void test_a_script_that_is_refused(void **state)
{
    (void)state;
    expect_refusal(attach("chip.cfg", CHIP "no_such_command\n", LIMIT_MS), RIG_ERROR_CONFIGURATION,
                   "chip.cfg:7: Error: invalid command name \"no_such_command\"");
}

static void test_a_script_that_is_nowhere(void **state)
{
    (void)state;
    expect_refusal(attach("interface/nobodys.cfg", CHIP, LIMIT_MS), RIG_ERROR_CONFIGURATION,
                   "Can't find interface/nobodys.cfg");
}

static void test_an_adapter_that_openocd_does_not_know(void **state)
{
    (void)state;
    expect_refusal(attach("chip.cfg", "adapter driver crystal_ball\n" TAP CORE, LIMIT_MS),
                   RIG_ERROR_CONFIGURATION,
                   "exit code 1: The specified debug interface was not found (crystal_ball)");
}

static void test_a_script_that_ends_openocd(void **state)
{
    (void)state;
    expect_refusal(attach("chip.cfg", CHIP "shutdown\n", LIMIT_MS), RIG_ERROR_CONFIGURATION,
                   "OpenOCD ended, exit code 0");
}

static void test_a_script_without_end(void **state)
{
    (void)state;
    expect_refusal(attach("chip.cfg", CHIP "while {1} {}\n", SHORT_MS), RIG_ERROR_TIMEOUT,
                   "did not open its Tcl port in time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_on_the_wire, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stock_scripts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ports_are_the_rigs_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_core_without_access_port, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_script_that_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_script_that_is_nowhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_adapter_that_openocd_does_not_know, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_script_that_ends_openocd, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_script_without_end, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
