/* The scenarios of a campaign: on which target, how many trials, which of them. */
#ifndef ORDEAL_CLI_CAMPAIGN_SCENARIOS_H
#define ORDEAL_CLI_CAMPAIGN_SCENARIOS_H

#include <stdbool.h>

#include "cli/run_turns.h"

/* Zero it before use; campaign_scenarios_clear() in each case. */
struct campaign_scenarios {
    struct run_plan plan; /* of no scenario: none are to run */
    struct run_turns turns;
};

/*
 * Chooses what to run. `has_own_harnesses`: without --target no scenarios then, since a PASS of
 * Ordeal's reference device says nothing about the user's product. The workspace and the clauses must
 * be open. Errors as of run_plan_make().
 */
RIG_MUST_CHECK int campaign_scenarios_plan(struct campaign_scenarios *scenarios,
                                           const struct command_line *line, const struct lab *lab,
                                           bool has_own_harnesses, struct diagnostic *diagnostic);

/* Runs them; errors as of run_turns_run(). The store must be open. */
RIG_MUST_CHECK int campaign_scenarios_run(struct campaign_scenarios *scenarios,
                                          const struct lab *lab, struct diagnostic *diagnostic);

/* 0 when none were to run. */
enum exit_code campaign_scenarios_exit_code(const struct campaign_scenarios *scenarios);

void campaign_scenarios_clear(struct campaign_scenarios *scenarios);

#endif
