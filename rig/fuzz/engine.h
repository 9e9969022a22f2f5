/**
 * What a fuzzing engine is given and what it reports, whichever engine it is. An engine only
 * produces inputs that made the harness fail; triage decides what they are (findings/triage.h).
 */
#ifndef RIG_FUZZ_ENGINE_H
#define RIG_FUZZ_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "findings/triage.h"

/** Figures of a running or finished fuzzer, summed over its jobs. */
struct engine_figures {
    uint64_t execs;          /**< inputs executed, at most INT64_MAX */
    double execs_per_second; /**< execs over the seconds since the start */
    uint64_t edges;          /**< highest coverage a job reported (libFuzzer: cov) */
    uint64_t artifacts;      /**< inputs that made a job stop */
};

/** State of a run, for the person who watches. */
struct engine_progress {
    double elapsed_s;
    double total_s;
    struct engine_figures figures;
    unsigned new_findings;   /**< first seen in this run; set by fuzz_run(), not by an engine */
    unsigned known_findings; /**< older ones that came up again; likewise */
};

/** Called at least about once a second, and each time an artifact was dealt with. */
typedef void engine_progress_function(void *context, const struct engine_progress *progress);

/**
 * Called for each artifact; its file stays until the callback returns. An error ends the run with
 * that error.
 */
typedef int engine_artifact_function(void *context, const struct triage_artifact *artifact,
                                     struct diagnostic *diagnostic);

struct engine_options {
    const char *program;               /**< the instrumented harness, NAME.libfuzzer */
    const char *const *corpus_folders; /**< read-only ones, existing, ended by NULL */
    const char *working_corpus;     /**< folder that all jobs share and add to; made when missing */
    const char *scratch_folder;     /**< private to this run, existing: artifacts and logs */
    const char *dictionary;         /**< path, NULL for none */
    const char *const *environment; /**< "NAME=value", ended by NULL; NULL for none */
    unsigned max_length;            /**< bytes of one input, 1.. */
    unsigned timeout_s;             /**< for one input, 1.. */
    unsigned memory_mb;             /**< of one job, 1.. */
    unsigned time_s;                /**< of the whole run, 1.. */
    unsigned jobs;                  /**< processes at once, 1..ENGINE_JOBS_MAX */
    uint64_t seed;                  /**< job n of round m derives its own from it */

    engine_artifact_function *on_artifact; /**< required */
    void *artifact_context;
    engine_progress_function *on_progress; /**< NULL for none */
    void *progress_context;
};

enum {
    ENGINE_JOBS_MAX = 64,
    ENGINE_GRACE_S = 30, /**< over its time limit and one input's timeout: then a job is killed */
};

#endif
