#define _XOPEN_SOURCE 700 /* realpath, symlink */
#include "fuzz/corpus.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
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
