#include "fuzz/afl_job.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "fuzz/corpus.h"

enum {
    LIST_MAX = 48,              /* arguments, or variables */
    CAPTURE_LIMIT = 256 * 1024, /* bytes of its output: the reason of an end stands at the end */
    STATS_LIMIT = 64 * 1024,    /* bytes of fuzzer_stats */
    PLOT_TAIL = 512,            /* bytes of plot_data: more than two lines */
    RUN_LIMIT_MS = 1000,        /* for an input; one that takes longer is tried again for longer */
};

/* ---- lists for a process ---- */

/* Appends a string and frees it; an earlier error stays. */
static void add(struct text_list *list, int *error, char *text)
{
    if (*error == RIG_OK) {
        *error = text != NULL ? text_list_append(list, text) : RIG_ERROR_NO_MEMORY;
    }
    free(text);
}

static void add_each(struct text_list *list, int *error, const char *const *texts)
{
    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++) {
        add(list, error, text_duplicate(texts[i]));
    }
}

/* The list as process_start() wants it. */
static int point_to(const struct text_list *list, const char *pointers[LIST_MAX + 1],
                    struct diagnostic *diagnostic)
{
    if (list->count > LIST_MAX) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "more than %d arguments or variables",
                               LIST_MAX);
    }
    for (size_t i = 0; i < list->count; i++) {
        pointers[i] = list->items[i];
    }
    pointers[list->count] = NULL;
    return RIG_OK;
}

/* ---- environment ---- */

/* What the program needs, by hand and under afl-fuzz, which insists on abort_on_error and
 * symbolize=0. Contexts of allocations are left to triage: they cost a tenth of the speed. */
static void add_program_environment(const struct engine_options *options, struct text_list *list,
                                    int *error)
{
    add_each(list, error, options->environment);
    add(list, error,
        text_format("ASAN_OPTIONS=abort_on_error=1:symbolize=0:detect_leaks=0:color=never:"
                    "malloc_context_size=0:max_allocation_size_mb=%u",
                    options->memory_mb));
    add(list, error,
        text_duplicate("UBSAN_OPTIONS=abort_on_error=1:symbolize=0:print_stacktrace=1:"
                       "halt_on_error=1:color=never"));
    add(list, error, text_duplicate("ORDEAL_CONTROL=")); /* getenv() finds the caller's first */
}

/* NAME.mutator.so beside NAME.afl; NULL when there is none or no memory. */
static char *find_mutator(const char *program)
{
    static const char suffix[] = ".afl";
    size_t length = strlen(program);
    size_t stem = length >= strlen(suffix) ? length - strlen(suffix) : 0;
    char *path;

    if (stem == 0 || strcmp(program + stem, suffix) != 0) {
        return NULL;
    }
    path = text_format("%.*s.mutator.so", (int)stem, program);
    if (path != NULL && !file_is_regular(path)) {
        free(path);
        path = NULL;
    }
    return path;
}

/* AFL_TRY_AFFINITY: afl-fuzz and its program hand over to each other all the time, which is twice as
 * fast on one core. */
static int make_environment(const struct engine_options *options, const struct afl_task *task,
                            struct text_list *list)
{
    static const char *const fixed[] = {
        "AFL_NO_UI=1",
        "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1",
        "AFL_SKIP_CPUFREQ=1",
        "AFL_TRY_AFFINITY=1",
        "AFL_NO_CRASH_README=1",
        "AFL_SYNC_TIME=1",
        NULL,
    };
    char *mutator = find_mutator(options->program);
    int error = RIG_OK;

    add_program_environment(options, list, &error);
    add_each(list, &error, fixed);
    add(list, &error, text_format("AFL_HANG_TMOUT=%u", options->timeout_s * 1000));
    add(list, &error, text_format("HARNESS_MAX_LENGTH=%u", options->max_length));
    if (mutator != NULL) {
        add(list, &error, text_format("AFL_CUSTOM_MUTATOR_LIBRARY=%s", mutator));
    }
    if (task->until_failure) {
        add(list, &error, text_duplicate("AFL_BENCH_UNTIL_CRASH=1"));
    }
    free(mutator);
    return error;
}

static int make_arguments(const struct afl_job *job, const struct engine_options *options,
                          const struct afl_task *task, struct text_list *list)
{
    const struct engine_start start = {job->number, job->round};
    int error = RIG_OK;

    add(list, &error, text_duplicate("afl-fuzz"));
    add(list, &error, text_duplicate(job->number == 0 ? "-M" : "-S"));
    add(list, &error, text_duplicate(job->name));
    add(list, &error, text_format("-i%s", task->start_folder));
    add(list, &error, text_format("-o%s", task->sync_folder));
    add(list, &error, text_format("-t%d", RUN_LIMIT_MS));
    add(list, &error, text_duplicate("-mnone")); /* AddressSanitizer has its own limit */
    add(list, &error, text_format("-V%u", task->time_s));
    add(list, &error, text_format("-G%u", options->max_length));
    add(list, &error, text_format("-s%u", engine_derive_seed(options->seed, &start)));
    if (options->dictionary != NULL) {
        add(list, &error, text_format("-x%s", options->dictionary));
    }
    add(list, &error, text_duplicate("--"));
    add(list, &error, text_duplicate(options->program));
    return error;
}

/* ---- the process ---- */

int afl_job_open(struct afl_job *job, unsigned number, const char *sync_folder)
{
    memset(job, 0, sizeof(*job));
    job->number = number;
    job->name = number == 0 ? text_duplicate("main") : text_format("secondary-%u", number);
    job->folder = job->name != NULL ? file_join(sync_folder, job->name) : NULL;
    job->figures.stability = NAN;
    return job->folder != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;
}

static void read_line(void *context, enum process_stream stream, const char *line, size_t size)
{
    struct afl_job *job = context;
    enum afl_line meaning = AFL_LINE_OTHER;

    if (stream == PROCESS_STDOUT) {
        meaning = afl_output_read(line, size, job->tried);
    }
    if ((meaning != AFL_LINE_FAILS && meaning != AFL_LINE_HANGS) || job->tried[0] == '\0') {
        return;
    }
    if (text_list_append(meaning == AFL_LINE_FAILS ? &job->failed : &job->hung, job->tried) ==
        RIG_OK) { /* without memory the run ends soon enough */
        job->tried[0] = '\0';
    }
}

int afl_job_start(struct afl_job *job, const struct engine_options *options,
                  const struct afl_task *task, struct diagnostic *diagnostic)
{
    const char *arguments[LIST_MAX + 1];
    const char *variables[LIST_MAX + 1];
    const struct process_options process = {
        .argv = arguments,
        .environment = variables,
        .capture_limit = CAPTURE_LIMIT,
        .on_line = read_line,
        .on_line_context = job,
    };
    struct text_list argument_list = {0};
    struct text_list variable_list = {0};
    int error = file_remove(job->folder, diagnostic);

    free(job->imported);
    job->imported = NULL;
    job->figures = (struct afl_figures){.stability = NAN};
    if (error == RIG_OK) {
        error = make_arguments(job, options, task, &argument_list);
    }
    if (error == RIG_OK) {
        error = make_environment(options, task, &variable_list);
    }
    if (error == RIG_OK) {
        error = point_to(&argument_list, arguments, diagnostic);
    }
    if (error == RIG_OK) {
        error = point_to(&variable_list, variables, diagnostic);
    }
    if (error == RIG_OK) {
        job->deadline_ms = process_clock_ms() +
                           ((int64_t)task->time_s + options->timeout_s + ENGINE_GRACE_S) * 1000;
        job->round++;
        error = process_start(&process, &job->process, diagnostic);
    }
    text_list_free(&argument_list);
    text_list_free(&variable_list);
    return error;
}

void afl_job_close(struct afl_job *job)
{
    process_destroy(job->process);
    text_list_free(&job->failed);
    text_list_free(&job->hung);
    free(job->imported);
    free(job->folder);
    free(job->name);
    memset(job, 0, sizeof(*job));
}

/* Takes a line for the reason if it says one, or adds the system's reason to it. */
static void read_reason(const char *line, bool *found, char *text, size_t size)
{
    static const char *const words[] = {"PROGRAM ABORT : ", "SYSTEM ERROR : "};
    static const char system_word[] = "OS message : ";
    const char *system = strstr(line, system_word);
    size_t used = strlen(text);

    for (size_t i = 0; !*found && i < sizeof(words) / sizeof(words[0]); i++) {
        const char *at = strstr(line, words[i]);

        if (at != NULL) {
            (void)snprintf(text, size, "%s", at + strlen(words[i]));
            *found = true;
            return;
        }
    }
    if (*found && system != NULL) {
        (void)snprintf(text + used, size - used, ": %s", system + strlen(system_word));
    } else if (!*found && line[0] != '\0') {
        (void)snprintf(text, size, "%s", line);
    }
}

void afl_job_reason(const struct afl_job *job, char *text, size_t size)
{
    size_t left = 0;
    const char *at = process_output(job->process, PROCESS_STDOUT, &left);
    char line[512];
    bool found = false;

    text[0] = '\0';
    while (left > 0) {
        const char *newline = memchr(at, '\n', left);
        size_t length = newline != NULL ? (size_t)(newline - at) : left;

        afl_output_plain(at, length, line, sizeof(line));
        read_reason(line, &found, text, size);
        at += length + (newline != NULL);
        left -= length + (newline != NULL);
    }
}

/* ---- figures ---- */

static void read_tail(const char *path, struct afl_figures *figures)
{
    char text[PLOT_TAIL];
    FILE *file = fopen(path, "rb");
    size_t size = 0;

    if (file == NULL) {
        return; /* not written yet */
    }
    if (fseek(file, -(long)sizeof(text), SEEK_END) == 0 || fseek(file, 0, SEEK_SET) == 0) {
        size = fread(text, 1, sizeof(text), file);
    }
    (void)fclose(file);
    afl_plot_read(text, size, figures);
}

void afl_job_read_figures(struct afl_job *job)
{
    char *stats = file_join(job->folder, "fuzzer_stats");
    char *plot = file_join(job->folder, "plot_data");
    struct file_content content = {0};
    struct diagnostic unused = {""};

    if (stats != NULL && file_read(stats, STATS_LIMIT, &content, &unused) == RIG_OK) {
        afl_stats_read((const char *)content.bytes, content.size, &job->figures);
        file_content_free(&content);
    }
    if (plot != NULL) {
        read_tail(plot, &job->figures);
    }
    free(stats);
    free(plot);
}

/* ---- by hand ---- */

/* What the end of a run by hand means. */
static int read_end(const struct engine_options *options, const struct process *process,
                    char **report, struct diagnostic *diagnostic)
{
    const struct process_end *end = process_end(process);
    size_t size = 0;
    const char *text = process_output(process, PROCESS_STDERR, &size);
    char words[256];
    char how[128];

    if (end->outcome == PROCESS_EXITED && end->exit_code == 0) {
        return RIG_OK;
    }
    if (end->outcome == PROCESS_EXITED) {
        process_end_describe(end, how, sizeof(how));
        afl_output_plain(text, size, words, sizeof(words));
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s ended (%s): %s; run it by hand",
                               options->program, how, words);
    }
    *report = end->outcome == PROCESS_STOPPED
                  ? text_format("HANG clause=- name=wall-clock: no end within %u seconds\n",
                                options->timeout_s)
                  : text_format("%.*s", (int)size, text);
    return *report != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;
}

int afl_run_by_hand(const struct engine_options *options, const char *path, char **report,
                    struct diagnostic *diagnostic)
{
    const char *const arguments[] = {options->program, path, NULL};
    const char *variables[LIST_MAX + 1];
    const struct process_options process_options = {
        .argv = arguments,
        .environment = variables,
    };
    struct text_list list = {0};
    struct process *process = NULL;
    int error = RIG_OK;

    *report = NULL;
    add_program_environment(options, &list, &error);
    if (error == RIG_OK) {
        error = point_to(&list, variables, diagnostic);
    }
    if (error == RIG_OK) {
        error =
            process_run(&process_options, (int64_t)options->timeout_s * 1000, &process, diagnostic);
    }
    if (error == RIG_OK) {
        error = read_end(options, process, report, diagnostic);
    }
    process_destroy(process);
    text_list_free(&list);
    return error;
}

/* ---- what it finds ---- */

/* Appends the paths of the inputs in folder/name, which may be missing. */
static int list_inputs(const char *folder, const char *name, struct text_list *paths,
                       struct diagnostic *diagnostic)
{
    char *inputs = file_join(folder, name);
    struct text_list names = {0};
    int error = inputs != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;

    if (error == RIG_OK && file_is_directory(inputs)) {
        error = file_list(inputs, &names, diagnostic);
    }
    for (size_t i = 0; error == RIG_OK && i < names.count; i++) {
        char *path = file_join(inputs, names.items[i]);

        if (path != NULL && !(afl_is_input_name(names.items[i]) && file_is_regular(path))) {
            free(path);
            continue;
        }
        add(paths, &error, path);
    }
    text_list_free(&names);
    free(inputs);
    return error;
}

int afl_job_artifacts(const char *folder, struct text_list *paths, struct diagnostic *diagnostic)
{
    int error = list_inputs(folder, "crashes", paths, diagnostic);

    return error == RIG_OK ? list_inputs(folder, "hangs", paths, diagnostic) : error;
}

/* Neither one that it began with nor one of another job. */
static bool is_own_find(const char *path)
{
    return strstr(path, ",orig:") == NULL && strstr(path, ",sync:") == NULL;
}

int afl_job_import(struct afl_job *job, const char *corpus, struct diagnostic *diagnostic)
{
    struct text_list paths = {0};
    int error = list_inputs(job->folder, "queue", &paths, diagnostic);

    for (size_t i = 0; error == RIG_OK && i < paths.count; i++) {
        const char *name = strrchr(paths.items[i], '/') + 1;

        if (job->imported != NULL && strcmp(name, job->imported) <= 0) {
            continue; /* its number is first in the name, with leading zeros */
        }
        if (is_own_find(name)) {
            error = corpus_import(corpus, paths.items[i], diagnostic);
        }
        if (error == RIG_OK) {
            free(job->imported);
            job->imported = text_duplicate(name);
            error = job->imported != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;
        }
    }
    text_list_free(&paths);
    return error;
}
