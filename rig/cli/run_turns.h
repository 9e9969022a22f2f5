/* Scenarios run one after the other for a person who watches: what `run` and `campaign` share. */
#ifndef ORDEAL_CLI_RUN_TURNS_H
#define ORDEAL_CLI_RUN_TURNS_H

#include "base/exit_code.h"
#include "cli/run_output.h"
#include "cli/run_plan.h"

/* The scenarios that had their turn. All zero is none. */
struct run_turns {
    struct run_turn *items; /* owned */
    size_t count;
};

/*
 * Runs the plan, with progress on standard error, and stores what comes of it under COMMAND. A
 * scenario whose bench fails does not stop the others, but on a board. Errors of bench_open(), before
 * anything runs; RIG_ERROR_BENCH of a board; RIG_ERROR_INTERRUPTED and the store's errors.
 */
RIG_MUST_CHECK int run_turns_run(struct run_turns *turns, const struct run_plan *plan,
                                 const struct workspace *workspace, struct store *store,
                                 const char *command, struct diagnostic *diagnostic);

/* 1 with a FAIL, else 3 with an ERROR, else 4 with an INCONCLUSIVE or when nothing passed, else 0. */
enum exit_code run_turns_exit_code(const struct run_turns *turns);

void run_turns_clear(struct run_turns *turns);

#endif
