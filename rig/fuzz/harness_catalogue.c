#include "fuzz/harness_catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/yaml_file.h"

#define HARNESSES_FILE "harnesses/harnesses.yaml"

struct harness_catalogue {
    struct harness *items;
    size_t count;
};

static int no_memory(struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
}

static void clear_harness(struct harness *harness)
{
    free(harness->name);
    free(harness->title);
    free(harness->clause);
    free(harness->folder);
    free(harness->corpus);
    text_list_free(&harness->judges);
    free(harness->judge_lines);
    baseline_free(harness->baseline);
}

/* The name becomes part of a path and of a program's name. */
static bool is_harness_name(const char *name)
{
    size_t length = strlen(name);
    return length >= 1 && length <= 64 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

static int read_limits(struct yaml_place entry, struct harness *harness,
                       struct diagnostic *diagnostic)
{
    const struct {
        const char *key;
        struct yaml_range range;
        uint32_t usual;
        uint32_t *value;
    } limits[] = {
        {"max_length", {1, 1u << 20}, 4096, &harness->max_length},
        {"timeout_s", {1, 3600}, 10, &harness->timeout_s},
        {"memory_mb", {64, 65536}, 1024, &harness->memory_mb},
    };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        uint64_t value = limits[i].usual;
        int error =
            yaml_get_optional_unsigned(entry, limits[i].key, limits[i].range, &value, diagnostic);
        if (error != RIG_OK) {
            return error;
        }
        *limits[i].value = (uint32_t)value;
    }
    return RIG_OK;
}

static int read_severity(struct yaml_place entry, struct harness *harness,
                         struct diagnostic *diagnostic)
{
    const char *text = "high";
    int error = yaml_get_optional_text(entry, "severity", &text, diagnostic);
    if (error == RIG_OK && finding_severity_parse(text, &harness->severity) != RIG_OK) {
        error = yaml_fail(yaml_value_place(entry, "severity"), diagnostic,
                          "unknown severity `%.32s`; write low, medium, high or critical", text);
    }
    return error;
}

static int read_baseline(struct yaml_place entry, const char *folder, struct harness *harness,
                         struct diagnostic *diagnostic)
{
    const char *name = NULL;
    int error = yaml_get_optional_text(entry, "baseline", &name, diagnostic);
    if (error != RIG_OK || name == NULL) {
        return error;
    }
    if (!file_stays_below(name)) {
        return yaml_fail(yaml_value_place(entry, "baseline"), diagnostic,
                         "baseline `%.64s` leaves the folder; write a path below it", name);
    }
    char *path = file_join(folder, name);
    if (path == NULL) {
        return no_memory(diagnostic);
    }
    error = file_is_regular(path)
                ? baseline_load(path, &harness->baseline, diagnostic)
                : yaml_fail(yaml_value_place(entry, "baseline"), diagnostic,
                            "baseline `%.64s` is no file; write one or leave the key out", name);
    free(path);
    return error;
}

/* Appends a clause and its line; there is room for the line. */
static int add_judge(struct harness *harness, const char *clause, struct yaml_place place)
{
    if (text_list_contains(&harness->judges, clause)) {
        return RIG_OK;
    }
    harness->judge_lines[harness->judges.count] = yaml_line(place);
    return text_list_append(&harness->judges, clause);
}

/* Which provisions it judges: `clause` first, then the list without repetition. */
static int read_judges(struct yaml_place entry, struct harness *harness,
                       struct diagnostic *diagnostic)
{
    struct text_list listed = {NULL, 0};
    int error = yaml_get_optional_texts(entry, "judges", &listed, diagnostic);
    if (error != RIG_OK) {
        text_list_free(&listed);
        return error;
    }
    harness->judge_lines = calloc(listed.count + 1, sizeof *harness->judge_lines);
    error = harness->judge_lines == NULL
                ? RIG_ERROR_NO_MEMORY
                : add_judge(harness, harness->clause, yaml_value_place(entry, "clause"));
    for (size_t i = 0; i < listed.count && error == RIG_OK; i++) {
        error =
            add_judge(harness, listed.items[i], yaml_item(yaml_value_place(entry, "judges"), i));
    }
    text_list_free(&listed);
    return error == RIG_OK ? RIG_OK : no_memory(diagnostic);
}

struct harness_texts {
    const char *name;
    const char *title;
    const char *clause;
    const char *corpus;
};

static int read_texts(struct yaml_place entry, struct harness_texts *texts,
                      struct diagnostic *diagnostic)
{
    int error = yaml_get_text(entry, "name", &texts->name, diagnostic);
    if (error == RIG_OK && !is_harness_name(texts->name)) {
        error = yaml_fail(yaml_value_place(entry, "name"), diagnostic,
                          "harness name `%.64s` is no word of [a-z0-9_] with at most 64 letters",
                          texts->name);
    }
    if (error == RIG_OK) {
        error = yaml_get_text(entry, "title", &texts->title, diagnostic);
    }
    if (error == RIG_OK) {
        error = yaml_get_text(entry, "clause", &texts->clause, diagnostic);
    }
    if (error == RIG_OK) {
        error = yaml_get_text(entry, "corpus", &texts->corpus, diagnostic);
    }
    if (error == RIG_OK && !file_stays_below(texts->corpus)) {
        error = yaml_fail(yaml_value_place(entry, "corpus"), diagnostic,
                          "corpus `%.64s` leaves the folder; write a path below it", texts->corpus);
    }
    return error;
}

static int read_harness(struct yaml_place entry, const char *folder, struct harness *harness,
                        struct diagnostic *diagnostic)
{
    static const char *const keys[] = {"name",     "title",      "clause",    "judges",
                                       "corpus",   "max_length", "timeout_s", "memory_mb",
                                       "severity", "baseline",   NULL};
    struct harness_texts texts = {NULL, NULL, NULL, NULL};
    int error = yaml_expect_map(entry, keys, diagnostic);
    if (error == RIG_OK) {
        error = read_texts(entry, &texts, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    harness->name = text_duplicate(texts.name);
    harness->title = text_duplicate(texts.title);
    harness->clause = text_duplicate(texts.clause);
    harness->folder = text_duplicate(folder);
    harness->corpus = file_join(folder, texts.corpus);
    if (harness->name == NULL || harness->title == NULL || harness->clause == NULL ||
        harness->folder == NULL || harness->corpus == NULL) {
        return no_memory(diagnostic);
    }
    error = read_judges(entry, harness, diagnostic);
    if (error == RIG_OK) {
        error = read_limits(entry, harness, diagnostic);
    }
    if (error == RIG_OK) {
        error = read_severity(entry, harness, diagnostic);
    }
    if (error == RIG_OK) {
        error = read_baseline(entry, folder, harness, diagnostic);
    }
    return error;
}

static bool has_harness(const struct harness_catalogue *catalogue, size_t from, const char *name)
{
    for (size_t i = from; i < catalogue->count; i++) {
        if (strcmp(catalogue->items[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Adds one entry. `from` is where this file's own begin: a name twice in one file is an error, one
 * that an earlier file has is left out. */
static int add_entry(struct harness_catalogue *catalogue, size_t from, struct yaml_place entry,
                     const char *folder, struct diagnostic *diagnostic)
{
    struct harness harness = {0};
    int error = read_harness(entry, folder, &harness, diagnostic);
    if (error == RIG_OK && has_harness(catalogue, from, harness.name)) {
        error = yaml_fail(entry, diagnostic, "harness `%s` is there twice; keep one", harness.name);
    }
    if (error != RIG_OK || has_harness(catalogue, 0, harness.name)) {
        clear_harness(&harness);
        return error;
    }
    struct harness *items = realloc(catalogue->items, (catalogue->count + 1) * sizeof *items);
    if (items == NULL) {
        clear_harness(&harness);
        return no_memory(diagnostic);
    }
    catalogue->items = items;
    items[catalogue->count++] = harness;
    return RIG_OK;
}

static int add_entries(struct harness_catalogue *catalogue, const struct yaml_file *file,
                       const char *folder, struct diagnostic *diagnostic)
{
    static const char *const keys[] = {"schema", "harnesses", NULL};
    struct yaml_place root = yaml_file_root(file);
    struct yaml_place list = root;
    int error = yaml_expect_schema(root, 1, diagnostic);
    if (error == RIG_OK) {
        error = yaml_expect_map(root, keys, diagnostic);
    }
    if (error == RIG_OK) {
        error = yaml_get_list(root, "harnesses", &list, diagnostic);
    }
    size_t from = catalogue->count;
    for (size_t i = 0; error == RIG_OK && i < yaml_count(list); i++) {
        error = add_entry(catalogue, from, yaml_item(list, i), folder, diagnostic);
    }
    return error;
}

static int add_folder(struct harness_catalogue *catalogue, const char *folder,
                      struct diagnostic *diagnostic)
{
    struct yaml_file *file = NULL;
    char *path = file_join(folder, HARNESSES_FILE);
    if (path == NULL) {
        return no_memory(diagnostic);
    }
    int error = RIG_OK;
    if (file_exists(path)) {
        error = yaml_file_load(path, &file, diagnostic);
    }
    if (error == RIG_OK && file != NULL) {
        error = add_entries(catalogue, file, folder, diagnostic);
    }
    yaml_file_free(file);
    free(path);
    return error;
}

int harness_catalogue_load(const struct workspace *workspace, struct harness_catalogue **catalogue,
                           struct diagnostic *diagnostic)
{
    *catalogue = NULL;
    struct harness_catalogue *loaded = calloc(1, sizeof *loaded);
    if (loaded == NULL) {
        return no_memory(diagnostic);
    }
    int error = RIG_OK;
    for (size_t i = 0; i < workspace_folder_count(workspace) && error == RIG_OK; i++) {
        error = add_folder(loaded, workspace_folder(workspace, i), diagnostic);
    }
    if (error != RIG_OK) {
        harness_catalogue_free(loaded);
        return error;
    }
    *catalogue = loaded;
    return RIG_OK;
}

int harness_catalogue_check_clauses(struct harness_catalogue *catalogue,
                                    const struct clauses *clauses, struct diagnostic *diagnostic)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        struct harness *harness = &catalogue->items[i];
        for (size_t j = 0; j < harness->judges.count; j++) {
            if (clauses_find(clauses, harness->judges.items[j]) == NULL) {
                return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                       "%s/" HARNESSES_FILE ":%zu: harness `%s`: no clause `%.32s`;"
                                       " see `ordeal list clauses`",
                                       harness->folder, harness->judge_lines[j], harness->name,
                                       harness->judges.items[j]);
            }
        }
        harness->clauses = clauses;
    }
    return RIG_OK;
}

void harness_catalogue_free(struct harness_catalogue *catalogue)
{
    if (catalogue == NULL) {
        return;
    }
    for (size_t i = 0; i < catalogue->count; i++) {
        clear_harness(&catalogue->items[i]);
    }
    free(catalogue->items);
    free(catalogue);
}

size_t harness_catalogue_count(const struct harness_catalogue *catalogue)
{
    return catalogue->count;
}

const struct harness *harness_catalogue_at(const struct harness_catalogue *catalogue, size_t index)
{
    return &catalogue->items[index];
}

static int name_not_found(const struct harness_catalogue *catalogue, const char *name,
                          struct diagnostic *diagnostic)
{
    struct text_list names = {NULL, 0};
    int error = RIG_OK;
    for (size_t i = 0; i < catalogue->count && error == RIG_OK; i++) {
        error = text_list_append(&names, catalogue->items[i].name);
    }
    char *joined = error == RIG_OK ? text_list_join(&names, ' ') : NULL;
    text_list_free(&names);
    error = diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND, "no harness `%.64s`; there are: %s",
                            name, joined == NULL || joined[0] == '\0' ? "none" : joined);
    free(joined);
    return error;
}

int harness_catalogue_find(const struct harness_catalogue *catalogue, const char *name,
                           const struct harness **harness, struct diagnostic *diagnostic)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        if (strcmp(catalogue->items[i].name, name) == 0) {
            *harness = &catalogue->items[i];
            return RIG_OK;
        }
    }
    return name_not_found(catalogue, name, diagnostic);
}
