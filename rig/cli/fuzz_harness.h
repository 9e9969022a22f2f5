/* One harness fuzzed for a person who watches: what `fuzz` and `campaign` share. */
#ifndef ORDEAL_CLI_FUZZ_HARNESS_H
#define ORDEAL_CLI_FUZZ_HARNESS_H

#include <jansson.h>

#include "base/diagnostic.h"
#include "base/exit_code.h"
#include "base/rig_error.h"
#include "cli/lab.h"
#include "fuzz/fuzz_run.h"

struct fuzz_request {
    const struct command_line *line; /* seed, store and target */
    const struct lab *lab;           /* workspace and store are open, the store for writing */
    const struct harness *harness;
    const char *command; /* for the record: "fuzz" or "campaign" */
    const struct engine_type *engine;
    unsigned time_s;
    unsigned jobs;
};

/*
 * Checks --target: fuzzing needs a native one, Ordeal's or the user's. RIG_ERROR_CONFIGURATION for
 * one of another class, RIG_ERROR_NOT_FOUND for an unknown one. Without --target nothing is read.
 */
RIG_MUST_CHECK int fuzz_check_target(const struct command_line *line, const struct lab *lab,
                                     struct diagnostic *diagnostic);

/*
 * Checks that the engine is installed, and that the harness is built for it when other programs of
 * it are. RIG_ERROR_CONFIGURATION with what to install.
 */
RIG_MUST_CHECK int fuzz_check_engine(const struct fuzz_request *request,
                                     struct diagnostic *diagnostic);

/*
 * Runs the harness with progress on standard error; each new finding is told as it is filed.
 * Result and errors as of fuzz_run(): *result is set in every case, free it with
 * fuzz_result_clear().
 */
RIG_MUST_CHECK int fuzz_harness(const struct fuzz_request *request, struct fuzz_result *result,
                                struct diagnostic *diagnostic);

/* The exit code of a run that ended with ERROR: of the error, of its findings, or of having judged
 * nothing. */
enum exit_code fuzz_exit_code(const struct fuzz_result *result, int error);

/* One word on a run: the worst verdict of its clauses, or "ERROR" or "INTERRUPTED". */
const char *fuzz_outcome(const struct fuzz_result *result, int error);

/*
 * {"harness", "target", "engine", "execs", "execs_per_second", "edges", "stability", "findings",
 * "run", "seed", "control", "verdicts": [{"clause", "verdict", "reason"}]}. NULL when memory is
 * short. The caller owns the reference.
 */
json_t *fuzz_result_json(const struct fuzz_result *result);

#endif
