#ifndef RIG_FUZZ_HARNESS_CATALOGUE_H
#define RIG_FUZZ_HARNESS_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "base/text.h"
#include "base/workspace.h"
#include "findings/clauses.h"
#include "findings/finding.h"
#include "fuzz/baseline.h"

/** One harness as `harnesses/harnesses.yaml` names it. Strings belong to the catalogue. */
struct harness {
    char *name;              /**< [a-z0-9_]+, the built program's name */
    char *title;             /**< one line for a person */
    char *clause;            /**< of memory errors and hangs that it finds */
    struct text_list judges; /**< clauses whose oracles it carries; `clause` is always among them */
    size_t *judge_lines;     /**< where each of `judges` stands in the file, from 1 */
    /** What the clauses were checked against, not owned; NULL before
     * harness_catalogue_check_clauses(). */
    const struct clauses *clauses;
    char *folder;        /**< the folder that holds `harnesses/`, absolute */
    char *corpus;        /**< absolute; may hold seeds/, regressions/, dictionary.txt */
    uint32_t max_length; /**< longest input in bytes, 1 to 1048576; 4096 when not given */
    uint32_t timeout_s;  /**< seconds for one input, 1 to 3600; 10 when not given */
    uint32_t memory_mb;  /**< limit of resident memory in MiB, 64 to 65536; 1024 when not given */
    enum finding_severity severity; /**< of what it finds; high when not given */
    struct baseline *baseline;      /**< its known defects, from the file that `baseline` names,
                                       relative as `corpus` is; NULL when not given */
};

struct harness_catalogue;

/**
 * Reads the files of the user's folder and of the own root. A missing file is fine. A harness that
 * both name is the user's. Errors name file and line.
 */
RIG_MUST_CHECK int harness_catalogue_load(const struct workspace *workspace,
                                          struct harness_catalogue **catalogue,
                                          struct diagnostic *diagnostic);

/**
 * Checks that each harness's clauses are in `clauses`, and keeps that in the harnesses: it must
 * outlive them. RIG_ERROR_CONFIGURATION names file and line of the first that is not.
 */
RIG_MUST_CHECK int harness_catalogue_check_clauses(struct harness_catalogue *catalogue,
                                                   const struct clauses *clauses,
                                                   struct diagnostic *diagnostic);

void harness_catalogue_free(struct harness_catalogue *catalogue);

size_t harness_catalogue_count(const struct harness_catalogue *catalogue);

/** Harness `index`: the user's first, each file in its own order. */
const struct harness *harness_catalogue_at(const struct harness_catalogue *catalogue, size_t index);

/** Finds by name. RIG_ERROR_NOT_FOUND with a diagnostic that lists the names there are. */
RIG_MUST_CHECK int harness_catalogue_find(const struct harness_catalogue *catalogue,
                                          const char *name, const struct harness **harness,
                                          struct diagnostic *diagnostic);

#endif
