/**
 * The libFuzzer engine: runs `jobs` copies of NAME.libfuzzer on one working corpus. A failing input
 * ends its job; the input goes to the artifact callback and the job is started again on the same
 * corpus until the time is up, so that fuzzing goes on past known findings.
 */
#ifndef RIG_FUZZ_LIBFUZZER_H
#define RIG_FUZZ_LIBFUZZER_H

#include "fuzz/engine.h"

/**
 * run(): an input of the corpus that fails by itself is reported like any other artifact and then
 * left out (of options->corpus_folders for this run only, of the working corpus for good), since
 * libFuzzer cannot get past it.
 *
 * Returns RIG_OK; RIG_ERROR_INTERRUPTED (the jobs are stopped; artifacts that were not looked at
 * are put into the working corpus, so that the next run meets them first); RIG_ERROR_BENCH with a
 * diagnostic when the program cannot be started, ends again and again without an input to show for
 * it, or does not end in time; the artifact callback's error; RIG_ERROR_NO_MEMORY. After an error
 * artifacts may be left in the scratch folder (libfuzzer_list_artifacts()). No job is left running
 * in any case.
 *
 * execute_first(): the input is the empty one, which libFuzzer always begins with.
 */
extern const struct engine_type libfuzzer_engine;

#endif
