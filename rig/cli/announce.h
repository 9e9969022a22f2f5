/* Tells of findings while a run goes on, each one once, as soon as it is in the store. */
#ifndef ORDEAL_CLI_ANNOUNCE_H
#define ORDEAL_CLI_ANNOUNCE_H

#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "cli/progress.h"
#include "findings/store.h"

/* Borrowed pointers must live as long as it. */
struct announcer {
    struct store *store;
    const char *source; /* harness whose findings are told */
    int64_t last_id;    /* findings up to this one are known */
};

/* Starts behind the findings that the store already has. Errors as of store_list_findings(). */
RIG_MUST_CHECK int announce_begin(struct announcer *announcer, struct diagnostic *diagnostic);

/* Tells of the findings that came since, with the command that reproduces each. */
RIG_MUST_CHECK int announce_new(struct announcer *announcer, struct progress *progress,
                                struct diagnostic *diagnostic);

#endif
