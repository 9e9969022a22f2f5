#include "findings/store_runs.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "findings/store_lock.h"

#define RUN_COLUMNS                                                                                \
    "SELECT id, command, target, rung, harness, engine, seed, harness_hash, firmware_hash,"        \
    " tool_versions, started, ended, execs, execs_per_second, edges, control_held, verdict,"       \
    " reason FROM run "

void run_clear(struct run *run)
{
    char *const strings[] = {run->command,       run->target,       run->harness,
                             run->engine,        run->harness_hash, run->firmware_hash,
                             run->tool_versions, run->reason};
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        free(strings[i]);
    }
    memset(run, 0, sizeof *run);
}

void run_list_free(struct run_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        run_clear(&list->items[i]);
    }
    free(list->items);
    *list = (struct run_list){NULL, 0};
}

static int read_run_names(const struct store *store, sqlite3_stmt *query, struct run *run,
                          struct diagnostic *diagnostic)
{
    char *rung = sql_column(query, 3);
    char *verdict = sql_column(query, 16);
    int error = RIG_OK;
    if (rung == NULL || verdict == NULL) {
        error = sql_no_memory(diagnostic);
    } else if (rung_parse(rung, &run->rung) != RIG_OK ||
               verdict_parse(verdict, &run->verdict) != RIG_OK) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                "%s/lab.db: run R-%lld has an unknown rung or verdict; restore the "
                                "store from a copy",
                                store->folder, (long long)run->id);
    }
    free(rung);
    free(verdict);
    return error;
}

static int read_run(const struct store *store, sqlite3_stmt *query, struct run *run,
                    struct diagnostic *diagnostic)
{
    *run = (struct run){
        .id = sqlite3_column_int64(query, 0),
        .command = sql_column(query, 1),
        .target = sql_column(query, 2),
        .harness = sql_column(query, 4),
        .engine = sql_column(query, 5),
        .seed = (uint64_t)sqlite3_column_int64(query, 6),
        .harness_hash = sql_column(query, 7),
        .firmware_hash = sql_column(query, 8),
        .tool_versions = sql_column(query, 9),
        .started = sqlite3_column_int64(query, 10),
        .finished = sqlite3_column_type(query, 11) != SQLITE_NULL,
        .ended = sqlite3_column_int64(query, 11),
        .execs = (uint64_t)sqlite3_column_int64(query, 12),
        .execs_per_second = sqlite3_column_double(query, 13),
        .edges = (uint64_t)sqlite3_column_int64(query, 14),
        .control_held = sqlite3_column_int(query, 15) != 0,
        .reason = sql_column(query, 17),
    };
    int error = read_run_names(store, query, run, diagnostic);
    run->is_running = !run->finished && store_run_is_locked(store, run->id);
    if (error == RIG_OK &&
        (run->command == NULL || run->target == NULL || run->harness == NULL ||
         run->engine == NULL || run->harness_hash == NULL || run->firmware_hash == NULL ||
         run->tool_versions == NULL || run->reason == NULL)) {
        error = sql_no_memory(diagnostic);
    }
    if (error != RIG_OK) {
        run_clear(run);
    }
    return error;
}

int store_get_run(struct store *store, int64_t id, struct run *run, struct diagnostic *diagnostic)
{
    const struct sql_value values[] = {sql_integer(id)};
    sqlite3_stmt *query = NULL;
    bool has_row = false;
    int error =
        sql_query(store, RUN_COLUMNS "WHERE id = ?", SQL_VALUES(values), &query, diagnostic);
    if (error == RIG_OK) {
        error = sql_next(store, query, &has_row, diagnostic);
    }
    if (error == RIG_OK && !has_row) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND, "%s: no run R-%lld", store->folder,
                                (long long)id);
    }
    if (error == RIG_OK) {
        error = read_run(store, query, run, diagnostic);
    }
    (void)sqlite3_finalize(query);
    return error;
}

static int append_run(struct run_list *list, const struct run *run)
{
    struct run *items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (items == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    list->items = items;
    items[list->count++] = *run;
    return RIG_OK;
}

int store_list_runs(struct store *store, int64_t first_run, struct run_list *list,
                    struct diagnostic *diagnostic)
{
    const struct sql_value values[] = {sql_integer(first_run)};
    sqlite3_stmt *query = NULL;
    bool has_row = true;
    *list = (struct run_list){NULL, 0};
    int error = sql_query(store, RUN_COLUMNS "WHERE id >= ? ORDER BY id", SQL_VALUES(values),
                          &query, diagnostic);
    while (error == RIG_OK && has_row) {
        struct run run;
        error = sql_next(store, query, &has_row, diagnostic);
        if (error == RIG_OK && has_row) {
            error = read_run(store, query, &run, diagnostic);
            if (error == RIG_OK && append_run(list, &run) != RIG_OK) {
                run_clear(&run);
                error = sql_no_memory(diagnostic);
            }
        }
    }
    (void)sqlite3_finalize(query);
    if (error != RIG_OK) {
        run_list_free(list);
    }
    return error;
}

static int insert_run(struct store *store, const struct run_start *start,
                      struct diagnostic *diagnostic)
{
    const struct sql_value values[] = {
        sql_text(start->command),         sql_text(start->target),
        sql_text(rung_name(start->rung)), sql_text(start->harness),
        sql_text(start->engine),          sql_integer((int64_t)start->seed),
        sql_lines(start->harness_hash),   sql_text(start->firmware_hash),
        sql_lines(start->tool_versions),  sql_integer((int64_t)time(NULL)),
    };
    return sql_run(store,
                   "INSERT INTO run (command, target, rung, harness, engine, seed, harness_hash,"
                   " firmware_hash, tool_versions, started) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   SQL_VALUES(values), diagnostic);
}

/* Nobody can hold the lock of a run whose row has not committed. */
static int lock_new_run(struct store *store, int64_t run, struct diagnostic *diagnostic)
{
    bool taken = false;
    int error = store_lock_run(store, run, &taken, diagnostic);
    if (error == RIG_OK && !taken) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                "%s/runs/R-%lld/lock: held by another program; end that one",
                                store->folder, (long long)run);
    }
    return error;
}

int store_begin_run(struct store *store, const struct run_start *start, int64_t *run,
                    struct diagnostic *diagnostic)
{
    if (start->command == NULL || start->target == NULL || (size_t)start->rung >= RUNG_COUNT) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "a run needs a command, a target, a rung");
    }
    int error = sql_begin(store, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    int64_t id = 0;
    error = insert_run(store, start, diagnostic);
    if (error == RIG_OK) {
        id = sqlite3_last_insert_rowid(store->database);
        error = lock_new_run(store, id, diagnostic);
    }
    if (error == RIG_OK) {
        error = store_write_manifest(store, id, diagnostic);
    }
    error = sql_finish(store, error, diagnostic);
    if (error == RIG_OK) {
        *run = id;
    } else {
        store_unlock_run(store, id);
    }
    return error;
}

static int update_run(struct store *store, int64_t run, const struct run_end *end,
                      struct diagnostic *diagnostic)
{
    const struct sql_value values[] = {
        sql_integer((int64_t)time(NULL)),
        sql_integer((int64_t)end->execs),
        sql_real(end->execs_per_second),
        sql_integer((int64_t)end->edges),
        sql_integer(end->control_held ? 1 : 0),
        sql_text(verdict_name(end->verdict)),
        sql_text(end->reason),
        sql_integer(run),
    };
    return sql_run(store,
                   "UPDATE run SET ended = ?, execs = ?, execs_per_second = ?, edges = ?,"
                   " control_held = ?, verdict = ?, reason = ? WHERE id = ?",
                   SQL_VALUES(values), diagnostic);
}

static int end_open_run(struct store *store, int64_t run, const struct run_end *end,
                        struct diagnostic *diagnostic)
{
    struct run found;
    int error = store_get_run(store, run, &found, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    bool finished = found.finished;
    run_clear(&found);
    if (finished) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "%s: run R-%lld has ended already",
                               store->folder, (long long)run);
    }
    error = update_run(store, run, end, diagnostic);
    return error == RIG_OK ? store_write_manifest(store, run, diagnostic) : error;
}

int store_end_run(struct store *store, int64_t run, const struct run_end *end,
                  struct diagnostic *diagnostic)
{
    if ((size_t)end->verdict >= VERDICT_COUNT) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "a run needs a verdict");
    }
    int error = sql_begin(store, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    error = end_open_run(store, run, end, diagnostic);
    error = sql_finish(store, error, diagnostic);
    if (error == RIG_OK) {
        store_unlock_run(store, run);
    }
    return error;
}

int store_adopt_run(struct store *store, int64_t run, bool *adopted, struct diagnostic *diagnostic)
{
    return store_lock_run(store, run, adopted, diagnostic);
}

void store_release_run(struct store *store, int64_t run)
{
    store_unlock_run(store, run);
}
