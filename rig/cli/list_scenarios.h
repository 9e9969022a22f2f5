/* `ordeal list scenarios`, and which scenarios speak to a clause. */
#ifndef ORDEAL_CLI_LIST_SCENARIOS_H
#define ORDEAL_CLI_LIST_SCENARIOS_H

#include <stdbool.h>

#include "base/rig_error.h"
#include "base/text.h"

/* Prints all scenarios: a table, or [{"id", "title", "clauses", "needs", "checks": [{"name", "unit",
 * "relation", "limit", "limit_key", "clause", "meaning"}]}]. */
RIG_MUST_CHECK int list_scenarios_print(bool as_json);

/* Appends the ids of the scenarios that speak to that clause. */
RIG_MUST_CHECK int list_scenarios_of(const char *clause, struct text_list *names);

#endif
