#include "findings/clauses.h"

#include <stdlib.h>
#include <string.h>

#include "base/yaml_file.h"

#define TITLE_LENGTH_LIMIT 60

struct clauses {
    struct yaml_file *file; /* owns the strings */
    struct clause items[CLAUSES_COUNT];
};

static const char *const status_names[] = {"M", "R"};
static const char *const testability_names[] = {"AUTOMATIC", "ASSISTED", "DOCUMENT"};

const char *clause_status_name(enum clause_status status)
{
    return status == CLAUSE_MANDATORY ? status_names[0] : status_names[1];
}

const char *clause_testability_name(enum clause_testability testability)
{
    return (size_t)testability < 3 ? testability_names[testability] : "unknown";
}

static int read_texts(struct yaml_place entry, struct clause *clause, struct diagnostic *diagnostic)
{
    const struct {
        const char *key;
        const char **text;
    } fields[] = {
        {"id", &clause->id},
        {"section", &clause->section},
        {"title", &clause->title},
        {"condition", &clause->condition},
        {"paraphrase", &clause->paraphrase},
        {"experiment", &clause->experiment},
        {"oracle", &clause->oracle},
        {"ts103701", &clause->ts103701},
        {"since", &clause->since},
    };
    int error = RIG_OK;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0] && error == RIG_OK; i++) {
        error = yaml_get_text(entry, fields[i].key, fields[i].text, diagnostic);
    }
    if (error == RIG_OK && strlen(clause->title) > TITLE_LENGTH_LIMIT) {
        error = yaml_fail(yaml_value_place(entry, "title"), diagnostic,
                          "title of %.16s is longer than %d characters; shorten it", clause->id,
                          TITLE_LENGTH_LIMIT);
    }
    return error;
}

/* Reads a key whose value is one of a few words. */
static int read_word(struct yaml_place entry, const char *key, const char *const *words,
                     size_t count, size_t *index, struct diagnostic *diagnostic)
{
    const char *text = NULL;
    int error = yaml_get_text(entry, key, &text, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    for (*index = 0; *index < count; (*index)++) {
        if (strcmp(words[*index], text) == 0) {
            return RIG_OK;
        }
    }
    return yaml_fail(yaml_value_place(entry, key), diagnostic,
                     "unknown %s `%.32s`; write one of %s, %s%s%s", key, text, words[0], words[1],
                     count > 2 ? ", " : "", count > 2 ? words[2] : "");
}

static int read_clause(struct yaml_place entry, struct clause *clause,
                       struct diagnostic *diagnostic)
{
    static const char *const keys[] = {"id",        "section",    "title",       "status",
                                       "condition", "paraphrase", "testability", "experiment",
                                       "oracle",    "ts103701",   "since",       NULL};
    size_t status = 0;
    size_t testability = 0;
    int error = yaml_expect_map(entry, keys, diagnostic);
    if (error == RIG_OK) {
        error = read_texts(entry, clause, diagnostic);
    }
    if (error == RIG_OK) {
        error = read_word(entry, "status", status_names, 2, &status, diagnostic);
    }
    if (error == RIG_OK) {
        error = read_word(entry, "testability", testability_names, 3, &testability, diagnostic);
    }
    clause->status = (enum clause_status)status;
    clause->testability = (enum clause_testability)testability;
    return error;
}

static int refuse_duplicate(const struct clauses *clauses, size_t index, struct yaml_place entry,
                            struct diagnostic *diagnostic)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(clauses->items[i].id, clauses->items[index].id) == 0) {
            return yaml_fail(entry, diagnostic, "provision %.16s is there twice; keep one",
                             clauses->items[i].id);
        }
    }
    return RIG_OK;
}

static int read_all(struct clauses *clauses, struct diagnostic *diagnostic)
{
    static const char *const keys[] = {"schema", "clauses", NULL};
    struct yaml_place root = yaml_file_root(clauses->file);
    struct yaml_place list = root;
    int error = yaml_expect_schema(root, 1, diagnostic);
    if (error == RIG_OK) {
        error = yaml_expect_map(root, keys, diagnostic);
    }
    if (error == RIG_OK) {
        error = yaml_get_list(root, "clauses", &list, diagnostic);
    }
    size_t count = error == RIG_OK ? yaml_count(list) : 0;
    for (size_t i = 0; i < count && i < CLAUSES_COUNT && error == RIG_OK; i++) {
        struct yaml_place entry = yaml_item(list, i);
        error = read_clause(entry, &clauses->items[i], diagnostic);
        if (error == RIG_OK) {
            error = refuse_duplicate(clauses, i, entry, diagnostic);
        }
    }
    if (error == RIG_OK && count != CLAUSES_COUNT) {
        size_t place = count > CLAUSES_COUNT ? CLAUSES_COUNT : count - 1;
        error = yaml_fail(count == 0 ? list : yaml_item(list, place), diagnostic,
                          "%zu provisions where there must be %d; restore the file", count,
                          CLAUSES_COUNT);
    }
    return error;
}

int clauses_load(const char *path, struct clauses **clauses, struct diagnostic *diagnostic)
{
    *clauses = NULL;
    struct clauses *loaded = calloc(1, sizeof *loaded);
    if (loaded == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "%s: out of memory", path);
    }
    int error = yaml_file_load(path, &loaded->file, diagnostic);
    if (error == RIG_OK) {
        error = read_all(loaded, diagnostic);
    }
    if (error != RIG_OK) {
        clauses_free(loaded);
        return error;
    }
    *clauses = loaded;
    return RIG_OK;
}

void clauses_free(struct clauses *clauses)
{
    if (clauses != NULL) {
        yaml_file_free(clauses->file);
        free(clauses);
    }
}

size_t clauses_count(const struct clauses *clauses)
{
    return sizeof clauses->items / sizeof clauses->items[0];
}

const struct clause *clauses_at(const struct clauses *clauses, size_t index)
{
    return &clauses->items[index];
}

const struct clause *clauses_find(const struct clauses *clauses, const char *id)
{
    for (size_t i = 0; i < clauses_count(clauses); i++) {
        if (strcmp(clauses->items[i].id, id) == 0) {
            return &clauses->items[i];
        }
    }
    return NULL;
}
