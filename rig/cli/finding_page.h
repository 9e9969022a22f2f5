/* One finding with all that is known of it, as text or JSON. */
#ifndef ORDEAL_CLI_FINDING_PAGE_H
#define ORDEAL_CLI_FINDING_PAGE_H

#include <stdint.h>

#include "cli/lab.h"

/* Prints finding ID of the lab's store; with --json as finding_json_detailed(), and {"input_size",
 * "minimised_size" (bytes or null), "changes": [{"at", "state", "reason"}], "harness_hash",
 * "tool_versions"}. Errors of store_get_finding(). */
RIG_MUST_CHECK int finding_page_show(const struct command_line *line, const struct lab *lab,
                                     int64_t id, struct diagnostic *diagnostic);

#endif
