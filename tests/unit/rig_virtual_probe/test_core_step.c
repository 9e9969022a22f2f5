/* Steps of the core, against a stub that says what the test puts in its mouth: QEMU ends some before their
 * instruction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"
#include "virtual_probe/core_run.h"

enum {
    PATIENCE_MS = 2000,
    M33 = 0x410FD214,
    PC = 15,
    HERE = 0x10,
    BEHIND = 0x12,
    STEPS_MAX = 4,
};

static int ends[2]; /* the core's, the stub's */
static struct gdb_client client;
static struct qmp_events events;
static struct core_run run;
static struct core_control control;
static struct diagnostic diagnostic;

/* An answer that waits for its question. */
static void stub_says(const char *data)
{
    char packet[GDB_PACKET_ROOM];
    const size_t size = gdb_packet_frame(data, packet);

    assert_int_equal(send(ends[1], "+", 1, 0), 1);
    assert_int_equal(send(ends[1], packet, size, 0), size);
}

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
    static struct gdb_packet_reader reader;
    unsigned steps = 0;
    char byte;

    while (recv(ends[1], &byte, 1, MSG_DONTWAIT) == 1) {
        steps +=
            gdb_packet_take(&reader, byte) == GDB_PACKET_COMPLETE && strcmp(reader.data, "s") == 0;
    }
    return steps;
}

static int set_up(void **state)
{
    const struct core_run_parts parts = {
        .kind = core_kind_find(M33), .gdb = &client, .events = &events};

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    stub_says("PacketSize=1000;qXfer:features:read+");
    stub_says("l<?xml version=\"1.0\"?>");
    stub_says("T02thread:01;");
    assert_int_equal(
        gdb_client_open(&client, ends[0], process_clock_ms() + PATIENCE_MS, &diagnostic), RIG_OK);
    core_run_init(&run, &parts);
    control = core_run_control(&run);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)close(ends[0]);
    return close(ends[1]);
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
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_branch_to_itself_is_stepped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_watched_access_is_made, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("rig_virtual_probe.core_step", tests, NULL, NULL);
}
