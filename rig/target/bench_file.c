#include "target/bench_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/yaml_file.h"
#include "target/target_check.h"
#include "target/target_schema.h"
#include "target/target_sections.h"

static int no_memory(struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
}

/* "a, b" of the names in a map, for free(). */
static char *list_names(struct yaml_place map)
{
    char *list = text_duplicate("");
    for (size_t i = 0; list != NULL && i < yaml_count(map); i++) {
        char *longer = text_format("%s%s%.64s", list, i == 0 ? "" : ", ", yaml_pair_at(map, i).key);
        free(list);
        list = longer;
    }
    return list;
}

static int find_target(struct yaml_place root, const char *name, struct yaml_place *place,
                       struct diagnostic *diagnostic)
{
    static const char *const keys[] = {"schema", "targets", NULL};
    struct yaml_place targets;
    int error = yaml_expect_schema(root, 1, diagnostic);
    if (error == RIG_OK) {
        error = yaml_expect_map(root, keys, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    if (!yaml_find(root, "targets", &targets) || yaml_kind(targets) != YAML_KIND_MAP) {
        return yaml_fail(yaml_value_place(root, "targets"), diagnostic,
                         "a bench file has `targets`, a map of names to their sections");
    }
    if (yaml_find(targets, name, place)) {
        return RIG_OK;
    }
    char *list = list_names(targets);
    error = list == NULL ? no_memory(diagnostic)
                         : yaml_fail(targets, diagnostic,
                                     "this bench file does not have target `%s`; it has %.200s",
                                     name, list[0] == '\0' ? "none" : list);
    free(list);
    return error;
}

static void drop_setting(struct target *target, size_t index)
{
    free(target->settings[index].name);
    text_list_free(&target->settings[index].values);
    target->setting_count--;
    memmove(&target->settings[index], &target->settings[index + 1],
            (target->setting_count - index) * sizeof *target->settings);
}

/* Drops all settings of a section: "power" drops "power.on". */
static void drop_section(struct target *target, const char *section)
{
    size_t length = strlen(section);
    for (size_t i = target->setting_count; i > 0; i--) {
        const char *name = target->settings[i - 1].name;
        if (strncmp(name, section, length) == 0 && name[length] == '.') {
            drop_setting(target, i - 1);
        }
    }
}

/* Sections for which the changes name another driver lose what they had. */
static void drop_replaced(struct target *target, const struct target *changes)
{
    for (size_t i = 0; i < target_rule_count(); i++) {
        const char *section = target_rule_at(i)->section;
        const struct target_rule *changed = target_rule_of(changes, section);
        if (target_driver_key(section) != NULL && changed != NULL &&
            changed != target_rule_of(target, section)) {
            drop_section(target, section);
        }
    }
}

/* Moves a setting over, in the place of one with its name. */
static void take_setting(struct target *target, struct target_setting *setting)
{
    for (size_t i = 0; i < target->setting_count; i++) {
        if (strcmp(target->settings[i].name, setting->name) == 0) {
            drop_setting(target, i);
            break;
        }
    }
    target->settings[target->setting_count++] = *setting;
    *setting = (struct target_setting){NULL, {NULL, 0}};
}

/* The same settings, for target_clear(). */
static int copy_settings(const struct target *target, struct target *copy,
                         struct diagnostic *diagnostic)
{
    *copy = (struct target){.class = target->class};
    copy->settings = calloc(target->setting_count + 1, sizeof *copy->settings);
    if (copy->settings == NULL) {
        return no_memory(diagnostic);
    }
    for (size_t i = 0; i < target->setting_count; i++) {
        struct target_setting *setting = &copy->settings[copy->setting_count++];
        const struct text_list *values = &target->settings[i].values;
        setting->name = text_duplicate(target->settings[i].name);
        int error = setting->name == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;
        for (size_t k = 0; error == RIG_OK && k < values->count; k++) {
            error = text_list_append(&setting->values, values->items[k]);
        }
        if (error != RIG_OK) {
            return no_memory(diagnostic);
        }
    }
    return RIG_OK;
}

static void swap_settings(struct target *a, struct target *b)
{
    struct target_setting *settings = a->settings;
    size_t count = a->setting_count;
    a->settings = b->settings;
    a->setting_count = b->setting_count;
    b->settings = settings;
    b->setting_count = count;
}

static int merge(struct target *target, struct target *changes, struct diagnostic *diagnostic)
{
    size_t most = target->setting_count + changes->setting_count;
    struct target_setting *settings = realloc(target->settings, (most + 1) * sizeof *settings);
    if (settings == NULL) {
        return no_memory(diagnostic);
    }
    target->settings = settings;
    drop_replaced(target, changes);
    for (size_t i = 0; i < changes->setting_count; i++) {
        take_setting(target, &changes->settings[i]);
    }
    return RIG_OK;
}

int target_apply_bench(struct target *target, const char *path, struct diagnostic *diagnostic)
{
    struct yaml_file *file = NULL;
    struct yaml_place place = {NULL, 0};
    struct target changes = {.class = target->class};
    struct target merged = {.class = target->class};
    int error = yaml_file_load(path, &file, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    error = find_target(yaml_file_root(file), target->name, &place, diagnostic);
    if (error == RIG_OK) {
        error = target_sections_read_over(place, target, &changes, diagnostic);
    }
    if (error == RIG_OK) {
        error = copy_settings(target, &merged, diagnostic);
    }
    if (error == RIG_OK) {
        error = merge(&merged, &changes, diagnostic);
    }
    if (error == RIG_OK) {
        error = target_check(place, &merged, diagnostic);
    }
    if (error == RIG_OK) {
        swap_settings(target, &merged);
    }
    target_clear(&merged);
    target_clear(&changes);
    yaml_file_free(file);
    return error;
}
