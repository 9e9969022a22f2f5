/* Runs a harness's coverage program over its committed inputs; what it reached comes as profiles. */
#ifndef ORDEAL_COVERAGE_PROFILE_H
#define ORDEAL_COVERAGE_PROFILE_H

#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "coverage/coverage.h"

struct profile_request {
    const char *program; /* NAME.coverage, an absolute path: runs the files that it is given */
    const char *corpus;  /* absolute; the inputs are the files in seeds/ and regressions/ */
    uint32_t timeout_s;  /* for one input; at least 1 */
    const char *folder;  /* private folder that the program runs in; profiles are put there */
    const char *name;    /* what the names of the profiles begin with */
    int64_t deadline_ms; /* of process_clock_ms(): no child runs longer */
};

/*
 * Runs all inputs; the names of the profiles, in request->folder, are appended to PROFILES, and
 * RESULT, all zero but its name, says how it went: inputs that failed are in result->failed, and
 * result->reason says why others were not run. RIG_ERROR_INTERRUPTED, RIG_ERROR_NO_MEMORY, and
 * errors of reading the corpus as of file_list() when it cannot go on.
 */
RIG_MUST_CHECK int profile_harness(const struct profile_request *request,
                                   struct text_list *profiles, struct coverage_harness *result,
                                   struct diagnostic *diagnostic);

#endif
