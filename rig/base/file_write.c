#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int write_all(int descriptor, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t count = write(descriptor, bytes, size);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return -1;
        }
        bytes += count;
        size -= (size_t)count;
    }
    return 0;
}

/* Writes and syncs a new file. On an error the file may be left over. */
static int write_new(const char *path, const void *bytes, size_t size,
                     struct diagnostic *diagnostic)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        return file_fail(path, "create", diagnostic);
    }
    int error = RIG_OK;
    if (write_all(descriptor, bytes, size) != 0 || fsync(descriptor) != 0) {
        error = file_fail(path, "write", diagnostic);
    }
    if (close(descriptor) != 0 && error == RIG_OK) {
        error = file_fail(path, "close", diagnostic);
    }
    return error;
}

int file_sync_name(const char *path, struct diagnostic *diagnostic)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    char *folder = slash == NULL ? text_duplicate(".") : strndup(path, length);
    if (folder == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "%s: out of memory", path);
    }
    int error = RIG_OK;
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0 || fsync(descriptor) != 0) {
        error = file_fail(folder, "sync", diagnostic);
    }
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    free(folder);
    return error;
}

int file_write(const char *path, const void *bytes, size_t size, struct diagnostic *diagnostic)
{
    static atomic_uint serial;
    char *temporary =
        text_format("%s.tmp-%ld-%u", path, (long)getpid(), atomic_fetch_add(&serial, 1));
    if (temporary == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "%s: out of memory", path);
    }
    int error = write_new(temporary, bytes, size, diagnostic);
    if (error == RIG_OK && rename(temporary, path) != 0) {
        error = file_fail(path, "replace", diagnostic);
    }
    if (error != RIG_OK) {
        (void)unlink(temporary);
    } else {
        error = file_sync_name(path, diagnostic); /* or the rename may be lost */
    }
    free(temporary);
    return error;
}

int file_copy(const struct file_copy_paths *paths, size_t limit, struct diagnostic *diagnostic)
{
    struct file_content content;
    int error = file_read(paths->from, limit, &content, diagnostic);
    if (error == RIG_OK) {
        error = file_write(paths->to, content.bytes, content.size, diagnostic);
        file_content_free(&content);
    }
    return error;
}
