#include "scenarios/clause_verdict.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool speaks_of_network(const struct scenario *scenario, const char *clause)
{
    for (size_t i = 0; scenario->network_clauses != NULL && scenario->network_clauses[i] != NULL;
         i++) {
        if (strcmp(scenario->network_clauses[i], clause) == 0)
            return true;
    }
    return false;
}

/* Whether it passed by another way than the clause speaks of. */
static bool passed_aside(const struct scenario_result *result, const char *clause)
{
    return result->verdict == VERDICT_PASS && !result->has_network &&
           speaks_of_network(result->scenario, clause);
}

enum verdict clause_verdict_of(const struct scenario_result *result, const char *clause)
{
    struct trial_evidence evidence;

    if (passed_aside(result, clause))
        return VERDICT_MANUAL;
    if (result->verdict != VERDICT_FAIL)
        return result->verdict;
    /* A run that ended at a failure has not tried the rest: a clause that did not fail is open. */
    evidence = trial_evidence(&result->sum, clause);
    return evidence.failures > 0 ? VERDICT_FAIL : VERDICT_INCONCLUSIVE;
}

void clause_reason_of(const struct scenario_result *result, const char *clause, char *reason,
                      size_t size)
{
    (void)snprintf(
        reason, size, "%s%s",
        passed_aside(result, clause)
            ? "this provision speaks of a network, and the target has none; at its local "
              "interface: "
            : "",
        result->reason);
}
