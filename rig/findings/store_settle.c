#include "findings/store_settle.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int store_add_change(struct store *store, const struct state_change *change,
                     struct diagnostic *diagnostic)
{
    const struct sql_value values[] = {
        sql_integer(change->finding),
        sql_integer(change->at),
        sql_text(finding_state_name(change->state)),
        sql_text(change->reason),
    };
    return sql_run(store, "INSERT INTO change (finding, at, state, reason) VALUES (?, ?, ?, ?)",
                   SQL_VALUES(values), diagnostic);
}

static int check_closing(const struct finding_closing *closing, struct diagnostic *diagnostic)
{
    const char *reason = closing->reason == NULL ? "" : closing->reason;
    if (reason[strspn(reason, " \t\r\n")] == '\0') {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "a finding is not settled without a reason; give --why");
    }
    if ((closing->state != FINDING_OPEN && closing->state != FINDING_FIXED &&
         closing->state != FINDING_ACCEPTED) ||
        closing->expires < 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "a finding is settled as fixed, accepted or open");
    }
    return RIG_OK;
}

static int settle_in_transaction(struct store *store, int64_t id,
                                 const struct finding_closing *closing,
                                 struct diagnostic *diagnostic)
{
    const struct state_change change = {id, (int64_t)time(NULL), closing->state, closing->reason};
    const struct sql_value values[] = {
        sql_text(finding_state_name(closing->state)),
        sql_text(closing->state == FINDING_OPEN ? "" : closing->reason),
        sql_integer(closing->state == FINDING_ACCEPTED ? closing->expires : 0),
        sql_integer(id),
    };
    int error = sql_run(store, "UPDATE finding SET state = ?, reason = ?, expires = ? WHERE id = ?",
                        SQL_VALUES(values), diagnostic);
    if (error == RIG_OK && sqlite3_changes(store->database) == 0) {
        error = store_no_finding(store, id, diagnostic);
    }
    return error == RIG_OK ? store_add_change(store, &change, diagnostic) : error;
}

int store_close_finding(struct store *store, int64_t id, const struct finding_closing *closing,
                        struct diagnostic *diagnostic)
{
    int error = check_closing(closing, diagnostic);
    if (error == RIG_OK) {
        error = sql_begin(store, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    return sql_finish(store, settle_in_transaction(store, id, closing, diagnostic), diagnostic);
}

static int read_change(sqlite3_stmt *query, struct finding_change *change)
{
    char *state = sql_column(query, 1);
    int error = state == NULL ? RIG_ERROR_NO_MEMORY : finding_state_parse(state, &change->state);
    free(state);
    change->at = sqlite3_column_int64(query, 0);
    change->reason = error == RIG_OK ? sql_column(query, 2) : NULL;
    return error == RIG_OK && change->reason == NULL ? RIG_ERROR_NO_MEMORY : error;
}

static int append_change(struct store *store, sqlite3_stmt *query, struct finding_change_list *list,
                         struct diagnostic *diagnostic)
{
    struct finding_change *items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (items == NULL) {
        return sql_no_memory(diagnostic);
    }
    list->items = items;
    int error = read_change(query, &items[list->count]);
    if (error == RIG_ERROR_NO_MEMORY) {
        return sql_no_memory(diagnostic);
    }
    if (error != RIG_OK) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s/lab.db: a change to an unknown state; restore the store from a "
                               "copy",
                               store->folder);
    }
    list->count++;
    return RIG_OK;
}

int store_list_changes(struct store *store, int64_t finding, struct finding_change_list *list,
                       struct diagnostic *diagnostic)
{
    const struct sql_value values[] = {sql_integer(finding)};
    sqlite3_stmt *query = NULL;
    bool has_row = true;
    *list = (struct finding_change_list){NULL, 0};
    int error =
        sql_query(store, "SELECT at, state, reason FROM change WHERE finding = ? ORDER BY id",
                  SQL_VALUES(values), &query, diagnostic);
    while (error == RIG_OK && has_row) {
        error = sql_next(store, query, &has_row, diagnostic);
        if (error == RIG_OK && has_row) {
            error = append_change(store, query, list, diagnostic);
        }
    }
    (void)sqlite3_finalize(query);
    if (error != RIG_OK) {
        finding_change_list_free(list);
    }
    return error;
}

void finding_change_list_free(struct finding_change_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].reason);
    }
    free(list->items);
    *list = (struct finding_change_list){NULL, 0};
}
