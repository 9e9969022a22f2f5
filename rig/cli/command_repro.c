#include "cli/commands.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "cli/replay.h"
#include "cli/repro_trial.h"
#include "report/json_text.h"
#include "scenarios/scenario_record.h"

/* Sets up the finding that is named; *fixed is its number when it was closed as fixed, else 0. One of a
 * scenario goes to *trial instead. */
static int set_finding(const struct command_line *line, struct lab *lab, struct replay *replay,
                       struct finding *trial, int64_t *fixed, struct diagnostic *diagnostic)
{
    struct finding finding;
    int64_t id = 0;
    int error;

    if (finding_parse_id(line->operands[0], &id) != RIG_OK)
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "'%.64s' is not a finding such as F-12; for a file add --harness "
                               "NAME",
                               line->operands[0]);
    error = lab_open_store(lab, line, STORE_READ, diagnostic);
    if (error == RIG_OK)
        error = store_get_finding(lab->store, id, &finding, diagnostic);
    if (error != RIG_OK)
        return error;
    *fixed = finding.state == FINDING_FIXED ? id : 0;
    if (strcmp(finding.engine, SCENARIO_ENGINE) == 0) {
        *trial = finding; /* moved */
        return RIG_OK;
    }
    error = replay_set_finding(replay, lab, &finding, diagnostic);
    finding_clear(&finding);
    return error;
}

static json_t *frames_json(const struct sanitizer_report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < report->frame_count; i++) {
        const struct report_frame *frame = &report->frames[i];
        char text[REPORT_FUNCTION_SIZE + REPORT_FILE_SIZE + 32];

        (void)snprintf(text, sizeof text, "%s %s:%u", frame->function, frame->file, frame->line);
        if (json_array_append_new(array, json_text(text)) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *result_json(const struct replay *replay, const struct repro_result *result)
{
    return json_pack("{s:o, s:b, s:i, s:i, s:s, s:o}", "id",
                     json_text(replay->id[0] != '\0' ? replay->id : NULL), "reproduced",
                     (int)result->reproduced, "attempts", (int)result->attempts, "hits",
                     (int)result->hits, "class", report_class_name(result->report.report_class),
                     "frames", frames_json(&result->report));
}

static void print_report(const struct sanitizer_report *report)
{
    output_text(report->message);
    output_print("\n");
    for (size_t i = 0; i < report->frame_count; i++) {
        const struct report_frame *frame = &report->frames[i];

        output_print("  #%zu ", i);
        output_text(frame->function[0] != '\0' ? frame->function : "?");
        output_print(" ");
        output_text(frame->file);
        output_print(":%u\n", frame->line);
    }
}

static void print_result(const struct replay *replay, const struct repro_result *result)
{
    output_text(replay->id[0] != '\0' ? replay->id : replay->inputs[0]);
    if (result->reproduced)
        output_print(" reproduced: %u of %u attempts, class %s\n", result->hits, result->attempts,
                     report_class_name(result->report.report_class));
    else if (result->other > 0)
        output_print(" did not reproduce, but the input fails in another way: %u of %u attempts, "
                     "class %s\n",
                     result->other, result->attempts,
                     report_class_name(result->report.report_class));
    else
        output_print(" did not reproduce: 0 of %u attempts failed\n", result->attempts);
    if (result->report.report_class != REPORT_NONE)
        print_report(&result->report);
}

/* The store was opened for reading only, as most replays change nothing. */
static int reopen(const struct command_line *line, struct lab *lab, int64_t finding,
                  struct diagnostic *diagnostic)
{
    int error;

    store_close(lab->store);
    lab->store = NULL;
    error = lab_open_store(lab, line, STORE_WRITE, diagnostic);
    return error == RIG_OK ? replay_reopen(lab->store, finding, diagnostic) : error;
}

static int debug(const struct replay *replay, const struct command_line *line,
                 struct diagnostic *diagnostic)
{
    const struct repro_options options = replay_options(replay, 0, line);

    /* gdb and the program in it get the usual handling of a closed pipe back. */
    (void)signal(SIGPIPE, SIG_DFL);
    return repro_debug(&options, diagnostic);
}

/* Runs it and tells; `fixed` is the finding's number when it was closed as fixed, else 0. */
static int run_again(const struct command_line *line, struct lab *lab, const struct replay *replay,
                     int64_t fixed, enum exit_code *exit_code, struct diagnostic *diagnostic)
{
    struct repro_result *result = calloc(1, sizeof *result);
    int error = result == NULL ? RIG_ERROR_NO_MEMORY : replay_run(replay, line, result, diagnostic);

    if (error == RIG_OK) {
        *exit_code = result->hits + result->other > 0 ? EXIT_FINDING : EXIT_CLEAN;
        if (line->given[OPTION_JSON])
            error = output_json(result_json(replay, result));
        else
            print_result(replay, result);
    }
    if (error == RIG_OK && result->reproduced && fixed != 0)
        error = reopen(line, lab, fixed, diagnostic);
    free(result);
    return error;
}

static int repro_input(const struct command_line *line, struct lab *lab, struct replay *replay,
                       int64_t fixed, enum exit_code *exit_code, struct diagnostic *diagnostic)
{
    const int error = replay_find_harness(replay, lab, line, diagnostic);

    if (error != RIG_OK)
        return error;
    return line->given[OPTION_GDB] ? debug(replay, line, diagnostic)
                                   : run_again(line, lab, replay, fixed, exit_code, diagnostic);
}

static int repro_finding(const struct command_line *line, struct lab *lab,
                         const struct finding *trial, int64_t fixed, enum exit_code *exit_code,
                         struct diagnostic *diagnostic)
{
    bool reproduced = false;
    int error;

    if (line->given[OPTION_GDB])
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "--gdb is for findings of a harness; this one is of a scenario");
    error = repro_trial(line, lab, trial, &reproduced, diagnostic);
    *exit_code = reproduced ? EXIT_FINDING : EXIT_CLEAN;
    if (error == RIG_OK && reproduced && fixed != 0)
        error = reopen(line, lab, fixed, diagnostic);
    return error;
}

int command_repro(const struct command_line *line, enum exit_code *exit_code,
                  struct diagnostic *diagnostic)
{
    struct lab lab = {NULL, NULL, NULL, NULL};
    struct replay replay = {.id = ""};
    struct finding trial = {.id = 0};
    int64_t fixed = 0;
    int error;

    if (line->given[OPTION_GDB] && line->given[OPTION_JSON])
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "--gdb and --json do not go together");
    error = line->given[OPTION_HARNESS]
                ? replay_set_file(&replay, line->operands[0], line->text[OPTION_HARNESS])
                : set_finding(line, &lab, &replay, &trial, &fixed, diagnostic);
    if (error == RIG_OK && trial.id != 0)
        error = repro_finding(line, &lab, &trial, fixed, exit_code, diagnostic);
    else if (error == RIG_OK)
        error = repro_input(line, &lab, &replay, fixed, exit_code, diagnostic);
    finding_clear(&trial);
    replay_clear(&replay);
    lab_close(&lab);
    return error;
}
