#include "fuzz/libfuzzer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/process.h"
#include "base/text.h"
#include "fuzz/corpus.h"
#include "fuzz/libfuzzer_job.h"

enum {
    TICK_MS = 1000,       /* between two progress reports */
    STOP_GRACE_MS = 1000, /* between SIGTERM and SIGKILL */
    DEATHS_MAX = 3,       /* ends in a row without an artifact, before the bench is at fault */
    START_MIN_MS = 500,   /* time left that is worth the start of a job */
    LAST_WORDS_SIZE = 300,
};

struct engine {
    const struct engine_options *options;
    char *start_corpus; /* links to the inputs of the corpus folders that do not fail */
    struct libfuzzer_job jobs[ENGINE_JOBS_MAX];
    size_t job_count;
    int64_t started_ms;
    int64_t end_ms;
    int64_t tick_ms;       /* when progress is due */
    uint64_t execs_before; /* of processes that have ended */
    uint64_t edges;
    uint64_t artifacts;
    unsigned deaths; /* in a row */
};

/* ---- figures ---- */

static struct engine_figures sum_figures(const struct engine *engine)
{
    double elapsed_s = (double)(process_clock_ms() - engine->started_ms) / 1000.0;
    struct engine_figures sum = {.execs = engine->execs_before,
                                 .edges = engine->edges,
                                 .artifacts = engine->artifacts,
                                 .stability = NAN};

    for (size_t i = 0; i < engine->job_count; i++) {
        const struct libfuzzer_figures *figures = &engine->jobs[i].figures;

        sum.execs = engine_add(sum.execs, figures->execs);
        sum.edges = figures->edges > sum.edges ? figures->edges : sum.edges;
    }
    sum.execs_per_second = elapsed_s > 0 ? (double)sum.execs / elapsed_s : 0;
    return sum;
}

static void report_progress(struct engine *engine)
{
    const struct engine_progress progress = {
        .elapsed_s = (double)(process_clock_ms() - engine->started_ms) / 1000.0,
        .total_s = engine->options->time_s,
        .figures = sum_figures(engine),
    };

    engine->tick_ms = process_clock_ms() + TICK_MS;
    if (engine->options->on_progress != NULL) {
        engine->options->on_progress(engine->options->progress_context, &progress);
    }
}

/* Moves the figures of a process that has ended to the sum. */
static void settle_figures(struct engine *engine, struct libfuzzer_job *job)
{
    engine->execs_before = engine_add(engine->execs_before, job->figures.execs);
    if (job->figures.edges > engine->edges) {
        engine->edges = job->figures.edges;
    }
    memset(&job->figures, 0, sizeof(job->figures));
}

/* ---- artifacts ---- */

/* libFuzzer runs the whole corpus when it starts: what fails there must not stay in it. */
static int leave_out(const struct engine *engine, const char *path, struct diagnostic *diagnostic)
{
    size_t length = engine->options->max_length;
    int error = RIG_OK;

    if (engine->start_corpus != NULL) {
        error = corpus_remove_equal(engine->start_corpus, path, length, diagnostic);
    }
    if (error == RIG_OK && engine->options->working_corpus != NULL) {
        error = corpus_remove_equal(engine->options->working_corpus, path, length, diagnostic);
    }
    return error;
}

/* Reports one artifact and removes its file. */
static int take_artifact(struct engine *engine, const struct libfuzzer_job *job, const char *path,
                         struct diagnostic *diagnostic)
{
    struct triage_artifact artifact = {.path = path};
    int error = RIG_OK;

    artifact.text = process_output(job->process, PROCESS_STDERR, &artifact.text_size);
    engine->artifacts++;
    if (!interrupt_requested()) {
        error =
            engine->options->on_artifact(engine->options->artifact_context, &artifact, diagnostic);
        if (error == RIG_OK && !job->figures.is_initialised) {
            error = leave_out(engine, path, diagnostic);
        }
    }
    if (interrupt_requested() && engine->options->working_corpus != NULL) {
        /* Nobody may have looked at it: the next run meets it first. */
        int kept = corpus_add(engine->options->working_corpus, path, diagnostic);

        error = kept != RIG_OK ? kept : error;
    }
    return error == RIG_OK ? file_remove(path, diagnostic) : error;
}

static int take_artifacts(struct engine *engine, const struct libfuzzer_job *job, size_t *count,
                          struct diagnostic *diagnostic)
{
    struct text_list paths = {0};
    int error = libfuzzer_job_artifacts(job->folder, &paths, diagnostic);

    *count = paths.count;
    for (size_t i = 0; error == RIG_OK && i < paths.count; i++) {
        error = take_artifact(engine, job, paths.items[i], diagnostic);
    }
    text_list_free(&paths);
    return error;
}

/* ---- jobs ---- */

/* The last line that a process printed, escaped, for a message. */
static void last_words(const struct process *process, char *words, size_t size)
{
    size_t end = 0;
    const char *text = process_output(process, PROCESS_STDERR, &end);
    size_t begin;

    while (end > 0 && text[end - 1] == '\n') {
        end--;
    }
    for (begin = end; begin > 0 && text[begin - 1] != '\n'; begin--) {
    }
    (void)text_escape(words, size, text + begin, end - begin);
}

/* libFuzzer says that it wrote a failing input whether it could or not. */
static int check_written(const struct libfuzzer_job *job, struct diagnostic *diagnostic)
{
    static const char words[] = "Test unit written to ";
    const struct process_end *end = process_end(job->process);
    size_t size = 0;
    const char *text = process_output(job->process, PROCESS_STDERR, &size);

    for (size_t i = 0; end->exit_code != 0 && i + strlen(words) <= size; i++) {
        if (memcmp(text + i, words, strlen(words)) == 0) {
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                   "%s: a failing input could not be written here; make room on "
                                   "the disk",
                                   job->folder);
        }
    }
    return RIG_OK;
}

static int count_death(struct engine *engine, const struct libfuzzer_job *job,
                       struct diagnostic *diagnostic)
{
    char how[128];
    char words[LAST_WORDS_SIZE];
    int error = check_written(job, diagnostic);

    engine->deaths++;
    if (error != RIG_OK || engine->deaths < DEATHS_MAX) {
        return error;
    }
    process_end_describe(process_end(job->process), how, sizeof(how));
    last_words(job->process, words, sizeof(words));
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                           "%s ended %u times without leaving an input (%s): %s; run it by hand",
                           engine->options->program, engine->deaths, how, words);
}

/* Deals with a job whose process has ended, and frees it for the next round. */
static int finish_job(struct engine *engine, struct libfuzzer_job *job,
                      struct diagnostic *diagnostic)
{
    const struct process_end *end = process_end(job->process);
    bool used_its_time = end->outcome == PROCESS_EXITED && end->exit_code == 0 &&
                         process_clock_ms() + START_MIN_MS >= engine->end_ms;
    size_t count = 0;
    int error = take_artifacts(engine, job, &count, diagnostic);

    if (error == RIG_OK && count == 0 && !used_its_time && !interrupt_requested()) {
        error = count_death(engine, job, diagnostic);
    } else if (error == RIG_OK) {
        engine->deaths = 0;
    }
    settle_figures(engine, job);
    process_destroy(job->process);
    job->process = NULL;
    return error;
}

/* Starts what is idle while there is time. *running says how many jobs have a process. */
static int start_idle_jobs(struct engine *engine, size_t *running, struct diagnostic *diagnostic)
{
    int64_t left_ms = engine->end_ms - process_clock_ms();
    const struct libfuzzer_task task = {
        .time_s = left_ms < START_MIN_MS ? 0 : (unsigned)((left_ms + 999) / 1000),
        .start_corpus = engine->start_corpus,
    };
    int error = RIG_OK;

    *running = 0;
    for (size_t i = 0; error == RIG_OK && i < engine->job_count; i++) {
        struct libfuzzer_job *job = &engine->jobs[i];

        if (job->process == NULL && task.time_s > 0) {
            error = libfuzzer_job_start(job, engine->options, &task, diagnostic);
        }
        *running += job->process != NULL;
    }
    return error;
}

static int check_overdue(const struct engine *engine, struct diagnostic *diagnostic)
{
    for (size_t i = 0; i < engine->job_count; i++) {
        const struct libfuzzer_job *job = &engine->jobs[i];

        if (job->process != NULL && process_clock_ms() > job->deadline_ms) {
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                   "%s did not end at its time limit; it was killed",
                                   engine->options->program);
        }
    }
    return RIG_OK;
}

/* Waits until a job has ended, and deals with it, or until progress is due. Jobs that end all the
 * time do not put it off. */
static int serve_jobs(struct engine *engine, struct diagnostic *diagnostic)
{
    struct process *processes[ENGINE_JOBS_MAX];
    size_t ended = 0;
    int error;

    for (size_t i = 0; i < engine->job_count; i++) {
        processes[i] = engine->jobs[i].process;
    }
    error = process_wait_any(processes, engine->job_count, engine->tick_ms, &ended, diagnostic);
    if (error == RIG_OK) {
        error = finish_job(engine, &engine->jobs[ended], diagnostic);
    } else if (error == RIG_ERROR_TIMEOUT) {
        diagnostic_clear(diagnostic);
        error = RIG_OK;
    }
    if (error == RIG_OK) {
        report_progress(engine);
        error = check_overdue(engine, diagnostic);
    }
    return error;
}

static int run_jobs(struct engine *engine, struct diagnostic *diagnostic)
{
    size_t running = 0;
    int error = start_idle_jobs(engine, &running, diagnostic);

    while (error == RIG_OK && running > 0 && !engine_has_enough(engine->options)) {
        error = serve_jobs(engine, diagnostic);
        if (error == RIG_OK) {
            error = start_idle_jobs(engine, &running, diagnostic);
        }
    }
    return error;
}

/* Ends all jobs. After an interrupt, what they left is kept. The first error stays. */
static int stop_jobs(struct engine *engine, int error, struct diagnostic *diagnostic)
{
    for (size_t i = 0; i < engine->job_count; i++) {
        struct libfuzzer_job *job = &engine->jobs[i];
        struct diagnostic later = {""};
        size_t count = 0;

        if (job->process != NULL) {
            int stopped = process_stop(job->process, STOP_GRACE_MS, &later);

            if (stopped == RIG_OK && error == RIG_ERROR_INTERRUPTED) {
                stopped = take_artifacts(engine, job, &count, &later);
            }
            if (stopped != RIG_OK && error == RIG_OK) {
                error = diagnostic_fail(diagnostic, stopped, "%s",
                                        later.text[0] != '\0' ? later.text : rig_strerror(stopped));
            }
            settle_figures(engine, job);
        }
        libfuzzer_job_close(job);
    }
    return error;
}

/* ---- the whole ---- */

static int open_jobs(struct engine *engine, struct diagnostic *diagnostic)
{
    for (unsigned i = 0; i < engine->options->jobs; i++) {
        int error = libfuzzer_job_open(&engine->jobs[i], i, engine->options, diagnostic);

        engine->job_count++;
        if (error != RIG_OK) {
            return error;
        }
    }
    return RIG_OK;
}

static int prepare_corpus(struct engine *engine, struct diagnostic *diagnostic)
{
    const struct engine_options *options = engine->options;

    engine->start_corpus = file_join(options->scratch_folder, "start");
    if (engine->start_corpus == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    int error = file_make_directories(options->working_corpus, diagnostic);

    return error != RIG_OK ? error
                           : corpus_link(options->corpus_folders, engine->start_corpus, diagnostic);
}

static int run(const struct engine_options *options, struct engine_figures *figures,
               struct diagnostic *diagnostic)
{
    struct engine *engine;
    int error = engine_check_options(options, diagnostic);

    memset(figures, 0, sizeof(*figures));
    if (error != RIG_OK) {
        return error;
    }
    engine = calloc(1, sizeof(*engine));
    if (engine == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    engine->options = options;
    engine->started_ms = process_clock_ms();
    engine->end_ms = engine->started_ms + (int64_t)options->time_s * 1000;
    engine->tick_ms = engine->started_ms + TICK_MS;
    error = prepare_corpus(engine, diagnostic);
    if (error == RIG_OK) {
        error = open_jobs(engine, diagnostic);
    }
    if (error == RIG_OK) {
        error = run_jobs(engine, diagnostic);
    }
    error = stop_jobs(engine, error, diagnostic);
    *figures = sum_figures(engine);
    free(engine->start_corpus);
    free(engine);
    return error;
}

static int execute_first(const struct engine_options *options, struct diagnostic *diagnostic)
{
    struct engine_options single = *options;
    const struct libfuzzer_task task = {.time_s = options->timeout_s, .runs = 1};
    struct engine engine = {.options = &single, .job_count = 1};
    size_t count = 0;
    int error;

    single.jobs = 1;
    single.working_corpus = NULL;
    error = engine_check_options(&single, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    error = libfuzzer_job_open(&engine.jobs[0], 0, &single, diagnostic);
    if (error == RIG_OK) {
        error = libfuzzer_job_start(&engine.jobs[0], &single, &task, diagnostic);
    }
    if (error == RIG_OK) {
        error = process_wait(engine.jobs[0].process, engine.jobs[0].deadline_ms, diagnostic);
    }
    if (error == RIG_ERROR_TIMEOUT) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s does not end after one input",
                                single.program);
    }
    if (error == RIG_OK) {
        error = take_artifacts(&engine, &engine.jobs[0], &count, diagnostic);
    }
    if (error == RIG_OK && count == 0) {
        error = check_written(&engine.jobs[0], diagnostic);
    }
    return stop_jobs(&engine, error, diagnostic);
}

const struct engine_type libfuzzer_engine = {
    .name = "libfuzzer",
    .variant = "libfuzzer",
    .run = run,
    .execute_first = execute_first,
    .list_artifacts = libfuzzer_list_artifacts,
};
