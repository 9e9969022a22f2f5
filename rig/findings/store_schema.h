#ifndef RIG_FINDINGS_STORE_SCHEMA_H
#define RIG_FINDINGS_STORE_SCHEMA_H

#include "findings/store_sql.h"

/* Looks at the bytes of a lab.db before SQLite opens it, so that a file that is no store of this
 * version is refused without being touched. `exists` is false for a missing or an empty file. */
RIG_MUST_CHECK int store_check_file(const char *path, bool *exists, struct diagnostic *diagnostic);

/* Upgrades an older version, and makes the tables when the database has none and `may_create`; two
 * processes may try at once. */
RIG_MUST_CHECK int store_make_schema(struct store *store, bool may_create,
                                     struct diagnostic *diagnostic);

/* For a reader: leaves the file as it is, and goes on with an upgraded copy when it is older. */
RIG_MUST_CHECK int store_read_schema(struct store *store, struct diagnostic *diagnostic);

/* Checks that the tables are there. RIG_ERROR_NOT_FOUND when their creation was cut off. */
RIG_MUST_CHECK int store_check_schema(struct store *store, struct diagnostic *diagnostic);

#endif
