#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int error_from_errno(int number)
{
    switch (number) {
    case ENOENT:
        return RIG_ERROR_NOT_FOUND;
    case EACCES:
    case EPERM:
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
    case ELOOP:
    case ENAMETOOLONG:
    case EROFS:
        return RIG_ERROR_CONFIGURATION;
    case ENOMEM:
        return RIG_ERROR_NO_MEMORY;
    default:
        return RIG_ERROR_BENCH;
    }
}

int file_fail(const char *path, const char *action, struct diagnostic *diagnostic)
{
    int number = errno;
    return diagnostic_fail(diagnostic, error_from_errno(number), "%s: cannot %s: %s", path, action,
                           strerror(number));
}

void file_content_free(struct file_content *content)
{
    free(content->bytes);
    *content = (struct file_content){NULL, 0};
}

/* Opens a regular file. O_NONBLOCK keeps a named pipe in its place from blocking for ever. */
static int open_regular(const char *path, int *descriptor, struct diagnostic *diagnostic)
{
    struct stat status;
    *descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*descriptor < 0) {
        return file_fail(path, "open", diagnostic);
    }
    if (fstat(*descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
        return RIG_OK;
    }
    (void)close(*descriptor);
    *descriptor = -1;
    return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                           "%s: not a regular file; name a file", path);
}

/* Grows the buffer so that at least one byte and the terminator fit. */
static int grow(struct file_content *content, size_t *capacity)
{
    if (content->size + 1 < *capacity) {
        return RIG_OK;
    }
    size_t larger = *capacity == 0 ? 4096 : *capacity * 2;
    uint8_t *bytes = realloc(content->bytes, larger);
    if (bytes == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    content->bytes = bytes;
    *capacity = larger;
    return RIG_OK;
}

static int read_all(int descriptor, const char *path, size_t limit, struct file_content *content,
                    struct diagnostic *diagnostic)
{
    size_t capacity = 0;
    for (;;) {
        if (grow(content, &capacity) != RIG_OK) {
            return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "%s: out of memory", path);
        }
        ssize_t count =
            read(descriptor, content->bytes + content->size, capacity - content->size - 1);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return file_fail(path, "read", diagnostic);
        }
        content->size += (size_t)count;
        content->bytes[content->size] = 0;
        if (content->size > limit) {
            return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                   "%s: larger than %zu bytes; name a smaller file", path, limit);
        }
        if (count == 0) {
            return RIG_OK;
        }
    }
}

int file_read(const char *path, size_t limit, struct file_content *content,
              struct diagnostic *diagnostic)
{
    int descriptor = -1;
    *content = (struct file_content){NULL, 0};
    int error = open_regular(path, &descriptor, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    error = read_all(descriptor, path, limit, content, diagnostic);
    (void)close(descriptor);
    if (error != RIG_OK) {
        file_content_free(content);
    }
    return error;
}

bool file_exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

bool file_is_regular(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

bool file_is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool file_is_program(const char *path)
{
    return file_is_regular(path) && access(path, X_OK) == 0;
}

bool file_stays_below(const char *path)
{
    struct text_list parts = {NULL, 0};
    bool below = path[0] != '/' && text_list_split(&parts, path, '/') == RIG_OK &&
                 !text_list_contains(&parts, "..");
    text_list_free(&parts);
    return below;
}

char *file_join(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    if (name[0] == '/') {
        return text_duplicate(name);
    }
    bool has_slash = length > 0 && folder[length - 1] == '/';
    return text_format(has_slash ? "%s%s" : "%s/%s", folder, name);
}
