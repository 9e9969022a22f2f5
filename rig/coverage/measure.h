/*
 * Measures what the committed inputs of a project's harnesses reach of its code: runs each
 * harness's coverage program over them, merges the profiles (llvm-profdata) and reads the counts
 * (llvm-cov).
 */
#ifndef ORDEAL_COVERAGE_MEASURE_H
#define ORDEAL_COVERAGE_MEASURE_H

#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "coverage/coverage.h"

/* A harness. */
struct coverage_program {
    const char *name;
    const char *program;            /* NAME.coverage, an absolute path; NULL when it is not built */
    const char *missing;            /* why not, one line; only when PROGRAM is NULL */
    const char *corpus;             /* absolute; holds seeds/ and regressions/ */
    const struct text_list *judges; /* provisions that its oracles judge; NULL: none */
    uint32_t timeout_s;             /* for one input; at least 1 */
};

struct coverage_request {
    const char *project; /* the folder whose code is measured (project_code.h) */
    const char *build;   /* its build folder; need not exist */
    const struct coverage_program *programs;
    size_t program_count;
    const char *profdata; /* the tools' paths */
    const char *cov;
    int64_t
        limit_ms; /* for all of it; each harness, and the tools, get an equal share of what is left */
};

/*
 * Measures. All children are reaped and the private folder under TMPDIR is removed whatever
 * happens. What stands in the way of one harness is noted with it (coverage->harnesses) and the
 * others are measured; when nothing can be measured, coverage->reason says why, and that is
 * RIG_OK too. RIG_ERROR_INTERRUPTED and RIG_ERROR_NO_MEMORY end it. Free with coverage_clear(),
 * after an error too.
 */
RIG_MUST_CHECK int coverage_measure(const struct coverage_request *request,
                                    struct coverage *coverage, struct diagnostic *diagnostic);

#endif
