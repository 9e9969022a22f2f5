#define _XOPEN_SOURCE 700 /* realpath, symlink, linkat */
#include "fuzz/corpus.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_hash.h"
#include "base/text.h"

enum {
    INPUT_LIMIT = 64 * 1024 * 1024, /* bytes of one input */
};

/* Links folder/name as to/<number>-name; the number keeps equal names of two folders apart. */
static int link_one(const char *path, const char *to, size_t number, struct diagnostic *diagnostic)
{
    char *absolute = file_is_regular(path) ? realpath(path, NULL) : NULL;
    char *link_path = text_format("%s/%zu", to, number);
    int error = RIG_OK;

    if (link_path == NULL) {
        error = RIG_ERROR_NO_MEMORY;
    } else if (absolute != NULL && symlink(absolute, link_path) != 0) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: cannot be made: %s", link_path,
                                strerror(errno));
    }
    free(absolute);
    free(link_path);
    return error;
}

static int link_folder(const char *folder, const char *to, size_t *number,
                       struct diagnostic *diagnostic)
{
    struct text_list names = {0};
    int error = file_list(folder, &names, diagnostic);

    for (size_t i = 0; error == RIG_OK && i < names.count; i++) {
        char *path = file_join(folder, names.items[i]);

        error = path != NULL ? link_one(path, to, (*number)++, diagnostic) : RIG_ERROR_NO_MEMORY;
        free(path);
    }
    text_list_free(&names);
    return error;
}

int corpus_link(const char *const *folders, const char *to, struct diagnostic *diagnostic)
{
    size_t number = 0;
    int error = file_make_directories(to, diagnostic);

    for (size_t i = 0; error == RIG_OK && folders[i] != NULL; i++) {
        if (file_is_directory(folders[i])) {
            error = link_folder(folders[i], to, &number, diagnostic);
        }
    }
    return error;
}

int corpus_add(const char *folder, const char *input, struct diagnostic *diagnostic)
{
    const char *slash = strrchr(input, '/');
    char *to = file_join(folder, slash != NULL ? slash + 1 : input);
    const struct file_copy_paths paths = {input, to};
    int error = to != NULL ? file_make_directories(folder, diagnostic) : RIG_ERROR_NO_MEMORY;

    if (error == RIG_OK) {
        error = file_copy(&paths, INPUT_LIMIT, diagnostic);
    }
    free(to);
    return error;
}

/* ---- files of an engine's own ---- */

static int write_first(const char *path, const char *to, size_t max_length,
                       struct diagnostic *diagnostic)
{
    struct file_content content = {0};
    int error = file_read(path, INPUT_LIMIT, &content, diagnostic);

    if (error == RIG_ERROR_NOT_FOUND) {
        diagnostic_clear(diagnostic);
        return RIG_OK; /* another run's fuzzer replaced it */
    }
    if (error == RIG_OK) {
        error = file_write(to, content.bytes, content.size < max_length ? content.size : max_length,
                           diagnostic);
    }
    file_content_free(&content);
    return error;
}

/* Puts one input into the folder, if it is one; *count says how many there are. */
static int gather_one(const char *path, const struct corpus_gathering *to, size_t *count,
                      struct diagnostic *diagnostic)
{
    struct stat status;
    char *target;
    int error = RIG_OK;

    if (!file_is_regular(path) || stat(path, &status) != 0 || status.st_size == 0) {
        return RIG_OK;
    }
    target = text_format("%s/%zu", to->folder, *count);
    if (target == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    if ((uint64_t)status.st_size > to->max_length ||
        linkat(AT_FDCWD, path, AT_FDCWD, target, AT_SYMLINK_FOLLOW) != 0) {
        error = write_first(path, target, to->max_length, diagnostic);
    }
    *count += file_exists(target);
    free(target);
    return error;
}

static int gather_folder(const char *folder, const struct corpus_gathering *to, size_t *count,
                         struct diagnostic *diagnostic)
{
    struct text_list names = {0};
    int error = file_list(folder, &names, diagnostic);

    for (size_t i = 0; error == RIG_OK && i < names.count; i++) {
        char *path = file_join(folder, names.items[i]);

        error = path != NULL ? gather_one(path, to, count, diagnostic) : RIG_ERROR_NO_MEMORY;
        free(path);
    }
    text_list_free(&names);
    return error;
}

int corpus_gather(const char *const *folders, const struct corpus_gathering *to, size_t *count,
                  struct diagnostic *diagnostic)
{
    int error = file_make_directories(to->folder, diagnostic);

    *count = 0;
    for (size_t i = 0; error == RIG_OK && folders[i] != NULL; i++) {
        if (file_is_directory(folders[i])) {
            error = gather_folder(folders[i], to, count, diagnostic);
        }
    }
    return error;
}

int corpus_import(const char *folder, const char *input, struct diagnostic *diagnostic)
{
    char name[FILE_HASH_TEXT_SIZE];
    char *to = NULL;
    int error = file_sha256(input, name, diagnostic);

    if (error == RIG_OK) {
        error = file_make_directories(folder, diagnostic);
    }
    if (error == RIG_OK) {
        to = file_join(folder, name);
        error = to != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;
    }
    if (error == RIG_OK && !file_exists(to)) {
        const struct file_copy_paths paths = {input, to};

        error = file_copy(&paths, INPUT_LIMIT, diagnostic);
    }
    free(to);
    return error;
}

/* ---- failing inputs ---- */

static size_t read_size(const struct file_content *content, size_t max_length)
{
    return content->size < max_length ? content->size : max_length;
}

static int remove_if_equal(const char *path, const struct file_content *input, size_t max_length,
                           struct diagnostic *diagnostic)
{
    struct file_content other = {0};
    size_t size = read_size(input, max_length);
    bool equal;
    int error;

    if (!file_is_regular(path)) {
        return RIG_OK;
    }
    error = file_read(path, INPUT_LIMIT, &other, diagnostic);
    if (error == RIG_ERROR_NOT_FOUND) {
        diagnostic_clear(diagnostic);
        return RIG_OK; /* another job's fuzzer replaced it */
    }
    if (error != RIG_OK) {
        return error;
    }
    equal = read_size(&other, max_length) == size && memcmp(other.bytes, input->bytes, size) == 0;
    file_content_free(&other);
    return equal ? file_remove(path, diagnostic) : RIG_OK;
}

int corpus_remove_equal(const char *folder, const char *input, size_t max_length,
                        struct diagnostic *diagnostic)
{
    struct text_list names = {0};
    struct file_content content = {0};
    int error = file_read(input, INPUT_LIMIT, &content, diagnostic);

    if (error == RIG_OK) {
        error = file_list(folder, &names, diagnostic);
    }
    for (size_t i = 0; error == RIG_OK && i < names.count; i++) {
        char *path = file_join(folder, names.items[i]);

        error = path != NULL ? remove_if_equal(path, &content, max_length, diagnostic)
                             : RIG_ERROR_NO_MEMORY;
        free(path);
    }
    text_list_free(&names);
    file_content_free(&content);
    return error;
}
