#ifndef RIG_FINDINGS_STORE_RUNS_H
#define RIG_FINDINGS_STORE_RUNS_H

#include "findings/store_sql.h"

/* Reads one run within whatever transaction is open. Free with store_clear_run(). */
RIG_MUST_CHECK int store_get_run(struct store *store, int64_t id, struct run *run,
                                 struct diagnostic *diagnostic);

void store_clear_run(struct run *run);

/* Writes `runs/R-<n>/manifest.json` from the rows, durably; makes the folder. */
RIG_MUST_CHECK int store_write_manifest(struct store *store, int64_t run,
                                        struct diagnostic *diagnostic);

/* The folder `runs/R-<n>` within the store's folder, made if it is missing; for free(). */
RIG_MUST_CHECK int store_make_run_folder(const struct store *store, int64_t run, char **path,
                                         struct diagnostic *diagnostic);

#endif
