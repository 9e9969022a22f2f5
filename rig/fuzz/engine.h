/**
 * What a fuzzing engine is given and what it reports, whichever engine it is. An engine only
 * produces inputs that made the harness fail; triage decides what they are (findings/triage.h).
 */
#ifndef RIG_FUZZ_ENGINE_H
#define RIG_FUZZ_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "base/text.h"
#include "findings/triage.h"

/** Figures of a running or finished fuzzer, summed over its jobs. */
struct engine_figures {
    uint64_t execs;          /**< inputs executed, at most INT64_MAX */
    double execs_per_second; /**< execs over the seconds since the start */
    uint64_t edges;          /**< highest coverage a job reported (libFuzzer: cov) */
    uint64_t artifacts;      /**< failing inputs */
    double stability; /**< percent of the coverage that is the same each time an input runs, lowest
                           of the jobs; NaN: the engine does not measure it */
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

struct engine_type;

struct engine_options {
    const struct engine_type *type;    /**< which engine */
    const char *program;               /**< the harness, NAME.<variant of the engine> */
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
    const bool *enough; /**< once it is true the run ends as if its time were up; NULL: never */
};

enum {
    ENGINE_JOBS_MAX = 64,
    ENGINE_GRACE_S = 30, /**< over its time limit and one input's timeout: then a job is killed */
};

/** A fuzzing engine. */
struct engine_type {
    const char *name;    /**< as on the command line */
    const char *variant; /**< it runs NAME.<variant> */

    /** RIG_ERROR_CONFIGURATION, and what to install, when the fuzzer is missing. NULL: it is part
     * of the program. */
    int (*check)(struct diagnostic *diagnostic);

    /** Name and version of the fuzzer, "" when it does not say. NULL: it is part of the program,
     * and goes by the version of the program's compiler. */
    int (*ask_version)(char *text, size_t size, struct diagnostic *diagnostic);

    /**
     * Fuzzes until options->time_s has passed. *figures is set in every case, as far as the run
     * came. Errors: libfuzzer.h, afl.h.
     */
    int (*run)(const struct engine_options *options, struct engine_figures *figures,
               struct diagnostic *diagnostic);

    /**
     * For the control, with ORDEAL_CONTROL in options->environment: lets the engine run as far as
     * the first failing input and hands that to the artifact callback. Uses no corpus.
     */
    int (*execute_first)(const struct engine_options *options, struct diagnostic *diagnostic);

    /** Appends to `paths` the failing inputs in the scratch folder of a run that has ended in
     * whatever way. What its control left is not among them. */
    int (*list_artifacts)(const char *scratch_folder, struct text_list *paths,
                          struct diagnostic *diagnostic);
};

/** The engine of that name; NULL when there is none. */
const struct engine_type *engine_find(const char *name);

/** list_artifacts() of all engines. */
int engine_list_artifacts(const char *scratch_folder, struct text_list *paths,
                          struct diagnostic *diagnostic) RIG_MUST_CHECK;

/* ---- for engines ---- */

/** RIG_ERROR_USAGE for numbers out of range, RIG_ERROR_BENCH when the program is missing. */
int engine_check_options(const struct engine_options *options,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether the run is to end before its time. */
bool engine_has_enough(const struct engine_options *options);

/** The sum, at most INT64_MAX, the highest number that a store keeps: figures may be forged. */
uint64_t engine_add(uint64_t one, uint64_t other);

/** Which start of which job: both count from 0. */
struct engine_start {
    unsigned job;
    unsigned round;
};

/** A seed for the start of a job, 1..INT32_MAX: different for each, and the same again for the same
 * `seed`. */
uint32_t engine_derive_seed(uint64_t seed, const struct engine_start *start);

#endif
