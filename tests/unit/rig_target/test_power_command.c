#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/process.h"
#include "base/text.h"
#include "scratch.h"
#include "target/power_command.h"

#define SAY(word) "sh -c \"echo " word " >> said\""

enum { SOON_MS = 20000 };

struct supply {
    char *folder;
    struct power power;
    struct diagnostic diagnostic;
};

static int open_supply(struct supply *supply, struct power_command_options options)
{
    supply->folder = scratch_make();
    supply->diagnostic.text[0] = '\0';
    options.folder = supply->folder;
    return power_command_create(&options, &supply->power, &supply->diagnostic);
}

static void close_supply(struct supply *supply)
{
    power_command_destroy(&supply->power);
    assert_null(supply->power.driver);
    scratch_remove(supply->folder);
}

/* What the commands have written, without its newlines. */
static void expect_said(const struct supply *supply, const char *wanted)
{
    struct file_content content = {NULL, 0};
    struct diagnostic diagnostic;
    char *path = scratch_path(supply->folder, "said");
    char said[256] = "";
    if (file_exists(path)) {
        assert_int_equal(file_read(path, sizeof said - 1, &content, &diagnostic), RIG_OK);
        memcpy(said, content.bytes, content.size + 1);
        file_content_free(&content);
    }
    free(path);
    for (char *at = said; *at != '\0'; at++) {
        *at = *at == '\n' ? ' ' : *at;
    }
    assert_string_equal(said, wanted);
}

static int64_t soon(void)
{
    return process_clock_ms() + SOON_MS;
}

static int on(struct supply *supply)
{
    return supply->power.driver->on(supply->power.self, soon(), &supply->diagnostic);
}

static int off(struct supply *supply)
{
    return supply->power.driver->off(supply->power.self, soon(), &supply->diagnostic);
}

static int arm(struct supply *supply, struct power_cut cut)
{
    return supply->power.driver->arm(supply->power.self, &cut, &supply->diagnostic);
}

static void runs_commands_when_the_supply_changes(void **state)
{
    struct supply supply;
    (void)state;
    assert_int_equal(open_supply(&supply, (struct power_command_options){.on = SAY("on"),
                                                                         .off = SAY("off"),
                                                                         .cycle = SAY("cycle"),
                                                                         .reset = SAY("reset")}),
                     RIG_OK);
    const struct power_driver *driver = supply.power.driver;
    assert_int_equal(off(&supply), RIG_OK); /* what it did before is unknown */
    assert_int_equal(off(&supply), RIG_OK);
    assert_int_equal(on(&supply), RIG_OK);
    assert_int_equal(on(&supply), RIG_OK);
    expect_said(&supply, "off on ");
    assert_int_equal(driver->reset(supply.power.self, soon(), &supply.diagnostic), RIG_OK);
    assert_int_equal(driver->cycle(supply.power.self, soon(), &supply.diagnostic), RIG_OK);
    assert_int_equal(on(&supply), RIG_OK);
    assert_int_equal(off(&supply), RIG_OK);
    expect_said(&supply, "off on reset cycle off ");
    close_supply(&supply);
}

static void has_no_more_than_the_file_gives(void **state)
{
    struct supply supply;
    (void)state;
    assert_int_equal(
        open_supply(&supply, (struct power_command_options){.on = "true", .off = "true"}), RIG_OK);
    assert_null(supply.power.driver->reset);
    assert_null(supply.power.driver->cycle);
    assert_false(supply.power.driver->counts_operations);
    close_supply(&supply);
}

static void refuses_what_is_no_command_line(void **state)
{
    struct supply supply;
    (void)state;
    assert_int_equal(
        open_supply(&supply, (struct power_command_options){.on = "true", .off = "relay \"off"}),
        RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(supply.diagnostic.text, "`off` (relay \"off) is no command line"));
    assert_null(supply.power.driver);
    close_supply(&supply);
}

static void tells_how_a_command_failed(void **state)
{
    struct supply supply;
    (void)state;
    assert_int_equal(
        open_supply(&supply,
                    (struct power_command_options){
                        .on = "sh -c \"echo first >&2; printf 'no \\033relay\\n' >&2; exit 3\"",
                        .off = "no-such-relay-program"}),
        RIG_OK);
    assert_int_equal(on(&supply), RIG_ERROR_BENCH);
    assert_non_null(strstr(supply.diagnostic.text, "power command `on` (sh -c"));
    assert_non_null(strstr(supply.diagnostic.text, "exit code 3: no \\x1brelay;"));
    assert_int_equal(off(&supply), RIG_ERROR_BENCH);
    assert_non_null(strstr(supply.diagnostic.text, "no-such-relay-program"));
    close_supply(&supply);
}

/* A command that failed may have switched or not: it is run again. */
static void trusts_no_supply_after_a_failure(void **state)
{
    struct supply supply;
    (void)state;
    assert_int_equal(open_supply(&supply,
                                 (struct power_command_options){
                                     .on = SAY("on"), .off = "sh -c \"echo off >> said; exit 1\""}),
                     RIG_OK);
    assert_int_equal(on(&supply), RIG_OK);
    assert_int_equal(off(&supply), RIG_ERROR_BENCH);
    assert_int_equal(off(&supply), RIG_ERROR_BENCH);
    assert_int_equal(on(&supply), RIG_OK);
    expect_said(&supply, "on off off on ");
    close_supply(&supply);
}

static void kills_a_command_that_hangs_with_all_it_started(void **state)
{
    struct supply supply;
    struct file_content content;
    (void)state;
    assert_int_equal(open_supply(&supply,
                                 (struct power_command_options){
                                     .on = "sh -c \"sleep 1000 & echo $! > pid; wait\"",
                                     .off = "true",
                                     .limit_ms = 1500}),
                     RIG_OK);
    assert_int_equal(on(&supply), RIG_ERROR_BENCH);
    assert_non_null(strstr(supply.diagnostic.text, "power command `on`"));
    assert_non_null(strstr(supply.diagnostic.text, "stopped after"));
    char *path = scratch_path(supply.folder, "pid");
    assert_int_equal(file_read(path, 32, &content, &supply.diagnostic), RIG_OK);
    pid_t left = (pid_t)strtol((const char *)content.bytes, NULL, 10);
    assert_true(left > 0);
    for (int64_t until = soon(); kill(left, 0) == 0 && process_clock_ms() < until;) {
        (void)poll(NULL, 0, 1); /* whoever adopts it reaps it */
    }
    assert_int_equal(kill(left, 0), -1);
    assert_int_equal(errno, ESRCH);
    file_content_free(&content);
    free(path);
    close_supply(&supply);
}

static void the_callers_deadline_counts_too(void **state)
{
    struct supply supply;
    (void)state;
    assert_int_equal(
        open_supply(&supply, (struct power_command_options){.on = "sleep 1000", .off = "true"}),
        RIG_OK);
    assert_int_equal(
        supply.power.driver->on(supply.power.self, process_clock_ms() + 50, &supply.diagnostic),
        RIG_ERROR_BENCH);
    close_supply(&supply);
}

static void a_timed_cut_switches_off_by_itself(void **state)
{
    struct supply supply;
    (void)state;
    assert_int_equal(
        open_supply(&supply, (struct power_command_options){.on = SAY("on"), .off = SAY("off")}),
        RIG_OK);
    assert_int_equal(on(&supply), RIG_OK);
    assert_int_equal(arm(&supply, (struct power_cut){.kind = POWER_CUT_TIMED, .after_us = 50000}),
                     RIG_OK);
    assert_int_equal(arm(&supply, (struct power_cut){.kind = POWER_CUT_TIMED}), RIG_ERROR_USAGE);
    expect_said(&supply, "on ");
    char *path = scratch_path(supply.folder, "said");
    for (int64_t until = soon(); process_clock_ms() < until;) {
        struct file_content content;
        assert_int_equal(file_read(path, 64, &content, &supply.diagnostic), RIG_OK);
        bool is_off = content.size == strlen("on\noff\n");
        file_content_free(&content);
        if (is_off) {
            break;
        }
        (void)poll(NULL, 0, 1);
    }
    free(path);
    expect_said(&supply, "on off ");
    assert_int_equal(off(&supply), RIG_OK); /* collects the cut, and switches nothing */
    assert_int_equal(off(&supply), RIG_OK);
    assert_int_equal(on(&supply), RIG_OK);
    expect_said(&supply, "on off on ");
    close_supply(&supply);
}

static void off_disarms_a_cut_that_is_not_due(void **state)
{
    struct supply supply;
    (void)state;
    assert_int_equal(
        open_supply(&supply, (struct power_command_options){.on = SAY("on"), .off = SAY("off")}),
        RIG_OK);
    assert_int_equal(on(&supply), RIG_OK);
    assert_int_equal(
        arm(&supply, (struct power_cut){.kind = POWER_CUT_TIMED, .after_us = 4000000000}), RIG_OK);
    assert_int_equal(off(&supply), RIG_OK);
    expect_said(&supply, "on off ");
    close_supply(&supply);
}

/* What the rig closes while a cut is armed is closed, or a device would not see a connection end. */
static void a_cut_keeps_no_descriptor_of_the_rig(void **state)
{
    struct supply supply;
    int ends[2];
    (void)state;
    assert_int_equal(
        open_supply(&supply, (struct power_command_options){.on = "true", .off = "true"}), RIG_OK);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(
        arm(&supply, (struct power_cut){.kind = POWER_CUT_TIMED, .after_us = 4000000000}), RIG_OK);
    (void)close(ends[1]);
    struct pollfd polled = {ends[0], POLLIN, 0};
    assert_int_equal(poll(&polled, 1, SOON_MS), 1);
    assert_true((polled.revents & POLLHUP) != 0);
    (void)close(ends[0]);
    close_supply(&supply);
}

static void a_cut_that_cannot_be_is_told(void **state)
{
    struct supply supply;
    (void)state;
    assert_int_equal(
        open_supply(&supply, (struct power_command_options){.on = "true", .off = "false"}), RIG_OK);
    assert_int_equal(arm(&supply, (struct power_cut){.kind = POWER_CUT_OPERATION}),
                     RIG_ERROR_USAGE);
    assert_int_equal(arm(&supply, (struct power_cut){.kind = POWER_CUT_TIMED, .after_us = 1}),
                     RIG_OK);
    (void)poll(NULL, 0, 5); /* it is due */
    assert_int_equal(off(&supply), RIG_ERROR_BENCH);
    assert_non_null(strstr(supply.diagnostic.text, "power command `off` (false): exit code 1"));
    close_supply(&supply);
    assert_int_equal(
        open_supply(&supply, (struct power_command_options){.on = "true", .off = "no-such-relay"}),
        RIG_OK);
    assert_int_equal(arm(&supply, (struct power_cut){.kind = POWER_CUT_TIMED, .after_us = 1}),
                     RIG_OK);
    (void)poll(NULL, 0, 5);
    assert_int_equal(off(&supply), RIG_ERROR_BENCH);
    assert_non_null(strstr(supply.diagnostic.text, "exit code 127: cannot start: No such file"));
    close_supply(&supply);
}

static void an_interrupt_ends_on_but_not_off(void **state)
{
    struct supply supply;
    (void)state;
    assert_int_equal(
        open_supply(&supply, (struct power_command_options){.on = "sleep 1000", .off = SAY("off")}),
        RIG_OK);
    assert_int_equal(interrupt_install(), RIG_OK);
    interrupt_request();
    assert_int_equal(on(&supply), RIG_ERROR_INTERRUPTED);
    assert_int_equal(off(&supply), RIG_OK);
    expect_said(&supply, "off ");
    assert_int_equal(interrupt_install(), RIG_OK);
    close_supply(&supply);
}

/* As the serial port of a board at a USB hub. */
static void a_port_that_goes_with_the_power_is_awaited(void **state)
{
    struct supply supply;
    char *port = NULL;
    char *folder = scratch_make();
    char *late = NULL;

    (void)state;
    port = scratch_path(folder, "port");
    late = text_format("sh -c \"touch %s\"", port);
    assert_int_equal(
        open_supply(&supply,
                    (struct power_command_options){.on = late, .off = "true", .port = port}),
        RIG_OK);
    assert_false(power_command_is_off(supply.power.self)); /* nobody knows */
    assert_int_equal(off(&supply), RIG_OK);
    assert_true(power_command_is_off(supply.power.self));
    assert_int_equal(on(&supply), RIG_OK);
    assert_true(file_exists(port));
    assert_false(power_command_is_off(supply.power.self));
    assert_int_equal(arm(&supply, (struct power_cut){.kind = POWER_CUT_TIMED, .after_us = 1}),
                     RIG_OK);
    assert_int_equal(process_pause_until(process_clock_ms() + 5), RIG_OK);
    assert_true(power_command_is_off(supply.power.self)); /* the cut is due, if not seen yet */
    close_supply(&supply);
    free(late);
    free(port);
    scratch_remove(folder);
}

static void a_port_that_does_not_come_back_is_told(void **state)
{
    struct supply supply;

    (void)state;
    assert_int_equal(open_supply(&supply,
                                 (struct power_command_options){
                                     .on = "true", .off = "true", .port = "/dev/no-such-port"}),
                     RIG_OK);
    assert_int_equal(
        supply.power.driver->on(supply.power.self, process_clock_ms() + 50, &supply.diagnostic),
        RIG_ERROR_BENCH);
    assert_non_null(strstr(supply.diagnostic.text, "/dev/no-such-port: there is no such device"));
    assert_non_null(strstr(supply.diagnostic.text, "`on`"));
    assert_int_equal(off(&supply), RIG_OK);
    close_supply(&supply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_commands_when_the_supply_changes),
        cmocka_unit_test(has_no_more_than_the_file_gives),
        cmocka_unit_test(refuses_what_is_no_command_line),
        cmocka_unit_test(tells_how_a_command_failed),
        cmocka_unit_test(trusts_no_supply_after_a_failure),
        cmocka_unit_test(kills_a_command_that_hangs_with_all_it_started),
        cmocka_unit_test(the_callers_deadline_counts_too),
        cmocka_unit_test(a_timed_cut_switches_off_by_itself),
        cmocka_unit_test(off_disarms_a_cut_that_is_not_due),
        cmocka_unit_test(a_cut_keeps_no_descriptor_of_the_rig),
        cmocka_unit_test(a_cut_that_cannot_be_is_told),
        cmocka_unit_test(a_port_that_goes_with_the_power_is_awaited),
        cmocka_unit_test(a_port_that_does_not_come_back_is_told),
        cmocka_unit_test(an_interrupt_ends_on_but_not_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
