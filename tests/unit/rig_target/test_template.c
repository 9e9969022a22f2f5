/*
 * The template of a target file: it can be read, and so can all that is commented out in it; and between
 * them they have every driver and every key that a board may have.
 *
 * Method: a line that begins with `#` without a blank is a setting. Indented, it belongs to the section that
 * it stands in; else it is a section of its own that takes the place of one above, as in a bench file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "scratch.h"
#include "target/bench_file.h"
#include "target/target_file.h"
#include "target/target_schema.h"

#define NAME     "my_board"
#define TEMPLATE TARGETS "/template/" NAME ".yaml"
#define BENCH    "schema: 1\ntargets:\n  " NAME ":\n    "

enum { FILE_LIMIT = 64 * 1024, MOST = 32 };

/* The template as it stands, with its keys, and with each of its sections. */
struct readings {
    char *folder;
    struct target items[MOST];
    size_t count;
};

static char *read_template(void)
{
    struct file_content content = {NULL, 0};
    struct diagnostic diagnostic = {""};

    if (file_read(TEMPLATE, FILE_LIMIT, &content, &diagnostic) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
    return (char *)content.bytes;
}

static void load(struct readings *readings, const char *path)
{
    struct diagnostic diagnostic = {""};

    assert_true(readings->count < MOST);
    if (target_load(path, &readings->items[readings->count], &diagnostic) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
    readings->count++;
}

static bool is_setting(const char *line)
{
    return line[0] == '#' && line[1] >= 'a' && line[1] <= 'z';
}

static bool is_key(const char *line)
{
    return strncmp(line, "#  ", 3) == 0 && line[3] >= 'a' && line[3] <= 'z';
}

/* The template with the keys of its sections, their `#` taken away. */
static void load_with_keys(struct readings *readings)
{
    char *text = read_template();
    char *path = scratch_path(readings->folder, NAME ".yaml");

    for (char *line = text; *line != '\0'; line += *line == '\0' ? 0 : 1) {
        if (is_key(line)) {
            line[0] = '\n'; /* of a line of its own: the indentation stays */
        }
        line += strcspn(line, "\n");
    }
    scratch_write(readings->folder, NAME ".yaml", text);
    load(readings, path);
    free(path);
    free(text);
}

/* The template with one section over its own. */
static void load_with_section(struct readings *readings, const char *line)
{
    struct diagnostic diagnostic = {""};
    char *bench = scratch_path(readings->folder, "bench.yaml");
    char *text = text_format(BENCH "%.*s\n", (int)strcspn(line, "\n"), line);

    assert_non_null(text);
    scratch_write(readings->folder, "bench.yaml", text);
    load(readings, TEMPLATE);
    if (target_apply_bench(&readings->items[readings->count - 1], bench, &diagnostic) != RIG_OK) {
        fail_msg("%s: %s", text, diagnostic.text);
    }
    free(text);
    free(bench);
}

static void load_all(struct readings *readings)
{
    char *text = read_template();

    *readings = (struct readings){.folder = scratch_make()};
    load(readings, TEMPLATE);
    load_with_keys(readings);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (is_setting(line)) {
            load_with_section(readings, line + 1);
        }
    }
    free(text);
}

static void free_all(struct readings *readings)
{
    for (size_t i = 0; i < readings->count; i++) {
        target_clear(&readings->items[i]);
    }
    scratch_remove(readings->folder);
}

/* Whether one of them has the key with that driver. */
static bool has_key(const struct readings *readings, const struct target_rule *rule,
                    const char *name)
{
    for (size_t i = 0; i < readings->count; i++) {
        const struct target *target = &readings->items[i];

        if (target_rule_of(target, rule->section) == rule &&
            target_find_setting(target, rule->section, name) != NULL) {
            return true;
        }
    }
    return false;
}

static size_t miss(const struct target_rule *rule, const char *name, bool name_it)
{
    if (name_it) {
        print_error("the template has no %s of section %s\n", name, rule->section);
    }
    return 1;
}

/* How many drivers and keys of a board are in none of them. */
static size_t count_missing(const struct readings *readings, bool name_them)
{
    size_t missing = 0;

    for (size_t i = 0; i < target_rule_count(); i++) {
        const struct target_rule *rule = target_rule_at(i);
        const char *driver_key = target_driver_key(rule->section);

        if (!target_rule_allows(rule, TARGET_BOARD)) {
            continue;
        }
        if (driver_key != NULL && !has_key(readings, rule, driver_key)) {
            missing += miss(rule, rule->driver, name_them);
        }
        for (size_t k = 0; k < target_rule_key_count(rule); k++) {
            if (!has_key(readings, rule, rule->keys[k].name)) {
                missing += miss(rule, rule->keys[k].name, name_them);
            }
        }
    }
    return missing;
}

static void test_every_key_is_in_the_template(void **state)
{
    struct readings readings;

    (void)state;
    load_all(&readings);
    assert_true(readings.count > 5);
    assert_int_equal(count_missing(&readings, true), 0);
    assert_true(readings.items[0].fidelity.count > 0);
    free_all(&readings);
}

/* What stands in no line that is read would be missed. */
static void test_a_key_that_is_missing_shows(void **state)
{
    struct readings readings = {.folder = scratch_make()};

    (void)state;
    load(&readings, TEMPLATE);
    assert_true(count_missing(&readings, false) > 10);
    free_all(&readings);
}

static void test_the_template_is_not_listed(void **state)
{
    struct workspace *workspace = NULL;
    struct target_list list;
    struct target target;
    struct diagnostic diagnostic = {""};
    const struct workspace_options options = {.project = TARGETS "/.."};

    (void)state;
    assert_int_equal(workspace_open(&options, &workspace, &diagnostic), RIG_OK);
    assert_int_equal(target_list_load(workspace, &list, &diagnostic), RIG_OK);
    for (size_t i = 0; i < list.count; i++) {
        assert_string_not_equal(list.items[i].name, NAME);
    }
    assert_int_equal(target_find(workspace, NAME, &target, &diagnostic), RIG_ERROR_NOT_FOUND);
    target_list_free(&list);
    workspace_free(workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_key_is_in_the_template),
        cmocka_unit_test(test_a_key_that_is_missing_shows),
        cmocka_unit_test(test_the_template_is_not_listed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
