#ifndef RIG_FINDINGS_STORE_LOCK_H
#define RIG_FINDINGS_STORE_LOCK_H

#include "findings/store_sql.h"

/* Locks the run for as long as this store stays open, or until store_unlock_run(). Makes its folder
 * and the lock's file. *taken is false when another process, or this one, holds it already. */
RIG_MUST_CHECK int store_lock_run(struct store *store, int64_t run, bool *taken,
                                  struct diagnostic *diagnostic);

/* Gives the lock up and removes its file; does nothing when it is not held by this store. */
void store_unlock_run(struct store *store, int64_t run);

/* Whether any process holds the run's lock. */
bool store_run_is_locked(const struct store *store, int64_t run);

/* Gives up all locks and leaves their files, as the end of the process would. */
void store_drop_locks(struct store *store);

#endif
