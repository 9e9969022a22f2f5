/**
 * The AFL++ engine: afl-fuzz on NAME.afl, persistent and with input through shared memory, one main
 * instance and secondary ones that share what they find. NAME.mutator.so beside the program, where
 * there is one, is the harness's mutator; AFL++'s own mutations go on beside it.
 *
 * afl-fuzz goes on past a failing input by itself. It tells nothing about a failure, so a failing
 * input is run again in NAME.afl for the report that the artifact callback gets.
 */
#ifndef RIG_FUZZ_AFL_H
#define RIG_FUZZ_AFL_H

#include "fuzz/engine.h"

/**
 * run(): begins with the inputs of options->corpus_folders and of the working corpus, those longer
 * than options->max_length shortened to it. What afl-fuzz finds is added to the working corpus, for
 * libFuzzer as well, every AFL_IMPORT_S seconds and at the end. An input that fails by itself is
 * reported, then left out of this run and, for good, of the working corpus.
 *
 * Returns RIG_OK; RIG_ERROR_INTERRUPTED (failing inputs that were not looked at are put into the
 * working corpus); RIG_ERROR_CONFIGURATION when there is no afl-fuzz in PATH; RIG_ERROR_BENCH with a
 * diagnostic when afl-fuzz gives up (its own reason is in it), does not end in time, or the program
 * does not even get past the empty input (which is reported first); the artifact callback's error;
 * RIG_ERROR_NO_MEMORY. No process and no shared memory is left in any case.
 *
 * execute_first(): lets afl-fuzz begin with one byte that the program passes over under
 * ORDEAL_CONTROL, and fuzz until the first failing input is saved, for at most AFL_CONTROL_S.
 */
extern const struct engine_type afl_engine;

enum {
    AFL_IMPORT_S = 10,
    AFL_CONTROL_S = 10,
};

#endif
