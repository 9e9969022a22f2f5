#include "cli/campaign_scenarios.h"

#include <string.h>

#include "cli/output.h"
#include "target/bench_firmware.h"
#include "target/target_fill.h"

#define DEEP     "deep"
#define EMULATED "mps2_an505_qemu"
#define NATIVE   "native"

/* The same command line, with a target and a depth that it may not name. */
static struct command_line with_choices(const struct command_line *line, const char *target)
{
    struct command_line chosen = *line;
    const bool is_deep = line->operand_count > 0 && strcmp(line->operands[0], DEEP) == 0;

    chosen.given[OPTION_TARGET] = true;
    chosen.text[OPTION_TARGET] = target;
    chosen.given[OPTION_DEPTH] = true;
    chosen.text[OPTION_DEPTH] = depth_name(is_deep ? DEPTH_DEEP : DEPTH_QUICK);
    return chosen;
}

static int plan_on(struct campaign_scenarios *scenarios, const struct command_line *line,
                   const struct lab *lab, const char *target, struct diagnostic *diagnostic)
{
    const struct command_line chosen = with_choices(line, target);
    const int error = run_plan_make(&scenarios->plan, &chosen, lab, diagnostic);

    return error == RIG_OK ? target_check_filled(&scenarios->plan.target, diagnostic) : error;
}

/* Whether the firmware of the board is there; a machine without the cross compiler builds none. */
static bool is_built(const struct run_plan *plan, const struct lab *lab)
{
    struct diagnostic unused = {.text = ""};
    char hash[FILE_HASH_TEXT_SIZE];

    return bench_firmware_hash(&plan->target, lab->workspace, hash, &unused) == RIG_OK;
}

int campaign_scenarios_plan(struct campaign_scenarios *scenarios, const struct command_line *line,
                            const struct lab *lab, bool has_own_harnesses,
                            struct diagnostic *diagnostic)
{
    int error;

    if (line->given[OPTION_TARGET])
        return plan_on(scenarios, line, lab, line->text[OPTION_TARGET], diagnostic);
    if (has_own_harnesses)
        return RIG_OK;
    error = plan_on(scenarios, line, lab, EMULATED, diagnostic);
    if (error != RIG_OK || is_built(&scenarios->plan, lab))
        return error;
    message_print("the emulated board's firmware is not built: scenarios run on target " NATIVE);
    run_plan_clear(&scenarios->plan);
    memset(&scenarios->plan, 0, sizeof scenarios->plan);
    return plan_on(scenarios, line, lab, NATIVE, diagnostic);
}

int campaign_scenarios_run(struct campaign_scenarios *scenarios, const struct lab *lab,
                           struct diagnostic *diagnostic)
{
    if (scenarios->plan.count == 0)
        return RIG_OK;
    return run_turns_run(&scenarios->turns, &scenarios->plan, lab->workspace, lab->store,
                         "campaign", diagnostic);
}

enum exit_code campaign_scenarios_exit_code(const struct campaign_scenarios *scenarios)
{
    return scenarios->turns.count == 0 ? EXIT_CLEAN : run_turns_exit_code(&scenarios->turns);
}

void campaign_scenarios_clear(struct campaign_scenarios *scenarios)
{
    run_turns_clear(&scenarios->turns);
    run_plan_clear(&scenarios->plan);
}
