/* Settings that are allowed each, and do not fit together: refused with file, line and key, in a
 * target's file and in a bench's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "scratch.h"
#include "target/bench_file.h"

/* Five lines each, but for a board's three. */
#define NATIVE                                                                                     \
    "schema: 1\nname: demo\nclass: native\nfirmware: {board: native, program: p}\n"                \
    "power: {driver: process}\n"
#define EMULATED                                                                                   \
    "schema: 1\nname: demo\nclass: emulated\n"                                                     \
    "firmware: {board: mps2_an505, boot: b.elf, image_a: a.bin}\n"                                 \
    "power: {driver: qemu, machine: m}\n"
#define BOARD   "schema: 1\nname: demo\nclass: board\n"
#define NVMC    EMULATED "storage: {driver: nvmc, base: 0, "
#define FILE_OF EMULATED "storage: {driver: file, "
#define PROBE   EMULATED "probe: {driver: virtual, openocd: [a.cfg], "
#define OPENOCD BOARD "probe: {driver: openocd, openocd: [a.cfg], "

static const char *const sound[] = {
    /* one after the other, to the end, in either order */
    NVMC "size: 256K, boot_size: 64K, slot_a: 64K, slot_b: 160K, slot_size: 96K}\n",
    FILE_OF "size: 16M, base: 0x80000000, slot_a: 8M, slot_b: 0, slot_size: 8M}\n",
    FILE_OF "size: 4K, base: 0xFFFFF000}\n",
    NATIVE "storage: {driver: file, slot_a: 0, slot_b: 64K, slot_size: 64K}\n",
    PROBE "ram: {base: 0xFFFFFF00, size: 256}, lock: {fuse: 0, protects: 0xFFFFFFF0, "
          "protects_size: 16}}\n",
    PROBE "chip: nrf51, lock: {fuse: 4, protects: all}, fault: wait}\n",
    PROBE "chip: none, lock: {fuse: 4, open: 8}}\n",
    FILE_OF "size: 1M, base: 0x80000000}\nprobe: {driver: virtual, openocd: [a.cfg], "
            "known: {address: 0x800FFFFC, value: 1}, lock: {fuse: 0x80000000, open: 4}}\n",
    /* odd values of words are values */
    OPENOCD "seal: {address: 0x10001004, value: 1}, known: {address: 8, value: 3}}\n",
};

static const struct {
    const char *text;
    const char *place;
    const char *message;
} refusals[] = {
    /* slots, in the flash and apart */
    {NVMC
     "size: 512K, boot_size: 64K,\n  slot_a: 0x16000,\n  slot_b: 0x2B000,\n  slot_size: 88K}\n",
     ":8:", "`storage.slot_b` overlaps `storage.slot_a`"},
    {NVMC "size: 256K, boot_size: 64K,\n  slot_a: 64K,\n  slot_b: 64K, slot_size: 4}\n",
     ":8:", "`storage.slot_b` overlaps `storage.slot_a`"},
    {NVMC "size: 256K, boot_size: 64K, slot_a: 64K,\n  slot_b: 164K, slot_size: 96K}\n", ":7:",
     "`storage.slot_b` is 0x29000, and 0x18000 bytes from there on do not lie within the flash"},
    {FILE_OF "size: 1M, base: 0,\n  slot_a: 0x100001, slot_b: 0, slot_size: 1}\n",
     ":7:", "`storage.slot_a` is 0x100001, and 0x1 bytes"},
    {FILE_OF "size: 1M, base: 0, slot_a: 0, slot_b: 64K, slot_size: 4294967295}\n",
     ":6:", "do not lie within the flash of 0x100000"},
    {NATIVE "storage: {driver: file, slot_a: 0, slot_b: 64K, slot_size: 65537}\n",
     ":6:", "`storage.slot_b` overlaps"},
    {NATIVE "storage:\n  driver: file\n  slot_a: 0\n  slot_size: 64K\n",
     ":7:", "`storage.slot_b` is missing; slot_a, slot_b and slot_size go together"},
    {NATIVE "storage: {driver: file, slot_a: 0, slot_b: 64K}\n",
     ":6:", "`storage.slot_size` is missing"},
    {NATIVE "storage: {driver: file, slot_size: 64K}\n", ":6:", "is missing; slot_a, slot_b"},
    /* the boot stage */
    {NVMC "size: 256K}\n", ":6:", "key `boot_size` is missing; storage driver nvmc needs it"},
    {NVMC "size: 256K,\n  boot_size: 512K}\n",
     ":7:", "`storage.boot_size` is 0x80000, which leaves nothing of the flash of 0x40000"},
    {NVMC "size: 256K,\n  boot_size: 256K}\n", ":7:", "`storage.boot_size` is 0x40000, which"},
    {NVMC "size: 256K, boot_size: 0}\n", ":6:", "`0` is no value of `boot_size`"},
    {NVMC "size: 256K, boot_size: 132K,\n  slot_a: 64K, slot_b: 160K, slot_size: 64K}\n",
     ":7:", "`storage.slot_a` is 0x10000, and the boot stage reaches to `storage.boot_size`"},
    {NVMC "size: 256K, boot_size: 66K, slot_a: 128K,\n  slot_b: 64K, slot_size: 64K}\n",
     ":7:", "`storage.slot_b` is 0x10000, and the boot stage reaches"},
    {FILE_OF "size: 1M, base: 0xFFFFF000}\n",
     ":6:", "`storage.size` is 0x100000, and from `base`, 0xFFFFF000, on reaches beyond"},
    /* words */
    {FILE_OF "size: 1M,\n  base: 2}\n", ":7:", "`storage.base` is 0x2, and no multiple of 4"},
    {FILE_OF "size: 4098,\n  base: 0}\n", ":6:", "`storage.size` is 0x1002, and no multiple"},
    {PROBE "known: {address: 0x16001, value: 1}}\n", ":6:", "`probe.known.address` is 0x16001"},
    {PROBE "ram: {base: 2, size: 16K}}\n", ":6:", "`probe.ram.base` is 0x2"},
    {PROBE "ram: {base: 0,\n  size: 1025}}\n", ":7:", "`probe.ram.size` is 0x401"},
    {OPENOCD "ram: {base: 0, size: 1025}}\n", ":4:", "`probe.ram.size` is 0x401"},
    {OPENOCD "seal: {address: 0x10001006,\n  value: 0}}\n", ":4:", "`probe.seal.address` is 0x1"},
    {PROBE "lock: {fuse: 0x10001, open: 4}}\n", ":6:", "`probe.lock.fuse` is 0x10001"},
    {PROBE "lock: {fuse: 0, open: 5}}\n", ":6:", "`probe.lock.open` is 0x5"},
    {PROBE "lock: {set: 6}}\n", ":6:", "`probe.lock.set` is 0x6"},
    {PROBE "lock: {fuse: 0, protects: 7, protects_size: 4}}\n", ":6:", "`probe.lock.protects` is"},
    {PROBE "lock: {fuse: 0, protects: 4,\n  protects_size: 6}}\n",
     ":7:", "`probe.lock.protects_size` is 0x6"},
    {PROBE "ram: {base: 0xFFFFFF00, size: 260}}\n",
     ":6:", "`probe.ram.size` is 0x104, and from 0xFFFFFF00 on reaches beyond"},
    {PROBE "lock: {fuse: 0, protects: 0xFFFFFFFC, protects_size: 8}}\n",
     ":6:", "`probe.lock.protects_size` is 0x8"},
    /* in the flash, where the file says how much there is */
    {NVMC "size: 256K, boot_size: 64K}\nprobe: {driver: virtual, openocd: [a.cfg],\n"
          "  known: {address: 0x40000, value: 1}}\n",
     ":8:", "`probe.known.address` is 0x40000, and the flash is 0x40000 bytes from 0x0 on"},
    {FILE_OF "size: 1M, base: 0x80000000}\nprobe: {driver: virtual, openocd: [a.cfg],\n"
             "  lock: {fuse: 0x7FFFFFFC, open: 4}}\n",
     ":8:", "`probe.lock.fuse` is 0x7FFFFFFC, and the flash is 0x100000 bytes from 0x80000000"},
    /* what goes together */
    {OPENOCD "seal: {address: 4}}\n", ":4:", "key `seal.value` is missing"},
    {OPENOCD "seal: {value: 4}}\n", ":4:", "key `seal.address` is missing"},
    {PROBE "known: {address: 4}}\n", ":6:", "key `known.value` is missing"},
    {PROBE "known: {value: 4}}\n", ":6:", "key `known.address` is missing"},
    {PROBE "ram: {base: 4}}\n", ":6:", "key `ram.size` is missing"},
    {PROBE "ram: {size: 1K}}\n", ":6:", "key `ram.base` is missing"},
    {PROBE "\n  lock: {}}\n", ":7:", "`lock` is empty, and says nothing; give its keys"},
    {OPENOCD "\n  seal: {}}\n", ":5:", "`seal` is empty"},
    {PROBE "\n  lock: {fuse: 0}}\n", ":7:", "`probe.lock` is no lock; give fuse and open, or set"},
    {PROBE "\n  lock: {fuse: 0, open: 4, protects: all}}\n", ":7:", "`probe.lock` is no lock"},
    {PROBE "lock: {fuse: 4, protects: all}}\n",
     ":6:", "`probe.chip` is missing; the part says what a lock with `protects: all` leaves"},
    {PROBE "chip: none,\n  lock: {fuse: 4, protects: all}}\n", ":6:", "`probe.chip` is missing"},
    {BOARD "adapter:\n  driver: hearth\n  device_id: 0011\n",
     ":6:", "`adapter.device_id`: '0011' is not an id of 32 hexadecimal digits"},
    {PROBE "\n  chip: nrf99}\n", ":7:", "`probe.chip`: 'nrf99' is no part"},
    {PROBE "\n  fault: gremlins}\n", ":7:", "`probe.fault`: 'gremlins' is no fault"},
};

/* A text of the folder, loaded. */
static int load(const char *folder, const char *text, struct target *target,
                struct diagnostic *diagnostic)
{
    char *path = scratch_path(folder, "demo.yaml");

    scratch_write(folder, "demo.yaml", text);
    const int error = target_load(path, target, diagnostic);
    free(path);
    return error;
}

static void takes_what_fits_together(void **state)
{
    char *folder = scratch_make();
    (void)state;
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
        struct target target;
        struct diagnostic diagnostic = {""};
        if (load(folder, sound[i], &target, &diagnostic) != RIG_OK) {
            fail_msg("case %zu: %s", i, diagnostic.text);
        }
        target_clear(&target);
    }
    scratch_remove(folder);
}

static void refuses_what_does_not(void **state)
{
    char *folder = scratch_make();
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct target target;
        struct diagnostic diagnostic = {""};
        char *place = text_format("demo.yaml%s", refusals[i].place);
        if (load(folder, refusals[i].text, &target, &diagnostic) != RIG_ERROR_CONFIGURATION ||
            strstr(diagnostic.text, place) == NULL ||
            strstr(diagnostic.text, refusals[i].message) == NULL) {
            fail_msg("case %zu: %s", i, diagnostic.text);
        }
        assert_null(target.settings);
        free(place);
    }
    scratch_remove(folder);
}

/* A bench's file, over a target that is sound. */
static const struct {
    const char *text;
    const char *place; /* NULL: it fits */
    const char *message;
} benches[] = {
    {"    storage: {slot_b: 160K, slot_size: 80K}\n", NULL, ""},
    {"    probe: {seal: {value: 7}}\n", NULL, ""},
    {"    storage:\n      slot_b: 96K\n", ":5:", "`storage.slot_b` overlaps"},
    {"    storage:\n      boot_size: 80K\n", ":5:", "`storage.slot_a` is 0x10000, and the boot"},
    {"    storage: {size: 128K}\n", ":4:", "`storage.slot_b` is 0x20000"},
    {"    probe:\n      seal: {address: 0x10001005}\n", ":5:", "`probe.seal.address` is"},
    {"    probe: {lock: {open: 4}}\n", ":4:", "`probe.lock` is no lock"},
    {"    probe: {chip: none}\n", ":4:", "`probe.chip` is missing"},
    {"    limits: {boot_ms: 1}\n    probe: {lock: {}}\n", ":5:", "`lock` is empty"},
};

static void a_bench_is_held_to_the_same_and_changes_nothing(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "bench.yaml");
    (void)state;
    for (size_t i = 0; i < sizeof benches / sizeof benches[0]; i++) {
        struct target target;
        struct diagnostic diagnostic = {""};
        char *text = text_format("schema: 1\ntargets:\n  demo:\n%s", benches[i].text);
        char *place = text_format("bench.yaml%s", benches[i].place == NULL ? "" : benches[i].place);
        assert_int_equal(
            load(folder,
                 NVMC "size: 256K, boot_size: 64K, slot_a: 64K, slot_b: 128K, slot_size: 64K}\n"
                      "probe: {driver: virtual, openocd: [a.cfg], chip: nrf51, "
                      "lock: {fuse: 0, protects: all}, seal: {address: 4, value: 5}}\n",
                 &target, &diagnostic),
            RIG_OK);
        scratch_write(folder, "bench.yaml", text);
        const size_t count = target.setting_count;
        const int error = target_apply_bench(&target, path, &diagnostic);
        if ((error == RIG_OK) != (benches[i].place == NULL) ||
            (error != RIG_OK && (strstr(diagnostic.text, place) == NULL ||
                                 strstr(diagnostic.text, benches[i].message) == NULL))) {
            fail_msg("case %zu: %d: %s", i, error, diagnostic.text);
        }
        assert_int_equal(target.setting_count, count);
        if (error != RIG_OK) {
            assert_string_equal(target_find_setting(&target, "storage", "slot_b"), "128K");
            assert_string_equal(target_find_setting(&target, "probe", "seal.address"), "4");
        }
        target_clear(&target);
        free(place);
        free(text);
    }
    free(path);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_fits_together),
        cmocka_unit_test(refuses_what_does_not),
        cmocka_unit_test(a_bench_is_held_to_the_same_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
