/**
 * One fuzzing run of one harness: control, regression inputs, fuzzing, verdicts. All of it is
 * recorded in the store; the result is what `ordeal fuzz --json` prints.
 */
#ifndef RIG_FUZZ_FUZZ_RUN_H
#define RIG_FUZZ_FUZZ_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "findings/store.h"
#include "fuzz/engine.h"
#include "fuzz/harness_catalogue.h"

enum {
    FUZZ_REASON_SIZE = 1024,
    FUZZ_TRIAGE_LIMIT = 5, /**< artifacts with one and the same stack that are triaged in a run */
    FUZZ_MINIMISE_S =
        30, /**< seconds after fuzzing for minimising at most, all findings together */
    FUZZ_TRIAGE_HANGS = 2, /**< likewise timeouts, each of which costs its time limit again */
};

/** Called for each finding that is first seen in this run or opens again, as soon as the store has
 * it. */
typedef void fuzz_finding_function(void *context, int64_t finding);

struct fuzz_run_options {
    const struct harness *harness;    /**< from the catalogue */
    const struct engine_type *engine; /**< which fuzzer */
    const char *program;              /**< path of NAME.<its variant> */
    const char *reproducer_program;   /**< path of NAME.reproducer */
    struct store *store;              /**< open for writing; the working corpus is in its folder,
                                         `corpus/<harness>` */
    const char *command;              /**< for the record: "fuzz", "campaign" */
    const char *target;               /**< for the record: name of a native target */
    unsigned time_s;                  /**< of fuzzing; control and regressions come before, 1.. */
    unsigned jobs;                    /**< 1..ENGINE_JOBS_MAX */
    uint64_t seed;                    /**< 0: chosen here; recorded in any case */
    bool stop_at_first;               /**< end as soon as a finding came up that counts */
    engine_progress_function *on_progress; /**< NULL for none */
    fuzz_finding_function *on_finding;     /**< NULL for none */
    void *context;                         /**< of both */
};

/** A finding that came up in the run. */
struct fuzz_finding {
    int64_t id; /**< 12 is shown as F-12 */
    char clause[REPORT_CLAUSE_SIZE];
    bool is_new;              /**< first seen in this run */
    bool is_reopened;         /**< older, and open again since this run */
    enum finding_state state; /**< known: the harness's baseline has it */
    bool counts;              /**< fails its clause: reproducible, open */
    uint64_t artifacts;       /**< inputs of this run that came to it, those not triaged included */
};

/** A clause that the harness judges, and what this run says about it. */
struct fuzz_verdict {
    const char *clause; /**< belongs to the harness or to the result */
    enum verdict verdict;
    char reason[FUZZ_REASON_SIZE]; /**< one line */
};

/** What a run came to. Strings without another owner named belong to the harness or the options, or
 * are literals. */
struct fuzz_result {
    const char *harness;
    const char *target; /**< of the options */
    const char *engine; /**< its name */
    int64_t run;        /**< number in the store; 0 when it could not be begun */
    uint64_t seed;
    uint64_t execs;
    double execs_per_second;
    uint64_t edges;
    double stability;   /**< percent, see struct engine_figures; NaN: not measured (null in JSON) */
    bool control_ok;    /**< both planted failures were seen */
    bool stopped_early; /**< a finding ended the run: clauses without one were not judged */
    uint64_t artifacts; /**< inputs that made a job stop, failing regression inputs included */
    uint64_t not_triaged;          /**< of those, left out because of FUZZ_TRIAGE_LIMIT */
    struct fuzz_finding *findings; /**< owned; in the order they came up */
    size_t finding_count;
    size_t baseline_count; /**< known defects in the harness's baseline */
    size_t baseline_met;   /**< of those, that came up in the run: one that never does is stale */
    struct fuzz_verdict
        *verdicts; /**< owned; the harness's clauses first, then others that failed */
    size_t verdict_count;
    enum verdict verdict; /**< of the run: the worst of the clauses */
};

/**
 * Runs control, what killed runs of the harness left, regression inputs and fuzzing, and records
 * run, findings and verdicts in the store. *result is set in every case, as far as the run came;
 * free it with fuzz_result_clear().
 *
 * A clause is PASS only if the control held, inputs were executed, the run came to its end, and no
 * counting finding of that clause came up; FAIL when one did; ERROR or INCONCLUSIVE otherwise
 * (findings/verdict.h decides).
 *
 * A defect that is hit all the time must not use up the run: of the artifacts whose stacks in the
 * fuzzer's own report are the same, FUZZ_TRIAGE_LIMIT are triaged and the others counted with the
 * finding of the last one. All timeouts count as one stack, since the samples of a loop differ; of
 * them FUZZ_TRIAGE_HANGS are triaged.
 *
 * When the time is up, the inputs of findings are minimised (fuzz/minimise.h).
 *
 * Returns RIG_OK; RIG_ERROR_INTERRUPTED; RIG_ERROR_BENCH (control failed: nothing was judged);
 * RIG_ERROR_CONFIGURATION; RIG_ERROR_USAGE; RIG_ERROR_NO_MEMORY. What was found up to then is filed
 * and the run is ended in the store in each case; inputs that could not be looked at stay in its
 * scratch folder, for the next run of the harness.
 */
int fuzz_run(const struct fuzz_run_options *options, struct fuzz_result *result,
             struct diagnostic *diagnostic) RIG_MUST_CHECK;

void fuzz_result_clear(struct fuzz_result *result);

#endif
