#include "findings/store.h"

#include <stdlib.h>

#include "base/file.h"
#include "findings/store_lock.h"
#include "findings/store_schema.h"
#include "findings/store_sql.h"

#define BUSY_TIMEOUT_MS 20000

static int check_folder(const char *path, enum store_mode mode, struct diagnostic *diagnostic)
{
    if (file_is_directory(path)) {
        return RIG_OK;
    }
    if (file_exists(path)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: not a folder; choose another with --store", path);
    }
    if (mode == STORE_CREATE) {
        return file_make_directories(path, diagnostic);
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND,
                           "%s: no store here; run `ordeal fuzz` or `ordeal campaign` to make one",
                           path);
}

/* Refuses what is there before SQLite touches it. */
static int check_database(const char *folder, const char *path, enum store_mode mode,
                          struct diagnostic *diagnostic)
{
    bool exists = false;
    int error = store_check_file(path, &exists, diagnostic);
    if (error == RIG_OK && !exists && mode != STORE_CREATE) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND,
                                "%s: no store here; run `ordeal fuzz` or `ordeal campaign` to make "
                                "one",
                                folder);
    }
    return error;
}

/* Full synchronisation: what was committed survives loss of power, the journal's removal included.
 */
static int configure(struct store *store, enum store_mode mode, struct diagnostic *diagnostic)
{
    if (sqlite3_busy_timeout(store->database, BUSY_TIMEOUT_MS) != SQLITE_OK) {
        return sql_fail(store, diagnostic);
    }
    if (mode != STORE_READ && sqlite3_db_readonly(store->database, "main") == 1) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s/lab.db: may not be written; allow it, or choose another with "
                               "--store",
                               store->folder);
    }
    int error = sql_run(store, "PRAGMA synchronous = EXTRA", SQL_NO_VALUES, diagnostic);
    if (error == RIG_OK) {
        error = sql_run(store, "PRAGMA foreign_keys = ON", SQL_NO_VALUES, diagnostic);
    }
    if (error == RIG_OK) {
        error = mode == STORE_READ ? store_read_schema(store, diagnostic)
                                   : store_make_schema(store, mode == STORE_CREATE, diagnostic);
    }
    if (error == RIG_OK && mode == STORE_READ) {
        error = sql_run(store, "PRAGMA query_only = ON", SQL_NO_VALUES, diagnostic);
    }
    return error == RIG_OK ? store_check_schema(store, diagnostic) : error;
}

/* A reader opens for writing too, where it may: only so can it undo what a killed writer left half
 * done. SQLite falls back to reading where the file may not be written. */
static int open_database(struct store *store, const char *path, enum store_mode mode,
                         struct diagnostic *diagnostic)
{
    int flags = SQLITE_OPEN_READWRITE | (mode == STORE_CREATE ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(path, &store->database, flags, NULL) != SQLITE_OK) {
        return store->database == NULL ? sql_no_memory(diagnostic) : sql_fail(store, diagnostic);
    }
    return configure(store, mode, diagnostic);
}

/* A store that is not open yet. NULL when there is no memory. */
static struct store *allocate(const char *folder)
{
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        return NULL;
    }
    store->folder = text_duplicate(folder);
    if (store->folder == NULL) {
        free(store);
        return NULL;
    }
    return store;
}

static int check_and_open(struct store *store, enum store_mode mode, struct diagnostic *diagnostic)
{
    char *database = file_join(store->folder, "lab.db");
    if (database == NULL) {
        return sql_no_memory(diagnostic);
    }
    int error = check_folder(store->folder, mode, diagnostic);
    if (error == RIG_OK) {
        error = check_database(store->folder, database, mode, diagnostic);
    }
    if (error == RIG_OK) {
        error = open_database(store, database, mode, diagnostic);
    }
    free(database);
    return error;
}

int store_open(const char *path, enum store_mode mode, struct store **store,
               struct diagnostic *diagnostic)
{
    *store = NULL;
    struct store *opened = allocate(path);
    if (opened == NULL) {
        return sql_no_memory(diagnostic);
    }
    int error = check_and_open(opened, mode, diagnostic);
    if (error != RIG_OK) {
        store_close(opened);
        return error;
    }
    *store = opened;
    return RIG_OK;
}

void store_close(struct store *store)
{
    if (store != NULL) {
        (void)sqlite3_close_v2(store->database); /* NULL is fine; no statement is left open */
        store_drop_locks(store);
        free(store->folder);
        free(store);
    }
}

const char *store_folder(const struct store *store)
{
    return store->folder;
}

char *store_scratch_path(const struct store *store, int64_t run)
{
    return text_format("%s/runs/R-%lld/scratch", store->folder, (long long)run);
}
