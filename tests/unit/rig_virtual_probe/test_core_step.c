/* Steps of the core, against a stub that says what the test puts in its mouth: QEMU ends some before their
 * instruction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "scripted_stub.h"
#include "virtual_probe/core_run.h"

enum {
    M33 = 0x410FD214,
    PC = 15,
    HERE = 0x10,
    BEHIND = 0x12,
    STEPS_MAX = 4,
};

static struct qmp_events events;
static struct core_run run;
static struct core_control control;

/* The registers, all 0 but the program counter. */
static void stub_is_at(unsigned counter)
{
    char answer[8 * GDB_REGISTERS + 1];

    for (unsigned i = 0; i < GDB_REGISTERS; i++) {
        (void)snprintf(answer + 8 * i, 9, "%02x000000", i == PC ? counter : 0);
    }
    stub_says(answer);
}

static void stub_steps(const char *stop, unsigned counter)
{
    stub_says("OK");
    stub_says(stop);
    stub_is_at(counter);
}

/* How many steps the core was asked for. */
static unsigned steps_heard(void)
{
    unsigned steps = 0;

    for (const char *at = stub_heard(); (at = strstr(at, " s ")) != NULL; at++) {
        steps++;
    }
    return steps;
}

static int set_up(void **state)
{
    const struct core_run_parts parts = {
        .kind = core_kind_find(M33), .gdb = &stub.client, .events = &events};
    const int failed = scripted_stub_set_up(state);

    core_run_init(&run, &parts);
    control = core_run_control(&run);
    return failed;
}

static void test_step_that_ended_too_soon_is_made_again(void **state)
{
    uint32_t counter = 0;

    (void)state;
    stub_is_at(HERE);
    stub_steps("T05thread:01;", HERE);
    stub_steps("T05thread:01;", BEHIND);
    assert_true(control.step(&run, true));
    assert_int_equal(steps_heard(), 2);
    assert_true(control.read_register(&run, PC, &counter));
    assert_int_equal(counter, BEHIND);
}

static void test_branch_to_itself_is_stepped(void **state)
{
    (void)state;
    stub_is_at(HERE);
    for (int i = 0; i < STEPS_MAX; i++) {
        stub_steps("T05thread:01;", HERE);
    }
    assert_true(control.step(&run, true));
    assert_int_equal(steps_heard(), STEPS_MAX);
}

/* QEMU stops before the access: it is made by a step of its own, which may end too soon as well. */
static void test_watched_access_is_made(void **state)
{
    (void)state;
    stub_is_at(HERE);
    stub_steps("T05thread:01;watch:20;", HERE);
    stub_steps("T05thread:01;", HERE);
    stub_steps("T05thread:01;", BEHIND);
    assert_true(control.step(&run, true));
    assert_int_equal(steps_heard(), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_step_that_ended_too_soon_is_made_again, set_up,
                                        scripted_stub_tear_down),
        cmocka_unit_test_setup_teardown(test_branch_to_itself_is_stepped, set_up,
                                        scripted_stub_tear_down),
        cmocka_unit_test_setup_teardown(test_watched_access_is_made, set_up,
                                        scripted_stub_tear_down),
    };

    return cmocka_run_group_tests_name("rig_virtual_probe.core_step", tests, NULL, NULL);
}
