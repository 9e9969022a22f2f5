#include "cli/commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/near_name.h"
#include "cli/lab.h"
#include "cli/lab_report.h"
#include "cli/list_scenarios.h"
#include "cli/output.h"
#include "cli/table.h"
#include "report/json_text.h"

/* Appends OBJECT to *ARRAY and takes its reference; *array becomes NULL when memory is short. */
static void append(json_t **array, json_t *object)
{
    if (json_array_append_new(*array, object) != 0) {
        json_decref(*array);
        *array = NULL;
    }
}

/* Prints a filled table, or takes over ERROR; frees the table. */
static int finish_table(struct table *table, int error)
{
    if (error == RIG_OK && table_rows(table) > 0)
        table_print(table);
    else if (error == RIG_OK)
        message_print("there is none");
    table_destroy(table);
    return error;
}

static int targets_as_json(const struct target_list *list)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < list->count; i++) {
        const struct target *each = &list->items[i];
        append(&array, json_pack("{s:o, s:s, s:o, s:o, s:o}", "name", json_text(each->name),
                                 "class", target_class_name(each->class), "title",
                                 json_text(each->title), "fidelity",
                                 json_text_array(&each->fidelity), "file", json_text(each->path)));
    }
    return output_json(array);
}

static int targets_as_table(const struct target_list *list)
{
    static const char *const headings[] = {"NAME", "CLASS", "TITLE", "FILE"};
    struct table *table = table_create(headings, 4);
    int error = table == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < list->count; i++) {
        const struct target *each = &list->items[i];
        const char *const cells[] = {each->name, target_class_name(each->class), each->title,
                                     each->path};
        error = table_add(table, cells);
    }
    return finish_table(table, error);
}

static int list_targets(const struct command_line *line, struct lab *lab,
                        struct diagnostic *diagnostic)
{
    struct target_list list = {NULL, 0};
    struct text_list flaws = {NULL, 0};
    int error = target_list_load_sound(lab->workspace, &list, &flaws, diagnostic);

    if (error == RIG_OK)
        error = line->given[OPTION_JSON] ? targets_as_json(&list) : targets_as_table(&list);
    for (size_t i = 0; error == RIG_OK && i + 1 < flaws.count; i++)
        message_print("ordeal: %s", flaws.items[i]);
    if (error == RIG_OK && flaws.count > 0)
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION, "%s",
                                flaws.items[flaws.count - 1]);
    text_list_free(&flaws);
    target_list_free(&list);
    return error;
}

/* Whether both programs that fuzzing and reproducing need are built. */
static bool is_built(const struct lab *lab, const struct harness *harness)
{
    static const char *const variants[] = {"libfuzzer", "reproducer"};
    bool built = true;

    for (size_t i = 0; i < 2; i++) {
        const struct workspace_program program = {harness->name, variants[i]};
        struct diagnostic ignored;
        char *path = NULL;

        built = built && workspace_find_program(lab->workspace, harness->folder, &program, &path,
                                                &ignored) == RIG_OK;
        free(path);
    }
    return built;
}

static char *catalogue_file(const struct harness *harness)
{
    return file_join(harness->folder, "harnesses/harnesses.yaml");
}

static int harnesses_as_json(const struct lab *lab)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < harness_catalogue_count(lab->harnesses); i++) {
        const struct harness *each = harness_catalogue_at(lab->harnesses, i);
        char *file = catalogue_file(each);

        append(&array, json_pack("{s:o, s:o, s:o, s:o, s:b, s:o}", "name", json_text(each->name),
                                 "title", json_text(each->title), "clause", json_text(each->clause),
                                 "judges", json_text_array(&each->judges), "built",
                                 (int)is_built(lab, each), "file", json_text(file)));
        free(file);
    }
    return output_json(array);
}

static int add_harness(struct table *table, const struct lab *lab, const struct harness *harness)
{
    char *judges = text_list_join(&harness->judges, ' ');
    const char *const cells[] = {harness->name, is_built(lab, harness) ? "yes" : "no", judges,
                                 harness->title};
    int error = judges == NULL ? RIG_ERROR_NO_MEMORY : table_add(table, cells);

    free(judges);
    return error;
}

static int harnesses_as_table(const struct lab *lab)
{
    static const char *const headings[] = {"NAME", "BUILT", "JUDGES", "TITLE"};
    struct table *table = table_create(headings, 4);
    int error = table == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < harness_catalogue_count(lab->harnesses); i++)
        error = add_harness(table, lab, harness_catalogue_at(lab->harnesses, i));
    return finish_table(table, error);
}

static int list_harnesses(const struct command_line *line, struct lab *lab,
                          struct diagnostic *diagnostic)
{
    int error = lab_load_harnesses(lab, diagnostic);

    if (error != RIG_OK)
        return error;
    return line->given[OPTION_JSON] ? harnesses_as_json(lab) : harnesses_as_table(lab);
}

static int judging_harnesses(const struct lab *lab, const char *clause, struct text_list *names)
{
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < harness_catalogue_count(lab->harnesses); i++) {
        const struct harness *each = harness_catalogue_at(lab->harnesses, i);
        if (text_list_contains(&each->judges, clause))
            error = text_list_append(names, each->name);
    }
    return error;
}

static int clauses_as_json(const struct lab *lab, const struct report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < report->rollup.count; i++) {
        const struct clause_verdict *each = &report->rollup.items[i];
        const struct clause *clause = each->clause;
        struct text_list names = {NULL, 0};
        struct text_list scenarios = {NULL, 0};
        int error = judging_harnesses(lab, clause->id, &names);

        if (error == RIG_OK)
            error = list_scenarios_of(clause->id, &scenarios);
        if (error == RIG_OK)
            append(&array,
                   json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:s}", "id", clause->id, "status",
                             clause_status_name(clause->status), "testability",
                             clause_testability_name(clause->testability), "title",
                             json_text(clause->title), "scenarios", json_text_array(&scenarios),
                             "harnesses", json_text_array(&names), "verdict",
                             verdict_name(each->verdict)));
        text_list_free(&names);
        text_list_free(&scenarios);
        if (error != RIG_OK) {
            json_decref(array);
            return error;
        }
    }
    return output_json(array);
}

static int add_clause(struct table *table, const struct lab *lab,
                      const struct clause_verdict *verdict)
{
    const struct clause *clause = verdict->clause;
    struct text_list names = {NULL, 0};
    int error = judging_harnesses(lab, clause->id, &names);
    if (error == RIG_OK)
        error = list_scenarios_of(clause->id, &names);
    char *joined = error == RIG_OK ? text_list_join(&names, ' ') : NULL;
    const char *const cells[] = {clause->id,
                                 clause_status_name(clause->status),
                                 clause_testability_name(clause->testability),
                                 verdict_name(verdict->verdict),
                                 joined,
                                 clause->title};

    if (error == RIG_OK)
        error = joined == NULL ? RIG_ERROR_NO_MEMORY : table_add(table, cells);
    free(joined);
    text_list_free(&names);
    return error;
}

static int clauses_as_table(const struct lab *lab, const struct report *report)
{
    static const char *const headings[] = {
        "ID", "STATUS", "TESTABILITY", "VERDICT", "HARNESSES AND SCENARIOS", "TITLE"};
    struct table *table = table_create(headings, 6);
    int error = table == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < report->rollup.count; i++)
        error = add_clause(table, lab, &report->rollup.items[i]);
    return finish_table(table, error);
}

static int list_clauses(const struct command_line *line, struct lab *lab,
                        struct diagnostic *diagnostic)
{
    struct lab_report gathered;
    int error = lab_load_clauses(lab, diagnostic);

    memset(&gathered, 0, sizeof gathered);
    if (error == RIG_OK)
        error = lab_load_harnesses(lab, diagnostic);
    if (error == RIG_OK)
        error = lab_open_store_if_any(lab, line, diagnostic);
    if (error == RIG_OK)
        error = lab_report_gather(lab, &gathered, diagnostic);
    if (error == RIG_OK)
        error = line->given[OPTION_JSON] ? clauses_as_json(lab, &gathered.report)
                                         : clauses_as_table(lab, &gathered.report);
    lab_report_clear(&gathered);
    return error;
}

static int list_scenarios(const struct command_line *line, struct lab *lab,
                          struct diagnostic *diagnostic)
{
    (void)lab;
    (void)diagnostic;
    return list_scenarios_print(line->given[OPTION_JSON]);
}

typedef int list_function(const struct command_line *line, struct lab *lab,
                          struct diagnostic *diagnostic);

static list_function *find_list(const char *what, struct diagnostic *diagnostic)
{
    static const char *const names[] = {"targets", "harnesses", "scenarios", "clauses"};
    static list_function *const functions[] = {list_targets, list_harnesses, list_scenarios,
                                               list_clauses};
    const size_t count = sizeof names / sizeof names[0];
    const char *nearest;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], what) == 0)
            return functions[i];
    }
    nearest = nearest_name(what, names, count);
    if (nearest != NULL)
        diagnostic_set(diagnostic, "cannot list '%.64s': did you mean %s?", what, nearest);
    else
        diagnostic_set(diagnostic,
                       "cannot list '%.64s': there are targets, harnesses, scenarios and clauses",
                       what);
    return NULL;
}

int command_list(const struct command_line *line, enum exit_code *exit_code,
                 struct diagnostic *diagnostic)
{
    struct lab lab = {NULL, NULL, NULL, NULL};
    list_function *list = find_list(line->operands[0], diagnostic);
    int error;

    (void)exit_code;
    if (list == NULL)
        return RIG_ERROR_USAGE;
    error = lab_open_workspace(&lab, line, diagnostic);
    if (error == RIG_OK)
        error = list(line, &lab, diagnostic);
    lab_close(&lab);
    return error;
}
