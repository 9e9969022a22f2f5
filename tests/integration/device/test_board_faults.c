/*
 * What the board stops, and how it says so (EN 303 645, 5.6-7, 5.9-1, 5.13-1B): each fault is one
 * line, a reset, and a device that works.
 */
#include "test_board.h"

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "emulator/emulator.h"
#include "emulator/qmp.h"
#include "fault_line.h"

#include <inttypes.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

/* Addresses of the board, as boards/mps2_an505/memory_map.h gives them. */
#define BOOT_ROM      0x10000000U
#define NOWHERE       0x20000000U
#define STACK         0x38000000U
#define STACK_SIZE    0x3000U
#define RAM           (STACK + STACK_SIZE)
#define RAM_END       0x38050000U
#define FLASH         0x80000000U
#define SLOT_A_CODE   0x80100080U
#define SLOT_A_END    0x80200000U
#define FLASH_IN_USE  0x00300000U
#define THREAD_RETURN 0xFFFFFFF9U /* to thread mode, main stack, Secure (Armv8-M ARM, D1.2.95) */
#define PSR_THUMB     (1U << 24)
#define PSR_EXCEPTION 0x1FFU

#define NONE         ((struct fault_number){false, 0})
#define AT(address)  ((struct fault_number){true, (address)})
#define ALL_COMMANDS "hifswbxl"

struct expected_fault {
    char command; /* test_command.h */
    const char *type;
    uint32_t cfsr;
    struct fault_number mmfar;
    const char *causes;
    bool has_frame;
    uint32_t pc_from; /* counts with a frame */
    uint32_t pc_end;
};

/* ---- the line ---- */

#define GOOD_HEAD                                                                                  \
    "fault: type=memory cfsr=00000082 hfsr=00000000 mmfar=20000000 bfar=- sp=38002f00 "            \
    "exc=fffffff9"
#define GOOD_FRAME                                                                                 \
    " r0=00000000 r1=00000001 r2=00000002 r3=00000003 r12=0000000c lr=801002e1 pc=80100400"        \
    " psr=61000000"
#define NO_FRAME   " r0=- r1=- r2=- r3=- r12=- lr=- pc=- psr=-"
#define GOOD_CAUSE " causes=access-protected"

void test_fault_line_is_read_strictly(void **state)
{
    static const char *const bad[] = {
        "",
        "Fault: type=memory",
        "fault: type=",
        GOOD_HEAD,
        GOOD_HEAD GOOD_FRAME,
        GOOD_HEAD GOOD_FRAME " causes=",
        GOOD_HEAD GOOD_FRAME GOOD_CAUSE " ",
        GOOD_HEAD GOOD_FRAME GOOD_CAUSE GOOD_CAUSE,
        GOOD_HEAD " r0=-" GOOD_FRAME GOOD_CAUSE,
        GOOD_HEAD " r0=00000000 r1=- r2=- r3=- r12=- lr=- pc=- psr=-" GOOD_CAUSE,
        "fault: type=memory cfsr=82 hfsr=00000000 mmfar=- bfar=- sp=38002f00" NO_FRAME GOOD_CAUSE,
        "fault: type=memory cfsr=0000008G hfsr=00000000 mmfar=- bfar=- sp=38002f00 "
        "exc=fffffff9" NO_FRAME GOOD_CAUSE,
        "fault: type=memory hfsr=00000000 cfsr=00000082 mmfar=- bfar=- sp=38002f00 "
        "exc=fffffff9" NO_FRAME GOOD_CAUSE,
    };
    struct fault_line fault;

    (void)state;
    assert_null(fault_line_read(GOOD_HEAD NO_FRAME GOOD_CAUSE, &fault));
    assert_false(fault.has_frame);
    assert_null(fault_line_read(GOOD_HEAD GOOD_FRAME GOOD_CAUSE, &fault));
    assert_true(fault.has_frame);
    assert_string_equal(fault.type, "memory");
    assert_int_equal(fault.cfsr, 0x82);
    assert_true(fault.mmfar.holds);
    assert_int_equal(fault.mmfar.value, NOWHERE);
    assert_false(fault.bfar.holds);
    assert_int_equal(fault.r[3], 3);
    assert_int_equal(fault.psr, 0x61000000);
    assert_string_equal(fault.causes, "access-protected");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_non_null(fault_line_read(bad[i], &fault));
    }
}

/* ---- faults ---- */

static void expect_number(const char *name, uint32_t value, uint32_t expected)
{
    if (value != expected) {
        fail_msg("%s is %08" PRIx32 " instead of %08" PRIx32, name, value, expected);
    }
}

static void expect_fault(const struct fault_line *fault, const struct expected_fault *expected)
{
    assert_string_equal(fault->type, expected->type);
    assert_string_equal(fault->causes, expected->causes);
    expect_number("cfsr", fault->cfsr, expected->cfsr);
    expect_number("hfsr", fault->hfsr, 0);
    expect_number("exc", fault->exception_return, THREAD_RETURN);
    assert_int_equal(fault->mmfar.holds, expected->mmfar.holds);
    expect_number("mmfar", fault->mmfar.value, expected->mmfar.value);
    assert_false(fault->bfar.holds);
    assert_in_range(fault->sp, STACK, STACK + STACK_SIZE);
    assert_int_equal(fault->has_frame, expected->has_frame);
    if (expected->has_frame) {
        assert_in_range(fault->pc, expected->pc_from, expected->pc_end - 1U);
        expect_number("exception in psr", fault->psr & PSR_EXCEPTION, 0);
        expect_number("thumb bit of psr", fault->psr & PSR_THUMB, PSR_THUMB);
    }
}

/* What no fault may change: all but the logs of events, attempts and the seed, which each start adds to. */
static void expect_same_flash(const uint8_t *before, const uint8_t *after)
{
    static const enum hal_flash_area areas[] = {HAL_FLASH_FACTORY, HAL_FLASH_BOOT_STATE,
                                                HAL_FLASH_SETTINGS, HAL_FLASH_SLOT_A,
                                                HAL_FLASH_SLOT_B};

    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++) {
        const struct hal_flash_geometry area = hal_flash_geometry(areas[i]);
        assert_in_range(area.offset + area.size, 1, FLASH_IN_USE);
        if (memcmp(before + area.offset, after + area.offset, area.size) != 0) {
            fail_msg("the fault has changed flash area %d", (int)areas[i]);
        }
    }
}

/* Until the board says that there was a fault, or that there was none. */
static void wait_for_fault(const struct board_moment *since)
{
    const int64_t deadline = board_bench_deadline();
    struct diagnostic diagnostic = {""};

    while (!board_bench_has_said(&board_test, since, "fault: ")) {
        if (board_bench_has_said(&board_test, since, "test: nothing happened")) {
            fail_msg("nothing stops the board");
        }
        EXPECT_RIG(emulator_pump(board_test.update.device.emulator, deadline, &diagnostic),
                   diagnostic);
    }
}

static void read_fault(const struct board_moment *since, struct fault_line *fault)
{
    uint64_t position = since->console;
    char line[BOARD_BENCH_LINE_SIZE];
    const char *wrong;

    wait_for_fault(since);
    board_bench_wait_line(&board_test, "fault: ", &position, line);
    print_message("%s\n", line);
    wrong = fault_line_read(line, fault);
    if (wrong != NULL) {
        fail_msg("not the line of a fault from '%s' on: %s", wrong, line);
    }
}

static size_t count_of(const struct board_moment *since, const char *text)
{
    struct board_moment moment = *since;
    size_t count = 0;

    while (board_bench_has_said(&board_test, &moment, text)) {
        struct diagnostic diagnostic = {""};
        EXPECT_RIG(emulator_wait_console(board_test.update.device.emulator, text, &moment.console,
                                         board_bench_deadline(), &diagnostic),
                   diagnostic);
        count++;
    }
    return count;
}

static void expect_recovered(const struct board_moment *since)
{
    board_bench_expect_restart(&board_test, since, HAL_RESET_FAULT);
    assert_int_equal(count_of(since, "fault: "), 1);
    assert_false(board_bench_has_said(&board_test, since, "test: nothing happened"));
}

static void check_fault(const struct expected_fault *expected)
{
    static uint8_t before[FLASH_IN_USE];
    static uint8_t after[FLASH_IN_USE];
    struct board_moment since;
    struct fault_line fault;

    board_bench_read_flash(&board_test, 0, before, sizeof before);
    since = board_bench_command(&board_test, expected->command);
    read_fault(&since, &fault);
    expect_recovered(&since);
    expect_fault(&fault, expected);
    board_bench_read_flash(&board_test, 0, after, sizeof after);
    expect_same_flash(before, after);
    board_bench_expect_works(&board_test);
}

void test_read_of_nowhere(void **state)
{
    (void)state;
    check_fault(&(struct expected_fault){.command = 'f',
                                         .type = "memory",
                                         .cfsr = 0x82,
                                         .mmfar = AT(NOWHERE),
                                         .causes = "access-protected",
                                         .has_frame = true,
                                         .pc_from = SLOT_A_CODE,
                                         .pc_end = SLOT_A_END});
}

/* The frame would be below the stack: there is none. */
void test_stack_overflow(void **state)
{
    (void)state;
    check_fault(&(struct expected_fault){.command = 's',
                                         .type = "usage",
                                         .cfsr = 0x00100000,
                                         .mmfar = NONE,
                                         .causes = "stack-overflow",
                                         .has_frame = false});
}

void test_write_to_flash(void **state)
{
    (void)state;
    check_fault(&(struct expected_fault){.command = 'w',
                                         .type = "memory",
                                         .cfsr = 0x82,
                                         .mmfar = AT(FLASH),
                                         .causes = "access-protected",
                                         .has_frame = true,
                                         .pc_from = SLOT_A_CODE,
                                         .pc_end = SLOT_A_END});
}

void test_execution_from_ram(void **state)
{
    (void)state;
    check_fault(&(struct expected_fault){.command = 'x',
                                         .type = "memory",
                                         .cfsr = 0x01,
                                         .mmfar = NONE,
                                         .causes = "execute-protected",
                                         .has_frame = true,
                                         .pc_from = RAM,
                                         .pc_end = RAM_END});
}

/* ---- the boot ROM ---- */

static void tell_qemu(const char *name, json_t *arguments)
{
    const struct qmp_command command = {name, arguments, NULL};
    struct diagnostic diagnostic = {""};

    assert_non_null(arguments);
    EXPECT_RIG(emulator_execute(board_test.update.device.emulator, &command, board_bench_deadline(),
                                &diagnostic),
               diagnostic);
}

static void stop_at_resets(bool stop)
{
    tell_qemu("set-action", json_pack("{s:s, s:s}", "reboot", stop ? "shutdown" : "reset",
                                      "shutdown", stop ? "pause" : "poweroff"));
}

/* QEMU loads the boot ROM anew at each reset: only between the fault and its reset does it show what
 * the fault left, so QEMU stops there. */
void test_write_to_boot_rom(void **state)
{
    const struct expected_fault expected = {.command = 'b',
                                            .type = "memory",
                                            .cfsr = 0x82,
                                            .mmfar = AT(BOOT_ROM),
                                            .causes = "access-protected",
                                            .has_frame = true,
                                            .pc_from = SLOT_A_CODE,
                                            .pc_end = SLOT_A_END};
    struct diagnostic diagnostic = {""};
    struct board_moment since;
    struct fault_line fault;
    uint32_t word;

    (void)state;
    word = board_bench_read_word(&board_test, BOOT_ROM);
    assert_int_not_equal(word, 0); /* what the command would write */
    stop_at_resets(true);
    since = board_bench_command(&board_test, expected.command);
    read_fault(&since, &fault);
    EXPECT_RIG(emulator_wait_event(board_test.update.device.emulator, "STOP", &since.event,
                                   board_bench_deadline(), &diagnostic),
               diagnostic);
    expect_number("boot ROM", board_bench_read_word(&board_test, BOOT_ROM), word);
    stop_at_resets(false);
    tell_qemu("system_reset", json_object());
    tell_qemu("cont", json_object());
    expect_recovered(&since);
    expect_fault(&fault, &expected);
    board_bench_expect_works(&board_test);
}

/* ---- the end of all ---- */

/* A core that locks up ends QEMU. That is the device's fault and not the bench's. */
void test_lockup_is_the_guests(void **state)
{
    struct emulator *emulator = board_test.update.device.emulator;
    struct diagnostic diagnostic = {""};
    const struct qmp_command status = {"query-status", json_object(), NULL};
    uint64_t position = emulator_console_position(emulator);

    (void)state;
    (void)board_bench_command(&board_test, 'l');
    board_bench_expect(
        emulator_wait_console(emulator, "boot: ", &position, board_bench_deadline(), &diagnostic),
        RIG_ERROR_DEVICE, diagnostic.text, "waiting for the end");
    assert_int_equal(emulator_state(emulator), EMULATOR_GUEST_LOCKUP);
    assert_non_null(strstr(diagnostic.text, "locked up"));
    EXPECT_RIG(emulator_power_off(emulator, &diagnostic), diagnostic);
    assert_int_equal(emulator_state(emulator), EMULATOR_OFF);
    board_bench_expect(emulator_execute(emulator, &status, board_bench_deadline(), &diagnostic),
                       RIG_ERROR_USAGE, diagnostic.text, "a command while there is no QEMU");
    update_bench_restart(&board_test.update);
    board_bench_expect_cause(&board_test, HAL_RESET_POWER_ON);
    board_bench_expect_works(&board_test);
}

/* The commands are there in the test image only. */
void test_ordinary_image_obeys_no_console(void **state)
{
    const struct board_moment since = board_bench_now(&board_test);
    const char *command = ALL_COMMANDS;

    (void)state;
    for (size_t i = 0; command[i] != '\0'; i++) {
        (void)board_bench_command(&board_test, command[i]);
        for (size_t j = 0; j < 10; j++) {
            board_bench_expect_works(&board_test);
        }
    }
    assert_int_equal(emulator_event_position(board_test.update.device.emulator), since.event);
    assert_false(board_bench_has_said(&board_test, &since, "fault: "));
    assert_false(board_bench_has_said(&board_test, &since, "boot: "));
    assert_false(board_bench_has_said(&board_test, &since, "test: "));
}
