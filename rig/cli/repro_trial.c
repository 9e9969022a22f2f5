#include "cli/repro_trial.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/output.h"
#include "cli/run_plan.h"
#include "report/json_text.h"
#include "scenarios/scenario_run.h"

#define DEFAULT_ATTEMPTS 3U

/* What the attempts gave. */
struct tries {
    unsigned attempts;
    unsigned hits;
    char reason[SCENARIO_REASON]; /* of the last one */
};

/* Whether the finding's own check failed: its fingerprint ends with the check's name. */
static bool has_hit(const struct scenario_result *result, const struct finding *finding)
{
    const char *dot = strrchr(finding->fingerprint, '.');

    for (size_t i = 0; dot != NULL && i < result->sum.check_count; i++) {
        const struct check_result *check = &result->sum.checks[i];

        if (check->is_measured && !check->ok && strcmp(check->spec->name, dot + 1) == 0)
            return true;
    }
    return false;
}

static int try_once(const struct run_plan *plan, const struct lab *lab, const char *folder,
                    const struct finding *finding, struct tries *tries,
                    struct diagnostic *diagnostic)
{
    const struct scenario_options options = {.target = &plan->target,
                                             .workspace = lab->workspace,
                                             .seed = plan->seed,
                                             .word = plan->replay.word,
                                             .folder = folder,
                                             .evidence = folder};
    struct scenario_result result;
    const int error = scenario_run(plan->scenarios[0], &options, &result, diagnostic);

    if (error != RIG_OK)
        return error;
    (void)snprintf(tries->reason, sizeof tries->reason, "%s", result.reason);
    if (result.verdict != VERDICT_PASS && result.verdict != VERDICT_FAIL)
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "the trial judges nothing here: %s",
                               result.reason);
    tries->attempts += 1 + result.attempts;
    if (has_hit(&result, finding))
        tries->hits += 1 + result.reproduced;
    return RIG_OK;
}

static int try_in(const struct run_plan *plan, const struct lab *lab, unsigned attempts,
                  const struct finding *finding, struct tries *tries, struct diagnostic *diagnostic)
{
    char *folder = NULL;
    struct diagnostic unused = {.text = ""};
    int error = file_make_temporary(&folder, diagnostic);

    while (error == RIG_OK && tries->attempts < attempts && tries->hits == 0)
        error = try_once(plan, lab, folder, finding, tries, diagnostic);
    if (folder != NULL && file_remove(folder, &unused) != RIG_OK)
        message_print("ordeal: %s", unused.text);
    free(folder);
    return error;
}

static int print(const struct command_line *line, const struct finding *finding,
                 const struct tries *tries)
{
    char id[32];

    (void)snprintf(id, sizeof id, "F-%" PRId64, finding->id);
    if (line->given[OPTION_JSON])
        return output_json(json_pack("{s:s, s:b, s:i, s:i, s:s, s:[]}", "id", id, "reproduced",
                                     tries->hits > 0, "attempts", (int)tries->attempts, "hits",
                                     (int)tries->hits, "class", finding_class_name(finding->class),
                                     "frames"));
    output_print("%s %s: %u of %u attempts\n", id,
                 tries->hits > 0 ? "reproduced" : "did not reproduce", tries->hits,
                 tries->attempts);
    output_text(tries->reason);
    output_print("\n");
    return RIG_OK;
}

int repro_trial(const struct command_line *line, struct lab *lab, const struct finding *finding,
                bool *reproduced, struct diagnostic *diagnostic)
{
    const unsigned attempts =
        line->given[OPTION_ATTEMPTS] ? (unsigned)line->number[OPTION_ATTEMPTS] : DEFAULT_ATTEMPTS;
    const struct run_replay request = {finding->replay, line->text[OPTION_BENCH],
                                       line->given[OPTION_FORCE]};
    struct tries tries = {.attempts = 0};
    struct run_plan plan;
    int error = lab_open_workspace(lab, line, diagnostic);

    memset(&plan, 0, sizeof plan);
    if (error == RIG_OK)
        error = run_plan_replay(&plan, &request, lab, diagnostic);
    if (error == RIG_OK)
        error = try_in(&plan, lab, attempts, finding, &tries, diagnostic);
    if (error == RIG_OK)
        error = print(line, finding, &tries);
    *reproduced = tries.hits > 0;
    run_plan_clear(&plan);
    return error;
}
