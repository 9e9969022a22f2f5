/**
 * Makes a failing input smaller: what is left fails with the same fingerprint. The input's format
 * is not known here; bytes are taken out and the reproducer says whether it still fails so.
 */
#ifndef RIG_FUZZ_MINIMISE_H
#define RIG_FUZZ_MINIMISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "findings/triage.h"

enum {
    MINIMISE_TRIES = 400, /**< for one input: about 3 s at 6 ms a process */
    MINIMISE_S = 10,      /**< likewise, where processes are slow */
    MINIMISE_TRY_S = 2,   /**< for one try: an input that takes longer is not wanted */
};

struct minimise_request {
    const struct reproducer *reproducer; /**< as for triage; its expectation is not used */
    const char *input_path;              /**< read only */
    const char *fingerprint;             /**< of the failure that must stay */
    const char *output_path;             /**< passing file of the tries; holds the result */
    unsigned tries;                      /**< processes at most */
    int64_t deadline_ms;                 /**< of process_clock_ms(): no try begins after it */
};

struct minimise_result {
    size_t size_before; /**< bytes */
    size_t size_after;  /**< bytes; equal to size_before when nothing could be taken out */
    unsigned tries;     /**< processes that were run */
    bool is_minimal;    /**< no single byte can be taken out; false: tries or time ran out */
};

/**
 * Method: ever smaller chunks (the whole, a half, a quarter ... a byte) are taken out, from the end
 * of the input to its beginning, and stay out where the same failure remains; single bytes again
 * and again until none can go.
 * A process costs 6 ms, one that looks up symbols 85 ms. So a try runs without symbols, and the
 * places in its stack (fingerprint_raw()) are compared with stacks that are known already; only a
 * stack that is new is run again with symbols. Samples of a hang differ each time: they always are.
 *
 * Returns RIG_OK, and the smallest input in output_path: it failed in all of TRIAGE_ATTEMPTS further
 * runs, or else is the original. RIG_ERROR_INTERRUPTED; RIG_ERROR_BENCH; RIG_ERROR_NO_MEMORY;
 * errors of file_read().
 */
int minimise_input(const struct minimise_request *request, struct minimise_result *result,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
