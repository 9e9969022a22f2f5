#include "cli/list_scenarios.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "cli/output.h"
#include "cli/table.h"
#include "report/json_text.h"
#include "scenarios/scenario.h"

static const char *const relations[] = {
    [CHECK_AT_MOST] = "at most", [CHECK_AT_LEAST] = "at least", [CHECK_EQUALS] = "equals"};

static int gather_clauses(const struct scenario *scenario, struct text_list *list)
{
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && scenario->clauses[i] != NULL; i++)
        error = text_list_append(list, scenario->clauses[i]);
    return error;
}

static int gather_needs(const struct scenario *scenario, struct text_list *list)
{
    int error = RIG_OK;

    for (unsigned i = 0; error == RIG_OK && i < CAPABILITY_COUNT; i++) {
        if ((scenario->needs & (1U << i)) != 0)
            error = text_list_append(list, capability_name((enum capability)(1U << i)));
    }
    return error;
}

static json_t *check_json(const struct check_spec *check)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:s?, s:s, s:s}", "name", check->name, "unit",
                     check->unit, "relation", relations[check->relation], "limit",
                     isnan(check->limit) ? json_null() : json_real(check->limit), "limit_key",
                     check->limit_key, "clause", check->clause, "meaning", check->meaning);
}

static json_t *checks_json(const struct scenario *scenario)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && scenario->checks[i].name != NULL; i++) {
        if (json_array_append_new(array, check_json(&scenario->checks[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *scenario_json(const struct scenario *scenario)
{
    struct text_list clauses = {NULL, 0};
    struct text_list needs = {NULL, 0};
    json_t *object = NULL;

    if (gather_clauses(scenario, &clauses) == RIG_OK && gather_needs(scenario, &needs) == RIG_OK)
        object = json_pack("{s:s, s:s, s:o, s:o, s:o}", "id", scenario->id, "title",
                           scenario->title, "clauses", json_text_array(&clauses), "needs",
                           json_text_array(&needs), "checks", checks_json(scenario));
    text_list_free(&clauses);
    text_list_free(&needs);
    return object;
}

static int print_json(void)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < scenario_count(); i++) {
        if (json_array_append_new(array, scenario_json(scenario_at(i))) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return output_json(array);
}

static int add_scenario(struct table *table, const struct scenario *scenario)
{
    struct text_list clauses = {NULL, 0};
    int error = gather_clauses(scenario, &clauses);
    char *joined = error == RIG_OK ? text_list_join(&clauses, ' ') : NULL;
    const char *const cells[] = {scenario->id, joined, scenario->title};

    if (error == RIG_OK)
        error = joined == NULL ? RIG_ERROR_NO_MEMORY : table_add(table, cells);
    free(joined);
    text_list_free(&clauses);
    return error;
}

static int print_table(void)
{
    static const char *const headings[] = {"ID", "CLAUSES", "TITLE"};
    struct table *table = table_create(headings, 3);
    int error = table == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < scenario_count(); i++)
        error = add_scenario(table, scenario_at(i));
    if (error == RIG_OK)
        table_print(table);
    table_destroy(table);
    return error;
}

int list_scenarios_print(bool as_json)
{
    return as_json ? print_json() : print_table();
}

int list_scenarios_of(const char *clause, struct text_list *names)
{
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < scenario_count(); i++) {
        if (scenario_has_clause(scenario_at(i), clause))
            error = text_list_append(names, scenario_at(i)->id);
    }
    return error;
}
