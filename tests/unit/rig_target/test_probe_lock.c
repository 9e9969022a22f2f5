#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "scratch.h"
#include "target/probe_lock.h"

#define EMULATED                                                                                   \
    "schema: 1\nname: demo\nclass: emulated\n"                                                     \
    "firmware: {board: mps2_an505, boot: b, image_a: a}\npower: {driver: qemu, machine: m}\n"

/* The lock of a target with these words in its section `probe`. */
static int read_lock(const char *words, struct chip_lock_model *lock, struct diagnostic *diagnostic)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "demo.yaml");
    char *text = text_format(EMULATED "probe: {driver: virtual, openocd: [a.cfg]%s}\n", words);
    struct target target;
    int error;

    scratch_write(folder, "demo.yaml", text);
    assert_int_equal(target_load(path, &target, diagnostic), RIG_OK);
    error = probe_lock_read(&target, lock, diagnostic);
    target_clear(&target);
    free(text);
    free(path);
    scratch_remove(folder);
    return error;
}

static void reads_each_kind(void **state)
{
    static const struct {
        const char *words;
        struct chip_lock_model lock;
    } cases[] = {
        {"", {CHIP_LOCK_NONE, 0, 0, 0, 0}},
        {", lock: {fuse: 0, open: 0x50021000}", {CHIP_LOCK_LATCHED, 0, 0x50021000, 0, 0}},
        {", lock: {set: 16}", {CHIP_LOCK_LATE, 0, 16, 0, 0}},
        {", lock: {fuse: 4, protects: 0x1000, protects_size: 8K}",
         {CHIP_LOCK_READ_OUT, 4, 0, 0x1000, 8192}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct chip_lock_model lock;
        struct diagnostic diagnostic = {""};

        assert_int_equal(read_lock(cases[i].words, &lock, &diagnostic), RIG_OK);
        assert_memory_equal(&lock, &cases[i].lock, sizeof lock);
    }
}

static void refuses_what_is_no_lock(void **state)
{
    static const char *const cases[] = {
        ", lock: {fuse: 0}",
        ", lock: {open: 4}",
        ", lock: {fuse: 0, open: 4, set: 8}",
        ", lock: {fuse: 0, protects: 4}",
        ", lock: {protects: 4, protects_size: 4}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct chip_lock_model lock;
        struct diagnostic diagnostic = {""};

        assert_int_equal(read_lock(cases[i], &lock, &diagnostic), RIG_ERROR_CONFIGURATION);
        assert_non_null(strstr(diagnostic.text, "probe.lock is no lock; give fuse and open"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_kind),
        cmocka_unit_test(refuses_what_is_no_lock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
