#include "cli/commands.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/lab.h"
#include "cli/output.h"
#include "fuzz/repro.h"
#include "report/json_text.h"

/* What is to be run: a stored finding or a person's file. */
struct subject {
    char id[32];       /* "F-12"; empty for a file */
    char *input;       /* path, owned */
    char *harness;     /* name, owned */
    char *fingerprint; /* of the finding, owned; NULL for a file */
    char *program;     /* reproducer, owned */
};

static void subject_clear(struct subject *subject)
{
    free(subject->input);
    free(subject->harness);
    free(subject->fingerprint);
    free(subject->program);
}

static int set_file(const struct command_line *line, struct subject *subject)
{
    subject->input = text_duplicate(line->operands[0]);
    subject->harness = text_duplicate(line->text[OPTION_HARNESS]);
    return subject->input != NULL && subject->harness != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;
}

static int take_finding(const struct lab *lab, const struct finding *finding,
                        struct subject *subject, struct diagnostic *diagnostic)
{
    if (finding->input[0] == '\0')
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s has no stored input: nothing can be run again", subject->id);
    subject->input = store_evidence_path(lab->store, finding->input);
    subject->harness = text_duplicate(finding->source);
    subject->fingerprint = text_duplicate(finding->fingerprint);
    if (subject->input == NULL || subject->harness == NULL || subject->fingerprint == NULL)
        return RIG_ERROR_NO_MEMORY;
    return RIG_OK;
}

static int set_finding(const struct command_line *line, struct lab *lab, struct subject *subject,
                       struct diagnostic *diagnostic)
{
    struct finding finding;
    int64_t id = 0;
    int error;

    if (finding_parse_id(line->operands[0], &id) != RIG_OK)
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "'%.64s' is not a finding such as F-12; for a file add --harness "
                               "NAME",
                               line->operands[0]);
    (void)snprintf(subject->id, sizeof subject->id, "F-%" PRId64, id);
    error = lab_open_store(lab, line, STORE_READ, diagnostic);
    if (error == RIG_OK)
        error = store_get_finding(lab->store, id, &finding, diagnostic);
    if (error != RIG_OK)
        return error;
    error = take_finding(lab, &finding, subject, diagnostic);
    finding_clear(&finding);
    return error;
}

static int find_harness(struct lab *lab, const struct command_line *line, struct subject *subject,
                        const struct harness **harness, struct diagnostic *diagnostic)
{
    struct workspace_program program = {subject->harness, "reproducer"};
    int error = lab_open_workspace(lab, line, diagnostic);

    if (error == RIG_OK)
        error = lab_load_harnesses(lab, diagnostic);
    if (error == RIG_OK)
        error = lab_find_harness(lab, subject->harness, harness, diagnostic);
    if (error == RIG_OK)
        error = workspace_find_program(lab->workspace, (*harness)->folder, &program,
                                       &subject->program, diagnostic);
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

static json_t *result_json(const struct subject *subject, const struct repro_result *result)
{
    return json_pack("{s:o, s:b, s:i, s:i, s:s, s:o}", "id",
                     json_text(subject->id[0] != '\0' ? subject->id : NULL), "reproduced",
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

static void print_result(const struct subject *subject, const struct repro_result *result)
{
    output_text(subject->id[0] != '\0' ? subject->id : subject->input);
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

static int run_again(const struct command_line *line, const struct subject *subject,
                     const struct repro_options *options, enum exit_code *exit_code,
                     struct diagnostic *diagnostic)
{
    struct repro_result *result;
    int error;

    if (line->given[OPTION_GDB]) {
        /* gdb and the program in it get the usual handling of a closed pipe back. */
        (void)signal(SIGPIPE, SIG_DFL);
        return repro_debug(options, diagnostic);
    }
    result = calloc(1, sizeof *result);
    if (result == NULL)
        return RIG_ERROR_NO_MEMORY;
    error = repro_run(options, result, diagnostic);
    if (error == RIG_OK) {
        *exit_code = result->hits + result->other > 0 ? EXIT_FINDING : EXIT_CLEAN;
        if (line->given[OPTION_JSON])
            error = output_json(result_json(subject, result));
        else
            print_result(subject, result);
    }
    free(result);
    return error;
}

int command_repro(const struct command_line *line, enum exit_code *exit_code,
                  struct diagnostic *diagnostic)
{
    struct lab lab = {NULL, NULL, NULL, NULL};
    struct subject subject = {.id = ""};
    const struct harness *harness = NULL;
    int error;

    if (line->given[OPTION_GDB] && line->given[OPTION_JSON])
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "--gdb and --json do not go together");
    error = line->given[OPTION_HARNESS] ? set_file(line, &subject)
                                        : set_finding(line, &lab, &subject, diagnostic);
    if (error == RIG_OK)
        error = find_harness(&lab, line, &subject, &harness, diagnostic);
    if (error == RIG_OK) {
        const struct repro_options options = {
            .harness = harness,
            .reproducer_program = subject.program,
            .input_path = subject.input,
            .expected_fingerprint = subject.fingerprint,
            .attempts = (unsigned)line->number[OPTION_ATTEMPTS],
        };
        error = run_again(line, &subject, &options, exit_code, diagnostic);
    }
    subject_clear(&subject);
    lab_close(&lab);
    return error;
}
