/* A finding that is mended becomes a regression input of its harness. */
#ifndef ORDEAL_CLI_PROMOTE_H
#define ORDEAL_CLI_PROMOTE_H

#include <stdint.h>

#include "base/exit_code.h"
#include "cli/lab.h"

/*
 * Replays finding ID. When none of its inputs fails any more, writes the (minimised) input into
 * `regressions/` of the harness's corpus and closes the finding as fixed. When one does,
 * *exit_code becomes EXIT_FINDING and nothing is written (but a finding that was closed opens
 * again). A file of that name with another content is left alone: RIG_ERROR_CONFIGURATION.
 * RIG_ERROR_USAGE for a finding that never reproduced.
 */
RIG_MUST_CHECK int promote_finding(const struct command_line *line, struct lab *lab, int64_t id,
                                   enum exit_code *exit_code, struct diagnostic *diagnostic);

#endif
