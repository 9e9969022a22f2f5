#include "cli/lab.h"

#include <stdlib.h>
#include <string.h>

#include "base/near_name.h"
#include "report/phrases.h"

#define NEAR_NAMES_SIZE 256

const char *lab_store_folder(const struct command_line *line)
{
    return line->given[OPTION_STORE] ? line->text[OPTION_STORE] : DEFAULT_STORE_FOLDER;
}

int lab_open_workspace(struct lab *lab, const struct command_line *line,
                       struct diagnostic *diagnostic)
{
    const struct workspace_options options = {.project = line->text[OPTION_PROJECT],
                                              .build = line->text[OPTION_BUILD]};

    return workspace_open(&options, &lab->workspace, diagnostic);
}

int lab_load_harnesses(struct lab *lab, struct diagnostic *diagnostic)
{
    int error = harness_catalogue_load(lab->workspace, &lab->harnesses, diagnostic);

    if (error == RIG_OK)
        error = lab_load_clauses(lab, diagnostic);
    if (error == RIG_OK)
        error = harness_catalogue_check_clauses(lab->harnesses, lab->clauses, diagnostic);
    return error;
}

int lab_load_clauses(struct lab *lab, struct diagnostic *diagnostic)
{
    char *path = NULL;
    int error;

    if (lab->clauses != NULL)
        return RIG_OK;
    error = workspace_find_clauses(lab->workspace, &path, diagnostic);
    if (error == RIG_OK)
        error = clauses_load(path, &lab->clauses, diagnostic);
    free(path);
    return error;
}

int lab_open_store(struct lab *lab, const struct command_line *line, enum store_mode mode,
                   struct diagnostic *diagnostic)
{
    return store_open(lab_store_folder(line), mode, &lab->store, diagnostic);
}

int lab_open_store_if_any(struct lab *lab, const struct command_line *line,
                          struct diagnostic *diagnostic)
{
    int error = lab_open_store(lab, line, STORE_READ, diagnostic);

    if (error == RIG_ERROR_NOT_FOUND && !line->given[OPTION_STORE]) {
        diagnostic_clear(diagnostic);
        return RIG_OK;
    }
    return error;
}

/* Says which names are near, or which there are. */
static int refuse_harness(const struct lab *lab, const char *name, struct diagnostic *diagnostic)
{
    const size_t count = harness_catalogue_count(lab->harnesses);
    const char **names = calloc(count > 0 ? count : 1, sizeof *names);
    char near[NEAR_NAMES_SIZE];
    const struct harness *unused = NULL;

    if (names == NULL)
        return RIG_ERROR_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        names[i] = harness_catalogue_at(lab->harnesses, i)->name;
    if (near_names(name, names, count, near, sizeof near) > 0) {
        diagnostic_set(diagnostic, "no harness '%.64s': did you mean %s?", name, near);
        free(names);
        return RIG_ERROR_NOT_FOUND;
    }
    free(names);
    return harness_catalogue_find(lab->harnesses, name, &unused, diagnostic);
}

int lab_find_harness(const struct lab *lab, const char *name, const struct harness **harness,
                     struct diagnostic *diagnostic)
{
    for (size_t i = 0; i < harness_catalogue_count(lab->harnesses); i++) {
        const struct harness *each = harness_catalogue_at(lab->harnesses, i);
        if (strcmp(each->name, name) == 0) {
            *harness = each;
            return RIG_OK;
        }
    }
    return refuse_harness(lab, name, diagnostic);
}

/* The nearest id, however far: a section that does not exist is near to none by letters. */
static const char *nearest_clause(const struct lab *lab, const char *id)
{
    const char *nearest = clauses_at(lab->clauses, 0)->id;

    for (size_t i = 1; i < clauses_count(lab->clauses); i++) {
        const char *each = clauses_at(lab->clauses, i)->id;
        if (edit_distance(id, each) < edit_distance(id, nearest))
            nearest = each;
    }
    return nearest;
}

int lab_check_clause(const struct lab *lab, const char *id, struct diagnostic *diagnostic)
{
    if (strcmp(id, "none") == 0 || clauses_find(lab->clauses, id) != NULL)
        return RIG_OK;
    return diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND,
                           "no clause '%.32s': did you mean %s? See `ordeal list clauses`", id,
                           nearest_clause(lab, id));
}

void lab_close(struct lab *lab)
{
    store_close(lab->store);
    if (lab->clauses != NULL)
        clauses_free(lab->clauses);
    if (lab->harnesses != NULL)
        harness_catalogue_free(lab->harnesses);
    if (lab->workspace != NULL)
        workspace_free(lab->workspace);
    memset(lab, 0, sizeof *lab);
}
