#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "findings/store_runs.h"

int store_make_run_folder(const struct store *store, int64_t run, char **path,
                          struct diagnostic *diagnostic)
{
    *path = text_format("%s/runs/R-%lld", store->folder, (long long)run);
    if (*path == NULL) {
        return sql_no_memory(diagnostic);
    }
    int error = file_make_directories(*path, diagnostic);
    if (error != RIG_OK) {
        free(*path);
        *path = NULL;
    }
    return error;
}

/* [{"id": "F-1", "replay": "...", "occurrences": 2}] of what the run has seen; NULL without memory.
 */
static json_t *read_row(sqlite3_stmt *query)
{
    char *id = text_format("F-%lld", (long long)sqlite3_column_int64(query, 0));
    char *replay = sql_column(query, 1);
    json_t *row = NULL;
    if (id != NULL && replay != NULL) {
        row = json_pack("{s:s, s:s, s:I}", "id", id, "replay", replay, "occurrences",
                        (json_int_t)sqlite3_column_int64(query, 2));
    }
    free(id);
    free(replay);
    return row;
}

static int read_sightings(struct store *store, int64_t run, json_t *findings,
                          struct diagnostic *diagnostic)
{
    const struct sql_value values[] = {sql_integer(run)};
    sqlite3_stmt *query = NULL;
    bool has_row = true;
    int error = sql_query(store,
                          "SELECT finding.id, finding.replay, sighting.occurrences FROM sighting"
                          " JOIN finding ON finding.id = sighting.finding"
                          " WHERE sighting.run = ? ORDER BY finding.id",
                          SQL_VALUES(values), &query, diagnostic);
    while (error == RIG_OK && has_row) {
        error = sql_next(store, query, &has_row, diagnostic);
        /* json_array_append_new() takes the row over, also when it fails, and refuses NULL. */
        if (error == RIG_OK && has_row && json_array_append_new(findings, read_row(query)) != 0) {
            error = sql_no_memory(diagnostic);
        }
    }
    (void)sqlite3_finalize(query);
    return error;
}

/* Numbers of 64 bits without sign are written as text: JSON readers keep 53 bits. */
static json_t *describe(const struct run *run, json_t *findings)
{
    char *seed = text_format("%llu", (unsigned long long)run->seed);
    if (seed == NULL) {
        return NULL;
    }
    json_t *manifest = json_pack(
        "{s:i, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:b, s:I, s:I, s:f, s:I, s:b,"
        " s:s?, s:s, s:O}",
        "schema", STORE_SCHEMA, "run", (json_int_t)run->id, "command", run->command, "target",
        run->target, "rung", rung_name(run->rung), "harness", run->harness, "engine", run->engine,
        "seed", seed, "harness_hash", run->harness_hash, "firmware_hash", run->firmware_hash,
        "tool_versions", run->tool_versions, "started", (json_int_t)run->started, "finished",
        run->finished ? 1 : 0, "ended", (json_int_t)run->ended, "execs", (json_int_t)run->execs,
        "execs_per_second", run->execs_per_second, "edges", (json_int_t)run->edges, "control_held",
        run->control_held ? 1 : 0, "verdict", run->finished ? verdict_name(run->verdict) : NULL,
        "reason", run->reason, "findings", findings);
    free(seed);
    return manifest;
}

static int write_json(const struct store *store, int64_t run, const json_t *manifest,
                      struct diagnostic *diagnostic)
{
    char *folder = NULL;
    int error = store_make_run_folder(store, run, &folder, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    char *path = file_join(folder, "manifest.json");
    char *text = json_dumps(manifest, JSON_INDENT(2));
    if (path == NULL || text == NULL) {
        error = sql_no_memory(diagnostic);
    } else {
        error = file_write(path, text, strlen(text), diagnostic);
    }
    free(folder);
    free(path);
    free(text);
    return error;
}

int store_write_manifest(struct store *store, int64_t run, struct diagnostic *diagnostic)
{
    struct run found;
    int error = store_get_run(store, run, &found, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    json_t *findings = json_array();
    json_t *manifest = NULL;
    error = findings == NULL ? sql_no_memory(diagnostic)
                             : read_sightings(store, run, findings, diagnostic);
    if (error == RIG_OK) {
        manifest = describe(&found, findings);
        error = manifest == NULL ? sql_no_memory(diagnostic)
                                 : write_json(store, run, manifest, diagnostic);
    }
    json_decref(manifest);
    json_decref(findings);
    run_clear(&found);
    return error;
}
