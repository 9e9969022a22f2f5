/**
 * What one run of the AFL++ engine works with. For afl.c, afl_start.c and afl_finds.c.
 */
#ifndef RIG_FUZZ_AFL_SESSION_H
#define RIG_FUZZ_AFL_SESSION_H

#include <stddef.h>
#include <stdint.h>

#include "fuzz/afl_job.h"
#include "fuzz/engine.h"

/** Owns its paths and jobs. */
struct afl {
    const struct engine_options *options;
    char *sync_folder;  /**< what the jobs have written */
    char *start_folder; /**< what the jobs begin with */
    char *empty;        /**< an empty file */
    struct afl_job jobs[ENGINE_JOBS_MAX];
    size_t job_count;
    int64_t started_ms;
    int64_t end_ms;
    int64_t tick_ms;       /**< when the next look is due */
    int64_t import_ms;     /**< when the next import is due */
    uint64_t execs_before; /**< of processes that have ended */
    uint64_t edges;        /**< likewise */
    double stability;      /**< likewise; NaN: none told */
    uint64_t artifacts;
};

#endif
