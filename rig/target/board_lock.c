#include "target/board_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/text.h"
#include "target/runtime_folder.h"

enum { NUMBER = 24 };

/* The file says who holds it, for people; that it is held, the kernel knows. It is never removed, so that
 * a name always means one file. */
static int tell_holder(const char *name, int lock, struct diagnostic *diagnostic)
{
    char text[NUMBER] = "";
    uint64_t process = 0;
    ssize_t size = pread(lock, text, sizeof text - 1, 0);
    text[size > 0 ? strcspn(text, "\n") : 0] = '\0';
    if (!text_parse_unsigned(text, INT32_MAX, &process)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "board %s is in use by another process; wait for it", name);
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                           "board %s is in use by process %llu; wait for it, or end it", name,
                           (unsigned long long)process);
}

static int sign(const char *name, int lock, struct diagnostic *diagnostic)
{
    char text[NUMBER];
    int size = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(lock, 0) != 0 || pwrite(lock, text, (size_t)size, 0) != size) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "cannot write into the lock of board %s: %s", name, strerror(errno));
    }
    return RIG_OK;
}

static int take(int folder, const char *name, int *lock, struct diagnostic *diagnostic)
{
    char file[RUNTIME_NAME];
    int error = runtime_folder_name(name, ".lock", file, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    int opened = openat(folder, file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (opened < 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot open the lock of board %s: %s",
                               name, strerror(errno));
    }
    if (flock(opened, LOCK_EX | LOCK_NB) == 0) {
        error = sign(name, opened, diagnostic);
    } else if (errno == EWOULDBLOCK) {
        error = tell_holder(name, opened, diagnostic);
    } else {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot lock board %s: %s", name,
                                strerror(errno));
    }
    if (error != RIG_OK) {
        (void)close(opened);
        return error;
    }
    *lock = opened;
    return RIG_OK;
}

int board_lock_take(const char *name, int *lock, struct diagnostic *diagnostic)
{
    int folder = -1;
    *lock = -1;
    int error = runtime_folder_open(&folder, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    error = take(folder, name, lock, diagnostic);
    (void)close(folder);
    return error;
}

void board_lock_release(int lock)
{
    if (lock >= 0) {
        (void)!ftruncate(lock, 0); /* who reads it meanwhile names no process, and that is all */
        (void)close(lock);
    }
}
