/* Tells of a finding while a run goes on. */
#ifndef ORDEAL_CLI_ANNOUNCE_H
#define ORDEAL_CLI_ANNOUNCE_H

#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "cli/progress.h"
#include "findings/store.h"

/* Tells of a finding that is in the store, with the command that reproduces it. Errors as of
 * store_get_finding(), and RIG_ERROR_NO_MEMORY. */
RIG_MUST_CHECK int announce_finding(struct store *store, int64_t id, struct progress *progress,
                                    struct diagnostic *diagnostic);

#endif
