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
    struct target target; /* owned, with the bench file merged over it */
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

/* A replay that is asked for. */
struct run_replay {
    const char *id;
    const char *bench; /* file, or NULL */
    bool force;        /* on whatever firmware there is */
};

/*
 * Plans the one trial that a replay id names. RIG_ERROR_CONFIGURATION on another firmware than the id
 * names, unless forced. Other errors as above.
 */
RIG_MUST_CHECK int run_plan_replay(struct run_plan *plan, const struct run_replay *request,
                                   const struct lab *lab, struct diagnostic *diagnostic);

void run_plan_clear(struct run_plan *plan);

#endif
