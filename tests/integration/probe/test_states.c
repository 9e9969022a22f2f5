/* What is at the other end of a probe: each state is told apart, and a broken bench is never a lock. */
#include "lab.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static void expect_state(struct lab *lab, enum probe_state state)
{
    struct probe_finding finding;

    LAB_OK(lab, probe_find_state(&lab->probe, &finding, lab_deadline(), &lab->diagnostic));
    if (finding.state != state) {
        fail_msg("%s (%s) instead of %s", probe_state_name(finding.state), finding.evidence,
                 probe_state_name(state));
    }
    assert_true(finding.evidence[0] != '\0');
}

static void set_fault(struct lab *lab, enum probe_fault fault)
{
    LAB_OK(lab,
           virtual_probe_set_fault(lab->virtual_probe, fault, lab_deadline(), &lab->diagnostic));
}

static const struct {
    enum probe_fault fault;
    enum probe_state state;
} faults[] = {
    {PROBE_FAULT_WIRE_HIGH, PROBE_UNPLUGGED}, {PROBE_FAULT_WIRE_LOW, PROBE_UNPOWERED},
    {PROBE_FAULT_WAIT, PROBE_NO_ACCESS},      {PROBE_FAULT_UNPOWERED, PROBE_UNPOWERED},
    {PROBE_FAULT_NO_ACCESS, PROBE_NO_ACCESS},
};

enum { FAULTS = sizeof(faults) / sizeof(faults[0]) };

/* It breaks while the debugger is attached. */
static void test_faults_while_attached(void **state)
{
    struct lab *lab = *state;

    expect_state(lab, PROBE_OPEN);
    for (unsigned i = 0; i < FAULTS; i++) {
        set_fault(lab, faults[i].fault);
        expect_state(lab, faults[i].state);
    }
}

/* It is broken when the debugger comes. */
static void test_faults_before_attaching(void **state)
{
    struct lab *lab = *state;

    for (unsigned i = 0; i < FAULTS; i++) {
        set_fault(lab, faults[i].fault);
        lab_attach(lab);
        expect_state(lab, faults[i].state);
    }
    set_fault(lab, PROBE_FAULT_NONE);
    lab_attach(lab);
    expect_state(lab, PROBE_OPEN);
}

static void test_adapter_that_dies(void **state)
{
    struct lab *lab = *state;

    assert_int_equal(kill(virtual_probe_process_id(lab->virtual_probe), SIGKILL), 0);
    expect_state(lab, PROBE_DEAD_ADAPTER);
}

static void test_openocd_that_dies(void **state)
{
    struct lab *lab = *state;

    assert_int_equal(kill(openocd_process_id(lab->probe.openocd), SIGKILL), 0);
    expect_state(lab, PROBE_DEAD_ADAPTER);
}

static void test_board_that_dies(void **state)
{
    struct lab *lab = *state;

    assert_int_equal(kill(emulator_process_id(lab->emulator), SIGKILL), 0);
    expect_state(lab, PROBE_DEAD_TARGET);
    lab_attach(lab);
    expect_state(lab, PROBE_DEAD_TARGET);
}

/* Nobody lets a guest go on that was halted for a look: it is not one that hangs by itself. */
static void test_board_that_hangs_for_a_while(void **state)
{
    struct lab *lab = *state;

    LAB_OK(lab, virtual_probe_check_qemu(lab->virtual_probe, &lab->diagnostic));
    assert_int_equal(kill(emulator_process_id(lab->emulator), SIGSTOP), 0);
    expect_state(lab, PROBE_DEAD_TARGET);
    assert_int_equal(kill(emulator_process_id(lab->emulator), SIGCONT), 0);
    for (int i = 0; i < 2; i++) { /* for ever */
        assert_int_equal(virtual_probe_check_qemu(lab->virtual_probe, &lab->diagnostic),
                         RIG_ERROR_BENCH);
        assert_non_null(strstr(lab->diagnostic.text, "has given QEMU up"));
    }
    set_fault(lab, PROBE_FAULT_NONE); /* it serves */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_faults_while_attached, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_faults_before_attaching, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_adapter_that_dies, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_openocd_that_dies, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_board_that_dies, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_board_that_hangs_for_a_while, lab_set_up,
                                        lab_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
