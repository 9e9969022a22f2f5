/* A stored finding, or a person's file, made ready to be run again. */
#ifndef ORDEAL_CLI_REPLAY_H
#define ORDEAL_CLI_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/lab.h"
#include "fuzz/repro.h"

#define REPLAY_INPUTS 2

/* All zero is one that is not set up. */
struct replay {
    char id[32]; /* "F-12"; empty for a file */
    char *
        inputs[REPLAY_INPUTS]; /* paths, owned: the minimised one, then the original; a NULL ends */
    char *harness_name;        /* owned */
    char *fingerprint;         /* of the finding, owned; NULL for a file */
    char *program;             /* reproducer, owned */
    const struct harness *harness; /* of the lab */
};

/* Sets up a file that a person names. */
RIG_MUST_CHECK int replay_set_file(struct replay *replay, const char *path, const char *harness);

/* Sets up a finding: its stored inputs, which must still be what was stored (store_check_input()).
 */
RIG_MUST_CHECK int replay_set_finding(struct replay *replay, const struct lab *lab,
                                      const struct finding *finding, struct diagnostic *diagnostic);

/* Finds the harness and its reproducer. Opens the lab's workspace. */
RIG_MUST_CHECK int replay_find_harness(struct replay *replay, struct lab *lab,
                                       const struct command_line *line,
                                       struct diagnostic *diagnostic);

/* The options to run input `index` with. */
struct repro_options replay_options(const struct replay *replay, size_t index,
                                    const struct command_line *line);

/*
 * Runs the inputs in turn until one fails. A finding is gone only when none of its inputs fails: a
 * change may mend the smaller one alone. *result is of the input that was run last. Errors of
 * repro_run().
 */
RIG_MUST_CHECK int replay_run(const struct replay *replay, const struct command_line *line,
                              struct repro_result *result, struct diagnostic *diagnostic);

/* Opens a finding again that was closed as fixed and failed in a replay, and says so. */
RIG_MUST_CHECK int replay_reopen(struct store *store, int64_t finding,
                                 struct diagnostic *diagnostic);

void replay_clear(struct replay *replay);

#endif
