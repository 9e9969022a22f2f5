#include "fuzz/leftovers.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "fuzz/corpus.h"
#include "fuzz/engine.h"

static int take_input(struct fuzz_findings *findings, const char *path, const char *working_corpus,
                      struct diagnostic *diagnostic)
{
    bool failed = false;
    int error = fuzz_findings_retry(findings, path, &failed, diagnostic);

    if (error == RIG_OK && !failed) {
        error = corpus_add(working_corpus, path, diagnostic);
    }
    return error == RIG_OK ? file_remove(path, diagnostic) : error;
}

static int take_folder(struct fuzz_findings *findings, const char *scratch_folder,
                       const char *working_corpus, struct diagnostic *diagnostic)
{
    struct text_list paths = {0};
    int error = engine_list_artifacts(scratch_folder, &paths, diagnostic);

    for (size_t i = 0; error == RIG_OK && i < paths.count; i++) {
        error = take_input(findings, paths.items[i], working_corpus, diagnostic);
    }
    text_list_free(&paths);
    return error == RIG_OK ? file_remove(scratch_folder, diagnostic) : error;
}

static int take_run(struct fuzz_findings *findings, int64_t run, const char *working_corpus,
                    struct diagnostic *diagnostic)
{
    struct store *store = findings->filing.store;
    char *scratch_folder = store_scratch_path(store, run);
    bool adopted = false;
    int error = RIG_OK;

    if (scratch_folder == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    if (file_is_directory(scratch_folder)) {
        error = store_adopt_run(store, run, &adopted, diagnostic);
    }
    if (adopted) {
        if (file_is_directory(scratch_folder)) { /* or another has just dealt with it */
            error = take_folder(findings, scratch_folder, working_corpus, diagnostic);
        }
        store_release_run(store, run);
    }
    free(scratch_folder);
    return error;
}

int leftovers_take(struct fuzz_findings *findings, const char *working_corpus,
                   struct diagnostic *diagnostic)
{
    struct run_list runs = {NULL, 0};
    int error = store_list_runs(findings->filing.store, 0, &runs, diagnostic);

    for (size_t i = 0; error == RIG_OK && i < runs.count; i++) {
        const struct run *run = &runs.items[i];

        if (run->id != findings->filing.run && !run->is_running &&
            strcmp(run->harness, findings->result->harness) == 0) {
            error = take_run(findings, run->id, working_corpus, diagnostic);
        }
    }
    run_list_free(&runs);
    return error;
}

int leftovers_clean(const char *scratch_folder, struct diagnostic *diagnostic)
{
    struct text_list paths = {0};
    int error = file_is_directory(scratch_folder)
                    ? engine_list_artifacts(scratch_folder, &paths, diagnostic)
                    : RIG_OK;
    bool is_empty = paths.count == 0;

    text_list_free(&paths);
    return error == RIG_OK && is_empty ? file_remove(scratch_folder, diagnostic) : error;
}
