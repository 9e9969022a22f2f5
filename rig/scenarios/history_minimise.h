/**
 * Makes a failing history short: which of its parts are enough for the same failure. After Zeller and
 * Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (IEEE TSE 28, 2002), with a bounded
 * number of attempts.
 */
#ifndef RIG_SCENARIOS_HISTORY_MINIMISE_H
#define RIG_SCENARIOS_HISTORY_MINIMISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/** Tries the parts that `keep` says; *fails: the failure is still there. */
typedef int history_attempt(void *context, const bool *keep, bool *fails,
                            struct diagnostic *diagnostic);

struct history_search {
    history_attempt *attempt;
    void *context;
    unsigned attempts;   /**< at most */
    int64_t deadline_ms; /**< no attempt begins after it */
};

enum { HISTORY_PARTS_MAX = 256 };

/**
 * `keep` holds `count` entries, at most HISTORY_PARTS_MAX, and says which parts failed together; on
 * RIG_OK what is left of them fails as well. *tried: how many attempts were made. Returns the first
 * error of an attempt, with `keep` as good as it was until then.
 */
int history_minimise(const struct history_search *search, bool *keep, size_t count, unsigned *tried,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
