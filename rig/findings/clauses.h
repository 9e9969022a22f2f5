#ifndef RIG_FINDINGS_CLAUSES_H
#define RIG_FINDINGS_CLAUSES_H

#include <stddef.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/**
 * The catalogue of provisions of ETSI EN 303 645 V3.1.3, in paraphrase. Ordeal reports evidence
 * against them; it certifies nothing.
 */

/** How many provisions V3.1.3 has. */
#define CLAUSES_COUNT 78

enum clause_status {
    CLAUSE_MANDATORY,   /**< M */
    CLAUSE_RECOMMENDED, /**< R */
};

/** What a bench can do for a provision. */
enum clause_testability {
    CLAUSE_AUTOMATIC, /**< a bench can try it alone */
    CLAUSE_ASSISTED,  /**< a bench helps a person */
    CLAUSE_DOCUMENT,  /**< a matter of documents */
};

/** One provision. Strings belong to the catalogue; none is NULL or empty. */
struct clause {
    const char *id;         /**< "5.13-1B" */
    const char *section;    /**< "5.13 Input validation" */
    const char *title;      /**< at most 60 characters */
    const char *condition;  /**< when it applies; "none" */
    const char *paraphrase; /**< what it asks, in other words */
    const char *experiment; /**< what a bench can do */
    const char *oracle;     /**< what decides */
    const char *ts103701;   /**< test cases of ETSI TS 103 701 seen */
    const char *since;      /**< version that brought it: "V2.1.1" or "V3.1.3" */
    enum clause_status status;
    enum clause_testability testability;
};

struct clauses;

/**
 * Reads the catalogue: schema 1, exactly CLAUSES_COUNT provisions, no id twice, every key there and
 * no other. Errors name file and line.
 */
RIG_MUST_CHECK int clauses_load(const char *path, struct clauses **clauses,
                                struct diagnostic *diagnostic);

void clauses_free(struct clauses *clauses);

size_t clauses_count(const struct clauses *clauses);

/** Provision `index` in the order of the standard; `index` is below clauses_count(). */
const struct clause *clauses_at(const struct clauses *clauses, size_t index);

/** The provision with that id, or NULL. */
const struct clause *clauses_find(const struct clauses *clauses, const char *id);

/** "M" or "R". */
const char *clause_status_name(enum clause_status status);

/** "AUTOMATIC", "ASSISTED" or "DOCUMENT". */
const char *clause_testability_name(enum clause_testability testability);

#endif
