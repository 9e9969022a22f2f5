/* A scenario's finding run again: the trial that its replay id names. */
#ifndef ORDEAL_CLI_REPRO_TRIAL_H
#define ORDEAL_CLI_REPRO_TRIAL_H

#include <stdbool.h>

#include "cli/lab.h"

/*
 * Runs the trial of FINDING until it fails, at most --attempts times (default 3), and prints what came
 * of it. Opens the lab's workspace. A bench that fails is RIG_ERROR_BENCH: it says nothing of the
 * finding. Errors as of run_plan_replay() and scenario_run().
 */
RIG_MUST_CHECK int repro_trial(const struct command_line *line, struct lab *lab,
                               const struct finding *finding, bool *reproduced,
                               struct diagnostic *diagnostic);

#endif
