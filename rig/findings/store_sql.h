#ifndef RIG_FINDINGS_STORE_SQL_H
#define RIG_FINDINGS_STORE_SQL_H

/* Shared by the store_*.c files only: SQLite with the rig's errors. */

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "findings/store.h"

/* A run that is locked, see store_lock.h. */
struct run_lock {
    int64_t run;
    int descriptor;
};

struct store {
    sqlite3 *database;
    char *folder; /* as it was given */
    struct run_lock *locks;
    size_t lock_count;
};

enum sql_kind {
    SQL_TEXT,  /* escaped when it is bound; NULL is "" */
    SQL_LINES, /* the same, but newlines stay */
    SQL_INTEGER,
    SQL_REAL,
};

/* A value for a `?` of a statement. */
struct sql_value {
    enum sql_kind kind;
    const char *text;
    int64_t integer;
    double real;
};

static inline struct sql_value sql_text(const char *text)
{
    return (struct sql_value){.kind = SQL_TEXT, .text = text};
}

static inline struct sql_value sql_lines(const char *text)
{
    return (struct sql_value){.kind = SQL_LINES, .text = text};
}

static inline struct sql_value sql_integer(int64_t integer)
{
    return (struct sql_value){.kind = SQL_INTEGER, .integer = integer};
}

static inline struct sql_value sql_real(double real)
{
    return (struct sql_value){.kind = SQL_REAL, .real = real};
}

/* The values of a statement, in the order of its question marks. */
struct sql_values {
    const struct sql_value *items;
    size_t count;
};

#define SQL_VALUES(array) ((struct sql_values){(array), sizeof(array) / sizeof(array)[0]})
#define SQL_NO_VALUES     ((struct sql_values){NULL, 0})

/* Turns SQLite's last error into a diagnostic and the store's errors. */
int sql_fail(const struct store *store, struct diagnostic *diagnostic);

int sql_no_memory(struct diagnostic *diagnostic);

/* Runs one statement that gives no rows. */
RIG_MUST_CHECK int sql_run(struct store *store, const char *sql, struct sql_values values,
                           struct diagnostic *diagnostic);

/* Prepares a query; sqlite3_finalize() it in any case (NULL after an error). */
RIG_MUST_CHECK int sql_query(struct store *store, const char *sql, struct sql_values values,
                             sqlite3_stmt **query, struct diagnostic *diagnostic);

/* Steps to the next row; false at the end. */
RIG_MUST_CHECK int sql_next(struct store *store, sqlite3_stmt *query, bool *has_row,
                            struct diagnostic *diagnostic);

/* A query of one integer. `found` is false when there is no row. */
RIG_MUST_CHECK int sql_get_integer(struct store *store, const char *sql, struct sql_values values,
                                   int64_t *value, bool *found, struct diagnostic *diagnostic);

/* A copy of a column's text, for free(); "" for NULL. NULL when there is no memory. */
char *sql_column(sqlite3_stmt *query, int column);

/* Begins a transaction that may write: it waits for its turn here, not at the commit. */
RIG_MUST_CHECK int sql_begin(struct store *store, struct diagnostic *diagnostic);

/* Ends it: commits when `error` is RIG_OK, else rolls back and returns `error`. */
RIG_MUST_CHECK int sql_finish(struct store *store, int error, struct diagnostic *diagnostic);

#endif
