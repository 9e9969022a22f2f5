#ifndef RIG_FINDINGS_STORE_SETTLE_H
#define RIG_FINDINGS_STORE_SETTLE_H

/* What changes a finding after it was filed. Shared by the store_*.c files only. */

#include "findings/store_sql.h"

/* A change of a finding's state, for the record. */
struct state_change {
    int64_t finding;
    int64_t at; /* seconds since 1970 */
    enum finding_state state;
    const char *reason;
};

/* Adds a change. Within a transaction of the caller. */
RIG_MUST_CHECK int store_add_change(struct store *store, const struct state_change *change,
                                    struct diagnostic *diagnostic);

/* Says that there is no finding of that number. */
int store_no_finding(const struct store *store, int64_t id, struct diagnostic *diagnostic);

#endif
