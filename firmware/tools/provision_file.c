#include "provision_file.h"

#include "tool_report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static ssize_t read_up_to(int descriptor, uint8_t *bytes, size_t capacity)
{
    size_t used = 0;
    ssize_t count = 1;

    while (used < capacity && count != 0) {
        count = read(descriptor, bytes + used, capacity - used);
        if (count < 0 && errno != EINTR) {
            return -1;
        }
        used += count > 0 ? (size_t)count : 0;
    }
    return (ssize_t)used;
}

int provision_file_read(const char *option, const char *path, uint8_t *bytes, size_t capacity)
{
    /* Non-blocking: a FIFO must be refused, not waited for. */
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    ssize_t count = -1;

    if (descriptor < 0) {
        return tool_refuse("%s %s: %s; give a file that can be read", option, path,
                           strerror(errno));
    }
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        (void)tool_refuse("%s %s: not a regular file; give another one", option, path);
    } else if (status.st_size > (off_t)capacity) {
        (void)tool_refuse("%s %s: has %lld bytes, and there is room for %zu; give a smaller file",
                          option, path, (long long)status.st_size, capacity);
    } else {
        count = read_up_to(descriptor, bytes, capacity);
        if (count < 0) {
            (void)tool_refuse("%s %s: cannot be read: %s", option, path, strerror(errno));
        }
    }
    (void)close(descriptor);
    return (int)count;
}

static int write_whole(int descriptor, const uint8_t *bytes, size_t length)
{
    size_t written = 0;

    while (written < length) {
        const ssize_t count = write(descriptor, bytes + written, length - written);
        if (count < 0 && errno != EINTR) {
            return -1;
        }
        written += count > 0 ? (size_t)count : 0;
    }
    return fsync(descriptor);
}

int provision_file_create(const char *path, const uint8_t *bytes, size_t length)
{
    char temporary[PATH_MAX];
    const int used = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    int descriptor;
    bool failed;

    if (used < 0 || (size_t)used >= sizeof temporary) {
        return tool_refuse("the name of a file is too long; give a shorter one");
    }
    descriptor = mkstemp(temporary); /* mode 0600 */
    if (descriptor < 0) {
        return tool_refuse("%s: %s; it has to be in a folder that can be written", path,
                           strerror(errno));
    }
    /* A link appears whole or not at all, and unlike a rename it never replaces a file. */
    failed = write_whole(descriptor, bytes, length) != 0 || link(temporary, path) != 0;
    if (failed) {
        (void)tool_refuse("%s: %s; %s", path, strerror(errno),
                          errno == EEXIST ? "nothing is overwritten, name another file"
                                          : "it cannot be made");
    }
    (void)unlink(temporary);
    (void)close(descriptor);
    return failed ? -1 : 0;
}
