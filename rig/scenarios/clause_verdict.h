/**
 * What a scenario's result says about each of its clauses: not always what it says about the scenario.
 */
#ifndef RIG_SCENARIOS_CLAUSE_VERDICT_H
#define RIG_SCENARIOS_CLAUSE_VERDICT_H

#include <stddef.h>

#include "findings/verdict.h"
#include "scenarios/scenario_run.h"

/**
 * The verdict of one of the scenario's clauses. A run that failed and did not reach it leaves it
 * INCONCLUSIVE. A pass at a device without a network is MANUAL for a clause that speaks of the
 * network (scenario.h): the local interface withstood, and whether that is what the clause asks for
 * is for a person to judge.
 */
enum verdict clause_verdict_of(const struct scenario_result *result, const char *clause);

/** The result's reason, and in the last case what it leaves to a person. Cut at `size`. */
void clause_reason_of(const struct scenario_result *result, const char *clause, char *reason,
                      size_t size);

#endif
