/*
 * Method: a lock of flock(2) belongs to an open file, so a second open() of the same program would
 * be refused. The first user's open file is kept in a table, by a duplicate of its descriptor, until
 * the last user has gone.
 */
#include "target/terminal_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TERMINALS = 8 };

static struct {
    dev_t device;
    ino_t node;
    int descriptor; /* of the open file that is locked */
    unsigned users; /* 0: the row is free */
} terminals[TERMINALS];

static int find(const struct stat *file)
{
    for (int i = 0; i < TERMINALS; i++) {
        if (terminals[i].users > 0 && terminals[i].device == file->st_dev &&
            terminals[i].node == file->st_ino) {
            return i;
        }
    }
    return -1;
}

static int find_free(void)
{
    for (int i = 0; i < TERMINALS; i++) {
        if (terminals[i].users == 0) {
            return i;
        }
    }
    return -1;
}

static int fail(const char *path, struct diagnostic *diagnostic)
{
    if (errno == EWOULDBLOCK) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "%s: another program has this terminal; end it and try again", path);
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: cannot lock: %s", path,
                           strerror(errno));
}

int terminal_lock_take(int descriptor, const char *path, int *lock, struct diagnostic *diagnostic)
{
    struct stat file;
    int row;

    *lock = -1;
    if (fstat(descriptor, &file) != 0) {
        return fail(path, diagnostic);
    }
    row = find(&file);
    if (row < 0) {
        row = find_free();
        if (row < 0) {
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                   "%s: more than %d terminals at a time", path, TERMINALS);
        }
        if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            return fail(path, diagnostic);
        }
        terminals[row].descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
        if (terminals[row].descriptor < 0) {
            return fail(path, diagnostic);
        }
        terminals[row].device = file.st_dev;
        terminals[row].node = file.st_ino;
    }
    terminals[row].users++;
    *lock = row;
    return RIG_OK;
}

void terminal_lock_release(int lock)
{
    if (lock < 0 || terminals[lock].users == 0) {
        return;
    }
    terminals[lock].users--;
    if (terminals[lock].users == 0) {
        (void)close(terminals[lock].descriptor);
    }
}
