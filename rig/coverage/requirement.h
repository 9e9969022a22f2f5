/* A share of a folder's lines that the committed inputs must reach. */
#ifndef ORDEAL_COVERAGE_REQUIREMENT_H
#define ORDEAL_COVERAGE_REQUIREMENT_H

#include <stddef.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "coverage/coverage.h"

struct coverage_requirement {
    char *path;       /* a folder or file, relative to the project's folder */
    unsigned percent; /* of its lines, 1 to 100 */
};

struct coverage_requirements {
    struct coverage_requirement *items;
    size_t count;
};

/*
 * Parses "firmware/app=90,firmware/boot=85". RIG_ERROR_USAGE with a diagnostic. Free with
 * coverage_requirements_free(), after an error too.
 */
RIG_MUST_CHECK int coverage_requirements_parse(const char *text,
                                               struct coverage_requirements *requirements,
                                               struct diagnostic *diagnostic);

void coverage_requirements_free(struct coverage_requirements *requirements);

enum requirement_outcome {
    REQUIREMENT_MET,
    REQUIREMENT_MISSED,
    REQUIREMENT_EMPTY /* nothing at or below its path was measured: it judges nothing */
};

/* COVERAGE must be a measured one; the outcome for one that is incomplete is open. */
enum requirement_outcome coverage_requirement_check(const struct coverage_requirement *requirement,
                                                    const struct coverage *coverage,
                                                    struct coverage_count *count);

#endif
