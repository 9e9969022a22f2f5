/* What `ordeal run` is asked to run: which scenarios on which target, or one trial of one. */
#ifndef ORDEAL_CLI_RUN_PLAN_H
#define ORDEAL_CLI_RUN_PLAN_H

#include "cli/lab.h"
#include "scenarios/replay_id.h"
#include "scenarios/scenario.h"
#include "target/target_file.h"

#define RUN_SCENARIOS_MAX 64

/* Zero it before use; run_plan_clear() in each case. */
struct run_plan {
    struct target_list targets;  /* owned */
    const struct target *target; /* one of them */
    const struct scenario *scenarios[RUN_SCENARIOS_MAX];
    size_t count;
    enum depth depth;
    uint64_t seed;
    struct replay_id replay; /* its scenario is "" without --replay */
};

/*
 * Reads the command line. The workspace and the clauses must be open. RIG_ERROR_NOT_FOUND for an
 * unknown target, scenario or clause, with the nearest; RIG_ERROR_CONFIGURATION for a clause that no
 * scenario speaks to, and for a replay on another firmware than the id names; RIG_ERROR_USAGE for
 * options that contradict each other.
 */
RIG_MUST_CHECK int run_plan_make(struct run_plan *plan, const struct command_line *line,
                                 const struct lab *lab, struct diagnostic *diagnostic);

/*
 * Plans the one trial that a replay id names. With `force` on whatever firmware there is; else
 * RIG_ERROR_CONFIGURATION on another than the id names. Other errors as above.
 */
RIG_MUST_CHECK int run_plan_replay(struct run_plan *plan, const char *id, bool force,
                                   const struct lab *lab, struct diagnostic *diagnostic);

void run_plan_clear(struct run_plan *plan);

#endif
