#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/yaml_file.h"
#include "scratch.h"

static const char *const known[] = {"schema", "name", "count", "items", NULL};

/* Reads a file as a user of the library would: schema, known keys, then each kind of value. */
static int read_all(const char *path, struct diagnostic *diagnostic)
{
    struct yaml_file *file = NULL;
    const char *name = NULL;
    uint64_t count = 0;
    struct text_list items = {NULL, 0};
    int error = yaml_file_load(path, &file, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    struct yaml_place root = yaml_file_root(file);
    error = yaml_expect_schema(root, 1, diagnostic);
    if (error == RIG_OK) {
        error = yaml_expect_map(root, known, diagnostic);
    }
    if (error == RIG_OK) {
        error = yaml_get_text(root, "name", &name, diagnostic);
    }
    if (error == RIG_OK) {
        error = yaml_get_optional_unsigned(root, "count", (struct yaml_range){1, 9}, &count,
                                           diagnostic);
    }
    if (error == RIG_OK) {
        error = yaml_get_optional_texts(root, "items", &items, diagnostic);
    }
    text_list_free(&items);
    yaml_file_free(file);
    return error;
}

struct refusal {
    const char *text;
    const char *place;   /* ":line:" */
    const char *message; /* part of what is said */
};

static const struct refusal refusals[] = {
    {"", ":1:", "empty"},
    {"# only a comment\n", ":1:", "empty"},
    {"schema: 1\nname: a\nnmae: b\n", ":3:", "unknown key `nmae`"},
    {"schema: 1\ncount: 3\n", ":1:", "`name` is missing"},
    {"name: a\n", ":1:", "`schema` is missing"},
    {"schema: 2\nname: a\n", ":1:", "newer"},
    {"schema: 0\nname: a\n", ":1:", "not known"},
    {"schema: one\nname: a\n", ":1:", "no number"},
    {"schema: 1\nname: a\nname: b\n", ":3:", "twice"},
    {"schema: 1\n\tname: a\n", ":2:", "no valid YAML"},
    {"schema: 1\nname:\n\t- a\n", ":3:", "no valid YAML"},
    {"schema: 1\nname: \"cut off\n", ":3:", "no valid YAML"},
    {"schema: 1\nname: [a\n", ":3:", "no valid YAML"},
    {"schema: 1\nname: [a]\n", ":2:", "single value"},
    {"schema: 1\nname: \"\"\n", ":2:", "empty"},
    {"schema: 1\nname: \"a\\0b\"\n", ":2:", "NUL"},
    {"schema: 1\nname: a\ncount: 10\n", ":3:", "no number from 1 to 9"},
    {"schema: 1\nname: a\ncount: -1\n", ":3:", "no number"},
    {"schema: 1\nname: a\ncount: 99999999999999999999\n", ":3:", "no number"},
    {"schema: 1\nname: a\nitems: b\n", ":3:", "must be a list"},
    {"schema: 1\nname: a\nitems:\n  - b\n  - {c: d}\n", ":5:", "single value"},
    {"schema: 1\nname: &x a\nitems: [*x]\n", ":2:", "alias"},
    {"schema: 1\nname: a\nitems: &x [*x]\n", ":3:", "alias"},
    {"&x {a: *x}\n", ":1:", "alias"},
    {"schema: 1\nname: a\n? [b]\n: c\n", ":3:", "no plain word"},
    {"schema: 1\nname: a\n---\nschema: 1\n", ":4:", "second document"},
    {"- a\n", ":1:", "a map"},
    {"just text\n", ":1:", "a map"},
    {"schema: 1\nname: \xff\xfe\n", ":2:", "no valid YAML"},
};

static void refuses_each_with_its_line(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "file.yaml");
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct diagnostic diagnostic = {""};
        scratch_write(folder, "file.yaml", refusals[i].text);
        int error = read_all(path, &diagnostic);
        if (error != RIG_ERROR_CONFIGURATION || strncmp(diagnostic.text, path, strlen(path)) != 0 ||
            strncmp(diagnostic.text + strlen(path), refusals[i].place, strlen(refusals[i].place)) !=
                0 ||
            strstr(diagnostic.text, refusals[i].message) == NULL ||
            strchr(diagnostic.text, '\n') != NULL) {
            fail_msg("case %zu: error %d: %s", i, error, diagnostic.text);
        }
    }
    free(path);
    scratch_remove(folder);
}

static void refuses_binary_missing_and_folder(void **state)
{
    struct diagnostic diagnostic;
    char *folder = scratch_make();
    char *path = scratch_path(folder, "file.yaml");
    (void)state;
    assert_int_equal(read_all(path, &diagnostic), RIG_ERROR_NOT_FOUND);
    assert_int_equal(read_all(folder, &diagnostic), RIG_ERROR_CONFIGURATION);
    scratch_write_bytes(folder, "file.yaml", "schema: 1\0", 10);
    assert_int_equal(read_all(path, &diagnostic), RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(diagnostic.text, "not a text file"));
    free(path);
    scratch_remove(folder);
}

static void reads_values_and_lines(void **state)
{
    struct yaml_file *file = NULL;
    struct diagnostic diagnostic;
    struct yaml_place list;
    const char *text = NULL;
    uint64_t count = 0;
    char *folder = scratch_make();
    char *path = scratch_path(folder, "file.yaml");
    (void)state;
    scratch_write(folder, "file.yaml",
                  "schema: 1\nname: 'a b'\ncount: 4\nitems:\n  - x\n  - k: v\n");
    assert_int_equal(yaml_file_load(path, &file, &diagnostic), RIG_OK);
    struct yaml_place root = yaml_file_root(file);
    assert_int_equal(yaml_expect_map(root, known, &diagnostic), RIG_OK);
    assert_int_equal(yaml_get_text(root, "name", &text, &diagnostic), RIG_OK);
    assert_string_equal(text, "a b");
    text = "kept";
    assert_int_equal(yaml_get_optional_text(root, "title", &text, &diagnostic), RIG_OK);
    assert_string_equal(text, "kept");
    assert_int_equal(
        yaml_get_unsigned(root, "count", (struct yaml_range){4, 4}, &count, &diagnostic), RIG_OK);
    assert_int_equal(count, 4);
    assert_int_equal(yaml_get_list(root, "items", &list, &diagnostic), RIG_OK);
    assert_int_equal(yaml_count(list), 2);
    struct yaml_place map = yaml_item(list, 1);
    assert_int_equal(yaml_kind(map), YAML_KIND_MAP);
    assert_int_equal(yaml_line(map), 6);
    struct yaml_pair pair = yaml_pair_at(map, 0);
    assert_string_equal(pair.key, "k");
    assert_int_equal(yaml_text(pair.value, &text, &diagnostic), RIG_OK);
    assert_string_equal(text, "v");
    yaml_file_free(file);
    free(path);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_each_with_its_line),
        cmocka_unit_test(refuses_binary_missing_and_folder),
        cmocka_unit_test(reads_values_and_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
