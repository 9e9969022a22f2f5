/**
 * The findings of one run: takes failing inputs through triage and into the store, and keeps a
 * flood of equal ones from using up the run. For fuzz_run.c.
 */
#ifndef RIG_FUZZ_FUZZ_FINDINGS_H
#define RIG_FUZZ_FUZZ_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "findings/triage.h"
#include "fuzz/baseline.h"
#include "fuzz/fuzz_run.h"

/** Artifacts whose stacks are the same. */
struct fuzz_flood {
    uint64_t stack;   /**< fingerprint_raw() */
    bool is_hang;     /**< samples, each of which needs the others to be told from another hang */
    unsigned triaged; /**< so far */
    int64_t finding;  /**< of the last one */
};

struct fuzz_findings {
    const struct reproducer *reproducer;
    struct triage_filing filing;
    const struct baseline *baseline; /**< of the harness; NULL when it has none */
    struct fuzz_result *result;      /**< its findings and counters are kept up to date */
    struct fuzz_flood *floods;       /**< owned */
    size_t flood_count;
    fuzz_finding_function *on_finding; /**< NULL for none */
    void *context;                     /**< of on_finding */
};

/** Triages and files one artifact of the engine, or only counts it. An engine_artifact_function
 * with a struct fuzz_findings as its context. */
int fuzz_findings_take(void *context, const struct triage_artifact *artifact,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Runs each file of `folder`, if there is one, in the reproducer, and files those that fail. */
int fuzz_findings_regress(struct fuzz_findings *findings, const char *folder,
                          struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Runs a file as often as triage does, and files it if it fails at all. */
int fuzz_findings_retry(struct fuzz_findings *findings, const char *path, bool *failed,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Minimises the inputs of the run's findings that nobody has minimised yet, with passing files in
 * `folder`; ends early after FUZZ_MINIMISE_S. What is left over, a later run that meets the finding
 * does. After an error, RIG_ERROR_INTERRUPTED included, the findings are as they were filed, with
 * their original inputs.
 */
int fuzz_findings_minimise(struct fuzz_findings *findings, const char *folder,
                           struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Frees what it owns; the result stays. */
void fuzz_findings_close(struct fuzz_findings *findings);

#endif
