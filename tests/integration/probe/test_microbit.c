/*
 * The emulated nRF51822 of a BBC micro:bit, and OpenOCD with its own script and flash driver of
 * that chip: it is programmed, locked as its read-back protection does, and won back by an erasure
 * of all.
 */
#include "lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum {
    RAM_WORD = LAB_MICROBIT_RAM + 0x3F00, /* left alone by OpenOCD's algorithms */
    NVMC_CONFIG = 0x4001E504,
    NVMC_ERASE_PAGE = 0x4001E508,
    UICR_PROTECTION = 0x10001004,
    POWER_RAMON = 0x40000524,
    STACK = LAB_MICROBIT_RAM + 0x4000,
    LOOP = 0x40, /* counts in R0 */
    LOAD = 0x44, /* LDR R0, [R0] */
    PROGRAM_SIZE = 40 * 1024,
    MARK = (int)0xCAFEF00D,
    BLOWN = 0,
    SLOT_A = 0x16000, /* of the firmware */
    SLOT_SIZE = 84 * 1024,
};

/* Vectors of stack and reset, and at LOOP: ADDS R0, #1; B LOOP; LDR R0, [R0]; B . */
static const uint32_t vectors[] = {STACK, LOOP + 1};
static const uint16_t code[] = {0x3001, 0xE7FD, 0x6800, 0xE7FE};

static uint32_t word(struct lab *lab, uint32_t address)
{
    uint32_t value = 0;

    LAB_OK(lab, probe_read_word(&lab->probe, address, &value, lab_deadline(), &lab->diagnostic));
    return value;
}

static void put(struct lab *lab, uint32_t address, uint32_t value)
{
    LAB_OK(lab, probe_write_word(&lab->probe, address, value, lab_deadline(), &lab->diagnostic));
}

static uint32_t reg(struct lab *lab, const char *name)
{
    uint64_t value = 0;

    LAB_OK(lab, probe_read_register(&lab->probe, name, &value, lab_deadline(), &lab->diagnostic));
    return (uint32_t)value;
}

static void put_reg(struct lab *lab, const char *name, uint32_t value)
{
    LAB_OK(lab, probe_write_register(&lab->probe, name, value, lab_deadline(), &lab->diagnostic));
}

static void halt(struct lab *lab)
{
    LAB_OK(lab, probe_halt(&lab->probe, lab_deadline(), &lab->diagnostic));
}

static void reset(struct lab *lab, enum probe_reset kind)
{
    LAB_OK(lab, probe_reset(&lab->probe, kind, lab_deadline(), &lab->diagnostic));
}

static struct tcl_reply order(struct lab *lab, const char *command)
{
    struct tcl_reply reply = {false, ""};

    LAB_OK(lab,
           openocd_call(lab->probe.openocd, command, &reply, lab_deadline(), &lab->diagnostic));
    return reply;
}

static void expect_done(struct lab *lab, const char *command)
{
    const struct tcl_reply reply = order(lab, command);

    if (reply.failed) {
        fail_msg("%s: %s", command, reply.text);
    }
}

static void expect_state(struct lab *lab, enum probe_state state)
{
    struct probe_finding finding;

    LAB_OK(lab, probe_find_state(&lab->probe, &finding, lab_deadline(), &lab->diagnostic));
    if (finding.state != state) {
        fail_msg("%s (%s) instead of %s", probe_state_name(finding.state), finding.evidence,
                 probe_state_name(state));
    }
}

/* What the rig knows of the device beforehand. */
static void know(struct lab *lab)
{
    lab->probe.known = (struct probe_word){true, 0, STACK};
    lab->probe.ram = (struct probe_range){LAB_MICROBIT_RAM, LAB_MICROBIT_RAM_SIZE};
}

/* The program, and noise behind it. */
static char *write_program(struct lab *lab)
{
    char *path = file_join(lab->folder, "program.bin");
    static uint8_t program[PROGRAM_SIZE];
    uint64_t value = 1;
    FILE *file;

    assert_non_null(path);
    for (size_t i = 0; i < sizeof(program); i++) {
        value = value * 6364136223846793005ULL + 1442695040888963407ULL;
        program[i] = (uint8_t)(value >> 56);
    }
    memcpy(program, vectors, sizeof(vectors));
    memcpy(program + LOOP, code, sizeof(code));
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(program, 1, sizeof(program), file), sizeof(program));
    assert_int_equal(fclose(file), 0);
    return path;
}

/* As OpenOCD's `program` does. */
static void program_flash(struct lab *lab)
{
    char *path = write_program(lab);
    char command[200];

    reset(lab, PROBE_RESET_HALT);
    (void)snprintf(command, sizeof(command), "flash write_image erase {%s} 0 bin", path);
    expect_done(lab, command);
    LAB_OK(lab, probe_verify(&lab->probe, path, 0, lab_deadline(), &lab->diagnostic));
    assert_int_equal(unlink(path), 0);
    free(path);
    know(lab);
}

/* Blows the fuse, as a boot stage does; it counts from the next reset on. */
static void lock_up(struct lab *lab)
{
    program_flash(lab);
    put(lab, NVMC_CONFIG, 1);
    put(lab, LAB_MICROBIT_FUSE, BLOWN);
    put(lab, NVMC_CONFIG, 0);
    put(lab, RAM_WORD, (uint32_t)MARK);
    expect_state(lab, PROBE_OPEN);
    reset(lab, PROBE_RESET_RUN);
}

/* ---- the chip ---- */

static void test_chip_without_a_program(void **state)
{
    struct lab *lab = *state;
    struct tcl_reply reply;

    expect_state(lab, PROBE_OPEN);
    assert_int_equal(word(lab, 0xE000ED00), 0x410CC200);
    halt(lab);
    assert_int_equal(reg(lab, "pc"), 0xFFFFFFFE);
    reply = order(lab, "nrf51 info; flash banks");
    assert_false(reply.failed);
    assert_non_null(strstr(order(lab, "capture {nrf51 info}").text, "number of ram blocks: 2"));
    (void)order(lab,
                "reset run"); /* it locks up, for which OpenOCD halts it; and the probe goes on */
    expect_state(lab, PROBE_OPEN);
}

static void test_words_of_the_chip(void **state)
{
    struct lab *lab = *state;

    assert_int_equal(word(lab, 0x10000028), UINT32_MAX);
    assert_int_equal(word(lab, 0x10000010), 0x400);
    assert_int_equal(word(lab, 0x10000014), 0x100);
    assert_int_equal(word(lab, 0x1000005C) & 0xFFFF, 0x008F);
    assert_int_equal(word(lab, POWER_RAMON), 3);
    assert_int_equal(word(lab, UICR_PROTECTION), UINT32_MAX);
}

/* ---- programming ---- */

static void test_program_and_verify(void **state)
{
    struct lab *lab = *state;

    halt(lab);
    put(lab, LAB_MICROBIT_RAM, (uint32_t)MARK);
    program_flash(lab);
    assert_int_equal(word(lab, LAB_MICROBIT_RAM), (uint32_t)MARK); /* the algorithm is gone again */
    reset(lab, PROBE_RESET_RUN);
    halt(lab);
    assert_in_range(reg(lab, "pc"), LOOP, LOOP + 2);
    reset(lab, PROBE_RESET_HALT);
    assert_int_equal(reg(lab, "pc"), LOOP);
    assert_int_equal(reg(lab, "sp"), STACK);
    LAB_OK(lab, probe_step(&lab->probe, lab_deadline(), &lab->diagnostic));
    assert_int_equal(reg(lab, "r0"), 1);
}

/* A person's way, with no file but the wire's and OpenOCD's own: `program` with these words. */
static void program_by_hand(struct lab *lab, const char *words)
{
    static const char wire[] = OPENOCD_SCRIPTS "/virtual_swj.cfg";
    char port[128];
    char program[300];
    const char *const argv[] = {"openocd",
                                "-c",
                                "adapter driver buspirate",
                                "-c",
                                port,
                                "-c",
                                "gdb_port disabled; telnet_port disabled; tcl_port disabled",
                                "-f",
                                wire,
                                "-f",
                                "target/nrf51.cfg",
                                "-c",
                                program,
                                NULL};
    const struct process_options options = {.argv = argv};
    struct process *openocd = NULL;
    size_t size = 0;

    probe_close(&lab->probe);
    (void)snprintf(port, sizeof(port), "buspirate port %s", virtual_probe_path(lab->virtual_probe));
    (void)snprintf(program, sizeof(program), "program %s verify reset exit", words);
    LAB_OK(lab, process_run(&options, LAB_LIMIT_MS, &openocd, &lab->diagnostic));
    if (process_end(openocd)->outcome != PROCESS_EXITED || process_end(openocd)->exit_code != 0 ||
        strstr(process_output(openocd, PROCESS_STDERR, &size), "** Verified OK **") == NULL) {
        fail_msg("%s", process_output(openocd, PROCESS_STDERR, &size));
    }
    process_destroy(openocd);
    lab_attach(lab);
    know(lab);
}

static void test_stock_command_line(void **state)
{
    struct lab *lab = *state;
    char *path = write_program(lab);
    char words[200];

    (void)snprintf(words, sizeof(words), "%s 0", path);
    program_by_hand(lab, words);
    expect_state(lab, PROBE_OPEN);
    halt(lab);
    assert_in_range(reg(lab, "pc"), LOOP, LOOP + 2);
    assert_int_equal(unlink(path), 0);
    free(path);
}

/* The boot stage checks the image, and starts it. */
static void wait_application(struct lab *lab)
{
    const int64_t deadline = lab_deadline();
    uint32_t counter = 0;

    while (counter < SLOT_A || counter >= SLOT_A + SLOT_SIZE) {
        assert_true(process_clock_ms() < deadline);
        halt(lab);
        counter = reg(lab, "pc");
        LAB_OK(lab, probe_resume(&lab->probe, lab_deadline(), &lab->diagnostic));
    }
}

static void test_firmware_by_the_stock_command_line(void **state)
{
    struct lab *lab = *state;

    if (!file_is_regular(FIRMWARE)) {
        skip();
    }
    program_by_hand(lab, FIRMWARE);
    wait_application(lab);
    lab_switch_off(lab);
    lab_switch_on(lab);
    lab_attach(lab);
    wait_application(lab);
    reset(lab, PROBE_RESET_RUN);
    wait_application(lab);
}

static void test_program_outlives_the_power(void **state)
{
    struct lab *lab = *state;

    program_flash(lab);
    lab_switch_off(lab);
    lab_switch_on(lab);
    lab_attach(lab);
    know(lab);
    expect_state(lab, PROBE_OPEN);
    halt(lab);
    assert_in_range(reg(lab, "pc"), LOOP, LOOP + 2);
}

/* The flash's controller has the say, whoever stores. */
static void test_flash_is_no_ram(void **state)
{
    struct lab *lab = *state;

    program_flash(lab);
    put(lab, 0x20000, 0x12345678);
    assert_int_equal(word(lab, 0x20000), UINT32_MAX); /* writing was not enabled */
    put(lab, NVMC_CONFIG, 1);
    put(lab, 0x20000, 0xFFFF0000);
    put(lab, 0x20000, 0x0FFFFFFF);
    assert_int_equal(word(lab, 0x20000), 0x0FFF0000); /* bits are cleared only */
    put(lab, NVMC_CONFIG, 2);
    put(lab, NVMC_ERASE_PAGE, 0x20000);
    assert_int_equal(word(lab, 0x20000), UINT32_MAX);
    assert_int_equal(word(lab, 0), STACK);
}

static void test_registers_by_instructions(void **state)
{
    struct lab *lab = *state;

    program_flash(lab);
    reset(lab, PROBE_RESET_HALT);
    put(lab, LAB_MICROBIT_RAM, (uint32_t)MARK);
    assert_int_equal(reg(lab, "msp"), STACK);
    put_reg(lab, "psp", LAB_MICROBIT_RAM + 0x100);
    put_reg(lab, "primask", 1);
    LAB_OK(lab, probe_step(&lab->probe, lab_deadline(), &lab->diagnostic));
    assert_int_equal(reg(lab, "psp"), LAB_MICROBIT_RAM + 0x100);
    assert_int_equal(reg(lab, "primask"), 1);
    assert_int_equal(word(lab, LAB_MICROBIT_RAM), (uint32_t)MARK); /* where they were executed */
}

static void test_breakpoint_in_flash(void **state)
{
    struct lab *lab = *state;

    program_flash(lab);
    reset(lab, PROBE_RESET_HALT);
    LAB_OK(lab, probe_set_breakpoint(&lab->probe, LOOP + 2, lab_deadline(), &lab->diagnostic));
    LAB_OK(lab, probe_resume(&lab->probe, lab_deadline(), &lab->diagnostic));
    LAB_OK(lab, probe_wait_halted(&lab->probe, lab_deadline(), &lab->diagnostic));
    assert_int_equal(reg(lab, "pc"), LOOP + 2);
    LAB_OK(lab, probe_clear_breakpoint(&lab->probe, LOOP + 2, lab_deadline(), &lab->diagnostic));
}

/* ---- the lock ---- */

/* Neither code nor RAM nor a peripheral, read or written; nor is the flash driver of any use. */
static void expect_memory_shut(struct lab *lab)
{
    assert_int_equal(word(lab, 0), 0);
    assert_int_equal(word(lab, LAB_MICROBIT_FUSE), 0);
    assert_int_equal(word(lab, RAM_WORD), 0);
    assert_int_equal(word(lab, POWER_RAMON), 0);
    put(lab, RAM_WORD, 1);
    assert_int_equal(word(lab, RAM_WORD), 0);
    assert_int_equal(word(lab, UICR_PROTECTION),
                     UINT32_MAX); /* within reach, as the rest of UICR */
    expect_state(lab, PROBE_MEMORY_LOCKED);
}

static void test_locked_chip(void **state)
{
    struct lab *lab = *state;

    lock_up(lab);
    expect_memory_shut(lab);
    lab_attach(lab); /* nor for a debugger who comes by now */
    know(lab);
    expect_memory_shut(lab);
    halt(lab);
    expect_memory_shut(lab);
    reset(lab, PROBE_RESET_HALT);
    expect_memory_shut(lab);
    lab_switch_off(lab);
    lab_switch_on(lab);
    lab_attach(lab);
    know(lab);
    expect_memory_shut(lab);
}

/* A page that is erased would take the fuse with it, and not what it protects. */
static void test_locked_chip_erases_no_page(void **state)
{
    struct lab *lab = *state;

    lock_up(lab);
    halt(lab);
    put(lab, NVMC_CONFIG, 2);
    put(lab, NVMC_ERASE_PAGE, LAB_MICROBIT_FUSE);
    put(lab, NVMC_CONFIG, 1);
    put(lab, LOOP, 0);
    reset(lab, PROBE_RESET_HALT);
    expect_memory_shut(lab);
    LAB_OK(lab, probe_step(&lab->probe, lab_deadline(), &lab->diagnostic));
    assert_int_equal(reg(lab, "r0"), 1); /* the program is what it was */
}

/* The published attack: with the core within reach, an instruction of the code's own loads any word. */
static void test_locked_chip_reads_itself_out(void **state)
{
    struct lab *lab = *state;

    lock_up(lab);
    halt(lab);
    put_reg(lab, "r0", 4);
    put_reg(lab, "pc", LOAD);
    LAB_OK(lab, probe_step(&lab->probe, lab_deadline(), &lab->diagnostic));
    assert_int_equal(reg(lab, "r0"), LOOP + 1);
    put_reg(lab, "r0", RAM_WORD);
    put_reg(lab, "pc", LOAD);
    LAB_OK(lab, probe_step(&lab->probe, lab_deadline(), &lab->diagnostic));
    assert_int_equal(reg(lab, "r0"), (uint32_t)MARK);
    expect_memory_shut(lab);
}

/* ---- erasing all ---- */

static void test_erasing_all_wins_it_back(void **state)
{
    struct lab *lab = *state;

    lock_up(lab);
    halt(lab);
    expect_done(lab, "nrf51 mass_erase");
    assert_int_equal(word(lab, RAM_WORD), 0); /* until a reset it stays shut */
    reset(lab, PROBE_RESET_HALT);
    expect_state(lab, PROBE_OPEN);
    for (uint32_t at = 0; at < LAB_MICROBIT_FLASH_SIZE; at += 0x800) {
        assert_int_equal(word(lab, at), UINT32_MAX);
    }
    assert_int_equal(word(lab, RAM_WORD), (uint32_t)MARK); /* RAM is not erased, nor by the reset */
    program_flash(lab);
    reset(lab, PROBE_RESET_HALT);
    assert_int_equal(reg(lab, "pc"), LOOP);
}

static void test_erased_flash_outlives_the_power(void **state)
{
    struct lab *lab = *state;

    lock_up(lab);
    halt(lab);
    expect_done(lab, "nrf51 mass_erase");
    lab_switch_off(lab);
    assert_int_equal(lab_get_flash(lab, LAB_MICROBIT_FUSE), UINT32_MAX);
    assert_int_equal(lab_get_flash(lab, LOOP), UINT32_MAX);
    lab_switch_on(lab);
    lab_attach(lab);
    expect_state(lab, PROBE_OPEN);
    assert_int_equal(word(lab, 0), UINT32_MAX);
}

/* The core goes on for a moment in flash that is gone, and locks up: as on the chip, that ends nothing. */
static void test_reset_of_a_core_whose_flash_is_gone(void **state)
{
    struct lab *lab = *state;

    program_flash(lab);
    reset(lab, PROBE_RESET_RUN);
    halt(lab);
    expect_done(lab, "nrf51 mass_erase");
    (void)order(lab, "resume");
    (void)order(lab, "reset run");
    expect_state(lab, PROBE_OPEN);
    program_flash(lab);
    reset(lab, PROBE_RESET_HALT);
    assert_int_equal(reg(lab, "pc"), LOOP);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, lab_set_up_microbit, lab_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_chip_without_a_program),
        TEST(test_words_of_the_chip),
        TEST(test_program_and_verify),
        TEST(test_stock_command_line),
        TEST(test_firmware_by_the_stock_command_line),
        TEST(test_program_outlives_the_power),
        TEST(test_flash_is_no_ram),
        TEST(test_registers_by_instructions),
        TEST(test_breakpoint_in_flash),
        TEST(test_locked_chip),
        TEST(test_locked_chip_erases_no_page),
        TEST(test_locked_chip_reads_itself_out),
        TEST(test_erasing_all_wins_it_back),
        TEST(test_erased_flash_outlives_the_power),
        TEST(test_reset_of_a_core_whose_flash_is_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
