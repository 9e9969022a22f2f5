/**
 * One afl-fuzz: its arguments, its folder, its figures and what it finds. For the engine in afl.c.
 */
#ifndef RIG_FUZZ_AFL_JOB_H
#define RIG_FUZZ_AFL_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/process.h"
#include "base/rig_error.h"
#include "base/text.h"
#include "fuzz/afl_output.h"
#include "fuzz/engine.h"

/** An instance over all its restarts. All zero is one not set up. */
struct afl_job {
    unsigned number;            /**< 0 is the main instance, others are secondary */
    unsigned round;             /**< starts so far */
    char *name;                 /**< owned; of its folder in the sync folder */
    char *folder;               /**< owned; afl-fuzz makes it */
    struct process *process;    /**< owned; NULL when none runs */
    int64_t deadline_ms;        /**< of process_clock_ms(): beyond it the process is stuck */
    struct afl_figures figures; /**< of the process */
    char tried[AFL_NAME_SIZE];  /**< the input of the start folder that it tries now */
    struct text_list failed;    /**< names of those that failed */
    struct text_list hung;      /**< names of those that did not end */
    char *imported; /**< owned; name of the last file of its queue that was imported; NULL:
                                     none */
};

/** What a job fuzzes, and how long. */
struct afl_task {
    unsigned time_s;          /**< 1.. */
    const char *sync_folder;  /**< folder of all jobs, existing */
    const char *start_folder; /**< inputs to begin with, at least one that is not empty */
    bool until_failure;       /**< end at the first failing input that is not one to begin with */
};

int afl_job_open(struct afl_job *job, unsigned number, const char *sync_folder) RIG_MUST_CHECK;

/** Starts afl-fuzz; the job must not have a process. What is left of an earlier one is removed. */
int afl_job_start(struct afl_job *job, const struct engine_options *options,
                  const struct afl_task *task, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Reads its figures from the files that it writes now and then. */
void afl_job_read_figures(struct afl_job *job);

/** Why it gave up, in its own words, escaped; else the last line that it printed. */
void afl_job_reason(const struct afl_job *job, char *text, size_t size);

/**
 * Runs one input in NAME.afl by hand. *report (for free(), hostile, NUL-terminated) is what it
 * printed when it failed, NULL when it passed. An input that does not end in time has the line of a
 * hang as its report.
 *
 * Returns RIG_OK; RIG_ERROR_BENCH when the program does not run; RIG_ERROR_INTERRUPTED;
 * RIG_ERROR_NO_MEMORY.
 */
int afl_run_by_hand(const struct engine_options *options, const char *path, char **report,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Failing inputs and hangs, appended to `paths`. */
int afl_job_artifacts(const char *folder, struct text_list *paths,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Adds what it has found since the last time to `corpus`. */
int afl_job_import(struct afl_job *job, const char *corpus,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Kills the process if there is one, and frees all. */
void afl_job_close(struct afl_job *job);

#endif
