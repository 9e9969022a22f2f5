#include "cli/run_output.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/output.h"
#include "cli/table.h"
#include "report/json_text.h"
#include "report/long_reason.h"

#define CELL_SIZE 64

/* "5.9-1 5.9-2", for free(). NULL when memory is short. */
static char *joined_clauses(const struct scenario *scenario)
{
    struct text_list list = {NULL, 0};
    char *joined = NULL;
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && scenario->clauses[i] != NULL; i++)
        error = text_list_append(&list, scenario->clauses[i]);
    if (error == RIG_OK)
        joined = text_list_join(&list, ' ');
    text_list_free(&list);
    return joined;
}

static int add_turn(struct table *table, const struct run_turn *turn)
{
    char trials[CELL_SIZE];
    char seconds[CELL_SIZE];
    char reason[REASON_ROW_SIZE];
    char *clauses = joined_clauses(turn->result.scenario);
    const char *const cells[] = {turn->result.scenario->id,
                                 verdict_name(turn->result.verdict),
                                 trials,
                                 seconds,
                                 clauses,
                                 reason};
    int error = clauses == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    (void)reason_fits_row(turn->result.reason, reason);
    (void)snprintf(trials, sizeof trials, "%zu", turn->result.trials);
    (void)snprintf(seconds, sizeof seconds, "%.1f", turn->took_s);
    if (error == RIG_OK)
        error = table_add(table, cells);
    free(clauses);
    return error;
}

static void print_long_reason(const struct run_turn *turn)
{
    char row[REASON_ROW_SIZE];

    if (reason_fits_row(turn->result.reason, row))
        return;
    output_print("%s: ", turn->result.scenario->id);
    output_text(turn->result.reason);
    output_print("\n");
}

static void print_replay(const struct run_turn *turn)
{
    const struct scenario_result *result = &turn->result;

    if (result->verdict == VERDICT_PASS || result->verdict == VERDICT_NOT_TESTED ||
        result->replay[0] == '\0')
        return;
    output_print("%s: `ordeal run --replay %s`", result->scenario->id, result->replay);
    if (result->attempts > 0)
        output_print(", failed again in %u of %u runs", result->reproduced, result->attempts);
    for (size_t i = 0; i < turn->record.finding_count; i++)
        output_print("%s F-%" PRId64, i == 0 ? ", finding" : "", turn->record.findings[i]);
    output_print("\n");
}

int run_print(const struct target *target, const struct run_turn *turns, size_t count)
{
    static const char *const headings[] = {"SCENARIO", "VERDICT", "TRIALS",
                                           "SECONDS",  "CLAUSES", "REASON"};
    struct table *table = table_create(headings, 6);
    int error = table == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < count; i++)
        error = add_turn(table, &turns[i]);
    if (error == RIG_OK) {
        output_print("%s, rung %s\n", target->name, rung_name(target_rung(target)));
        table_print(table);
    }
    table_destroy(table);
    for (size_t i = 0; error == RIG_OK && i < count; i++)
        print_long_reason(&turns[i]);
    for (size_t i = 0; error == RIG_OK && i < count; i++)
        print_replay(&turns[i]);
    return error;
}

static json_t *number_or_null(bool known, double value)
{
    return known && isfinite(value) ? json_real(value) : json_null();
}

static json_t *checks_json(const struct trial *sum)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < sum->check_count; i++) {
        const struct check_result *check = &sum->checks[i];
        json_t *object =
            json_pack("{s:s, s:o, s:o, s:s, s:o, s:s}", "name", check->spec->name, "value",
                      number_or_null(check->is_measured, check->value), "limit",
                      number_or_null(true, check->limit), "unit", check->spec->unit, "ok",
                      check->is_measured ? json_boolean(check->ok) : json_null(), "clause",
                      check->spec->clause);

        if (json_array_append_new(array, object) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *clauses_json(const struct scenario *scenario)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && scenario->clauses[i] != NULL; i++) {
        if (json_array_append_new(array, json_string(scenario->clauses[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *findings_json(const struct scenario_record *record)
{
    json_t *array = json_array();
    char id[CELL_SIZE];

    for (size_t i = 0; array != NULL && i < record->finding_count; i++) {
        (void)snprintf(id, sizeof id, "F-%" PRId64, record->findings[i]);
        if (json_array_append_new(array, json_string(id)) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *turn_json(const struct run_turn *turn)
{
    const struct scenario_result *result = &turn->result;
    char run[CELL_SIZE];

    (void)snprintf(run, sizeof run, "R-%" PRId64, turn->record.run);
    return json_pack("{s:s, s:s, s:o, s:o, s:I, s:o, s:o, s:s, s:I, s:o}", "scenario",
                     result->scenario->id, "verdict", verdict_name(result->verdict), "clauses",
                     clauses_json(result->scenario), "replay",
                     result->replay[0] != '\0' ? json_text(result->replay) : json_null(), "trials",
                     (json_int_t)result->trials, "checks", checks_json(&result->sum), "reason",
                     json_text(result->reason), "run", run, "seed", (json_int_t)result->seed,
                     "findings", findings_json(&turn->record));
}

json_t *run_results_json(const struct run_turn *turns, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < count; i++) {
        if (json_array_append_new(array, turn_json(&turns[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

json_t *run_json(const struct target *target, const struct run_turn *turns, size_t count)
{
    return json_pack("{s:o, s:s, s:o}", "target", json_text(target->name), "rung",
                     rung_name(target_rung(target)), "results", run_results_json(turns, count));
}
