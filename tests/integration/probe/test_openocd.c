/* A real OpenOCD on the emulated board, by way of the virtual probe. */
#include "lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum {
    VECTORS = 0x10000000,
    FIRST_STACK = 0x38010000,
    LOAD_ADDRESS = (int)0x80100000,
    LOAD_SIZE = 256 * 1024,
    CPUID = (int)0xE000ED00,
    CONSOLE_STATE = 0x50201004, /* a secure device */
    NOWHERE = 0x60000000,
};

static uint32_t word(struct lab *lab, uint32_t address)
{
    uint32_t value = 0;

    LAB_OK(lab, probe_read_word(&lab->probe, address, &value, lab_deadline(), &lab->diagnostic));
    return value;
}

static uint32_t reg(struct lab *lab, const char *name)
{
    uint64_t value = 0;

    LAB_OK(lab, probe_read_register(&lab->probe, name, &value, lab_deadline(), &lab->diagnostic));
    return (uint32_t)value;
}

static void halt(struct lab *lab)
{
    LAB_OK(lab, probe_halt(&lab->probe, lab_deadline(), &lab->diagnostic));
}

static void resume(struct lab *lab)
{
    LAB_OK(lab, probe_resume(&lab->probe, lab_deadline(), &lab->diagnostic));
}

static void reset(struct lab *lab, enum probe_reset kind)
{
    LAB_OK(lab, probe_reset(&lab->probe, kind, lab_deadline(), &lab->diagnostic));
}

static void wait_starts(struct lab *lab, uint32_t count)
{
    const int64_t deadline = lab_deadline();

    while (word(lab, (uint32_t)LAB_FLASH) < count) {
        assert_true(process_clock_ms() < deadline);
    }
}

static void test_attach_to_a_guest_that_runs(void **state)
{
    struct lab *lab = *state;
    struct probe_finding finding;
    bool halted = true;

    LAB_OK(lab, probe_find_state(&lab->probe, &finding, lab_deadline(), &lab->diagnostic));
    assert_int_equal(finding.state, PROBE_OPEN);
    assert_non_null(strstr(finding.evidence, "CPUID is 0x410fd213"));
    LAB_OK(lab, probe_is_halted(&lab->probe, &halted, lab_deadline(), &lab->diagnostic));
    assert_false(halted);
    wait_starts(lab, 1);
}

static void test_memory_of_a_guest_that_runs(void **state)
{
    struct lab *lab = *state;
    uint32_t value = 0;

    assert_int_equal(word(lab, VECTORS), FIRST_STACK);
    assert_int_equal(word(lab, (uint32_t)CPUID), 0x410FD213);
    LAB_OK(lab, probe_write_word(&lab->probe, (uint32_t)LAB_FLASH + 0x100, 0x12345678,
                                 lab_deadline(), &lab->diagnostic));
    assert_int_equal(word(lab, (uint32_t)LAB_FLASH + 0x100), 0x12345678);
    (void)word(lab, CONSOLE_STATE);
    assert_int_equal(
        probe_read_word(&lab->probe, NOWHERE, &value, lab_deadline(), &lab->diagnostic),
        RIG_ERROR_DEVICE);
    assert_int_equal(word(lab, VECTORS), FIRST_STACK); /* an error leaves nothing behind */
}

static void test_halt_and_resume(void **state)
{
    struct lab *lab = *state;
    bool halted = false;

    wait_starts(lab, 1);
    halt(lab);
    assert_true(reg(lab, "sp") < FIRST_STACK);
    LAB_OK(lab, probe_is_halted(&lab->probe, &halted, lab_deadline(), &lab->diagnostic));
    assert_true(halted);
    resume(lab);
    LAB_OK(lab, probe_is_halted(&lab->probe, &halted, lab_deadline(), &lab->diagnostic));
    assert_false(halted);
}

static void test_step(void **state)
{
    struct lab *lab = *state;
    uint32_t before;

    wait_starts(lab, 1);
    halt(lab);
    before = reg(lab, "pc");
    LAB_OK(lab, probe_step(&lab->probe, lab_deadline(), &lab->diagnostic));
    assert_int_not_equal(reg(lab, "pc"), before);
}

static void test_registers(void **state)
{
    struct lab *lab = *state;

    reset(lab, PROBE_RESET_HALT);
    assert_int_equal(reg(lab, "msp"), FIRST_STACK);
    assert_int_equal(reg(lab, "primask"), 0);
    LAB_OK(lab,
           probe_write_register(&lab->probe, "r7", 0xCAFEF00D, lab_deadline(), &lab->diagnostic));
    LAB_OK(lab,
           probe_write_register(&lab->probe, "psp", 0x20001000, lab_deadline(), &lab->diagnostic));
    LAB_OK(lab, probe_step(&lab->probe, lab_deadline(), &lab->diagnostic));
    assert_int_equal(reg(lab, "r7"), 0xCAFEF00D);
    assert_int_equal(reg(lab, "psp"), 0x20001000);
}

static void test_reset_halt(void **state)
{
    struct lab *lab = *state;

    wait_starts(lab, 1);
    reset(lab, PROBE_RESET_HALT);
    assert_int_equal(reg(lab, "pc"), word(lab, VECTORS + 4) & ~1U);
    assert_int_equal(word(lab, (uint32_t)LAB_FLASH), 1);
    resume(lab);
    wait_starts(lab, 2);
}

static void test_reset_run(void **state)
{
    struct lab *lab = *state;

    wait_starts(lab, 1);
    reset(lab, PROBE_RESET_RUN);
    wait_starts(lab, 2);
}

static void test_breakpoint(void **state)
{
    struct lab *lab = *state;
    uint32_t place;

    reset(lab, PROBE_RESET_HALT);
    for (int i = 0; i < 5; i++) {
        LAB_OK(lab, probe_step(&lab->probe, lab_deadline(), &lab->diagnostic));
    }
    place = reg(lab, "pc");
    LAB_OK(lab, probe_set_breakpoint(&lab->probe, place, lab_deadline(), &lab->diagnostic));
    reset(lab, PROBE_RESET_HALT);
    resume(lab);
    LAB_OK(lab, probe_wait_halted(&lab->probe, lab_deadline(), &lab->diagnostic));
    assert_int_equal(reg(lab, "pc"), place);
    LAB_OK(lab, probe_clear_breakpoint(&lab->probe, place, lab_deadline(), &lab->diagnostic));
    resume(lab);
}

/* Lets it run from its reset to the place that is watched. */
static void run_to_watchpoint(struct lab *lab, enum probe_watch watch)
{
    reset(lab, PROBE_RESET_HALT);
    LAB_OK(lab, probe_set_watchpoint(&lab->probe, (uint32_t)LAB_FLASH, sizeof(uint32_t), watch,
                                     lab_deadline(), &lab->diagnostic));
    resume(lab);
    LAB_OK(lab, probe_wait_halted(&lab->probe, lab_deadline(), &lab->diagnostic));
}

static void clear_watchpoint(struct lab *lab)
{
    LAB_OK(lab, probe_clear_watchpoint(&lab->probe, (uint32_t)LAB_FLASH, lab_deadline(),
                                       &lab->diagnostic));
}

/* The guest reads how often it was started, and then writes one more. */
static void test_watchpoint_on_a_read(void **state)
{
    struct lab *lab = *state;

    wait_starts(lab, 1);
    run_to_watchpoint(lab, PROBE_WATCH_READ);
    assert_int_equal(word(lab, (uint32_t)LAB_FLASH), 1);
    clear_watchpoint(lab);
    resume(lab);
    wait_starts(lab, 2);
}

static void test_watchpoint_on_a_write(void **state)
{
    struct lab *lab = *state;

    wait_starts(lab, 1);
    run_to_watchpoint(lab, PROBE_WATCH_WRITE);
    assert_int_equal(word(lab, (uint32_t)LAB_FLASH), 2);
    clear_watchpoint(lab);
    run_to_watchpoint(lab, PROBE_WATCH_WRITE); /* the same again */
    assert_int_equal(word(lab, (uint32_t)LAB_FLASH), 3);
}

static void test_watchpoint_on_both(void **state)
{
    struct lab *lab = *state;

    wait_starts(lab, 1);
    run_to_watchpoint(lab, PROBE_WATCH_ACCESS);
    assert_int_equal(word(lab, (uint32_t)LAB_FLASH), 1);
    resume(lab);
    LAB_OK(lab, probe_wait_halted(&lab->probe, lab_deadline(), &lab->diagnostic));
    assert_int_equal(word(lab, (uint32_t)LAB_FLASH), 2);
}

static void test_watchpoint_that_cannot_be(void **state)
{
    struct lab *lab = *state;

    reset(lab, PROBE_RESET_HALT);
    assert_int_equal(probe_set_watchpoint(&lab->probe, (uint32_t)LAB_FLASH + 2, 4,
                                          PROBE_WATCH_WRITE, lab_deadline(), &lab->diagnostic),
                     RIG_ERROR_USAGE);
    assert_int_equal(probe_set_watchpoint(&lab->probe, (uint32_t)LAB_FLASH, 8, PROBE_WATCH_WRITE,
                                          lab_deadline(), &lab->diagnostic),
                     RIG_ERROR_USAGE);
    resume(lab);
    assert_int_equal(probe_set_watchpoint(&lab->probe, (uint32_t)LAB_FLASH, 4, PROBE_WATCH_WRITE,
                                          lab_deadline(), &lab->diagnostic),
                     RIG_ERROR_DEVICE); /* the core runs */
}

static void test_load_and_verify_of_256_kib(void **state)
{
    struct lab *lab = *state;
    char *path = file_join(lab->folder, "image.bin");
    uint64_t value = 1;
    FILE *file;

    assert_non_null(path);
    file = fopen(path, "wb");
    assert_non_null(file);
    for (int i = 0; i < LOAD_SIZE; i++) {
        value = value * 6364136223846793005ULL + 1442695040888963407ULL;
        assert_int_not_equal(fputc((int)(value >> 56), file), EOF);
    }
    assert_int_equal(fclose(file), 0);
    reset(lab, PROBE_RESET_HALT);
    LAB_OK(lab,
           probe_load(&lab->probe, path, (uint32_t)LOAD_ADDRESS, lab_deadline(), &lab->diagnostic));
    LAB_OK(lab, probe_verify(&lab->probe, path, (uint32_t)LOAD_ADDRESS, lab_deadline(),
                             &lab->diagnostic));
    LAB_OK(lab, probe_write_word(&lab->probe, (uint32_t)LOAD_ADDRESS + LOAD_SIZE / 2, 0,
                                 lab_deadline(), &lab->diagnostic));
    assert_int_equal(
        probe_verify(&lab->probe, path, (uint32_t)LOAD_ADDRESS, lab_deadline(), &lab->diagnostic),
        RIG_ERROR_DEVICE);
    assert_int_equal(unlink(path), 0);
    free(path);
}

/* A person's way: gdb on OpenOCD's port stops the guest where it says its first word, and tells who
 * called. */
static void test_gdb_backtrace(void **state)
{
    struct lab *lab = *state;
    char remote[64];
    const char *const argv[] = {
        "gdb-multiarch",
        "-q",
        "-batch",
        "-ex",
        "set backtrace past-entry on", /* of the file: the guest's is `say` */
        "-ex",
        remote,
        "-ex",
        "monitor reset halt",
        "-ex",
        "break say",
        "-ex",
        "continue",
        "-ex",
        "backtrace",
        GUEST,
        NULL};
    const struct process_options options = {.argv = argv};
    struct process *gdb = NULL;
    size_t size = 0;
    const char *output;

    if (!GDB_IS_THERE) {
        skip();
    }
    (void)snprintf(remote, sizeof(remote), "target extended-remote 127.0.0.1:%u",
                   (unsigned)openocd_gdb_port(lab->probe.openocd));
    LAB_OK(lab, process_run(&options, LAB_LIMIT_MS, &gdb, &lab->diagnostic));
    output = process_output(gdb, PROCESS_STDOUT, &size);
    if (strstr(output, "#0 ") == NULL || strstr(output, " say (") == NULL ||
        strstr(output, "#1 ") == NULL || strstr(output, " start (") == NULL) {
        fail_msg("no backtrace: %s%s", output, process_output(gdb, PROCESS_STDERR, &size));
    }
    process_destroy(gdb);
}

/* QEMU dies: the port is open, and nothing is behind it; the rig's calls end all the same. */
static void test_board_that_dies(void **state)
{
    struct lab *lab = *state;
    struct probe_finding finding;
    uint32_t value = 0;

    (void)emulator_power_off(lab->emulator, &lab->diagnostic);
    assert_int_not_equal(
        probe_read_word(&lab->probe, VECTORS, &value, lab_deadline(), &lab->diagnostic), RIG_OK);
    LAB_OK(lab, probe_find_state(&lab->probe, &finding, lab_deadline(), &lab->diagnostic));
    assert_int_not_equal(finding.state, PROBE_LOCKED);
    assert_int_not_equal(finding.state, PROBE_OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_attach_to_a_guest_that_runs, lab_set_up,
                                        lab_tear_down),
        cmocka_unit_test_setup_teardown(test_memory_of_a_guest_that_runs, lab_set_up,
                                        lab_tear_down),
        cmocka_unit_test_setup_teardown(test_halt_and_resume, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_step, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_registers, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_reset_halt, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_reset_run, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_breakpoint, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_watchpoint_on_a_read, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_watchpoint_on_a_write, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_watchpoint_on_both, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_watchpoint_that_cannot_be, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_load_and_verify_of_256_kib, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_gdb_backtrace, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(test_board_that_dies, lab_set_up, lab_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
