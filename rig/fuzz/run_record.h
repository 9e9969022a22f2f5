/**
 * What the record of a run says about the programs behind it, so that a finding can be brought back
 * to the build that showed it.
 */
#ifndef RIG_FUZZ_RUN_RECORD_H
#define RIG_FUZZ_RUN_RECORD_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "fuzz/fuzz_run.h"

/** Owns its strings. All zero is empty. */
struct run_record {
    char *harness_hash;  /**< as run_start.harness_hash (findings/store.h) */
    char *tool_versions; /**< one a line: ordeal, the fuzzer and the harness's compiler (whose
                              libFuzzer it holds), llvm-symbolizer; "unknown" where one does not say */
};

/**
 * Reads both programs, and asks the symbolizer, if there is one, for its version.
 *
 * Returns RIG_OK; RIG_ERROR_BENCH with a diagnostic when a program is missing or cannot be read;
 * RIG_ERROR_INTERRUPTED; RIG_ERROR_NO_MEMORY. Free with run_record_clear() in each case.
 */
int run_record_gather(const struct fuzz_run_options *options, struct run_record *record,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

void run_record_clear(struct run_record *record);

#endif
