/**
 * One libFuzzer process: its arguments, its figures, and the artifacts it leaves. For the engine in
 * libfuzzer.c, and for leftovers.c, which looks for artifacts of processes long gone.
 */
#ifndef RIG_FUZZ_LIBFUZZER_JOB_H
#define RIG_FUZZ_LIBFUZZER_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/process.h"
#include "base/rig_error.h"
#include "base/text.h"
#include "fuzz/engine.h"
#include "fuzz/libfuzzer_output.h"

/** One of the processes that fuzz side by side, over all its restarts. All zero is one not set up.
 */
struct libfuzzer_job {
    unsigned number;                  /**< 0.. */
    unsigned round;                   /**< restarts so far */
    char *folder;                     /**< owned; its artifacts, nothing else */
    struct process *process;          /**< owned; NULL when none runs */
    int64_t deadline_ms;              /**< of process_clock_ms(): beyond it the process is stuck */
    struct libfuzzer_figures figures; /**< of the process */
};

/** How long and on what a job fuzzes. */
struct libfuzzer_task {
    unsigned time_s;          /**< 1.. */
    uint64_t runs;            /**< inputs at most; 0 for no limit */
    const char *start_corpus; /**< read only, NULL for none */
};

/** Makes the job's folder in options->scratch_folder. */
int libfuzzer_job_open(struct libfuzzer_job *job, unsigned number,
                       const struct engine_options *options,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Starts the process; the job must not have one. */
int libfuzzer_job_start(struct libfuzzer_job *job, const struct engine_options *options,
                        const struct libfuzzer_task *task,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Paths of the inputs in a job's folder that made its process fail, appended to `paths`. */
int libfuzzer_job_artifacts(const char *folder, struct text_list *paths,
                            struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * The same of all jobs in the scratch folder of a run that has ended in whatever way. What its
 * control left is not among them.
 */
int libfuzzer_list_artifacts(const char *scratch_folder, struct text_list *paths,
                             struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Kills the process if there is one, and frees all. */
void libfuzzer_job_close(struct libfuzzer_job *job);

#endif
