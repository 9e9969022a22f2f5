#include "lab.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

static const struct lab_board mps2_an505 = {
    .kernel = GUEST,
    .flash_base = (uint32_t)LAB_FLASH,
    .flash_size = LAB_FLASH_SIZE,
    .flash_kind = EMULATOR_FLASH_FILE,
    .chip = "none",
    .scripts = {OPENOCD_SCRIPTS "/mps2_an505.cfg"},
};

/* As a person would name them, for an adapter of his own: interface, OpenOCD's own of the chip, the board. */
static const struct lab_board microbit = {
    .machine = "microbit",
    .flash_size = LAB_MICROBIT_FLASH_SIZE,
    .flash_kind = EMULATOR_FLASH_NVMC,
    .is_bare = true,
    .chip = "nrf51",
    .scripts = {OPENOCD_SCRIPTS "/virtual_swj.cfg", "target/nrf51.cfg",
                OPENOCD_SCRIPTS "/microbit.cfg"},
};

int64_t lab_deadline(void)
{
    return process_clock_ms() + LAB_LIMIT_MS;
}

void lab_expect_ok(struct lab *lab, int error, const char *call)
{
    if (error != RIG_OK) {
        fail_msg("%s: %s: %s", call, rig_strerror(error), lab->diagnostic.text);
    }
}

static void make_flash(struct lab *lab)
{
    char folder[] = "/tmp/ordeal-probe-XXXXXX";
    FILE *file;

    assert_non_null(mkdtemp(folder));
    lab->folder = text_duplicate(folder);
    lab->flash = file_join(folder, "flash.bin");
    assert_non_null(lab->flash);
    file = fopen(lab->flash, "wb");
    assert_non_null(file);
    assert_int_equal(ftruncate(fileno(file), lab->board->flash_size), 0);
    for (uint32_t i = 0; i < lab->board->flash_size && lab->board->is_bare; i++) {
        assert_int_not_equal(fputc(0xFF, file), EOF); /* erased */
    }
    assert_int_equal(fclose(file), 0);
}

void lab_put_flash(struct lab *lab, uint32_t address, uint32_t value)
{
    const int file = open(lab->flash, O_WRONLY | O_CLOEXEC);

    assert_true(file >= 0);
    assert_int_equal(pwrite(file, &value, sizeof(value), (off_t)(address - lab->board->flash_base)),
                     sizeof(value));
    assert_int_equal(close(file), 0);
}

uint32_t lab_get_flash(struct lab *lab, uint32_t address)
{
    const int file = open(lab->flash, O_RDONLY | O_CLOEXEC);
    uint32_t value = 0;

    assert_true(file >= 0);
    assert_int_equal(pread(file, &value, sizeof(value), (off_t)(address - lab->board->flash_base)),
                     sizeof(value));
    assert_int_equal(close(file), 0);
    return value;
}

void lab_switch_on(struct lab *lab)
{
    const struct lab_board *board = lab->board;
    const struct emulator_options options = {.machine = board->machine,
                                             .kernel = board->kernel,
                                             .flash = lab->flash,
                                             .flash_size = board->flash_size,
                                             .flash_kind = board->flash_kind,
                                             .no_console = board->is_bare,
                                             .no_network = board->is_bare,
                                             .debug = true};

    LAB_OK(lab, emulator_create(&options, &lab->emulator, &lab->diagnostic));
    LAB_OK(lab, emulator_power_on(lab->emulator, lab_deadline(), &lab->diagnostic));
    LAB_OK(lab, virtual_probe_start(VIRTUAL_PROBE, lab->emulator, &lab->lock,
                                    chip_profile_find(board->chip), &lab->virtual_probe,
                                    lab_deadline(), &lab->diagnostic));
    LAB_OK(lab, virtual_probe_run_guest(lab->virtual_probe, lab_deadline(), &lab->diagnostic));
}

int lab_try_attach(struct lab *lab, const char *script, int64_t deadline_ms)
{
    const char *files[sizeof(lab->board->scripts) / sizeof(lab->board->scripts[0]) + 1] = {NULL};
    char port[128];
    const char *const adapter[] = {"adapter driver buspirate", port, "buspirate mode normal",
                                   "buspirate speed normal", NULL};
    const struct openocd_options options = {.adapter = adapter, .files = files};

    size_t count = 0;

    while (lab->board->scripts[count] != NULL) {
        files[count] = lab->board->scripts[count];
        count++;
    }
    files[count] = script;
    probe_close(&lab->probe);
    (void)snprintf(port, sizeof(port), "buspirate port %s", virtual_probe_path(lab->virtual_probe));
    return probe_open(&lab->probe, &options, deadline_ms, &lab->diagnostic);
}

void lab_attach(struct lab *lab)
{
    LAB_OK(lab, lab_try_attach(lab, NULL, lab_deadline()));
}

static struct lab *make(const struct lab_board *board, void **state)
{
    struct lab *lab = calloc(1, sizeof(*lab));

    assert_non_null(lab);
    *state = lab;
    lab->board = board;
    make_flash(lab);
    return lab;
}

static int set_up(void **state, enum chip_lock_kind kind)
{
    struct lab *lab = make(&mps2_an505, state);

    lab->lock = (struct chip_lock_model){kind, (uint32_t)LAB_FUSE, (uint32_t)LAB_OPENER, LAB_CODE,
                                         LAB_CODE_SIZE};
    lab_put_flash(lab, (uint32_t)LAB_FUSE, UINT32_MAX);
    lab_switch_on(lab);
    lab_attach(lab);
    return 0;
}

int lab_set_up_microbit(void **state)
{
    struct lab *lab = make(&microbit, state);

    lab->lock = (struct chip_lock_model){CHIP_LOCK_MEMORY, LAB_MICROBIT_FUSE, 0, 0, 0};
    lab_switch_on(lab);
    lab_attach(lab);
    return 0;
}

int lab_set_up(void **state)
{
    return set_up(state, CHIP_LOCK_NONE);
}

int lab_set_up_late_lock(void **state)
{
    return set_up(state, CHIP_LOCK_LATE);
}

int lab_set_up_read_out(void **state)
{
    return set_up(state, CHIP_LOCK_READ_OUT);
}

int lab_set_up_lock(void **state)
{
    return set_up(state, CHIP_LOCK_LATCHED);
}

void lab_switch_off(struct lab *lab)
{
    probe_close(&lab->probe);
    virtual_probe_stop(lab->virtual_probe);
    lab->virtual_probe = NULL;
    if (lab->emulator != NULL) {
        (void)!emulator_power_off(lab->emulator, &lab->diagnostic);
    }
    emulator_destroy(lab->emulator);
    lab->emulator = NULL;
}

int lab_tear_down(void **state)
{
    struct lab *lab = *state;

    lab_switch_off(lab);
    (void)unlink(lab->flash);
    (void)rmdir(lab->folder);
    free(lab->flash);
    free(lab->folder);
    free(lab);
    return 0;
}
