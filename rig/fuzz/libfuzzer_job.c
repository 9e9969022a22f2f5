#include "fuzz/libfuzzer_job.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

#define JOB_FOLDER "job-"

enum {
    ARGUMENTS_MAX = 32,
    VARIABLES_MAX = 16,
    CAPTURE_LIMIT = 512 * 1024, /* bytes of its output: the report stands at the end */
};

int libfuzzer_job_open(struct libfuzzer_job *job, unsigned number,
                       const struct engine_options *options, struct diagnostic *diagnostic)
{
    memset(job, 0, sizeof(*job));
    job->number = number;
    job->folder = text_format("%s/" JOB_FOLDER "%u", options->scratch_folder, number);
    if (job->folder == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    return file_make_directories(job->folder, diagnostic);
}

/* Appends one argument and frees it; an earlier error stays. */
static void add(struct text_list *list, int *error, char *text)
{
    if (*error == RIG_OK) {
        *error = text != NULL ? text_list_append(list, text) : RIG_ERROR_NO_MEMORY;
    }
    free(text);
}

static int make_arguments(const struct libfuzzer_job *job, const struct engine_options *options,
                          const struct libfuzzer_task *task, struct text_list *list)
{
    const struct engine_start start = {job->number, job->round};
    int error = RIG_OK;

    add(list, &error, text_duplicate(options->program));
    add(list, &error, text_format("-max_total_time=%u", task->time_s));
    if (task->runs > 0) {
        add(list, &error, text_format("-runs=%" PRIu64, task->runs));
    }
    add(list, &error, text_format("-max_len=%u", options->max_length));
    add(list, &error, text_format("-timeout=%u", options->timeout_s));
    add(list, &error, text_format("-rss_limit_mb=%u", options->memory_mb));
    add(list, &error, text_format("-seed=%u", engine_derive_seed(options->seed, &start)));
    add(list, &error, text_format("-artifact_prefix=%s/", job->folder));
    add(list, &error, text_duplicate("-print_final_stats=1"));
    add(list, &error, text_duplicate("-reload=1"));
    add(list, &error, text_duplicate("-detect_leaks=0"));
    if (options->dictionary != NULL) {
        add(list, &error, text_format("-dict=%s", options->dictionary));
    }
    if (options->working_corpus != NULL) {
        add(list, &error, text_duplicate(options->working_corpus));
    }
    if (task->start_corpus != NULL) {
        add(list, &error, text_duplicate(task->start_corpus));
    }
    return error;
}

/* Symbols are left to triage: looking them up takes longer than the restart of a job. */
static int make_environment(const struct engine_options *options, const char **list,
                            struct diagnostic *diagnostic)
{
    size_t used = 0;

    for (size_t i = 0; options->environment != NULL && options->environment[i] != NULL; i++) {
        if (used == VARIABLES_MAX) {
            return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "more than %d variables",
                                   VARIABLES_MAX);
        }
        list[used++] = options->environment[i];
    }
    list[used++] = "ASAN_OPTIONS=symbolize=0:detect_leaks=0:color=never";
    list[used++] = "UBSAN_OPTIONS=symbolize=0:print_stacktrace=1:halt_on_error=1:color=never";
    list[used++] = "ORDEAL_CONTROL="; /* a getenv() finds the caller's first */
    list[used] = NULL;
    return RIG_OK;
}

static void read_line(void *context, enum process_stream stream, const char *line, size_t size)
{
    struct libfuzzer_job *job = context;

    if (stream == PROCESS_STDERR) {
        (void)libfuzzer_output_read(line, size, &job->figures);
    }
}

int libfuzzer_job_start(struct libfuzzer_job *job, const struct engine_options *options,
                        const struct libfuzzer_task *task, struct diagnostic *diagnostic)
{
    const char *arguments[ARGUMENTS_MAX + 1] = {NULL};
    const char *environment[VARIABLES_MAX + 4] = {NULL};
    const struct process_options process = {
        .argv = arguments,
        .environment = environment,
        .capture_limit = CAPTURE_LIMIT,
        .on_line = read_line,
        .on_line_context = job,
    };
    struct text_list list = {0};
    int error = make_arguments(job, options, task, &list);

    for (size_t i = 0; i < list.count && i < ARGUMENTS_MAX; i++) {
        arguments[i] = list.items[i];
    }
    if (error == RIG_OK) {
        error = make_environment(options, environment, diagnostic);
    }
    if (error == RIG_OK) {
        memset(&job->figures, 0, sizeof(job->figures));
        job->deadline_ms = process_clock_ms() +
                           ((int64_t)task->time_s + options->timeout_s + ENGINE_GRACE_S) * 1000;
        error = process_start(&process, &job->process, diagnostic);
        job->round++;
    }
    text_list_free(&list);
    return error;
}

/* libFuzzer also writes inputs that were only slow. */
static bool is_artifact(const char *name)
{
    return strncmp(name, "slow-unit-", strlen("slow-unit-")) != 0;
}

int libfuzzer_job_artifacts(const char *folder, struct text_list *paths,
                            struct diagnostic *diagnostic)
{
    struct text_list names = {0};
    int error = file_list(folder, &names, diagnostic);

    for (size_t i = 0; error == RIG_OK && i < names.count; i++) {
        char *path = file_join(folder, names.items[i]);

        if (path == NULL) {
            error = RIG_ERROR_NO_MEMORY;
        } else if (is_artifact(names.items[i])) {
            error = text_list_append(paths, path);
        } else {
            error = file_remove(path, diagnostic);
        }
        free(path);
    }
    text_list_free(&names);
    return error;
}

int libfuzzer_list_artifacts(const char *scratch_folder, struct text_list *paths,
                             struct diagnostic *diagnostic)
{
    struct text_list names = {0};
    int error = file_list(scratch_folder, &names, diagnostic);

    for (size_t i = 0; error == RIG_OK && i < names.count; i++) {
        char *folder = file_join(scratch_folder, names.items[i]);

        if (folder == NULL) {
            error = RIG_ERROR_NO_MEMORY;
        } else if (strncmp(names.items[i], JOB_FOLDER, strlen(JOB_FOLDER)) == 0 &&
                   file_is_directory(folder)) {
            error = libfuzzer_job_artifacts(folder, paths, diagnostic);
        }
        free(folder);
    }
    text_list_free(&names);
    return error;
}

void libfuzzer_job_close(struct libfuzzer_job *job)
{
    process_destroy(job->process);
    job->process = NULL;
    free(job->folder);
    job->folder = NULL;
}
