/*
 * Method: whether the process of a run still lives cannot be read from a number in a row, which
 * others may have by now. So a run holds flock(2) on `runs/R-<n>/lock`, which the kernel gives up
 * with the process, however it ends. The lock is taken before the run's row commits: who can see
 * the row can trust the lock. The file alone means nothing.
 */
#include "findings/store_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "findings/store_runs.h"

static char *lock_path(const struct store *store, int64_t run)
{
    return text_format("%s/runs/R-%lld/lock", store->folder, (long long)run);
}

/* Whether a file that is open still has that name: who gives a lock up removes its file. */
static bool is_named(const char *path, int descriptor)
{
    struct stat named;
    struct stat opened;
    return stat(path, &named) == 0 && fstat(descriptor, &opened) == 0 &&
           named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

/* Opens and locks; *descriptor is -1 when another holds it, or has just given it up. */
static int take(const char *path, int *descriptor, struct diagnostic *diagnostic)
{
    *descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (*descriptor < 0) {
        return file_fail(path, "create", diagnostic);
    }
    int error = RIG_OK;
    if (flock(*descriptor, LOCK_EX | LOCK_NB) == 0) {
        if (is_named(path, *descriptor)) {
            return RIG_OK;
        }
    } else if (errno != EWOULDBLOCK) {
        error = file_fail(path, "lock", diagnostic);
    }
    (void)close(*descriptor);
    *descriptor = -1;
    return error;
}

static int remember(struct store *store, int64_t run, int descriptor)
{
    struct run_lock *locks = realloc(store->locks, (store->lock_count + 1) * sizeof *locks);
    if (locks == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    store->locks = locks;
    locks[store->lock_count++] = (struct run_lock){run, descriptor};
    return RIG_OK;
}

int store_lock_run(struct store *store, int64_t run, bool *taken, struct diagnostic *diagnostic)
{
    char *folder = NULL;
    int descriptor = -1;
    *taken = false;
    int error = store_make_run_folder(store, run, &folder, diagnostic);
    free(folder);
    if (error != RIG_OK) {
        return error;
    }
    char *path = lock_path(store, run);
    error = path == NULL ? sql_no_memory(diagnostic) : take(path, &descriptor, diagnostic);
    free(path);
    if (error == RIG_OK && descriptor >= 0) {
        if (remember(store, run, descriptor) == RIG_OK) {
            *taken = true;
        } else {
            (void)close(descriptor);
            error = sql_no_memory(diagnostic);
        }
    }
    return error;
}

void store_unlock_run(struct store *store, int64_t run)
{
    for (size_t i = 0; i < store->lock_count; i++) {
        if (store->locks[i].run == run) {
            char *path = lock_path(store, run);
            if (path != NULL) {
                (void)unlink(path); /* one that stays is not held, so it means nothing */
            }
            free(path);
            (void)close(store->locks[i].descriptor);
            store->locks[i] = store->locks[--store->lock_count];
            return;
        }
    }
}

bool store_run_is_locked(const struct store *store, int64_t run)
{
    char *path = lock_path(store, run);
    int descriptor = path == NULL ? -1 : open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    free(path);
    if (descriptor < 0) {
        return false;
    }
    bool locked = flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    (void)close(descriptor);
    return locked;
}

void store_drop_locks(struct store *store)
{
    for (size_t i = 0; i < store->lock_count; i++) {
        (void)close(store->locks[i].descriptor);
    }
    free(store->locks);
    store->locks = NULL;
    store->lock_count = 0;
}
