/*
 * The micro:bit in QEMU and the one on a desk are one device: their files agree in every section, but for
 * drivers, which are where one is emulated and the other attached.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "scratch.h"
#include "target/target_file.h"

/* What drives the device, and what its bench can do. */
static const char *const driver_sections[] = {"power.", "probe.", "modbus.rtu.", "storage."};

struct pair {
    struct target emulated;
    struct target board;
};

static void load(const char *path, struct target *target)
{
    struct diagnostic diagnostic = {""};

    if (target_load(path, target, &diagnostic) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
}

static void load_pair(struct pair *pair)
{
    load(TARGETS "/microbit_qemu.yaml", &pair->emulated);
    load(TARGETS "/microbit.yaml", &pair->board);
}

static void clear_pair(struct pair *pair)
{
    target_clear(&pair->emulated);
    target_clear(&pair->board);
}

static bool is_of_driver(const char *name)
{
    for (size_t i = 0; i < sizeof driver_sections / sizeof driver_sections[0]; i++) {
        if (strncmp(name, driver_sections[i], strlen(driver_sections[i])) == 0) {
            return true;
        }
    }
    return false;
}

static const struct text_list *find(const struct target *target, const char *name)
{
    for (size_t i = 0; i < target->setting_count; i++) {
        if (strcmp(target->settings[i].name, name) == 0) {
            return &target->settings[i].values;
        }
    }
    return NULL;
}

static bool are_same(const struct text_list *one, const struct text_list *other)
{
    bool same = other != NULL && one->count == other->count;

    for (size_t i = 0; same && i < one->count; i++) {
        same = strcmp(one->items[i], other->items[i]) == 0;
    }
    return same;
}

/* How many settings of `one` the other has not, or has otherwise. */
static size_t count_differences(const struct target *one, const struct target *other,
                                bool name_them)
{
    size_t count = 0;

    for (size_t i = 0; i < one->setting_count; i++) {
        const struct target_setting *setting = &one->settings[i];

        if (!is_of_driver(setting->name) &&
            !are_same(&setting->values, find(other, setting->name))) {
            count++;
            if (name_them) {
                print_error("%s: %s is not as in %s\n", one->name, setting->name, other->name);
            }
        }
    }
    return count;
}

static void test_only_drivers_differ(void **state)
{
    struct pair pair;

    (void)state;
    load_pair(&pair);
    assert_int_equal(count_differences(&pair.emulated, &pair.board, true), 0);
    assert_int_equal(count_differences(&pair.board, &pair.emulated, true), 0);
    /* And the device answers at the same address. */
    assert_string_equal(target_find_setting(&pair.emulated, "modbus.rtu", "unit"),
                        target_find_setting(&pair.board, "modbus.rtu", "unit"));
    clear_pair(&pair);
}

static void test_what_is_compared(void **state)
{
    static const char *const compared[] = {
        "firmware.product", "firmware.sha256", "firmware.image_a", "images.update_b",
        "images.hang",      "adapter.driver",  "limits.recover_ms"};
    struct pair pair;

    (void)state;
    load_pair(&pair);
    for (size_t i = 0; i < sizeof compared / sizeof compared[0]; i++) {
        assert_false(is_of_driver(compared[i]));
        assert_non_null(find(&pair.emulated, compared[i]));
    }
    assert_true(pair.emulated.fidelity.count > 10);
    assert_true(pair.board.fidelity.count > 3);
    clear_pair(&pair);
}

/* The same files with one word changed. */
static void test_a_difference_shows(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "microbit.yaml");
    struct file_content content = {NULL, 0};
    struct diagnostic diagnostic = {""};
    struct pair pair;
    char *word;

    (void)state;
    assert_int_equal(file_read(TARGETS "/microbit.yaml", 65536, &content, &diagnostic), RIG_OK);
    word = strstr((char *)content.bytes, "update-b.bin");
    assert_non_null(word);
    word[0] = 'U';
    scratch_write(folder, "microbit.yaml", (const char *)content.bytes);
    load(TARGETS "/microbit_qemu.yaml", &pair.emulated);
    load(path, &pair.board);
    assert_int_equal(count_differences(&pair.emulated, &pair.board, false), 1);
    assert_int_equal(count_differences(&pair.board, &pair.emulated, false), 1);
    clear_pair(&pair);
    file_content_free(&content);
    free(path);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_drivers_differ),
        cmocka_unit_test(test_what_is_compared),
        cmocka_unit_test(test_a_difference_shows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
