#include "fuzz/afl_finds.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "fuzz/corpus.h"

enum {
    INPUT_LIMIT = 64 * 1024 * 1024, /* bytes of one input */
};

/* Keeps a failing input that nobody may have looked at: the next run meets it first. */
static int keep(const struct afl *afl, const char *path, struct diagnostic *diagnostic)
{
    return afl->options->working_corpus != NULL
               ? corpus_import(afl->options->working_corpus, path, diagnostic)
               : RIG_OK;
}

/* Reports one failing input. */
int afl_report_artifact(struct afl *afl, const char *path, struct diagnostic *diagnostic)
{
    struct triage_artifact artifact = {.path = path};
    char *report = NULL;
    int error = RIG_ERROR_INTERRUPTED;

    afl->artifacts++;
    if (!interrupt_requested()) {
        error = afl_run_by_hand(afl->options, path, &report, diagnostic);
    }
    if (error == RIG_OK) {
        artifact.text = report;
        artifact.text_size = report != NULL ? strlen(report) : 0;
        error = afl->options->on_artifact(afl->options->artifact_context, &artifact, diagnostic);
    }
    free(report);
    if (interrupt_requested()) {
        int kept = keep(afl, path, diagnostic);

        error = kept != RIG_OK ? kept : error;
    }
    return error;
}

/* An interrupt ends the run, not the care for what is left: the rest is kept as well. */
int afl_take_artifacts(struct afl *afl, const struct afl_job *job, struct diagnostic *diagnostic)
{
    struct text_list paths = {0};
    int error = afl_job_artifacts(job->folder, &paths, diagnostic);
    bool interrupted = false;

    for (size_t i = 0; error == RIG_OK && i < paths.count; i++) {
        error = afl_report_artifact(afl, paths.items[i], diagnostic);
        if (error == RIG_ERROR_INTERRUPTED) {
            interrupted = true;
            error = RIG_OK;
        }
        if (error == RIG_OK) {
            error = file_remove(paths.items[i], diagnostic);
        }
    }
    text_list_free(&paths);
    return error == RIG_OK && interrupted ? RIG_ERROR_INTERRUPTED : error;
}

/* Where the input lies that a job knows as `name`: afl-fuzz keeps its first name at the end. */
static char *find_start_input(const struct afl *afl, const char *name)
{
    static const char word[] = ",orig:";
    const char *original = strstr(name, word);

    return file_join(afl->start_folder, original != NULL ? original + strlen(word) : name);
}

/* Reports an input that the jobs began with, and leaves it out from now on. It is gone if another
 * job has told about it already. */
static int take_start_input(struct afl *afl, const char *name, struct diagnostic *diagnostic)
{
    const struct engine_options *options = afl->options;
    char *path = find_start_input(afl, name);
    char *copy = file_join(options->scratch_folder, "failing");
    const struct file_copy_paths paths = {path, copy};
    int error = path != NULL && copy != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;

    if (error == RIG_OK && file_is_regular(path)) {
        error = file_copy(&paths, INPUT_LIMIT, diagnostic);
        if (error == RIG_OK) {
            error = afl_report_artifact(afl, copy, diagnostic);
        }
        if (error == RIG_OK) {
            error = corpus_remove_equal(afl->start_folder, copy, options->max_length, diagnostic);
        }
        if (error == RIG_OK && options->working_corpus != NULL) {
            error =
                corpus_remove_equal(options->working_corpus, copy, options->max_length, diagnostic);
        }
    }
    free(path);
    free(copy);
    return error;
}

static int take_start_inputs(struct afl *afl, struct text_list *names,
                             struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < names->count; i++) {
        error = take_start_input(afl, names->items[i], diagnostic);
    }
    text_list_free(names);
    return error;
}

/* All that a job has to show since the last look. *failed_at_start says whether inputs that it
 * began with are among it. */
int afl_take_finds(struct afl *afl, struct afl_job *job, bool *failed_at_start,
                   struct diagnostic *diagnostic)
{
    int error;

    *failed_at_start = job->failed.count > 0 || job->hung.count > 0;
    error = take_start_inputs(afl, &job->failed, diagnostic);
    if (error == RIG_OK) {
        error = take_start_inputs(afl, &job->hung, diagnostic);
    }
    return error == RIG_OK ? afl_take_artifacts(afl, job, diagnostic) : error;
}

int afl_import(struct afl *afl, struct afl_job *job, struct diagnostic *diagnostic)
{
    return afl->options->working_corpus != NULL
               ? afl_job_import(job, afl->options->working_corpus, diagnostic)
               : RIG_OK;
}
