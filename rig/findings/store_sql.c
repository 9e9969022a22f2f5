#include "findings/store_sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int sql_no_memory(struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
}

/* A file that cannot be opened is a wrong --store, unless the machine has run short of something.
 */
static bool lacks_resources(const struct store *store, int code)
{
    int reason = sqlite3_system_errno(store->database);
    return code == SQLITE_CANTOPEN && (reason == EMFILE || reason == ENFILE || reason == ENOSPC ||
                                       reason == EDQUOT || reason == EIO || reason == ENOMEM);
}

static const char *remedy_of(int code)
{
    switch (code) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
        return "make room on the disk and look at its health";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another program holds it; end that one";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return "allow writing to the file and its folder, or choose another with --store";
    default:
        return "restore it from a copy, or choose another with --store";
    }
}

int sql_fail(const struct store *store, struct diagnostic *diagnostic)
{
    int code = sqlite3_errcode(store->database) & 0xff; /* the primary code is the low byte */
    int error = RIG_ERROR_CONFIGURATION;
    if (code == SQLITE_NOMEM) {
        return sql_no_memory(diagnostic);
    }
    if (lacks_resources(store, code)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s/lab.db: %s: %s; free some",
                               store->folder, sqlite3_errmsg(store->database),
                               strerror(sqlite3_system_errno(store->database)));
    }
    if (code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_BUSY ||
        code == SQLITE_LOCKED || code == SQLITE_NOLFS) {
        error = RIG_ERROR_BENCH;
    }
    return diagnostic_fail(diagnostic, error, "%s/lab.db: %s; %s", store->folder,
                           sqlite3_errmsg(store->database), remedy_of(code));
}

/* Escapes each line for itself, so that the newlines between them stay. */
static char *escape_lines(const char *text)
{
    char *escaped = malloc(4 * strlen(text) + 1);
    size_t length = 0;
    while (escaped != NULL) {
        size_t line = strcspn(text, "\n");
        length += text_escape(escaped + length, 4 * line + 1, text, line);
        if (text[line] == '\0') {
            break;
        }
        escaped[length++] = '\n';
        text += line + 1;
    }
    return escaped;
}

static int bind_text(sqlite3_stmt *statement, int index, const struct sql_value *value)
{
    const char *text = value->text == NULL ? "" : value->text;
    char *escaped = value->kind == SQL_LINES ? escape_lines(text) : text_escaped(text);
    if (escaped == NULL) {
        return SQLITE_NOMEM;
    }
    return sqlite3_bind_text(statement, index, escaped, -1, free);
}

static int bind(sqlite3_stmt *statement, int index, const struct sql_value *value)
{
    switch (value->kind) {
    case SQL_INTEGER:
        return sqlite3_bind_int64(statement, index, value->integer);
    case SQL_REAL:
        return sqlite3_bind_double(statement, index, value->real);
    default:
        return bind_text(statement, index, value);
    }
}

int sql_query(struct store *store, const char *sql, struct sql_values values, sqlite3_stmt **query,
              struct diagnostic *diagnostic)
{
    *query = NULL;
    if (sqlite3_prepare_v2(store->database, sql, -1, query, NULL) != SQLITE_OK) {
        return sql_fail(store, diagnostic);
    }
    for (size_t i = 0; i < values.count; i++) {
        int code = bind(*query, (int)i + 1, &values.items[i]);
        if (code != SQLITE_OK) {
            int error =
                code == SQLITE_NOMEM ? sql_no_memory(diagnostic) : sql_fail(store, diagnostic);
            (void)sqlite3_finalize(*query);
            *query = NULL;
            return error;
        }
    }
    return RIG_OK;
}

int sql_next(struct store *store, sqlite3_stmt *query, bool *has_row, struct diagnostic *diagnostic)
{
    int code = sqlite3_step(query);
    *has_row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? RIG_OK : sql_fail(store, diagnostic);
}

int sql_run(struct store *store, const char *sql, struct sql_values values,
            struct diagnostic *diagnostic)
{
    sqlite3_stmt *statement = NULL;
    bool has_row = true;
    int error = sql_query(store, sql, values, &statement, diagnostic);
    while (error == RIG_OK && has_row) {
        error = sql_next(store, statement, &has_row, diagnostic);
    }
    (void)sqlite3_finalize(statement); /* repeats the error that sql_next() has reported */
    return error;
}

int sql_get_integer(struct store *store, const char *sql, struct sql_values values, int64_t *value,
                    bool *found, struct diagnostic *diagnostic)
{
    sqlite3_stmt *query = NULL;
    *found = false;
    int error = sql_query(store, sql, values, &query, diagnostic);
    if (error == RIG_OK) {
        error = sql_next(store, query, found, diagnostic);
    }
    if (error == RIG_OK && *found) {
        *value = sqlite3_column_int64(query, 0);
    }
    (void)sqlite3_finalize(query);
    return error;
}

char *sql_column(sqlite3_stmt *query, int column)
{
    const unsigned char *text = sqlite3_column_text(query, column);
    return text_duplicate(text == NULL ? "" : (const char *)text);
}

int sql_begin(struct store *store, struct diagnostic *diagnostic)
{
    return sql_run(store, "BEGIN IMMEDIATE", SQL_NO_VALUES, diagnostic);
}

int sql_finish(struct store *store, int error, struct diagnostic *diagnostic)
{
    if (error == RIG_OK) {
        error = sql_run(store, "COMMIT", SQL_NO_VALUES, diagnostic);
    }
    /* SQLite has rolled back by itself after some errors: it is then in autocommit mode again. */
    if (error != RIG_OK && sqlite3_get_autocommit(store->database) == 0) {
        struct diagnostic ignored; /* the first error is the one to report */
        int rolled_back = sql_run(store, "ROLLBACK", SQL_NO_VALUES, &ignored);
        (void)rolled_back;
    }
    return error;
}
