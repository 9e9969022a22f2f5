/*
 * What only the BBC micro:bit has (HEARTH_TARGET=microbit_qemu): its boot stage programs the chip's read-back
 * protection. The emulator keeps what was programmed until the next reset, and protects nothing; that
 * a debugger is kept off by it is told of the chip's manual, not here.
 */
#include "device_process.h"
#include "test_choice.h"

#include "base/diagnostic.h"
#include "base/process.h"
#include "emulator/emulator.h"
#include "emulator/qmp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define RBPCONF         "0x10001004" /* of UICR (nRF51 Series Reference Manual v3.0, 8) */
#define ERASED          0xFFFFFFFFU
#define PROTECT_ALL     0xFFFF00FFU /* PALL, bits 8 to 15, is 0 when it is on */
#define RIG_DEADLINE_MS 20000
#define PASSWORD        "label-password-of-a-micro-bit"

static struct device_process device;

static int set_up(void **state)
{
    (void)state;
    memset(&device, 0, sizeof device);
    device_process_create(&device);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_process_destroy(&device);
    return 0;
}

/* QEMU's monitor for people prints "0000000010001004: 0xffffffff". */
static uint32_t read_protection(void)
{
    static const char begin[] = "0000000010001004: 0x";
    struct diagnostic diagnostic = {""};
    json_t *answer = NULL;
    const struct qmp_command look = {
        "human-monitor-command", json_pack("{s:s}", "command-line", "xp /1xw " RBPCONF), &answer};
    uint32_t word;

    assert_non_null(look.arguments);
    if (emulator_execute(device.emulator, &look, process_clock_ms() + RIG_DEADLINE_MS,
                         &diagnostic) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
    assert_non_null(json_string_value(answer));
    if (strncmp(json_string_value(answer), begin, sizeof begin - 1U) != 0) {
        fail_msg("QEMU cannot read RBPCONF: %s", json_string_value(answer));
    }
    word = (uint32_t)strtoul(json_string_value(answer) + sizeof begin - 1U, NULL, 16);
    json_decref(answer);
    return word;
}

static void test_closed_device_protects_its_chip(void **state)
{
    (void)state;
    device_process_start(&device, PASSWORD);
    assert_int_equal(read_protection(), PROTECT_ALL);
    device_process_kill(&device);
    device_process_start(&device, NULL);
    assert_int_equal(read_protection(), PROTECT_ALL);
}

static void test_open_device_does_not(void **state)
{
    (void)state;
    device.life_cycle = "factory";
    device_process_start(&device, PASSWORD);
    assert_int_equal(read_protection(), ERASED);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        CASE(test_closed_device_protects_its_chip),
        CASE(test_open_device_does_not),
    };
    const char *target = getenv("HEARTH_TARGET");

    if (target == NULL || strcmp(target, "microbit_qemu") != 0) {
        (void)fprintf(stderr, "device.microbit: set HEARTH_TARGET=microbit_qemu\n");
        return 2;
    }
    if (!test_choice(argc, argv, tests, sizeof tests / sizeof tests[0])) {
        return 2;
    }
    return cmocka_run_group_tests_name("device.microbit", tests, NULL, NULL);
}
