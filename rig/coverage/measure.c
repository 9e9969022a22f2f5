#define _XOPEN_SOURCE 700 /* realpath */
#include "coverage/measure.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "coverage/lcov.h"
#include "coverage/profile.h"
#include "coverage/project_code.h"

#define PROFILE_LIST   "profiles"
#define MERGED_PROFILE "merged.profdata"
#define TOOL_OUTPUT    4096U
#define COMPLAINT_SIZE 512U

struct measurement {
    const struct coverage_request *request;
    struct coverage *coverage;
    char *folder;              /* private */
    struct text_list profiles; /* in FOLDER */
    int64_t deadline_ms;
};

static bool ends_all(int error)
{
    return error == RIG_ERROR_INTERRUPTED || error == RIG_ERROR_NO_MEMORY;
}

/* Keeps what DIAGNOSTIC says of an error that the measurement survives; other errors pass. */
static int keep_reason(int error, char **reason, struct diagnostic *diagnostic)
{
    if (error == RIG_OK || ends_all(error))
        return error;
    if (*reason == NULL)
        *reason =
            text_duplicate(diagnostic->text[0] != '\0' ? diagnostic->text : rig_strerror(error));
    diagnostic_clear(diagnostic);
    return *reason == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;
}

/* The harness gets an equal share of the time that is left; the tools get the last one. */
static int run_harness(struct measurement *measurement, size_t index, struct diagnostic *diagnostic)
{
    const struct coverage_program *program = &measurement->request->programs[index];
    struct coverage_harness *result = &measurement->coverage->harnesses[index];
    const int64_t now_ms = process_clock_ms();
    const int64_t shares = (int64_t)(measurement->request->program_count - index + 1);
    char *name = text_format("%zu", index);
    const struct profile_request request = {
        .program = program->program,
        .corpus = program->corpus,
        .timeout_s = program->timeout_s,
        .folder = measurement->folder,
        .name = name,
        .deadline_ms = now_ms + (measurement->deadline_ms - now_ms) / shares,
    };
    int error = name == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    if (error == RIG_OK && program->program == NULL)
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s", program->missing);
    else if (error == RIG_OK)
        error = profile_harness(&request, &measurement->profiles, result, diagnostic);
    free(name);
    return keep_reason(error, &result->reason, diagnostic);
}

/* The harness's name, and a count of 0 for each provision that it says its oracles judge. */
static int name_harness(const struct coverage_program *program, struct coverage_harness *harness)
{
    int error = RIG_OK;

    harness->name = text_duplicate(program->name);
    if (harness->name == NULL)
        return RIG_ERROR_NO_MEMORY;
    for (size_t i = 0; error == RIG_OK && program->judges != NULL && i < program->judges->count;
         i++)
        error = coverage_add_checks(harness, program->judges->items[i], 0);
    return error;
}

static int run_harnesses(struct measurement *measurement, struct diagnostic *diagnostic)
{
    const struct coverage_request *request = measurement->request;
    struct coverage *coverage = measurement->coverage;
    int error = RIG_OK;

    coverage->harnesses = calloc(request->program_count > 0 ? request->program_count : 1,
                                 sizeof *coverage->harnesses);
    if (coverage->harnesses == NULL)
        return RIG_ERROR_NO_MEMORY;
    for (size_t i = 0; error == RIG_OK && i < request->program_count; i++) {
        coverage->harness_count++;
        error = name_harness(&request->programs[i], &coverage->harnesses[i]);
        if (error == RIG_OK)
            error = run_harness(measurement, i, diagnostic);
        coverage->inputs += coverage->harnesses[i].inputs;
    }
    return error;
}

/* The first line that a tool printed on standard error, escaped; "" when there is none. */
static void first_complaint(const struct process *process, char text[COMPLAINT_SIZE])
{
    size_t size = 0;
    const char *output = process_output(process, PROCESS_STDERR, &size);
    const char *newline = memchr(output, '\n', size);

    (void)text_escape(text, COMPLAINT_SIZE, output,
                      newline != NULL ? (size_t)(newline - output) : size);
}

static void pass_line(void *context, enum process_stream stream, const char *line, size_t size)
{
    if (stream == PROCESS_STDOUT)
        lcov_read_line(context, line, size);
}

/* Runs a tool, its output to READER unless that is NULL; COMPLAINT is what it said beside.
 * RIG_ERROR_BENCH when it failed. */
static int run_tool(const struct measurement *measurement, const char *const *argv,
                    struct lcov_reader *reader, char complaint[COMPLAINT_SIZE],
                    struct diagnostic *diagnostic)
{
    const struct process_options options = {.argv = argv,
                                            .working_folder = measurement->folder,
                                            .capture_limit = TOOL_OUTPUT,
                                            .on_line = reader != NULL ? pass_line : NULL,
                                            .on_line_context = reader};
    const int64_t left_ms = measurement->deadline_ms - process_clock_ms();
    struct process *process = NULL;
    const struct process_end *end;
    char phrase[128];
    int error = process_run(&options, left_ms > 0 ? left_ms : 0, &process, diagnostic);

    if (error != RIG_OK)
        return error;
    end = process_end(process);
    first_complaint(process, complaint);
    process_end_describe(end, phrase, sizeof phrase);
    if (end->outcome != PROCESS_EXITED || end->exit_code != 0)
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: %s%s%s", argv[0], phrase,
                                complaint[0] != '\0' ? ": " : "", complaint);
    process_destroy(process);
    return error;
}

static int merge_profiles(const struct measurement *measurement, struct diagnostic *diagnostic)
{
    static const char input_files[] = "--input-files=" PROFILE_LIST;
    const char *const argv[] = {measurement->request->profdata,
                                "merge",
                                "-sparse",
                                "-o",
                                MERGED_PROFILE,
                                input_files,
                                NULL};
    char *path = file_join(measurement->folder, PROFILE_LIST);
    char *list = text_list_join(&measurement->profiles, '\n');
    char complaint[COMPLAINT_SIZE];
    int error = path == NULL || list == NULL ? RIG_ERROR_NO_MEMORY
                                             : file_write(path, list, strlen(list), diagnostic);

    if (error == RIG_OK)
        error = run_tool(measurement, argv, NULL, complaint, diagnostic);
    free(list);
    free(path);
    return error;
}

/* llvm-cov takes the first program bare and each further one behind -object. For free(). */
static const char **export_arguments(const struct coverage_request *request)
{
    const char **argv = calloc(2 * request->program_count + 5, sizeof *argv);
    size_t count = 0;
    bool first = true;

    if (argv == NULL)
        return NULL;
    argv[count++] = request->cov;
    argv[count++] = "export";
    argv[count++] = "-format=lcov";
    argv[count++] = "-instr-profile=" MERGED_PROFILE;
    for (size_t i = 0; i < request->program_count; i++) {
        if (request->programs[i].program == NULL)
            continue;
        if (!first)
            argv[count++] = "-object";
        argv[count++] = request->programs[i].program;
        first = false;
    }
    return argv;
}

static int read_counts(const struct measurement *measurement, const struct project_code *code,
                       struct diagnostic *diagnostic)
{
    struct coverage *coverage = measurement->coverage;
    struct lcov_reader *reader = lcov_reader_create(code, coverage);
    const char **argv = export_arguments(measurement->request);
    char complaint[COMPLAINT_SIZE] = "";
    int error = reader == NULL || argv == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    if (error == RIG_OK)
        error = run_tool(measurement, argv, reader, complaint, diagnostic);
    if (error == RIG_OK)
        error = lcov_reader_end(reader, diagnostic);
    if (error == RIG_OK && coverage->file_count == 0)
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                "the harness programs hold no code of %s", code->project);
    if (error == RIG_OK && complaint[0] != '\0') {
        coverage->note = text_duplicate(complaint);
        error = coverage->note == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;
    }
    free(argv);
    lcov_reader_destroy(reader);
    return error;
}

/* The first reason of a harness, when none of them gave a profile. */
static int explain_nothing(const struct measurement *measurement, struct diagnostic *diagnostic)
{
    const struct coverage *coverage = measurement->coverage;

    for (size_t i = 0; i < coverage->harness_count; i++) {
        const struct coverage_harness *harness = &coverage->harnesses[i];
        if (harness->failed.count > 0)
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "no input of %s ran through: %s",
                                   harness->name, harness->failed.items[0]);
        if (harness->reason != NULL)
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s", harness->reason);
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "there is no harness");
}

static int measure_in_folder(struct measurement *measurement, const struct project_code *code,
                             struct diagnostic *diagnostic)
{
    int error = run_harnesses(measurement, diagnostic);

    if (error == RIG_OK && measurement->profiles.count == 0)
        error = explain_nothing(measurement, diagnostic);
    if (error == RIG_OK)
        error = merge_profiles(measurement, diagnostic);
    if (error == RIG_OK)
        error = read_counts(measurement, code, diagnostic);
    if (error == RIG_OK)
        error = project_code_add_missing(code, measurement->coverage, diagnostic);
    return error;
}

int coverage_measure(const struct coverage_request *request, struct coverage *coverage,
                     struct diagnostic *diagnostic)
{
    struct measurement measurement = {.request = request, .coverage = coverage};
    struct diagnostic ignored;
    char *project = realpath(request->project, NULL);
    char *build = realpath(request->build, NULL); /* NULL when it does not exist */
    const struct project_code code = {project, build != NULL ? build : request->build};
    int error = RIG_OK;

    memset(coverage, 0, sizeof *coverage);
    measurement.deadline_ms = process_clock_ms() + request->limit_ms;
    coverage->project = text_duplicate(request->project);
    if (coverage->project == NULL)
        error = RIG_ERROR_NO_MEMORY;
    else if (project == NULL)
        error = file_fail(request->project, "be found", diagnostic);
    if (error == RIG_OK)
        error = file_make_temporary(&measurement.folder, diagnostic);
    if (error == RIG_OK)
        error = measure_in_folder(&measurement, &code, diagnostic);
    error = keep_reason(error, &coverage->reason, diagnostic);
    if (coverage->reason != NULL)
        coverage_clear_files(coverage);
    if (measurement.folder != NULL && file_remove(measurement.folder, &ignored) != RIG_OK &&
        error == RIG_OK && coverage->note == NULL)
        coverage->note = text_format("%s", ignored.text);
    text_list_free(&measurement.profiles);
    free(measurement.folder);
    free(build);
    free(project);
    return error;
}
