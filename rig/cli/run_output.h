/* What `ordeal run` prints. */
#ifndef ORDEAL_CLI_RUN_OUTPUT_H
#define ORDEAL_CLI_RUN_OUTPUT_H

#include <jansson.h>

#include "scenarios/scenario_record.h"

/* A scenario that has run. */
struct run_turn {
    struct scenario_result result;
    struct scenario_record record;
    double took_s;
};

/* A table of scenarios, verdicts and reasons, then the replay ids of what did not pass. */
RIG_MUST_CHECK int run_print(const struct target *target, const struct run_turn *turns,
                             size_t count);

/*
 * {"target", "rung", "results": [{"scenario", "verdict", "clauses", "replay", "trials", "checks":
 * [{"name", "value", "limit", "unit", "ok"}], "reason", "run", "seed", "findings"}]}; value and ok are
 * null for a check that was not measured, limit for one that has none. NULL when memory is short.
 * The caller owns the reference.
 */
json_t *run_json(const struct target *target, const struct run_turn *turns, size_t count);

/* [{"scenario", "verdict", "clauses", ...}] alone. */
json_t *run_results_json(const struct run_turn *turns, size_t count);

#endif
