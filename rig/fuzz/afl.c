#include "fuzz/afl.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/process.h"
#include "base/text.h"
#include "fuzz/afl_finds.h"
#include "fuzz/afl_job.h"
#include "fuzz/afl_session.h"
#include "fuzz/afl_start.h"

#define SYNC_FOLDER "afl"

enum {
    TICK_MS = 1000,       /* between two looks at what the jobs have found */
    STOP_GRACE_MS = 3000, /* between SIGTERM and SIGKILL */
    START_MIN_MS = 500,   /* time left that is worth the start of a job */
    LAST_WORDS_SIZE = 300,
    VERSION_LIMIT_MS = 10000, /* for afl-fuzz to say its version */
};

/* ---- figures ---- */

static struct engine_figures sum_figures(const struct afl *afl)
{
    double elapsed_s = (double)(process_clock_ms() - afl->started_ms) / 1000.0;
    struct engine_figures sum = {.execs = afl->execs_before,
                                 .edges = afl->edges,
                                 .artifacts = afl->artifacts,
                                 .stability = afl->stability};

    for (size_t i = 0; i < afl->job_count; i++) {
        const struct afl_figures *figures = &afl->jobs[i].figures;

        sum.execs = engine_add(sum.execs, figures->execs);
        sum.edges = figures->edges > sum.edges ? figures->edges : sum.edges;
        sum.stability = fmin(sum.stability, figures->stability); /* the number, of NaN and one */
    }
    sum.execs_per_second = elapsed_s > 0 ? (double)sum.execs / elapsed_s : 0;
    return sum;
}

/* Moves the figures of a process that has ended to the sum. */
static void settle_figures(struct afl *afl, struct afl_job *job)
{
    afl_job_read_figures(job);
    afl->execs_before = engine_add(afl->execs_before, job->figures.execs);
    afl->edges = job->figures.edges > afl->edges ? job->figures.edges : afl->edges;
    afl->stability = fmin(afl->stability, job->figures.stability);
    job->figures = (struct afl_figures){.stability = NAN};
}

static void report_progress(const struct afl *afl)
{
    const struct engine_progress progress = {
        .elapsed_s = (double)(process_clock_ms() - afl->started_ms) / 1000.0,
        .total_s = afl->options->time_s,
        .figures = sum_figures(afl),
    };

    if (afl->options->on_progress != NULL) {
        afl->options->on_progress(afl->options->progress_context, &progress);
    }
}

/* ---- jobs ---- */

static int open_afl(struct afl *afl, const struct engine_options *options,
                    struct diagnostic *diagnostic)
{
    int error = engine_check_options(options, diagnostic);

    afl->options = options;
    afl->stability = NAN;
    afl->started_ms = process_clock_ms();
    afl->sync_folder = file_join(options->scratch_folder, SYNC_FOLDER);
    afl->start_folder = file_join(options->scratch_folder, "start");
    afl->empty = file_join(options->scratch_folder, "empty");
    if (afl->sync_folder == NULL || afl->start_folder == NULL || afl->empty == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    for (unsigned i = 0; error == RIG_OK && i < options->jobs; i++) {
        error = afl_job_open(&afl->jobs[i], i, afl->sync_folder);
        afl->job_count++;
    }
    return error == RIG_OK ? file_make_directories(afl->sync_folder, diagnostic) : error;
}

static void close_afl(struct afl *afl)
{
    for (size_t i = 0; i < afl->job_count; i++) {
        afl_job_close(&afl->jobs[i]);
    }
    free(afl->sync_folder);
    free(afl->start_folder);
    free(afl->empty);
    free(afl);
}

/* A job may end before its time only because of an input that it began with. */
static int check_end(const struct afl *afl, const struct afl_job *job,
                     struct diagnostic *diagnostic)
{
    const struct process_end *end = process_end(job->process);
    char how[128];
    char reason[LAST_WORDS_SIZE];

    if (end->outcome == PROCESS_EXITED && end->exit_code == 0 &&
        process_clock_ms() + START_MIN_MS >= afl->end_ms) {
        return RIG_OK;
    }
    process_end_describe(end, how, sizeof(how));
    afl_job_reason(job, reason, sizeof(reason));
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "afl-fuzz on %s ended (%s): %s",
                           afl->options->program, how, reason);
}

/* Deals with a job whose process has ended, and frees it for the next round. */
static int finish_job(struct afl *afl, struct afl_job *job, struct diagnostic *diagnostic)
{
    bool failed_at_start = false;
    int error = afl_take_finds(afl, job, &failed_at_start, diagnostic);

    if (error == RIG_OK) {
        error = afl_import(afl, job, diagnostic);
    }
    if (error == RIG_OK && !failed_at_start && !interrupt_requested()) {
        error = check_end(afl, job, diagnostic);
    }
    settle_figures(afl, job);
    process_destroy(job->process);
    job->process = NULL;
    return error;
}

/* Starts what is idle while there is time. *running says how many jobs have a process. */
static int start_idle_jobs(struct afl *afl, size_t *running, struct diagnostic *diagnostic)
{
    int64_t left_ms = afl->end_ms - process_clock_ms();
    const struct afl_task task = {
        .time_s = left_ms < START_MIN_MS ? 0 : (unsigned)((left_ms + 999) / 1000),
        .sync_folder = afl->sync_folder,
        .start_folder = afl->start_folder,
    };
    int error = RIG_OK;

    *running = 0;
    for (size_t i = 0; error == RIG_OK && i < afl->job_count; i++) {
        struct afl_job *job = &afl->jobs[i];

        if (job->process == NULL && task.time_s > 0) {
            error = afl_fill_start(afl, diagnostic);
            if (error == RIG_OK) {
                error = afl_job_start(job, afl->options, &task, diagnostic);
            }
        }
        *running += job->process != NULL;
    }
    return error;
}

/* One look at a job that runs. */
static int look_at(struct afl *afl, struct afl_job *job, bool import_due,
                   struct diagnostic *diagnostic)
{
    bool failed_at_start = false;
    int error;

    if (process_clock_ms() > job->deadline_ms) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "afl-fuzz on %s did not end at its time limit; it was killed",
                               afl->options->program);
    }
    afl_job_read_figures(job);
    error = afl_take_finds(afl, job, &failed_at_start, diagnostic);
    return error == RIG_OK && import_due ? afl_import(afl, job, diagnostic) : error;
}

static int look_at_jobs(struct afl *afl, struct diagnostic *diagnostic)
{
    bool import_due = process_clock_ms() >= afl->import_ms;
    int error = RIG_OK;

    afl->tick_ms = process_clock_ms() + TICK_MS;
    if (import_due) {
        afl->import_ms = process_clock_ms() + (int64_t)AFL_IMPORT_S * 1000;
    }
    for (size_t i = 0; error == RIG_OK && i < afl->job_count; i++) {
        if (afl->jobs[i].process != NULL) {
            error = look_at(afl, &afl->jobs[i], import_due, diagnostic);
        }
    }
    report_progress(afl);
    return error;
}

/* Waits until a job has ended, and deals with it, or until the next look is due. */
static int serve_jobs(struct afl *afl, struct diagnostic *diagnostic)
{
    struct process *processes[ENGINE_JOBS_MAX];
    size_t ended = 0;
    int error;

    for (size_t i = 0; i < afl->job_count; i++) {
        processes[i] = afl->jobs[i].process;
    }
    error = process_wait_any(processes, afl->job_count, afl->tick_ms, &ended, diagnostic);
    if (error == RIG_OK) {
        return finish_job(afl, &afl->jobs[ended], diagnostic);
    }
    if (error != RIG_ERROR_TIMEOUT) {
        return error;
    }
    diagnostic_clear(diagnostic);
    return look_at_jobs(afl, diagnostic);
}

static int run_jobs(struct afl *afl, struct diagnostic *diagnostic)
{
    size_t running = 0;
    int error = start_idle_jobs(afl, &running, diagnostic);

    while (error == RIG_OK && running > 0 && !engine_has_enough(afl->options)) {
        error = serve_jobs(afl, diagnostic);
        if (error == RIG_OK) {
            error = start_idle_jobs(afl, &running, diagnostic);
        }
    }
    return error;
}

/* Ends all jobs. After an interrupt, what they found is kept. The first error stays. */
static int stop_jobs(struct afl *afl, int error, struct diagnostic *diagnostic)
{
    for (size_t i = 0; i < afl->job_count; i++) {
        struct afl_job *job = &afl->jobs[i];
        struct diagnostic later = {""};
        int stopped;

        if (job->process == NULL) {
            continue;
        }
        stopped = process_stop(job->process, STOP_GRACE_MS, &later);
        if (stopped == RIG_OK && error == RIG_ERROR_INTERRUPTED) {
            stopped = afl_take_artifacts(afl, job, &later);
            if (stopped == RIG_OK || stopped == RIG_ERROR_INTERRUPTED) {
                stopped = afl_import(afl, job, &later);
            }
        }
        if (stopped != RIG_OK && error == RIG_OK) {
            error = diagnostic_fail(diagnostic, stopped, "%s",
                                    later.text[0] != '\0' ? later.text : rig_strerror(stopped));
        }
        settle_figures(afl, job);
    }
    return error;
}

/* ---- the whole ---- */

static int run(const struct engine_options *options, struct engine_figures *figures,
               struct diagnostic *diagnostic)
{
    struct afl *afl = calloc(1, sizeof(*afl));
    int error;

    *figures = (struct engine_figures){.stability = NAN};
    if (afl == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    error = open_afl(afl, options, diagnostic);
    afl->end_ms = afl->started_ms + (int64_t)options->time_s * 1000;
    afl->tick_ms = afl->started_ms + TICK_MS;
    afl->import_ms = afl->started_ms + (int64_t)AFL_IMPORT_S * 1000;
    if (error == RIG_OK) {
        error = afl_gather_corpus(afl, diagnostic);
    }
    if (error == RIG_OK) {
        error = afl_check_empty_input(afl, diagnostic);
    }
    if (error == RIG_OK) {
        error = run_jobs(afl, diagnostic);
    }
    error = stop_jobs(afl, error, diagnostic);
    *figures = sum_figures(afl);
    close_afl(afl);
    return error;
}

/* Waits for the one job of a control, which ends by itself. */
static int wait_for_control(struct afl *afl, struct diagnostic *diagnostic)
{
    struct afl_job *job = &afl->jobs[0];
    int error = process_wait(job->process, job->deadline_ms, diagnostic);

    if (error == RIG_ERROR_TIMEOUT) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "afl-fuzz on %s does not end after the first failing input",
                               afl->options->program);
    }
    if (error != RIG_OK) {
        return error;
    }
    error = afl_take_artifacts(afl, job, diagnostic);
    afl->end_ms = process_clock_ms(); /* it may end when it likes, but not by an error */
    return error == RIG_OK ? check_end(afl, job, diagnostic) : error;
}

static int execute_first(const struct engine_options *options, struct diagnostic *diagnostic)
{
    struct afl *afl = calloc(1, sizeof(*afl));
    struct engine_options single = *options;
    int error;

    if (afl == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    single.jobs = 1;
    single.working_corpus = NULL;
    single.dictionary = NULL;
    error = open_afl(afl, &single, diagnostic);
    if (error == RIG_OK) {
        error = file_make_directories(afl->start_folder, diagnostic);
    }
    if (error == RIG_OK) {
        error = afl_write_start(afl, diagnostic);
    }
    if (error == RIG_OK) {
        const struct afl_task task = {AFL_CONTROL_S, afl->sync_folder, afl->start_folder, true};

        error = afl_job_start(&afl->jobs[0], &single, &task, diagnostic);
    }
    if (error == RIG_OK) {
        error = wait_for_control(afl, diagnostic);
    }
    error = stop_jobs(afl, error, diagnostic);
    close_afl(afl);
    return error;
}

/* ---- for others ---- */

static int list_artifacts(const char *scratch_folder, struct text_list *paths,
                          struct diagnostic *diagnostic)
{
    char *sync_folder = file_join(scratch_folder, SYNC_FOLDER);
    struct text_list names = {0};
    int error = sync_folder != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;

    if (error == RIG_OK && file_is_directory(sync_folder)) {
        error = file_list(sync_folder, &names, diagnostic);
    }
    for (size_t i = 0; error == RIG_OK && i < names.count; i++) {
        char *folder = file_join(sync_folder, names.items[i]);

        error = folder != NULL ? afl_job_artifacts(folder, paths, diagnostic) : RIG_ERROR_NO_MEMORY;
        free(folder);
    }
    text_list_free(&names);
    free(sync_folder);
    return error;
}

static int check(struct diagnostic *diagnostic)
{
    static const char *const arguments[] = {"afl-fuzz", "-h", NULL};
    const struct process_options options = {.argv = arguments};
    struct process *process = NULL;
    int error = process_run(&options, VERSION_LIMIT_MS, &process, diagnostic);

    process_destroy(process);
    return error == RIG_ERROR_BENCH
               ? diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                 "no afl-fuzz in PATH: install the package afl++, then configure "
                                 "and build the harnesses again")
               : error;
}

/* The first word of its help, such as `afl-fuzz++4.04c`. */
static int ask_version(char *text, size_t size, struct diagnostic *diagnostic)
{
    static const char *const arguments[] = {"afl-fuzz", "-h", NULL};
    const struct process_options options = {.argv = arguments};
    struct process *process = NULL;
    size_t output_size = 0;
    const char *output;
    int error = process_run(&options, VERSION_LIMIT_MS, &process, diagnostic);

    text[0] = '\0';
    if (error != RIG_OK) {
        return error;
    }
    output = process_output(process, PROCESS_STDOUT, &output_size);
    afl_output_plain(output, strcspn(output, "\n "), text, size);
    process_destroy(process);
    return RIG_OK;
}

const struct engine_type afl_engine = {
    .name = "afl",
    .variant = "afl",
    .check = check,
    .ask_version = ask_version,
    .run = run,
    .execute_first = execute_first,
    .list_artifacts = list_artifacts,
};
