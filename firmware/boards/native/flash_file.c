#include "flash_file.h"

#include "process_report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

int flash_file_exists(const char *path)
{
    struct stat status;

    if (stat(path, &status) == 0) {
        return 1;
    }
    if (errno != ENOENT) {
        return process_refuse("--flash %s: %s", path, strerror(errno));
    }
    return 0;
}

static int write_whole(int descriptor, const uint8_t *content)
{
    size_t written = 0;

    while (written < FLASH_SIZE) {
        ssize_t count = write(descriptor, content + written, FLASH_SIZE - written);
        if (count < 0 && errno != EINTR) {
            return -1;
        }
        written += count > 0 ? (size_t)count : 0;
    }
    return fsync(descriptor);
}

int flash_file_create(const char *path, const uint8_t content[FLASH_SIZE])
{
    char temporary[PATH_MAX];
    int descriptor;
    int length = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    bool failed;

    if (length < 0 || (size_t)length >= sizeof temporary) {
        return process_refuse("--flash: the path is too long; give a shorter one");
    }
    descriptor = mkstemp(temporary);
    if (descriptor < 0) {
        return process_refuse("--flash %s: %s; it has to be in a folder that can be written", path,
                              strerror(errno));
    }
    /* A link appears whole or not at all, and unlike a rename it never replaces a file. */
    failed = write_whole(descriptor, content) != 0 || link(temporary, path) != 0;
    if (failed) {
        (void)process_refuse("--flash %s: cannot be made: %s", path, strerror(errno));
    }
    (void)unlink(temporary);
    (void)close(descriptor);
    return failed ? -1 : 0;
}

static int check_file(int descriptor, const char *path)
{
    struct stat status;

    if (fstat(descriptor, &status) != 0) {
        return process_refuse("--flash %s: %s", path, strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return process_refuse("--flash %s: not a regular file; name another one", path);
    }
    if (status.st_size != (off_t)FLASH_SIZE) {
        return process_refuse("--flash %s: has %lld bytes, this device's flash has %u; name another"
                              " file, or a new one to make a device",
                              path, (long long)status.st_size, FLASH_SIZE);
    }
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        return process_refuse("--flash %s: in use by another device process; end that first, or "
                              "name another file",
                              path);
    }
    return 0;
}

static int map_file(struct flash_file *file, const char *path)
{
    void *mapping = mmap(NULL, FLASH_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file->descriptor, 0);

    if (mapping == MAP_FAILED) {
        return process_refuse("--flash %s: cannot be mapped: %s", path, strerror(errno));
    }
    file->bytes = mapping;
    return 0;
}

int flash_file_open(struct flash_file *file, const char *path)
{
    /* Non-blocking: a FIFO must be refused, not waited for. */
    file->descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file->descriptor < 0) {
        return process_refuse("--flash %s: %s", path,
                              errno == EISDIR ? "not a regular file; name another one"
                                              : strerror(errno));
    }
    if (check_file(file->descriptor, path) != 0 || map_file(file, path) != 0) {
        flash_file_close(file);
        return -1;
    }
    return 0;
}

void flash_file_close(struct flash_file *file)
{
    if (file->bytes != NULL) {
        (void)munmap(file->bytes, FLASH_SIZE);
        file->bytes = NULL;
    }
    if (file->descriptor >= 0) {
        (void)close(file->descriptor);
        file->descriptor = -1;
    }
}
