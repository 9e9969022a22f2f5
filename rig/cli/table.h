/* Text tables on standard output: aligned columns, one row a line, no ruling. */
#ifndef ORDEAL_CLI_TABLE_H
#define ORDEAL_CLI_TABLE_H

#include <stddef.h>

#include "base/rig_error.h"

struct table;

/* A table with COUNT columns headed by HEADINGS. NULL when memory is short. */
struct table *table_create(const char *const *headings, size_t count);

/*
 * Adds a row of as many cells as there are columns. Cells are copied with control characters
 * escaped; NULL reads as "-". RIG_ERROR_NO_MEMORY.
 */
RIG_MUST_CHECK int table_add(struct table *table, const char *const *cells);

/* How many rows were added. */
size_t table_rows(const struct table *table);

/* Prints headings and rows through output_print(). The last column is not padded. */
void table_print(const struct table *table);

/* Frees it; NULL is allowed. */
void table_destroy(struct table *table);

#endif
