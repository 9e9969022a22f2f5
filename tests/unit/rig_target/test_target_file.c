#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "scratch.h"
#include "target/target_file.h"

#define HEAD_OF(class_name) "schema: 1\nname: demo\nclass: " class_name "\n"
#define PROCESS             "firmware: {board: native, program: p}\npower: {driver: process}\n"
#define SOUND                                                                                      \
    HEAD_OF("emulated")                                                                            \
    "firmware: {board: mps2_an505, boot: b.elf, image_a: out/a.bin}\n"                             \
    "power: {driver: qemu, machine: mps2-an505}\n"                                                 \
    "storage: {driver: file, size: 16M, base: 0x80000000}\n"                                       \
    "modbus:\n  rtu: {driver: qemu-uart, index: 0, unit: 1}\n"                                     \
    "probe: {driver: virtual, openocd: [a.cfg, b/c.cfg], lock: {fuse: 0x80000010, open: "          \
    "0x50021000}}\n"                                                                               \
    "limits: {boot_ms: 1500}\nfidelity:\n  - flash is a file\n"

static void the_native_target_is_sound(void **state)
{
    struct target target;
    struct diagnostic diagnostic = {""};
    (void)state;
    assert_int_equal(target_load(TARGETS "/native.yaml", &target, &diagnostic), RIG_OK);
    assert_string_equal(target.name, "native");
    assert_int_equal(target.class, TARGET_NATIVE);
    assert_int_equal(target_rung(&target), RUNG_HOST);
    assert_string_equal(target_find_setting(&target, "modbus.rtu", "driver"), "pty");
    assert_string_equal(target_find_setting(&target, "modbus.rtu", "unit"), "1");
    assert_true(target.fidelity.count >= 5);
    target_clear(&target);
}

static void the_emulated_board_is_sound(void **state)
{
    struct target target;
    struct diagnostic diagnostic = {""};
    uint64_t number = 0;
    (void)state;
    assert_int_equal(target_load(TARGETS "/mps2_an505_qemu.yaml", &target, &diagnostic), RIG_OK);
    assert_int_equal(target_rung(&target), RUNG_EMULATED);
    assert_true(target_find_number(&target, "storage", "size", &number));
    assert_int_equal(number, 16 << 20);
    assert_true(target_find_number(&target, "limits", "queue_readings", &number));
    assert_int_equal(number, 64);
    assert_string_equal(target_find_setting(&target, "power", "machine"), "mps2-an505");
    assert_true(target.fidelity.count >= 10);
    target_clear(&target);
}

static void reads_all_parts(void **state)
{
    struct target target;
    struct diagnostic diagnostic = {""};
    char *folder = scratch_make();
    char *path = scratch_path(folder, "demo.yaml");
    uint64_t number = 0;
    (void)state;
    scratch_write(folder, "demo.yaml", SOUND);
    assert_int_equal(target_load(path, &target, &diagnostic), RIG_OK);
    assert_string_equal(target.title, "demo");
    assert_string_equal(target.path, path);
    assert_null(target.folder);
    assert_string_equal(target_class_name(target.class), "emulated");
    assert_string_equal(target_find_setting(&target, "firmware", "image_a"), "out/a.bin");
    assert_string_equal(target_find_setting(&target, "probe", "lock.open"), "0x50021000");
    assert_null(target_find_setting(&target, "modbus", "rtu"));
    assert_null(target_find_setting(&target, "console", "driver"));
    assert_int_equal(target_find_list(&target, "probe", "openocd")->count, 2);
    assert_string_equal(target_find_list(&target, "probe", "openocd")->items[1], "b/c.cfg");
    assert_null(target_find_list(&target, "probe", "none"));
    assert_true(target_find_number(&target, "limits", "boot_ms", &number));
    assert_int_equal(number, 1500);
    assert_true(target_find_number(&target, "storage", "base", &number));
    assert_int_equal(number, 0x80000000);
    assert_false(target_find_number(&target, "limits", "watchdog_ms", &number));
    assert_false(target_find_number(&target, "power", "machine", &number));
    assert_string_equal(target.fidelity.items[0], "flash is a file");
    target_clear(&target);
    free(path);
    scratch_remove(folder);
}

static const struct {
    const char *text;
    const char *place;
    const char *message;
} refusals[] = {
    {"schema: 1\nname: demo\n", ":1:", "`class` is missing"},
    {"schema: 1\nclass: native\n", ":1:", "`name` is missing"},
    {"schema: 9\nname: demo\nclass: native\n", ":1:", "newer"},
    {"schema: 1\nname: other\nclass: native\n", ":2:", "file of that name"},
    {"schema: 1\nname: dem\nclass: native\n", ":2:", "file of that name"},
    {"schema: 1\nname: ../demo\nclass: native\n", ":2:", "no word"},
    {HEAD_OF("toaster"), ":3:", "unknown class `toaster`"},
    {HEAD_OF("native") PROCESS "fidelity: none\n", ":6:", "must be a list"},
    {HEAD_OF("native") "\tpower: {}\n", ":4:", "no valid YAML"},
    {"", ":1:", "empty"},
};

static void refuses_each_with_its_line(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "demo.yaml");
    size_t length = strlen(path);
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct target target;
        struct diagnostic diagnostic = {""};
        scratch_write(folder, "demo.yaml", refusals[i].text);
        int error = target_load(path, &target, &diagnostic);
        if (error != RIG_ERROR_CONFIGURATION || strncmp(diagnostic.text, path, length) != 0 ||
            strncmp(diagnostic.text + length, refusals[i].place, 3) != 0 ||
            strstr(diagnostic.text, refusals[i].message) == NULL) {
            fail_msg("case %zu: error %d: %s", i, error, diagnostic.text);
        }
        assert_null(target.name);
    }
    free(path);
    scratch_remove(folder);
}

static struct workspace *open_workspace(const char *folder)
{
    struct workspace *workspace = NULL;
    struct diagnostic diagnostic;
    const struct workspace_options options = {.project = folder};
    assert_int_equal(workspace_open(&options, &workspace, &diagnostic), RIG_OK);
    return workspace;
}

static void lists_the_users_folder_first(void **state)
{
    struct target_list list;
    struct diagnostic diagnostic = {""};
    const struct target *found = NULL;
    char *folder = scratch_make();
    struct workspace *workspace = open_workspace(folder);
    (void)state;
    scratch_write(folder, "targets/zeta.yaml", "schema: 1\nname: zeta\nclass: board\n");
    scratch_write(folder, "targets/native.yaml",
                  "schema: 1\nname: native\ntitle: mine\nclass: native\n" PROCESS);
    scratch_write(folder, "targets/notes.txt", "no target");
    scratch_write(folder, "targets/.hidden.yaml", "no target");
    assert_int_equal(target_list_load(workspace, &list, &diagnostic), RIG_OK);
    assert_true(list.count >= 2);
    assert_string_equal(list.items[0].name, "native");
    assert_string_equal(list.items[0].title, "mine");
    assert_string_equal(list.items[0].folder, workspace_user_folder(workspace));
    assert_string_equal(list.items[1].name, "zeta");
    assert_int_equal(target_list_find(&list, "zeta", &found, &diagnostic), RIG_OK);
    assert_int_equal(target_rung(found), RUNG_SILICON);
    assert_int_equal(target_list_find(&list, "none", &found, &diagnostic), RIG_ERROR_NOT_FOUND);
    assert_non_null(strstr(diagnostic.text, "there are: native zeta"));
    target_list_free(&list);
    workspace_free(workspace);
    scratch_remove(folder);
}

static void one_bad_file_is_an_error(void **state)
{
    struct target_list list;
    struct diagnostic diagnostic = {""};
    char *folder = scratch_make();
    struct workspace *workspace = open_workspace(folder);
    (void)state;
    scratch_write(folder, "targets/good.yaml", "schema: 1\nname: good\nclass: board\n");
    scratch_write(folder, "targets/worse.yaml", "schema: 1\nname: bad\nclass: board\n");
    assert_int_equal(target_list_load(workspace, &list, &diagnostic), RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(diagnostic.text, "worse.yaml:2:"));
    assert_int_equal(list.count, 0);
    workspace_free(workspace);
    scratch_remove(folder);
}

/* The others are listed, and a bad file of the user's is not replaced by Ordeal's own of that name. */
static void bad_files_are_told_apart(void **state)
{
    struct target_list list;
    struct text_list flaws = {NULL, 0};
    struct diagnostic diagnostic = {""};
    const struct target *found = NULL;
    char *folder = scratch_make();
    struct workspace *workspace = open_workspace(folder);
    (void)state;
    scratch_write(folder, "targets/good.yaml", "schema: 1\nname: good\nclass: board\n");
    scratch_write(folder, "targets/native.yaml", "schema: 1\nname: native\nclass: native\n");
    scratch_write(folder, "targets/worse.yaml", "schema: 1\nname: bad\nclass: board\n");
    assert_int_equal(target_list_load_sound(workspace, &list, &flaws, &diagnostic), RIG_OK);
    assert_int_equal(target_list_find(&list, "good", &found, &diagnostic), RIG_OK);
    assert_int_equal(target_list_find(&list, "native", &found, &diagnostic), RIG_ERROR_NOT_FOUND);
    assert_int_equal(flaws.count, 2);
    assert_non_null(strstr(flaws.items[0], "native.yaml:1: section `firmware` is missing"));
    assert_non_null(strstr(flaws.items[1], "worse.yaml:2: "));
    text_list_free(&flaws);
    target_list_free(&list);
    workspace_free(workspace);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_native_target_is_sound),
        cmocka_unit_test(the_emulated_board_is_sound),
        cmocka_unit_test(reads_all_parts),
        cmocka_unit_test(refuses_each_with_its_line),
        cmocka_unit_test(lists_the_users_folder_first),
        cmocka_unit_test(one_bad_file_is_an_error),
        cmocka_unit_test(bad_files_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
