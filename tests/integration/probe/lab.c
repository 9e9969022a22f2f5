#include "lab.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

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
    assert_int_equal(ftruncate(fileno(file), LAB_FLASH_SIZE), 0);
    assert_int_equal(fclose(file), 0);
}

void lab_put_flash(struct lab *lab, uint32_t address, uint32_t value)
{
    const int file = open(lab->flash, O_WRONLY | O_CLOEXEC);

    assert_true(file >= 0);
    assert_int_equal(pwrite(file, &value, sizeof(value), (off_t)(address - (uint32_t)LAB_FLASH)),
                     sizeof(value));
    assert_int_equal(close(file), 0);
}

uint32_t lab_get_flash(struct lab *lab, uint32_t address)
{
    const int file = open(lab->flash, O_RDONLY | O_CLOEXEC);
    uint32_t value = 0;

    assert_true(file >= 0);
    assert_int_equal(pread(file, &value, sizeof(value), (off_t)(address - (uint32_t)LAB_FLASH)),
                     sizeof(value));
    assert_int_equal(close(file), 0);
    return value;
}

static void switch_on(struct lab *lab, enum chip_lock_kind kind)
{
    const struct chip_lock_model lock = {kind, (uint32_t)LAB_FUSE, (uint32_t)LAB_OPENER, LAB_CODE,
                                         LAB_CODE_SIZE};
    const struct emulator_options options = {
        .kernel = GUEST, .flash = lab->flash, .flash_size = LAB_FLASH_SIZE, .debug = true};

    LAB_OK(lab, emulator_create(&options, &lab->emulator, &lab->diagnostic));
    LAB_OK(lab, emulator_power_on(lab->emulator, lab_deadline(), &lab->diagnostic));
    LAB_OK(lab, virtual_probe_start(VIRTUAL_PROBE, lab->emulator, &lock, chip_profile_find("none"),
                                    &lab->virtual_probe, lab_deadline(), &lab->diagnostic));
    LAB_OK(lab, virtual_probe_run_guest(lab->virtual_probe, lab_deadline(), &lab->diagnostic));
}

int lab_try_attach(struct lab *lab, const char *script, int64_t deadline_ms)
{
    const char *const files[] = {CONFIGURATION, script, NULL};
    char port[128];
    const char *const adapter[] = {"adapter driver buspirate", port, "buspirate mode normal",
                                   "buspirate speed normal", NULL};
    const struct openocd_options options = {.adapter = adapter, .files = files};

    probe_close(&lab->probe);
    (void)snprintf(port, sizeof(port), "buspirate port %s", virtual_probe_path(lab->virtual_probe));
    return probe_open(&lab->probe, &options, deadline_ms, &lab->diagnostic);
}

void lab_attach(struct lab *lab)
{
    LAB_OK(lab, lab_try_attach(lab, NULL, lab_deadline()));
}

static int set_up(void **state, enum chip_lock_kind kind)
{
    struct lab *lab = calloc(1, sizeof(*lab));

    assert_non_null(lab);
    *state = lab;
    make_flash(lab);
    lab_put_flash(lab, (uint32_t)LAB_FUSE, UINT32_MAX);
    switch_on(lab, kind);
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
