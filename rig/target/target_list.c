#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "target/target_file.h"

static int no_memory(struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
}

static bool has_target(const struct target_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int add_target(struct target_list *list, const char *folder, const char *path,
                      struct diagnostic *diagnostic)
{
    struct target target;
    int error = target_load(path, &target, diagnostic);
    if (error != RIG_OK || has_target(list, target.name)) {
        target_clear(&target);
        return error;
    }
    struct target *items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (items != NULL) {
        list->items = items;
    }
    target.folder = text_duplicate(folder);
    if (items == NULL || target.folder == NULL) {
        target_clear(&target);
        return no_memory(diagnostic);
    }
    items[list->count++] = target;
    return RIG_OK;
}

/* Hidden files are an editor's, not a person's. */
static bool is_target_file(const char *name)
{
    size_t length = strlen(name);
    return length > 5 && name[0] != '.' && strcmp(name + length - 5, ".yaml") == 0;
}

/* What is read, and what is to become of bad files. */
struct reading {
    struct target_list *list;
    struct text_list *flaws; /* NULL: the first ends it */
    struct text_list bad;    /* their names */
};

static int add_file(struct reading *reading, const char *folder, const char *targets,
                    const char *name, struct diagnostic *diagnostic)
{
    if (text_list_contains(&reading->bad, name)) {
        return RIG_OK;
    }
    char *path = file_join(targets, name);
    int error =
        path == NULL ? no_memory(diagnostic) : add_target(reading->list, folder, path, diagnostic);
    if (error != RIG_OK && error != RIG_ERROR_NO_MEMORY && reading->flaws != NULL) {
        error = text_list_append(reading->flaws, diagnostic->text);
        if (error == RIG_OK) {
            error = text_list_append(&reading->bad, name);
        }
    }
    free(path);
    return error;
}

/* Adds what is in `targets/` of a folder of the workspace. */
static int add_folder(struct reading *reading, const char *folder, struct diagnostic *diagnostic)
{
    struct text_list names = {NULL, 0};
    char *targets = file_join(folder, "targets");
    int error = targets == NULL ? no_memory(diagnostic) : RIG_OK;
    if (error == RIG_OK && file_exists(targets)) {
        error = file_list(targets, &names, diagnostic);
    }
    for (size_t i = 0; i < names.count && error == RIG_OK; i++) {
        if (is_target_file(names.items[i])) {
            error = add_file(reading, folder, targets, names.items[i], diagnostic);
        }
    }
    free(targets);
    text_list_free(&names);
    return error;
}

int target_list_load_sound(const struct workspace *workspace, struct target_list *list,
                           struct text_list *flaws, struct diagnostic *diagnostic)
{
    struct reading reading = {list, flaws, {NULL, 0}};
    int error = RIG_OK;
    *list = (struct target_list){NULL, 0};
    for (size_t i = 0; i < workspace_folder_count(workspace) && error == RIG_OK; i++) {
        error = add_folder(&reading, workspace_folder(workspace, i), diagnostic);
    }
    text_list_free(&reading.bad);
    if (error != RIG_OK) {
        target_list_free(list);
    }
    return error;
}

int target_list_load(const struct workspace *workspace, struct target_list *list,
                     struct diagnostic *diagnostic)
{
    return target_list_load_sound(workspace, list, NULL, diagnostic);
}

void target_list_free(struct target_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        target_clear(&list->items[i]);
    }
    free(list->items);
    *list = (struct target_list){NULL, 0};
}

static int name_not_found(const struct target_list *list, const char *name,
                          struct diagnostic *diagnostic)
{
    struct text_list names = {NULL, 0};
    int error = RIG_OK;
    for (size_t i = 0; i < list->count && error == RIG_OK; i++) {
        error = text_list_append(&names, list->items[i].name);
    }
    char *joined = error == RIG_OK ? text_list_join(&names, ' ') : NULL;
    text_list_free(&names);
    error = diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND, "no target `%.64s`; there are: %s",
                            name, joined == NULL || joined[0] == '\0' ? "none" : joined);
    free(joined);
    return error;
}

int target_list_find(const struct target_list *list, const char *name, const struct target **target,
                     struct diagnostic *diagnostic)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].name, name) == 0) {
            *target = &list->items[i];
            return RIG_OK;
        }
    }
    return name_not_found(list, name, diagnostic);
}

/* The file of a target in a folder of the workspace, for free(); NULL with RIG_OK when it has none. */
static int find_file(const char *folder, const char *name, char **path,
                     struct diagnostic *diagnostic)
{
    char *relative = text_format("targets/%s.yaml", name);

    *path = relative == NULL ? NULL : file_join(folder, relative);
    free(relative);
    if (*path == NULL) {
        return no_memory(diagnostic);
    }
    if (!file_exists(*path)) {
        free(*path);
        *path = NULL;
    }
    return RIG_OK;
}

static int load_in(const char *folder, const char *path, struct target *target,
                   struct diagnostic *diagnostic)
{
    int error = target_load(path, target, diagnostic);

    if (error == RIG_OK) {
        target->folder = text_duplicate(folder);
    }
    if (error == RIG_OK && target->folder == NULL) {
        target_clear(target);
        error = no_memory(diagnostic);
    }
    return error;
}

int target_find(const struct workspace *workspace, const char *name, struct target *target,
                struct diagnostic *diagnostic)
{
    struct target_list list = {NULL, 0};
    struct text_list flaws = {NULL, 0};
    struct diagnostic unused = {""};
    int error = RIG_OK;

    *target = (struct target){.path = NULL};
    for (size_t i = 0; text_is_name(name) && i < workspace_folder_count(workspace); i++) {
        const char *folder = workspace_folder(workspace, i);
        char *path = NULL;

        error = find_file(folder, name, &path, diagnostic);
        if (error == RIG_OK && path != NULL) {
            error = load_in(folder, path, target, diagnostic);
        }
        free(path);
        if (error != RIG_OK || target->path != NULL) {
            return error;
        }
    }
    /* Of files that are bad, and a folder that cannot be read, nothing is told. */
    error = target_list_load_sound(workspace, &list, &flaws, &unused) == RIG_ERROR_NO_MEMORY
                ? no_memory(diagnostic)
                : name_not_found(&list, name, diagnostic);
    text_list_free(&flaws);
    target_list_free(&list);
    return error;
}
