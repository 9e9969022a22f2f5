/**
 * What afl-fuzz has found: failing inputs go to the artifact callback, others into the working
 * corpus. For afl.c.
 */
#ifndef RIG_FUZZ_AFL_FINDS_H
#define RIG_FUZZ_AFL_FINDS_H

#include <stdbool.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "fuzz/afl_session.h"

/**
 * Runs a failing input by hand for its report, and hands both to the artifact callback. After an
 * interrupt it only keeps the input in the working corpus: nobody may have looked at it, and the
 * next run meets it first.
 *
 * Returns RIG_OK; RIG_ERROR_INTERRUPTED; errors of the callback; RIG_ERROR_BENCH;
 * RIG_ERROR_NO_MEMORY.
 */
int afl_report_artifact(struct afl *afl, const char *path,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The same with all failing inputs and hangs that a job has saved; they are removed. */
int afl_take_artifacts(struct afl *afl, const struct afl_job *job,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * afl_take_artifacts(), and before it what failed of the inputs that the job began with: those are
 * left out of the start folder and of the working corpus from now on. *failed_at_start says whether
 * there were any.
 */
int afl_take_finds(struct afl *afl, struct afl_job *job, bool *failed_at_start,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Adds what the job has found since the last time to the working corpus, if there is one. */
int afl_import(struct afl *afl, struct afl_job *job, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
