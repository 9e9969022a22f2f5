#ifndef RIG_FINDINGS_ROLLUP_H
#define RIG_FINDINGS_ROLLUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rig_error.h"
#include "findings/clauses.h"
#include "findings/finding.h"
#include "findings/store.h"

/** What all that touched a clause comes to. */
struct clause_verdict {
    const struct clause *clause; /**< belongs to the catalogue */
    enum verdict verdict;
    bool rungs[RUNG_COUNT];        /**< where it was judged or a finding was seen */
    size_t findings;               /**< findings that count (finding_counts) */
    size_t results[VERDICT_COUNT]; /**< results of each verdict that were taken into account */
    struct text_list sources;      /**< harnesses and scenarios that gave a result, sorted */
};

/** A verdict for each clause, in the catalogue's order. */
struct rollup {
    struct clause_verdict *items;
    size_t count;
};

/** What a roll-up reads. */
struct rollup_input {
    const struct clauses *clauses;
    const struct finding_list *findings;
    const struct clause_result_list *results;
    int64_t now; /**< seconds since 1970, for acceptances that expire */
};

/**
 * Rolls up, for each clause: a finding that counts, or a FAIL -> FAIL; else an ERROR or an
 * INCONCLUSIVE -> INCONCLUSIVE; else a PASS -> PASS; else MANUAL, N/A, NOT TESTED in this order. Where nothing
 * touched it: MANUAL for a matter of documents, else NOT TESTED. A later result of the same source
 * on the same target takes the place of an earlier one. Results and findings with ids that the
 * catalogue does not know are counted in `unknown` and judge nothing. Free with rollup_free().
 */
RIG_MUST_CHECK int rollup_clauses(const struct rollup_input *input, struct rollup *rollup,
                                  size_t *unknown);

void rollup_free(struct rollup *rollup);

/** The verdict of one clause, or NULL. */
const struct clause_verdict *rollup_find(const struct rollup *rollup, const char *clause);

/** The exit code of all clauses together: FAIL 1, else INCONCLUSIVE 4, else 0 when anything passed,
 * else 4 since nothing was judged. */
enum exit_code rollup_exit_code(const struct rollup *rollup);

#endif
