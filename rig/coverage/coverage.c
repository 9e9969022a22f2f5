#include "coverage/coverage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void clear_file(struct coverage_file *file)
{
    free(file->path);
    free(file->folder);
    text_list_free(&file->never_entered);
    free(file->never_reached);
}

static void clear_harness(struct coverage_harness *harness)
{
    for (size_t i = 0; i < harness->oracle_count; i++)
        free(harness->oracles[i].clause);
    free(harness->oracles);
    free(harness->name);
    free(harness->reason);
    text_list_free(&harness->failed);
}

void coverage_clear_files(struct coverage *coverage)
{
    for (size_t i = 0; i < coverage->file_count; i++)
        clear_file(&coverage->files[i]);
    free(coverage->files);
    coverage->files = NULL;
    coverage->file_count = 0;
}

void coverage_clear(struct coverage *coverage)
{
    coverage_clear_files(coverage);
    for (size_t i = 0; i < coverage->harness_count; i++)
        clear_harness(&coverage->harnesses[i]);
    free(coverage->harnesses);
    free(coverage->project);
    free(coverage->reason);
    free(coverage->note);
    memset(coverage, 0, sizeof *coverage);
}

bool coverage_is_complete(const struct coverage *coverage)
{
    if (coverage->reason != NULL || coverage->note != NULL)
        return false;
    for (size_t i = 0; i < coverage->harness_count; i++) {
        const struct coverage_harness *harness = &coverage->harnesses[i];
        if (harness->reason != NULL || harness->failed.count > 0)
            return false;
    }
    return true;
}

int coverage_add_checks(struct coverage_harness *harness, const char *clause, uint64_t checks)
{
    struct oracle_count *oracles;

    for (size_t i = 0; i < harness->oracle_count; i++) {
        if (strcmp(harness->oracles[i].clause, clause) == 0) {
            harness->oracles[i].checks += checks;
            return RIG_OK;
        }
    }
    if (harness->oracle_count >= COVERAGE_ORACLES_MAXIMUM)
        return RIG_ERROR_BENCH;
    oracles = realloc(harness->oracles, (harness->oracle_count + 1) * sizeof *oracles);
    if (oracles == NULL)
        return RIG_ERROR_NO_MEMORY;
    harness->oracles = oracles;
    oracles[harness->oracle_count] = (struct oracle_count){text_duplicate(clause), checks};
    if (oracles[harness->oracle_count].clause == NULL)
        return RIG_ERROR_NO_MEMORY;
    harness->oracle_count++;
    return RIG_OK;
}

bool coverage_is_unjudged(const struct coverage *coverage, const char *name, const char *clause)
{
    for (size_t i = 0; i < coverage->harness_count; i++) {
        const struct coverage_harness *harness = &coverage->harnesses[i];

        if (strcmp(harness->name, name) != 0 || !harness->counts_oracles)
            continue;
        for (size_t k = 0; k < harness->oracle_count; k++) {
            if (strcmp(harness->oracles[k].clause, clause) == 0)
                return harness->oracles[k].checks == 0;
        }
    }
    return false;
}

/* What stands before the last slash, "." when there is none; for free(). */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = text_duplicate(slash == NULL ? "." : path);

    if (folder != NULL && slash != NULL)
        folder[slash - path] = '\0';
    return folder;
}

int coverage_add_file(struct coverage *coverage, const char *path, struct coverage_file **file)
{
    struct coverage_file *files =
        realloc(coverage->files, (coverage->file_count + 1) * sizeof *files);
    struct coverage_file added = {.path = NULL};

    if (files == NULL)
        return RIG_ERROR_NO_MEMORY;
    coverage->files = files;
    added.path = text_duplicate(path);
    added.folder = folder_of(path);
    if (added.path == NULL || added.folder == NULL) {
        clear_file(&added);
        return RIG_ERROR_NO_MEMORY;
    }
    files[coverage->file_count] = added;
    *file = &files[coverage->file_count++];
    return RIG_OK;
}

/* By folder, then by path, so that a folder's own files stand together. */
static int compare_files(const void *first, const void *second)
{
    const struct coverage_file *one = first;
    const struct coverage_file *other = second;
    const int folders = strcmp(one->folder, other->folder);

    return folders != 0 ? folders : strcmp(one->path, other->path);
}

void coverage_sort(struct coverage *coverage)
{
    if (coverage->file_count > 0)
        qsort(coverage->files, coverage->file_count, sizeof *coverage->files, compare_files);
}

static void add_count(struct coverage_count *sum, const struct coverage_count *count)
{
    sum->lines += count->lines;
    sum->lines_covered += count->lines_covered;
    sum->branches += count->branches;
    sum->branches_covered += count->branches_covered;
}

static bool is_below(const char *path, const char *folder, size_t length)
{
    return length == 0 || strcmp(folder, ".") == 0 ||
           (strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0'));
}

size_t coverage_sum(const struct coverage *coverage, const char *folder, struct coverage_count *sum)
{
    size_t length = strlen(folder);
    size_t files = 0;

    while (length > 0 && folder[length - 1] == '/')
        length--;
    memset(sum, 0, sizeof *sum);
    for (size_t i = 0; i < coverage->file_count; i++) {
        if (!is_below(coverage->files[i].path, folder, length))
            continue;
        add_count(sum, &coverage->files[i].count);
        files++;
    }
    return files;
}

const char *coverage_next_folder(const struct coverage *coverage, size_t *index,
                                 struct coverage_count *sum)
{
    const char *folder;

    if (*index >= coverage->file_count)
        return NULL;
    folder = coverage->files[*index].folder;
    memset(sum, 0, sizeof *sum);
    for (; *index < coverage->file_count; (*index)++) {
        const struct coverage_file *file = &coverage->files[*index];
        if (strcmp(file->folder, folder) != 0)
            break;
        add_count(sum, &file->count);
    }
    return folder;
}

const char *coverage_phrase(uint64_t covered, uint64_t total, char text[COVERAGE_PHRASE_SIZE])
{
    const uint64_t tenths = total > 0 ? covered * 1000 / total : 0;

    if (total == 0)
        (void)snprintf(text, COVERAGE_PHRASE_SIZE, "-");
    else
        (void)snprintf(text, COVERAGE_PHRASE_SIZE,
                       "%" PRIu64 "/%" PRIu64 " (%" PRIu64 ".%" PRIu64 " %%)", covered, total,
                       tenths / 10, tenths % 10);
    return text;
}

const char *line_range_phrase(const struct line_range *range, char text[COVERAGE_PHRASE_SIZE])
{
    if (range->first == range->last)
        (void)snprintf(text, COVERAGE_PHRASE_SIZE, "%" PRIu32, range->first);
    else
        (void)snprintf(text, COVERAGE_PHRASE_SIZE, "%" PRIu32 "-%" PRIu32, range->first,
                       range->last);
    return text;
}
