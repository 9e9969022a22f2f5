#include "base/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int log_file_open(const char *path, int *log, struct diagnostic *diagnostic)
{
    *log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (*log < 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "%s: cannot be opened: %s; check the folder and the disk", path,
                               strerror(errno));
    }
    return RIG_OK;
}

int log_file_append(int *log, const char *bytes, size_t size, struct diagnostic *diagnostic)
{
    while (*log >= 0 && size > 0) {
        ssize_t written = write(*log, bytes, size);

        if (written < 0 && errno != EINTR) {
            int reason = errno;

            (void)close(*log);
            *log = -1;
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                   "cannot write a log: %s; make room on the disk",
                                   strerror(reason));
        }
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
    return RIG_OK;
}
