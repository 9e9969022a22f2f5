#include <stdlib.h>
#include <string.h>

#include "findings/store_sql.h"

int store_add_result(struct store *store, int64_t run, const struct run_result *result,
                     struct diagnostic *diagnostic)
{
    const struct sql_value run_value[] = {sql_integer(run)};
    int64_t count = 0;
    bool found = false;
    if (result->clause == NULL || result->source == NULL ||
        (size_t)result->verdict >= VERDICT_COUNT) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "a result needs a clause, a source and a verdict");
    }
    int error = sql_get_integer(store, "SELECT id FROM run WHERE id = ?", SQL_VALUES(run_value),
                                &count, &found, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    if (!found) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND, "%s: no run R-%lld", store->folder,
                               (long long)run);
    }
    const struct sql_value values[] = {
        sql_integer(run),         sql_text(result->clause),
        sql_text(result->source), sql_text(verdict_name(result->verdict)),
        sql_text(result->replay), sql_text(result->reason),
    };
    return sql_run(store,
                   "INSERT OR REPLACE INTO result (run, clause, source, verdict, replay, reason)"
                   " VALUES (?, ?, ?, ?, ?, ?)",
                   SQL_VALUES(values), diagnostic);
}

static void clear_result(struct clause_result *result)
{
    free(result->clause);
    free(result->target);
    free(result->source);
    free(result->replay);
    free(result->reason);
}

void clause_result_list_free(struct clause_result_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        clear_result(&list->items[i]);
    }
    free(list->items);
    *list = (struct clause_result_list){NULL, 0};
}

static int parse_names(const struct store *store, sqlite3_stmt *query, struct clause_result *result,
                       struct diagnostic *diagnostic)
{
    char *verdict = sql_column(query, 2);
    char *rung = sql_column(query, 3);
    int error = RIG_OK;
    if (verdict == NULL || rung == NULL) {
        error = sql_no_memory(diagnostic);
    } else if (verdict_parse(verdict, &result->verdict) != RIG_OK ||
               rung_parse(rung, &result->rung) != RIG_OK) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                "%s/lab.db: a result of run R-%lld has an unknown rung or verdict; "
                                "restore the store from a copy",
                                store->folder, (long long)result->run);
    }
    free(verdict);
    free(rung);
    return error;
}

static int read_result(const struct store *store, sqlite3_stmt *query, struct clause_result *result,
                       struct diagnostic *diagnostic)
{
    *result = (struct clause_result){
        .run = sqlite3_column_int64(query, 0),
        .clause = sql_column(query, 1),
        .target = sql_column(query, 4),
        .source = sql_column(query, 5),
        .replay = sql_column(query, 6),
        .reason = sql_column(query, 7),
    };
    int error = parse_names(store, query, result, diagnostic);
    if (error == RIG_OK &&
        (result->clause == NULL || result->target == NULL || result->source == NULL ||
         result->replay == NULL || result->reason == NULL)) {
        error = sql_no_memory(diagnostic);
    }
    if (error != RIG_OK) {
        clear_result(result);
    }
    return error;
}

static int append_result(struct clause_result_list *list, const struct clause_result *result)
{
    struct clause_result *items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (items == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    list->items = items;
    items[list->count++] = *result;
    return RIG_OK;
}

int store_list_results(struct store *store, int64_t first_run, struct clause_result_list *list,
                       struct diagnostic *diagnostic)
{
    const struct sql_value values[] = {sql_integer(first_run)};
    sqlite3_stmt *query = NULL;
    bool has_row = true;
    *list = (struct clause_result_list){NULL, 0};
    int error = sql_query(store,
                          "SELECT result.run, result.clause, result.verdict, run.rung, run.target,"
                          " result.source, result.replay, result.reason FROM result"
                          " JOIN run ON run.id = result.run WHERE run.id >= ?"
                          " ORDER BY result.run, result.clause, result.source",
                          SQL_VALUES(values), &query, diagnostic);
    while (error == RIG_OK && has_row) {
        struct clause_result result;
        error = sql_next(store, query, &has_row, diagnostic);
        if (error == RIG_OK && has_row) {
            error = read_result(store, query, &result, diagnostic);
            if (error == RIG_OK && append_result(list, &result) != RIG_OK) {
                clear_result(&result);
                error = sql_no_memory(diagnostic);
            }
        }
    }
    (void)sqlite3_finalize(query);
    if (error != RIG_OK) {
        clause_result_list_free(list);
    }
    return error;
}
