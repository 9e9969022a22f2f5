#include "fuzz/afl_start.h"

#include <stdlib.h>

#include "base/file.h"
#include "fuzz/afl_finds.h"
#include "fuzz/corpus.h"

enum {
    FOLDERS_MAX = 16, /* of a corpus */
};

/* One byte, when there is nothing else: afl-fuzz does not begin with nothing. */
int afl_write_start(const struct afl *afl, struct diagnostic *diagnostic)
{
    char *path = file_join(afl->start_folder, "byte");
    int error = path != NULL ? file_write(path, "", 1, diagnostic) : RIG_ERROR_NO_MEMORY;

    free(path);
    return error;
}

int afl_fill_start(const struct afl *afl, struct diagnostic *diagnostic)
{
    struct text_list names = {0};
    int error = file_list(afl->start_folder, &names, diagnostic);

    if (error == RIG_OK && names.count == 0) {
        error = afl_write_start(afl, diagnostic);
    }
    text_list_free(&names);
    return error;
}

int afl_gather_corpus(const struct afl *afl, struct diagnostic *diagnostic)
{
    const struct engine_options *options = afl->options;
    const struct corpus_gathering to = {afl->start_folder, options->max_length};
    const char *folders[FOLDERS_MAX + 2] = {NULL};
    size_t used = 0;
    int error = file_make_directories(options->working_corpus, diagnostic);

    while (used < FOLDERS_MAX && options->corpus_folders[used] != NULL) {
        folders[used] = options->corpus_folders[used];
        used++;
    }
    folders[used] = options->working_corpus;
    return error == RIG_OK ? corpus_gather(folders, &to, &used, diagnostic) : error;
}

/* NAME.afl begins with the empty input before afl-fuzz has a say. */
int afl_check_empty_input(struct afl *afl, struct diagnostic *diagnostic)
{
    char *report = NULL;
    uint64_t artifacts = afl->artifacts;
    int error = file_write(afl->empty, "", 0, diagnostic);

    if (error == RIG_OK) {
        error = afl_run_by_hand(afl->options, afl->empty, &report, diagnostic);
    }
    if (error == RIG_OK && report != NULL) {
        error = afl_report_artifact(afl, afl->empty, diagnostic);
    }
    free(report);
    if (error == RIG_OK && afl->artifacts > artifacts) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                "%s fails on the empty input, which AFL++ does not get past; "
                                "repair that first, or use --engine libfuzzer",
                                afl->options->program);
    }
    return error;
}
