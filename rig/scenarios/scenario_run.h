/**
 * Runs one scenario on one target: opens the bench, runs the planned trials one by one, each on a new
 * device, and lets the gate decide. Nothing is stored here: scenario_record.h.
 */
#ifndef RIG_SCENARIOS_SCENARIO_RUN_H
#define RIG_SCENARIOS_SCENARIO_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "base/workspace.h"
#include "scenarios/replay_id.h"
#include "scenarios/trial.h"
#include "target/target_file.h"

struct scenario_options {
    const struct target *target;
    const struct workspace *workspace;
    enum depth depth;
    uint64_t seed;
    const char *word;     /**< run this trial only; NULL: all that the scenario plans */
    const char *folder;   /**< exists; private to the device: its flash, its sockets */
    const char *evidence; /**< exists; logs are written there: trials.log, console.log */

    /** Called before each trial; NULL for none. */
    void (*on_trial)(void *context, const struct scenario *scenario, size_t index, size_t count);
    void *context;
};

enum { SCENARIO_REASON = 8 * TRIAL_REASON };

/** What came of it. Plain memory but for the words. */
struct scenario_result {
    const struct scenario *scenario;
    enum verdict verdict;
    bool has_network; /**< the target has a network interface that the bench reaches */
    char reason[SCENARIO_REASON];
    size_t planned;
    size_t trials;    /**< that ran */
    struct trial sum; /**< of them */
    uint64_t seed;
    char firmware_hash[FILE_HASH_TEXT_SIZE];
    char replay
        [REPLAY_ID_SIZE]; /**< of the first trial that failed or left a doubt, else the last */
    unsigned reproduced;  /**< of a failure: how often the same check failed again, */
    unsigned attempts;    /**< of so many more runs of that trial */
};

/**
 * Runs it until the first trial that fails, which is run SCENARIO_AGAIN times more (but for a
 * replay). *result is set in every case; a failed bench is a verdict, not an error. Returns RIG_OK,
 * or what keeps the rig from going on: RIG_ERROR_INTERRUPTED, RIG_ERROR_NO_MEMORY,
 * RIG_ERROR_CONFIGURATION, RIG_ERROR_USAGE (a word that the scenario does not know),
 * RIG_ERROR_BENCH (the evidence cannot be written).
 */
int scenario_run(const struct scenario *scenario, const struct scenario_options *options,
                 struct scenario_result *result, struct diagnostic *diagnostic) RIG_MUST_CHECK;

enum { SCENARIO_AGAIN = 1 };

#endif
