#include "cli/commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "cli/lab.h"
#include "cli/output.h"
#include "cli/run_output.h"
#include "cli/run_plan.h"
#include "cli/run_turns.h"

/* Where to look, and what to give to have the same again. */
static void print_place(const struct run_plan *plan, const struct run_turns *turns,
                        const struct store *store)
{
    const int64_t first = turns->items[0].record.run;
    const int64_t last = turns->items[turns->count - 1].record.run;

    if (first <= 0 || last < first)
        return;
    output_print("seed %" PRIu64 "; what happened in each trial: %s/runs/R-%" PRId64 "/trials.log",
                 plan->seed, store_folder(store), first);
    if (last > first)
        output_print(" to R-%" PRId64, last);
    output_print("\n");
}

static int show(const struct command_line *line, const struct run_plan *plan,
                const struct run_turns *turns, const struct store *store)
{
    int error;

    if (line->given[OPTION_JSON])
        return output_json(run_json(&plan->target, turns->items, turns->count));
    error = run_print(&plan->target, turns->items, turns->count);
    if (error == RIG_OK && !line->given[OPTION_REPLAY])
        print_place(plan, turns, store);
    return error;
}

static int run(const struct command_line *line, struct lab *lab, enum exit_code *exit_code,
               struct diagnostic *diagnostic)
{
    struct run_plan plan;
    struct run_turns turns = {NULL, 0};
    int show_error = RIG_OK;
    int error;

    memset(&plan, 0, sizeof plan);
    error = run_plan_make(&plan, line, lab, diagnostic);
    if (error == RIG_OK)
        error = lab_open_store(lab, line, STORE_CREATE, diagnostic);
    if (error == RIG_OK) {
        error = run_turns_run(&turns, &plan, lab->workspace, lab->store, "run", diagnostic);
        *exit_code = run_turns_exit_code(&turns);
    }
    if (turns.count > 0)
        show_error = show(line, &plan, &turns, lab->store);
    run_turns_clear(&turns);
    run_plan_clear(&plan);
    return error != RIG_OK ? error : show_error;
}

int command_run(const struct command_line *line, enum exit_code *exit_code,
                struct diagnostic *diagnostic)
{
    struct lab lab = {NULL, NULL, NULL, NULL};
    int error = lab_open_workspace(&lab, line, diagnostic);

    if (error == RIG_OK)
        error = lab_load_clauses(&lab, diagnostic);
    if (error == RIG_OK)
        error = run(line, &lab, exit_code, diagnostic);
    lab_close(&lab);
    return error;
}
