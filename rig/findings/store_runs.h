#ifndef RIG_FINDINGS_STORE_RUNS_H
#define RIG_FINDINGS_STORE_RUNS_H

#include "findings/store_sql.h"

/* Writes `runs/R-<n>/manifest.json` from the rows, durably; makes the folder. */
RIG_MUST_CHECK int store_write_manifest(struct store *store, int64_t run,
                                        struct diagnostic *diagnostic);

/* The folder `runs/R-<n>` within the store's folder, made if it is missing; for free(). */
RIG_MUST_CHECK int store_make_run_folder(const struct store *store, int64_t run, char **path,
                                         struct diagnostic *diagnostic);

#endif
