#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "scratch.h"
#include "target/probe_chip.h"
#include "target/probe_lock.h"

#define EMULATED                                                                                   \
    "schema: 1\nname: demo\nclass: emulated\n"                                                     \
    "firmware: {board: mps2_an505, boot: b, image_a: a}\npower: {driver: qemu, machine: m}\n"

/* A target with these words in its section `probe`. */
static int load(const char *words, struct target *target, struct diagnostic *diagnostic)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "demo.yaml");
    char *text = text_format(EMULATED "probe: {driver: virtual, openocd: [a.cfg]%s}\n", words);
    int error;

    scratch_write(folder, "demo.yaml", text);
    error = target_load(path, target, diagnostic);
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
        {", chip: nrf51, lock: {fuse: 0x10000, protects: all}",
         {CHIP_LOCK_MEMORY, 0x10000, 0, 0, 0}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct chip_lock_model lock;
        struct diagnostic diagnostic = {""};
        struct target target;

        assert_int_equal(load(cases[i].words, &target, &diagnostic), RIG_OK);
        assert_int_equal(probe_lock_read(&target, &lock, &diagnostic), RIG_OK);
        assert_memory_equal(&lock, &cases[i].lock, sizeof lock);
        target_clear(&target);
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
        ", lock: {protects: all}",
        ", lock: {fuse: 0, protects: all, protects_size: 4}",
        ", lock: {fuse: 0, open: 4, protects: all}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diagnostic diagnostic = {""};
        struct target target;

        assert_int_equal(load(cases[i], &target, &diagnostic), RIG_ERROR_CONFIGURATION);
        assert_non_null(strstr(diagnostic.text, "`probe.lock` is no lock; give fuse and open"));
    }
}

static void reads_the_part(void **state)
{
    const struct chip_profile *part = NULL;
    struct diagnostic diagnostic = {""};
    struct target target;

    (void)state;
    assert_int_equal(load(", chip: nrf51", &target, &diagnostic), RIG_OK);
    assert_int_equal(probe_chip_read(&target, &part, &diagnostic), RIG_OK);
    assert_string_equal(part->name, "nrf51");
    target_clear(&target);
    assert_int_equal(load("", &target, &diagnostic), RIG_OK);
    assert_int_equal(probe_chip_read(&target, &part, &diagnostic), RIG_OK);
    assert_string_equal(part->name, "none");
    target_clear(&target);
    assert_int_equal(load(", chip: nrf99", &target, &diagnostic), RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(diagnostic.text, "demo.yaml:6: `probe.chip`: 'nrf99' is no part"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_kind),
        cmocka_unit_test(refuses_what_is_no_lock),
        cmocka_unit_test(reads_the_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
