#include "cli/run_plan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/near_name.h"
#include "target/bench_file.h"
#include "target/bench_firmware.h"

#define DEFAULT_TARGET  "native"
#define NEAR_NAMES_SIZE 256

static int refuse_scenario(const char *selector, struct diagnostic *diagnostic)
{
    const char *names[RUN_SCENARIOS_MAX];
    char near[NEAR_NAMES_SIZE];
    size_t count = 0;

    while (count < scenario_count() && count < RUN_SCENARIOS_MAX) {
        names[count] = scenario_at(count)->id;
        count++;
    }
    if (near_names(selector, names, count, near, sizeof near) > 0)
        return diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND,
                               "no scenario '%.64s': did you mean %s?", selector, near);
    return diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND,
                           "no scenario '%.64s': see `ordeal list scenarios`", selector);
}

/* Every word on the command line must name something. */
static int check_selectors(const struct command_line *line, const struct lab *lab,
                           struct diagnostic *diagnostic)
{
    for (size_t i = 0; i < line->text_count[OPTION_SCENARIO]; i++) {
        bool names = false;

        for (size_t k = 0; k < scenario_count(); k++)
            names |= scenario_is_selected(scenario_at(k), line->texts[OPTION_SCENARIO][i]);
        if (!names)
            return refuse_scenario(line->texts[OPTION_SCENARIO][i], diagnostic);
    }
    for (size_t i = 0; i < line->text_count[OPTION_CLAUSE]; i++) {
        const int error = lab_check_clause(lab, line->texts[OPTION_CLAUSE][i], diagnostic);

        if (error != RIG_OK)
            return error;
    }
    return RIG_OK;
}

static bool is_wanted(const struct scenario *scenario, const struct command_line *line)
{
    bool selected = line->text_count[OPTION_SCENARIO] == 0;
    bool speaks = line->text_count[OPTION_CLAUSE] == 0;

    for (size_t i = 0; i < line->text_count[OPTION_SCENARIO]; i++)
        selected |= scenario_is_selected(scenario, line->texts[OPTION_SCENARIO][i]);
    for (size_t i = 0; i < line->text_count[OPTION_CLAUSE]; i++)
        speaks |= scenario_has_clause(scenario, line->texts[OPTION_CLAUSE][i]);
    return selected && speaks;
}

static int select_scenarios(struct run_plan *plan, const struct command_line *line,
                            const struct lab *lab, struct diagnostic *diagnostic)
{
    const int error = check_selectors(line, lab, diagnostic);

    if (error != RIG_OK)
        return error;
    for (size_t i = 0; i < scenario_count(); i++) {
        if (is_wanted(scenario_at(i), line))
            plan->scenarios[plan->count++] = scenario_at(i);
    }
    if (plan->count == 0)
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "no scenario speaks to that: see `ordeal list scenarios`");
    return RIG_OK;
}

static int find_target(struct run_plan *plan, const char *name, const char *bench,
                       const struct lab *lab, struct diagnostic *diagnostic)
{
    const int error = target_find(lab->workspace, name, &plan->target, diagnostic);

    if (error != RIG_OK || bench == NULL)
        return error;
    return target_apply_bench(&plan->target, bench, diagnostic);
}

/* The id names the firmware that it was seen on: on another it would prove nothing. */
static int check_firmware(const struct run_plan *plan, const struct lab *lab,
                          struct diagnostic *diagnostic)
{
    char hash[FILE_HASH_TEXT_SIZE] = "";
    const int error = bench_firmware_hash(&plan->target, lab->workspace, hash, diagnostic);

    if (error != RIG_OK || plan->replay.hash[0] == '\0' ||
        strncmp(plan->replay.hash, hash, REPLAY_HASH_DIGITS) == 0)
        return error;
    return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                           "this replay id is of firmware %s, and %s has %.*s: build that one, or "
                           "add --force to run it on this one",
                           plan->replay.hash, plan->target.name, (int)REPLAY_HASH_DIGITS, hash);
}

int run_plan_replay(struct run_plan *plan, const struct run_replay *request, const struct lab *lab,
                    struct diagnostic *diagnostic)
{
    const struct scenario *scenario;
    int error = replay_id_parse(request->id, &plan->replay, diagnostic);

    if (error != RIG_OK)
        return error;
    scenario = scenario_find(plan->replay.scenario);
    if (scenario == NULL)
        return refuse_scenario(plan->replay.scenario, diagnostic);
    plan->scenarios[plan->count++] = scenario;
    error = find_target(plan, plan->replay.target, request->bench, lab, diagnostic);
    return error == RIG_OK && !request->force ? check_firmware(plan, lab, diagnostic) : error;
}

static int plan_replay(struct run_plan *plan, const struct command_line *line,
                       const struct lab *lab, struct diagnostic *diagnostic)
{
    const struct run_replay request = {line->text[OPTION_REPLAY], line->text[OPTION_BENCH],
                                       line->given[OPTION_FORCE]};
    int error;

    if (line->given[OPTION_SCENARIO] || line->given[OPTION_CLAUSE] || line->given[OPTION_DEPTH] ||
        line->given[OPTION_SEED])
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "--replay names one trial: leave out --scenario, --clause, --depth "
                               "and --seed");
    error = replay_id_parse(request.id, &plan->replay, diagnostic);
    if (error == RIG_OK && line->given[OPTION_TARGET] &&
        strcmp(line->text[OPTION_TARGET], plan->replay.target) != 0)
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "this replay id is of target %s, not of %.64s", plan->replay.target,
                               line->text[OPTION_TARGET]);
    return error == RIG_OK ? run_plan_replay(plan, &request, lab, diagnostic) : error;
}

static enum depth choose_depth(const struct command_line *line)
{
    for (int depth = 0; line->given[OPTION_DEPTH] && depth < DEPTH_COUNT; depth++) {
        if (strcmp(line->text[OPTION_DEPTH], depth_name((enum depth)depth)) == 0)
            return (enum depth)depth;
    }
    return DEPTH_STANDARD;
}

static int choose_seed(struct run_plan *plan, const struct command_line *line,
                       struct diagnostic *diagnostic)
{
    if (line->given[OPTION_SEED]) {
        plan->seed = line->number[OPTION_SEED];
        return RIG_OK;
    }
    if (getrandom(&plan->seed, sizeof plan->seed, 0) != (ssize_t)sizeof plan->seed)
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "no random seed; give one by --seed");
    plan->seed = plan->seed % INT64_MAX + 1;
    return RIG_OK;
}

int run_plan_make(struct run_plan *plan, const struct command_line *line, const struct lab *lab,
                  struct diagnostic *diagnostic)
{
    int error = choose_seed(plan, line, diagnostic);

    plan->depth = choose_depth(line);
    if (error != RIG_OK)
        return error;
    if (line->given[OPTION_REPLAY])
        return plan_replay(plan, line, lab, diagnostic);
    if (line->given[OPTION_FORCE])
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "--force goes with --replay only");
    error =
        find_target(plan, line->given[OPTION_TARGET] ? line->text[OPTION_TARGET] : DEFAULT_TARGET,
                    line->text[OPTION_BENCH], lab, diagnostic);
    return error == RIG_OK ? select_scenarios(plan, line, lab, diagnostic) : error;
}

void run_plan_clear(struct run_plan *plan)
{
    target_clear(&plan->target);
}
