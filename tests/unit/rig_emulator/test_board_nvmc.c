/* A whole device in the real QEMU, whose flash is in QEMU's own memory: what survives, and what does
 * not. */
#define _GNU_SOURCE /* pipe2 */
#include "bench.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "emulator/emulator_state.h"

enum {
    FLASH_SIZE = 256 * 1024,
    ERASED = 0xFF,
    STARTS = 0x400, /* as in guest_nvmc.c */
    WORK = 0x800,
    PAGE = 0x400,
};

/* The guest in flash that is else erased, as a programmer leaves it. */
static void make_flash(const char *path, size_t size)
{
    struct file_content guest = {0};
    struct diagnostic diagnostic;
    uint8_t *flash = malloc(size);

    assert_non_null(flash);
    memset(flash, ERASED, size);
    assert_int_equal(file_read(GUEST_NVMC, STARTS, &guest, &diagnostic), RIG_OK);
    memcpy(flash, guest.bytes, guest.size);
    file_content_free(&guest);
    assert_int_equal(file_write(path, flash, size, &diagnostic), RIG_OK);
    free(flash);
}

static int set_up(void **state)
{
    struct bench *bench;

    assert_int_equal(bench_set_up(state), 0);
    bench = *state;
    make_flash(bench->flash, FLASH_SIZE);
    bench->options = (struct emulator_options){.machine = "microbit",
                                               .flash = bench->flash,
                                               .flash_size = FLASH_SIZE,
                                               .flash_kind = EMULATOR_FLASH_NVMC,
                                               .no_console = true,
                                               .no_network = true};
    return interrupt_install();
}

/* ---- the device ---- */

static int open_bus(const struct bench *bench)
{
    const int bus = open(emulator_bus_path(bench->emulator), O_RDWR | O_NOCTTY | O_CLOEXEC);

    assert_true(bus >= 0);
    return bus;
}

/* The next byte from the bus. */
static int hear(const struct bench *bench)
{
    const int bus = open_bus(bench);
    struct pollfd polled = {bus, POLLIN, 0};
    uint8_t answer = 0;

    assert_int_equal(poll(&polled, 1, BENCH_LIMIT_MS), 1);
    assert_int_equal(read(bus, &answer, 1), 1);
    (void)close(bus);
    return answer;
}

/* QEMU does not look at the line again when the guest opens its receiver: any command makes it look. A
 * guest with a timer that ticks needs none. */
static int try_tell(struct bench *bench, char order)
{
    const struct qmp_command any = {"query-status", NULL, NULL};
    const int bus = open_bus(bench);

    assert_int_equal(write(bus, &order, 1), 1);
    (void)close(bus);
    return emulator_execute(bench->emulator, &any, bench_deadline(), &bench->diagnostic);
}

static void tell(struct bench *bench, char order)
{
    assert_int_equal(try_tell(bench, order), RIG_OK);
}

static int ask(struct bench *bench, char question)
{
    tell(bench, question);
    return hear(bench);
}

/* Waits until it takes questions. */
static void power_on(struct bench *bench)
{
    if (emulator_power_on(bench->emulator, bench_deadline(), &bench->diagnostic) != RIG_OK) {
        fail_msg("%s", bench->diagnostic.text);
    }
    assert_int_equal(hear(bench), 'r');
}

static void start(struct bench *bench)
{
    bench_create(bench);
    power_on(bench);
}

static void cut_power(struct bench *bench)
{
    assert_int_equal(emulator_power_off(bench->emulator, &bench->diagnostic), RIG_OK);
    assert_int_equal(emulator_state(bench->emulator), EMULATOR_OFF);
    bench_assert_no_child();
}

static void read_flash(const struct bench *bench, struct file_content *flash)
{
    struct diagnostic diagnostic;

    assert_int_equal(file_read(bench->flash, FLASH_SIZE, flash, &diagnostic), RIG_OK);
    assert_int_equal(flash->size, FLASH_SIZE);
}

/* How often the guest has started, as the flash file says. All beyond it must be erased. */
static unsigned file_count(const struct bench *bench)
{
    static const uint8_t programmed[4] = {0};
    struct file_content flash = {0};
    unsigned count = 0;

    read_flash(bench, &flash);
    while (memcmp(flash.bytes + STARTS + 4U * count, programmed, 4) == 0) {
        count++;
    }
    for (size_t i = STARTS + 4U * count; i < FLASH_SIZE; i++) {
        assert_int_equal(flash.bytes[i], ERASED);
    }
    file_content_free(&flash);
    return count;
}

/* ---- what survives ---- */

static void test_flash_survives_power_cuts(void **state)
{
    struct bench *bench = *state;

    start(bench);
    assert_int_equal(ask(bench, 's'), '1');
    assert_int_equal(file_count(bench), 0); /* only the cut takes it */
    cut_power(bench);
    assert_int_equal(file_count(bench), 1);
    cut_power(bench); /* once more changes nothing */
    power_on(bench);
    assert_int_equal(emulator_power_on(bench->emulator, bench_deadline(), &bench->diagnostic),
                     RIG_OK); /* so does this */
    assert_int_equal(ask(bench, 's'), '2');
    cut_power(bench);
    assert_int_equal(file_count(bench), 2);
}

static void test_flash_survives_a_reset(void **state)
{
    struct bench *bench = *state;

    start(bench);
    assert_int_equal(ask(bench, 's'), '1');
    assert_int_equal(emulator_reset(bench->emulator, bench_deadline(), &bench->diagnostic), RIG_OK);
    assert_int_equal(hear(bench), 'r');
    assert_int_equal(ask(bench, 's'), '2');
}

static void test_what_is_erased_stays_erased(void **state)
{
    struct bench *bench = *state;

    start(bench);
    assert_int_equal(ask(bench, 'e'), 'e');
    cut_power(bench);
    assert_int_equal(file_count(bench), 0);
    power_on(bench);
    assert_int_equal(ask(bench, 's'), '1');
}

/* The guest sees what the file has, at flash's end too, where a new QEMU has zeros. */
static void test_the_guest_sees_the_file(void **state)
{
    struct bench *bench = *state;
    struct file_content flash = {0};

    start(bench);
    assert_int_equal(ask(bench, 'l'), ERASED);
    cut_power(bench);
    read_flash(bench, &flash);
    flash.bytes[FLASH_SIZE - 1] = 'Q';
    assert_int_equal(file_write(bench->flash, flash.bytes, flash.size, &bench->diagnostic), RIG_OK);
    file_content_free(&flash);
    power_on(bench);
    assert_int_equal(ask(bench, 'l'), 'Q');
}

static void test_the_file_is_brought_up_to_date_while_it_runs(void **state)
{
    struct bench *bench = *state;

    bench_create(bench);
    assert_int_equal(emulator_save_flash(bench->emulator, &bench->diagnostic), RIG_OK);
    assert_int_equal(file_count(bench), 0);
    power_on(bench);
    assert_int_equal(ask(bench, 's'), '1');
    assert_int_equal(emulator_save_flash(bench->emulator, &bench->diagnostic), RIG_OK);
    assert_int_equal(file_count(bench), 1);
    assert_int_equal(ask(bench, 's'), '1');
}

/* ---- cuts ---- */

/* Stops the process, as a timed cut does. */
static void stop_qemu(const struct bench *bench)
{
    assert_int_equal(kill(emulator_process_id(bench->emulator), SIGSTOP), 0);
}

/* The page that is filled in order has been, up to the cut, and not beyond. */
static void assert_filled_in_order(const struct bench *bench)
{
    struct file_content flash = {0};
    const uint8_t *work;
    size_t filled = 0;

    read_flash(bench, &flash);
    work = flash.bytes + WORK;
    while (filled < PAGE && work[filled + 3] != ERASED) {
        assert_int_equal(work[filled] | work[filled + 1] << 8, filled);
        filled += 4;
    }
    for (size_t i = filled; i < PAGE; i++) {
        assert_int_equal(work[i], ERASED);
    }
    file_content_free(&flash);
}

static void test_a_device_that_was_stopped_was_cut_there(void **state)
{
    struct bench *bench = *state;

    bench_create(bench);
    for (int i = 0; i < 5; i++) {
        power_on(bench);
        assert_int_equal(ask(bench, 'w'), 'w');
        stop_qemu(bench);
        assert_int_equal(emulator_pump(bench->emulator, bench_soon(), &bench->diagnostic),
                         RIG_ERROR_TIMEOUT);
        cut_power(bench);
        assert_filled_in_order(bench);
    }
}

/* Without a stop before, the cut is just as sharp. */
static void test_a_cut_is_between_two_stores(void **state)
{
    struct bench *bench = *state;

    bench_create(bench);
    for (int i = 0; i < 5; i++) {
        power_on(bench);
        assert_int_equal(ask(bench, 'w'), 'w');
        cut_power(bench);
        assert_filled_in_order(bench);
    }
}

/* ---- what does not ---- */

static int wait_for_end(struct bench *bench)
{
    int error;

    do {
        error = emulator_pump(bench->emulator, bench_deadline(), &bench->diagnostic);
    } while (error == RIG_OK);
    return error;
}

static void test_a_lockup_loses_what_was_stored(void **state)
{
    struct bench *bench = *state;

    start(bench);
    assert_int_equal(ask(bench, 's'), '1');
    if (try_tell(bench, 'f') == RIG_OK) { /* else its end came before the answer */
        assert_int_equal(wait_for_end(bench), RIG_ERROR_DEVICE);
    }
    assert_int_equal(emulator_state(bench->emulator), EMULATOR_GUEST_LOCKUP);
    assert_non_null(strstr(bench->diagnostic.text, "since it was switched on is lost"));
    assert_int_equal(emulator_save_flash(bench->emulator, &bench->diagnostic), RIG_ERROR_DEVICE);
    cut_power(bench);
    assert_int_equal(file_count(bench), 0);
    power_on(bench);
    assert_int_equal(ask(bench, 's'), '1');
}

static void test_a_qemu_that_somebody_kills_loses_what_was_stored(void **state)
{
    struct bench *bench = *state;

    start(bench);
    assert_int_equal(ask(bench, 's'), '1');
    assert_int_equal(kill(emulator_process_id(bench->emulator), SIGKILL), 0);
    assert_int_equal(wait_for_end(bench), RIG_ERROR_BENCH);
    assert_non_null(strstr(bench->diagnostic.text, "since it was switched on is lost"));
    cut_power(bench);
    assert_int_equal(file_count(bench), 0);
}

/* Nobody had seen its end when the power was cut. */
static void test_a_qemu_that_was_killed_is_told_at_the_cut(void **state)
{
    struct bench *bench = *state;

    start(bench);
    assert_int_equal(ask(bench, 's'), '1');
    assert_int_equal(kill(emulator_process_id(bench->emulator), SIGKILL), 0);
    assert_int_equal(emulator_power_off(bench->emulator, &bench->diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(bench->diagnostic.text, "since it was switched on is lost"));
    assert_int_equal(emulator_state(bench->emulator), EMULATOR_OFF);
    bench_assert_no_child();
    assert_int_equal(file_count(bench), 0);
}

static void test_a_file_that_cannot_be_replaced(void **state)
{
    struct bench *bench = *state;

    start(bench);
    assert_int_equal(ask(bench, 's'), '1');
    assert_int_equal(file_remove(bench->folder, &bench->diagnostic), RIG_OK);
    assert_int_equal(emulator_power_off(bench->emulator, &bench->diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(bench->diagnostic.text, bench->folder));
    assert_int_equal(emulator_state(bench->emulator), EMULATOR_OFF);
    bench_assert_no_child();
}

/* ---- a rig that dies ---- */

/* A device that runs, in a process of its own, until it is killed. */
static _Noreturn void play_rig(struct bench *bench, int report)
{
    start(bench);
    if (ask(bench, 's') != '2' || write(report, "r", 1) != 1) {
        _exit(1);
    }
    for (;;) {
        (void)pause();
    }
}

static void test_a_rig_that_dies_leaves_the_last_flash(void **state)
{
    struct bench *bench = *state;
    char told;
    int ends[2];
    pid_t rig;

    start(bench);
    assert_int_equal(ask(bench, 's'), '1');
    bench_destroy(bench); /* cuts the power, too */
    assert_int_equal(file_count(bench), 1);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    rig = fork();
    if (rig == 0) {
        play_rig(bench, ends[1]);
    }
    assert_true(rig > 0);
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], &told, 1), 1);
    (void)close(ends[0]);
    assert_int_equal(kill(rig, SIGKILL), 0);
    assert_int_equal(waitpid(rig, NULL, 0), rig);
    assert_int_equal(file_count(bench), 1);
    start(bench);
    assert_int_equal(ask(bench, 's'), '2');
}

/* ---- what cannot be ---- */

static void expect_no_start(struct bench *bench, int error, const char *why)
{
    bench_create(bench);
    assert_int_equal(emulator_power_on(bench->emulator, bench_deadline(), &bench->diagnostic),
                     error);
    assert_non_null(strstr(bench->diagnostic.text, why));
    assert_int_equal(emulator_state(bench->emulator), EMULATOR_OFF);
    bench_assert_no_child();
}

static void test_a_machine_without_the_controller(void **state)
{
    struct bench *bench = *state;

    bench->options.machine = "netduino2"; /* read-only memory at 0 */
    expect_no_start(bench, RIG_ERROR_BENCH, "no flash behind an NVMC");
}

static void test_a_flash_of_another_size(void **state)
{
    struct bench *bench = *state;

    make_flash(bench->flash, 2 * FLASH_SIZE);
    expect_no_start(bench, RIG_ERROR_CONFIGURATION, "524288 bytes");
    bench_destroy(bench);
    bench->options.flash_size = 2ULL * FLASH_SIZE;
    expect_no_start(bench, RIG_ERROR_BENCH, "has not 524288 bytes");
    bench_destroy(bench);
    bench->options.flash_size = FLASH_SIZE / 2;
    make_flash(bench->flash, FLASH_SIZE / 2);
    expect_no_start(bench, RIG_ERROR_BENCH, "has not 131072 bytes");
}

static void test_what_it_does_not_have(void **state)
{
    struct bench *bench = *state;

    start(bench);
    assert_int_equal(
        emulator_send_console(bench->emulator, "x", 1, bench_deadline(), &bench->diagnostic),
        RIG_ERROR_USAGE);
    assert_non_null(strstr(bench->diagnostic.text, "no console"));
    assert_int_equal(
        emulator_set_link(bench->emulator, false, bench_deadline(), &bench->diagnostic),
        RIG_ERROR_USAGE);
    assert_non_null(strstr(bench->diagnostic.text, "no network"));
}

/* With a debugger the same line to qtest is handed on, and works from there. */
static void test_a_debugger_gets_its_lines(void **state)
{
    struct bench *bench = *state;
    struct emulator_debug_lines lines;

    bench->options.debug = true;
    bench_start(bench); /* halted */
    lines = emulator_debug_lines(bench->emulator);
    assert_true(lines.gdb >= 0 && lines.monitor >= 0);
    assert_int_equal(write(lines.qtest, "readl 0x0\n", 10), 10);
    {
        struct pollfd polled = {lines.qtest, POLLIN, 0};
        char answer[64] = "";

        assert_int_equal(poll(&polled, 1, BENCH_LIMIT_MS), 1);
        assert_true(read(lines.qtest, answer, sizeof(answer) - 1) > 0);
        assert_string_equal(answer, "OK 0x0000000020004000\n"); /* the guest's stack */
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_flash_survives_power_cuts),
        CASE(test_flash_survives_a_reset),
        CASE(test_what_is_erased_stays_erased),
        CASE(test_the_guest_sees_the_file),
        CASE(test_the_file_is_brought_up_to_date_while_it_runs),
        CASE(test_a_device_that_was_stopped_was_cut_there),
        CASE(test_a_cut_is_between_two_stores),
        CASE(test_a_lockup_loses_what_was_stored),
        CASE(test_a_qemu_that_somebody_kills_loses_what_was_stored),
        CASE(test_a_qemu_that_was_killed_is_told_at_the_cut),
        CASE(test_a_file_that_cannot_be_replaced),
        CASE(test_a_rig_that_dies_leaves_the_last_flash),
        CASE(test_a_machine_without_the_controller),
        CASE(test_a_flash_of_another_size),
        CASE(test_what_it_does_not_have),
        CASE(test_a_debugger_gets_its_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
