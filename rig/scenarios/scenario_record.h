/**
 * A scenario in the store: a run of its own with its evidence in `runs/R-<n>/`, a result for each of its
 * clauses, and a finding for each check that failed.
 */
#ifndef RIG_SCENARIOS_SCENARIO_RECORD_H
#define RIG_SCENARIOS_SCENARIO_RECORD_H

#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "findings/store.h"
#include "scenarios/scenario_run.h"

/** The engine of a scenario's runs and findings in the store. */
#define SCENARIO_ENGINE "scenario"

enum { SCENARIO_FINDINGS_MAX = TRIAL_CHECKS_MAX };

struct scenario_record {
    int64_t run; /**< 3 is shown as R-3 */
    int64_t findings[SCENARIO_FINDINGS_MAX];
    size_t finding_count;
};

struct scenario_store {
    struct store *store;       /**< open for writing */
    const char *command;       /**< "run" or "campaign" */
    const char *tool_versions; /**< one a line */
};

/**
 * Runs a scenario (scenario_run.h; options->folder and options->evidence are set here) and stores what
 * came of it. The device's own files are in a scratch folder that is removed at the end. *result and
 * *record are set in every case; record->run is 0 when not even a run could be begun. Errors of
 * scenario_run() and of the store.
 */
int scenario_run_stored(const struct scenario *scenario, const struct scenario_options *options,
                        const struct scenario_store *where, struct scenario_result *result,
                        struct scenario_record *record,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
