#include "target/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { STORAGE_LIMIT = 1 << 30 };

bool storage_exists(const struct storage *storage)
{
    return storage->path != NULL;
}

int storage_read(const struct storage *storage, struct file_content *content,
                 struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    if (storage->path == NULL)
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "this target has no storage to read");
    if (storage->refresh != NULL)
        error = storage->refresh(storage->self, diagnostic);
    if (error != RIG_OK)
        return error;
    error = file_read(storage->path, STORAGE_LIMIT, content, diagnostic);
    if (error == RIG_OK && storage->size != 0 && content->size != storage->size) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                "%s has %zu bytes and not %" PRIu64
                                ": correct storage.size in the target's file",
                                storage->path, content->size, storage->size);
        file_content_free(content);
    }
    return error == RIG_OK || error == RIG_ERROR_NO_MEMORY ? error : RIG_ERROR_BENCH;
}

static int write_all(int file, const struct storage_part *part, const uint8_t *bytes)
{
    uint64_t done = 0;

    while (done < part->size) {
        const ssize_t count =
            pwrite(file, bytes + done, (size_t)(part->size - done), (off_t)(part->from + done));
        if (count < 0 && errno != EINTR)
            return -1;
        done += count > 0 ? (uint64_t)count : 0;
    }
    return 0;
}

int storage_write(const struct storage *storage, const struct storage_part *part, const void *bytes,
                  struct diagnostic *diagnostic)
{
    int file;
    off_t size;
    int error = RIG_OK;

    if (storage->path == NULL)
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "this target has no storage to change");
    file = open(storage->path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: cannot open for writing: %s",
                               storage->path, strerror(errno));
    size = lseek(file, 0, SEEK_END);
    if (size < 0 || part->from > (uint64_t)size || part->size > (uint64_t)size - part->from)
        error = diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                                "%s: %" PRIu64 " bytes at %" PRIu64 " are not within it",
                                storage->path, part->size, part->from);
    else if (write_all(file, part, bytes) != 0)
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: cannot write: %s", storage->path,
                                strerror(errno));
    if (close(file) != 0 && error == RIG_OK)
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: cannot write: %s", storage->path,
                                strerror(errno));
    return error;
}
