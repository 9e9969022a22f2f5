#include "cli/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"

int replay_set_file(struct replay *replay, const char *path, const char *harness)
{
    replay->inputs[0] = text_duplicate(path);
    replay->harness_name = text_duplicate(harness);
    return replay->inputs[0] != NULL && replay->harness_name != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;
}

int replay_set_finding(struct replay *replay, const struct lab *lab, const struct finding *finding,
                       struct diagnostic *diagnostic)
{
    const struct finding_input *inputs[REPLAY_INPUTS] = {&finding->minimised, &finding->input};
    const bool is_smaller = finding->minimised.path[0] != '\0' &&
                            strcmp(finding->minimised.path, finding->input.path) != 0;
    size_t count = 0;
    int error = RIG_OK;

    (void)snprintf(replay->id, sizeof replay->id, "F-%" PRId64, finding->id);
    if (finding->input.path[0] == '\0')
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s has no stored input: nothing can be run again", replay->id);
    for (size_t i = is_smaller ? 0 : 1; error == RIG_OK && i < REPLAY_INPUTS; i++)
        error = store_check_input(lab->store, inputs[i], &replay->inputs[count++], diagnostic);
    if (error != RIG_OK)
        return error;
    replay->harness_name = text_duplicate(finding->source);
    replay->fingerprint = text_duplicate(finding->fingerprint);
    return replay->harness_name != NULL && replay->fingerprint != NULL ? RIG_OK
                                                                       : RIG_ERROR_NO_MEMORY;
}

int replay_find_harness(struct replay *replay, struct lab *lab, const struct command_line *line,
                        struct diagnostic *diagnostic)
{
    const struct workspace_program program = {replay->harness_name, "reproducer"};
    int error = lab_open_workspace(lab, line, diagnostic);

    if (error == RIG_OK)
        error = lab_load_harnesses(lab, diagnostic);
    if (error == RIG_OK)
        error = lab_find_harness(lab, replay->harness_name, &replay->harness, diagnostic);
    if (error == RIG_OK)
        error = workspace_find_program(lab->workspace, replay->harness->folder, &program,
                                       &replay->program, diagnostic);
    return error;
}

struct repro_options replay_options(const struct replay *replay, size_t index,
                                    const struct command_line *line)
{
    return (struct repro_options){
        .harness = replay->harness,
        .reproducer_program = replay->program,
        .input_path = replay->inputs[index],
        .expected_fingerprint = replay->fingerprint,
        .attempts = (unsigned)line->number[OPTION_ATTEMPTS],
    };
}

int replay_run(const struct replay *replay, const struct command_line *line,
               struct repro_result *result, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < REPLAY_INPUTS && replay->inputs[i] != NULL; i++) {
        const struct repro_options options = replay_options(replay, i, line);

        error = repro_run(&options, result, diagnostic);
        if (error == RIG_OK && result->hits + result->other > 0)
            break;
    }
    return error;
}

int replay_reopen(struct store *store, int64_t finding, struct diagnostic *diagnostic)
{
    const struct finding_closing opening = {FINDING_OPEN, "its input failed again in a replay", 0};
    int error = store_close_finding(store, finding, &opening, diagnostic);

    if (error == RIG_OK)
        message_print("F-%" PRId64 " was closed as fixed and fails: it is open again", finding);
    return error;
}

void replay_clear(struct replay *replay)
{
    for (size_t i = 0; i < REPLAY_INPUTS; i++)
        free(replay->inputs[i]);
    free(replay->harness_name);
    free(replay->fingerprint);
    free(replay->program);
    memset(replay, 0, sizeof *replay);
}
