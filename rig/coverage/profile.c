#include "coverage/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "coverage/oracle_counts.h"

#define BATCH_SIZE   256U /* inputs of one process: far below the system's limit of an argv */
#define OUTPUT_LIMIT 4096U
#define COUNTS_FILE  "counts.json"
#define PHRASE_SIZE  128U

/* Some of the inputs, in their order. */
struct batch {
    char *const *inputs;
    size_t count;
};

/* How the run of a batch ended. */
struct batch_end {
    bool passed;
    char phrase[PHRASE_SIZE]; /* how the process ended */
};

/* The work on one harness. */
struct work {
    const struct profile_request *request;
    struct text_list *profiles;
    struct coverage_harness *result;
    bool is_out_of_time;
};

static int list_folder(const char *corpus, const char *name, struct text_list *inputs,
                       struct diagnostic *diagnostic)
{
    struct text_list names = {NULL, 0};
    char *folder = file_join(corpus, name);
    int error = folder == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    if (error == RIG_OK && file_is_directory(folder))
        error = file_list(folder, &names, diagnostic);
    for (size_t i = 0; error == RIG_OK && i < names.count; i++) {
        char *path = file_join(folder, names.items[i]);
        if (path == NULL)
            error = RIG_ERROR_NO_MEMORY;
        else if (file_is_regular(path))
            error = text_list_append(inputs, path);
        free(path);
    }
    text_list_free(&names);
    free(folder);
    return error;
}

static int start_and_wait(const struct profile_request *request, const struct batch *batch,
                          const char *profile, struct process **process,
                          struct diagnostic *diagnostic)
{
    const char **argv = calloc(batch->count + 2, sizeof *argv);
    char *profile_file = text_format("LLVM_PROFILE_FILE=%s", profile);
    char *timeout = text_format("HARNESS_TIMEOUT_S=%u", (unsigned)request->timeout_s);
    const char *const environment[] = {profile_file, timeout, "ORDEAL_GATES=" COUNTS_FILE, NULL};
    const struct process_options options = {.argv = argv,
                                            .environment = environment,
                                            .working_folder = request->folder,
                                            .capture_limit = OUTPUT_LIMIT};
    const int64_t left_ms = request->deadline_ms - process_clock_ms();
    int error = RIG_ERROR_NO_MEMORY;

    if (argv != NULL && profile_file != NULL && timeout != NULL) {
        argv[0] = request->program;
        for (size_t i = 0; i < batch->count; i++)
            argv[i + 1] = batch->inputs[i];
        error = process_run(&options, left_ms > 0 ? left_ms : 0, process, diagnostic);
    }
    free(timeout);
    free(profile_file);
    free(argv);
    return error;
}

/*
 * Reads what the program wrote of its oracles, unless it failed, and removes it: the next one
 * writes its own.
 */
static int take_counts(const struct work *work, bool passed, struct diagnostic *diagnostic)
{
    char *path = file_join(work->request->folder, COUNTS_FILE);
    int error = RIG_OK;
    int removed;

    if (path == NULL)
        return RIG_ERROR_NO_MEMORY;
    if (passed)
        error = oracle_counts_read(path, work->result, diagnostic);
    removed = file_remove(path, error == RIG_OK ? diagnostic : NULL);
    free(path);
    return error != RIG_OK ? error : removed;
}

/*
 * One process for the whole batch. The profile's name is relative to the working folder, so that a
 * `%` in the folder's name is not taken for one of LLVM_PROFILE_FILE's patterns. What a process
 * that failed wrote is not used: it may be cut short.
 */
static int run_batch(struct work *work, const struct batch *batch, struct batch_end *end,
                     struct diagnostic *diagnostic)
{
    const struct profile_request *request = work->request;
    char *profile = text_format("%s-%zu.profraw", request->name, work->profiles->count);
    char *path = profile == NULL ? NULL : file_join(request->folder, profile);
    struct process *process = NULL;
    const struct process_end *ended;
    int error = RIG_ERROR_NO_MEMORY;

    memset(end, 0, sizeof *end);
    if (path != NULL)
        error = start_and_wait(request, batch, profile, &process, diagnostic);
    if (error != RIG_OK)
        goto out;
    ended = process_end(process);
    process_end_describe(ended, end->phrase, sizeof end->phrase);
    end->passed = ended->outcome == PROCESS_EXITED && ended->exit_code == 0;
    work->is_out_of_time = ended->outcome == PROCESS_STOPPED;
    if (end->passed && file_is_regular(path)) {
        error = text_list_append(work->profiles, profile);
    } else if (end->passed) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                "%s wrote no profile: it is not built with "
                                "-fprofile-instr-generate",
                                request->program);
    } else {
        error = file_remove(path, diagnostic);
    }
    if (error == RIG_OK)
        error = take_counts(work, end->passed, diagnostic);
out:
    process_destroy(process);
    free(path);
    free(profile);
    return error;
}

static int note_failure(struct work *work, const char *input, const struct batch_end *end)
{
    const size_t folder = strlen(work->request->corpus);
    char *text = text_format("%s: %s", input + folder + 1, end->phrase);
    const int error =
        text == NULL ? RIG_ERROR_NO_MEMORY : text_list_append(&work->result->failed, text);

    free(text);
    return error;
}

/* Each input in a process of its own: one that ends the process costs the others nothing. */
static int run_singly(struct work *work, const struct batch *batch, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < batch->count; i++) {
        const struct batch single = {batch->inputs + i, 1};
        struct batch_end end;

        error = run_batch(work, &single, &end, diagnostic);
        if (error != RIG_OK || work->is_out_of_time)
            return error;
        if (end.passed)
            work->result->inputs++;
        else
            error = note_failure(work, single.inputs[0], &end);
    }
    return error;
}

/*
 * Method: a process that dies writes no profile, so one bad input would cost its whole batch. A
 * batch that fails is therefore run again, one input at a time; that is slow, and rare.
 */
static int run_all(struct work *work, const struct text_list *inputs, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    for (size_t at = 0; error == RIG_OK && at < inputs->count; at += BATCH_SIZE) {
        const size_t left = inputs->count - at;
        const struct batch batch = {inputs->items + at, left < BATCH_SIZE ? left : BATCH_SIZE};
        struct batch_end end;

        error = run_batch(work, &batch, &end, diagnostic);
        if (error != RIG_OK || work->is_out_of_time)
            return error;
        if (end.passed)
            work->result->inputs += batch.count;
        else
            error = run_singly(work, &batch, diagnostic);
        if (work->is_out_of_time)
            return error;
    }
    return error;
}

/* Why not all inputs were run; NULL and RIG_OK when they were. */
static int explain(const struct work *work, size_t inputs)
{
    struct coverage_harness *result = work->result;

    if (inputs == 0)
        result->reason = text_format("no committed input in %s", work->request->corpus);
    else if (work->is_out_of_time)
        result->reason = text_format("time is over: %zu inputs were not run to their end",
                                     inputs - result->inputs - result->failed.count);
    else
        return RIG_OK;
    return result->reason == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;
}

int profile_harness(const struct profile_request *request, struct text_list *profiles,
                    struct coverage_harness *result, struct diagnostic *diagnostic)
{
    struct work work = {request, profiles, result, false};
    struct text_list inputs = {NULL, 0};
    int error = list_folder(request->corpus, "seeds", &inputs, diagnostic);

    if (error == RIG_OK)
        error = list_folder(request->corpus, "regressions", &inputs, diagnostic);
    if (error == RIG_OK)
        error = run_all(&work, &inputs, diagnostic);
    if (error == RIG_OK)
        error = explain(&work, inputs.count);
    text_list_free(&inputs);
    return error;
}
