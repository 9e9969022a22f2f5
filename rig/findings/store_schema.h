#ifndef RIG_FINDINGS_STORE_SCHEMA_H
#define RIG_FINDINGS_STORE_SCHEMA_H

#include "findings/store_sql.h"

/* Looks at the bytes of a lab.db before SQLite opens it, so that a file that is no store of this
 * version is refused without being touched. `exists` is false for a missing or an empty file. */
RIG_MUST_CHECK int store_check_file(const char *path, bool *exists, struct diagnostic *diagnostic);

/* Makes the tables when the database has none; two processes may try at once. */
RIG_MUST_CHECK int store_create_schema(struct store *store, struct diagnostic *diagnostic);

/* Checks that the tables are there. RIG_ERROR_NOT_FOUND when their creation was cut off. */
RIG_MUST_CHECK int store_check_schema(struct store *store, struct diagnostic *diagnostic);

#endif
