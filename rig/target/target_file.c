#include "target/target_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/yaml_file.h"

/* Sections hold what a driver needs and are read by that driver; their names are fixed here. */
static const char *const section_names[] = {"firmware", "power",   "console", "probe",  "modbus",
                                            "net",      "storage", "broker",  "adapter"};
static const char *const class_names[] = {"native", "emulated", "board"};

#define SECTION_COUNT (sizeof section_names / sizeof section_names[0])
#define CLASS_COUNT   (sizeof class_names / sizeof class_names[0])

const char *target_class_name(enum target_class class)
{
    return (size_t) class < CLASS_COUNT ? class_names[class] : "unknown";
}

enum rung target_rung(const struct target *target)
{
    switch (target->class) {
    case TARGET_EMULATED:
        return RUNG_EMULATED;
    case TARGET_BOARD:
        return RUNG_SILICON;
    default:
        return RUNG_HOST;
    }
}

static int no_memory(struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
}

static void clear_section(struct target_section *section)
{
    for (size_t i = 0; i < section->setting_count; i++) {
        free(section->settings[i].name);
        free(section->settings[i].value);
    }
    free(section->settings);
    free(section->name);
}

void target_clear(struct target *target)
{
    for (size_t i = 0; i < target->section_count; i++) {
        clear_section(&target->sections[i]);
    }
    for (size_t i = 0; i < target->limit_count; i++) {
        free(target->limits[i].name);
    }
    free(target->sections);
    free(target->limits);
    free(target->path);
    free(target->name);
    free(target->title);
    text_list_free(&target->fidelity);
    memset(target, 0, sizeof *target);
}

/* Takes over `name` in any case. */
static int add_setting(struct target_section *section, char *name, const char *value)
{
    char *copy = text_duplicate(value);
    struct target_setting *settings =
        realloc(section->settings, (section->setting_count + 1) * sizeof *settings);
    if (settings != NULL) {
        section->settings = settings;
    }
    if (name == NULL || copy == NULL || settings == NULL) {
        free(name);
        free(copy);
        return RIG_ERROR_NO_MEMORY;
    }
    settings[section->setting_count++] = (struct target_setting){name, copy};
    return RIG_OK;
}

static int read_setting(const struct yaml_pair *pair, char *name, struct target_section *section,
                        struct diagnostic *diagnostic)
{
    const char *value = NULL;
    int error = yaml_text(pair->value, &value, diagnostic);
    if (error != RIG_OK) {
        free(name);
        return error;
    }
    return add_setting(section, name, value) == RIG_OK ? RIG_OK : no_memory(diagnostic);
}

/* A nested map: each of its keys becomes "outer.inner". */
static int read_nested(const struct yaml_pair *outer, struct target_section *section,
                       struct diagnostic *diagnostic)
{
    int error = RIG_OK;
    for (size_t i = 0; i < yaml_count(outer->value) && error == RIG_OK; i++) {
        struct yaml_pair inner = yaml_pair_at(outer->value, i);
        error =
            read_setting(&inner, text_format("%s.%s", outer->key, inner.key), section, diagnostic);
    }
    return error;
}

static int read_section(struct yaml_place place, struct target_section *section,
                        struct diagnostic *diagnostic)
{
    int error = yaml_expect_map(place, NULL, diagnostic);
    for (size_t i = 0; error == RIG_OK && i < yaml_count(place); i++) {
        struct yaml_pair pair = yaml_pair_at(place, i);
        if (yaml_kind(pair.value) == YAML_KIND_MAP) {
            error = read_nested(&pair, section, diagnostic);
        } else {
            error = read_setting(&pair, text_duplicate(pair.key), section, diagnostic);
        }
    }
    return error;
}

static int read_sections(struct yaml_place root, struct target *target,
                         struct diagnostic *diagnostic)
{
    target->sections = calloc(SECTION_COUNT, sizeof *target->sections);
    if (target->sections == NULL) {
        return no_memory(diagnostic);
    }
    int error = RIG_OK;
    for (size_t i = 0; i < SECTION_COUNT && error == RIG_OK; i++) {
        struct yaml_place place;
        if (!yaml_find(root, section_names[i], &place)) {
            continue;
        }
        struct target_section *section = &target->sections[target->section_count++];
        section->name = text_duplicate(section_names[i]);
        error = section->name == NULL ? no_memory(diagnostic)
                                      : read_section(place, section, diagnostic);
    }
    return error;
}

static int read_limits(struct yaml_place root, struct target *target, struct diagnostic *diagnostic)
{
    struct yaml_place limits;
    if (!yaml_find(root, "limits", &limits)) {
        return RIG_OK;
    }
    int error = yaml_expect_map(limits, NULL, diagnostic);
    size_t count = error == RIG_OK ? yaml_count(limits) : 0;
    target->limits = calloc(count + 1, sizeof *target->limits);
    if (target->limits == NULL) {
        return no_memory(diagnostic);
    }
    for (size_t i = 0; i < count && error == RIG_OK; i++) {
        struct yaml_pair pair = yaml_pair_at(limits, i);
        struct target_limit *limit = &target->limits[i];
        error = yaml_unsigned(pair.value, (struct yaml_range){0, UINT64_MAX}, &limit->value,
                              diagnostic);
        if (error == RIG_OK) {
            limit->name = text_duplicate(pair.key);
            target->limit_count++;
            error = limit->name == NULL ? no_memory(diagnostic) : RIG_OK;
        }
    }
    return error;
}

static int read_class(struct yaml_place root, struct target *target, struct diagnostic *diagnostic)
{
    const char *text = NULL;
    int error = yaml_get_text(root, "class", &text, diagnostic);
    for (size_t i = 0; error == RIG_OK && i < CLASS_COUNT; i++) {
        if (strcmp(text, class_names[i]) == 0) {
            target->class = (enum target_class)i;
            return RIG_OK;
        }
    }
    if (error == RIG_OK) {
        error = yaml_fail(yaml_value_place(root, "class"), diagnostic,
                          "unknown class `%.32s`; write native, emulated or board", text);
    }
    return error;
}

/* The name is what a person types and what the file is called: both must agree. */
static int check_name(struct yaml_place root, const char *name, struct diagnostic *diagnostic)
{
    struct yaml_place value = yaml_value_place(root, "name");
    const char *path = yaml_file_path(root.file);
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    size_t length = strlen(name);
    if (!text_is_name(name)) {
        return yaml_fail(value, diagnostic, "target name `%.64s` is no word of [A-Za-z0-9._-]",
                         name);
    }
    if (strncmp(base, name, length) != 0 || strcmp(base + length, ".yaml") != 0) {
        return yaml_fail(value, diagnostic,
                         "target `%.64s` must be in a file of that name; rename one", name);
    }
    return RIG_OK;
}

static int read_head(struct yaml_place root, struct target *target, struct diagnostic *diagnostic)
{
    static const char *const keys[] = {
        "schema", "name", "title",   "class",  "firmware", "power",  "console",  "probe",
        "modbus", "net",  "storage", "broker", "adapter",  "limits", "fidelity", NULL};
    const char *name = NULL;
    int error = yaml_expect_schema(root, 1, diagnostic);
    if (error == RIG_OK) {
        error = yaml_expect_map(root, keys, diagnostic);
    }
    if (error == RIG_OK) {
        error = yaml_get_text(root, "name", &name, diagnostic);
    }
    if (error == RIG_OK) {
        error = check_name(root, name, diagnostic);
    }
    const char *title = name;
    if (error == RIG_OK) {
        error = yaml_get_optional_text(root, "title", &title, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    target->path = text_duplicate(yaml_file_path(root.file));
    target->name = text_duplicate(name);
    target->title = text_duplicate(title);
    bool complete = target->path != NULL && target->name != NULL && target->title != NULL;
    return complete ? RIG_OK : no_memory(diagnostic);
}

int target_load(const char *path, struct target *target, struct diagnostic *diagnostic)
{
    struct yaml_file *file = NULL;
    memset(target, 0, sizeof *target);
    int error = yaml_file_load(path, &file, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    struct yaml_place root = yaml_file_root(file);
    error = read_head(root, target, diagnostic);
    if (error == RIG_OK) {
        error = read_class(root, target, diagnostic);
    }
    if (error == RIG_OK) {
        error = read_sections(root, target, diagnostic);
    }
    if (error == RIG_OK) {
        error = read_limits(root, target, diagnostic);
    }
    if (error == RIG_OK) {
        error = yaml_get_optional_texts(root, "fidelity", &target->fidelity, diagnostic);
    }
    yaml_file_free(file);
    if (error != RIG_OK) {
        target_clear(target);
    }
    return error;
}

const char *target_find_setting(const struct target *target, const char *section, const char *name)
{
    for (size_t i = 0; i < target->section_count; i++) {
        const struct target_section *found = &target->sections[i];
        for (size_t k = 0; strcmp(found->name, section) == 0 && k < found->setting_count; k++) {
            if (strcmp(found->settings[k].name, name) == 0) {
                return found->settings[k].value;
            }
        }
    }
    return NULL;
}
