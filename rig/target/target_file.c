#include "target/target_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/yaml_file.h"
#include "target/target_check.h"
#include "target/target_sections.h"

static const char *const class_names[] = {"native", "emulated", "board"};

#define CLASS_COUNT (sizeof class_names / sizeof class_names[0])

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

void target_clear(struct target *target)
{
    for (size_t i = 0; i < target->setting_count; i++) {
        free(target->settings[i].name);
        text_list_free(&target->settings[i].values);
    }
    free(target->settings);
    free(target->path);
    free(target->folder);
    free(target->name);
    free(target->title);
    text_list_free(&target->fidelity);
    memset(target, 0, sizeof *target);
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
    const char *name = NULL;
    int error = yaml_expect_schema(root, 1, diagnostic);
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
    static const char *const head[] = {"schema", "name", "title", "class", "fidelity", NULL};
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
        error = target_sections_read(root, head, target, diagnostic);
    }
    if (error == RIG_OK) {
        error = target_check(root, target, diagnostic);
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

/* Whether `full` is `section`.`name`. */
static bool is_called(const char *full, const char *section, const char *name)
{
    size_t length = strlen(section);
    return strncmp(full, section, length) == 0 && full[length] == '.' &&
           strcmp(full + length + 1, name) == 0;
}

const struct text_list *target_find_list(const struct target *target, const char *section,
                                         const char *name)
{
    for (size_t i = 0; i < target->setting_count; i++) {
        if (is_called(target->settings[i].name, section, name)) {
            return &target->settings[i].values;
        }
    }
    return NULL;
}

const char *target_find_setting(const struct target *target, const char *section, const char *name)
{
    const struct text_list *values = target_find_list(target, section, name);
    return values == NULL ? NULL : values->items[0];
}

bool target_find_number(const struct target *target, const char *section, const char *name,
                        uint64_t *number)
{
    const char *text = target_find_setting(target, section, name);
    return text != NULL && text_parse_number(text, number);
}
