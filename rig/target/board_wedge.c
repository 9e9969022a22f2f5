#include "target/board_wedge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "target/runtime_folder.h"

#define SUFFIX ".wedged"

static int fail(const char *name, const char *action, struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot %s the note on board %s: %s",
                           action, name, strerror(errno));
}

/* Opens the folder and makes the name of the file in it. */
static int find(const char *name, int *folder, char file[RUNTIME_NAME],
                struct diagnostic *diagnostic)
{
    int error = runtime_folder_name(name, SUFFIX, file, diagnostic);
    return error == RIG_OK ? runtime_folder_open(folder, diagnostic) : error;
}

/* Writes beside the file, and renames: a note is whole or not there. */
static int write_note(int folder, const char *name, const char *file, const char *reason,
                      struct diagnostic *diagnostic)
{
    char new_file[RUNTIME_NAME + 1];
    (void)snprintf(new_file, sizeof new_file, ".%s", file); /* no board's name begins with a dot */
    int opened =
        openat(folder, new_file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    size_t size = strnlen(reason, BOARD_WEDGE_TEXT - 1);
    if (opened < 0) {
        return fail(name, "write", diagnostic);
    }
    bool is_written = write(opened, reason, size) == (ssize_t)size;
    int error = is_written ? RIG_OK : fail(name, "write", diagnostic);
    if (close(opened) != 0 && error == RIG_OK) {
        error = fail(name, "write", diagnostic);
    }
    if (error == RIG_OK && renameat(folder, new_file, folder, file) != 0) {
        error = fail(name, "write", diagnostic);
    }
    return error;
}

int board_wedge_note(const char *name, const char *reason, struct diagnostic *diagnostic)
{
    char file[RUNTIME_NAME];
    int folder = -1;
    int error = find(name, &folder, file, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    error = write_note(folder, name, file, reason[0] == '\0' ? "unknown" : reason, diagnostic);
    (void)close(folder);
    return error;
}

int board_wedge_read(const char *name, char reason[BOARD_WEDGE_TEXT], struct diagnostic *diagnostic)
{
    char file[RUNTIME_NAME];
    char noted[BOARD_WEDGE_TEXT];
    int folder = -1;
    reason[0] = '\0';
    int error = find(name, &folder, file, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    int opened = openat(folder, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t size = opened < 0 ? -1 : read(opened, noted, sizeof noted - 1);
    if (size >= 0) {
        (void)text_escape(reason, BOARD_WEDGE_TEXT, noted, (size_t)size);
    } else if (opened >= 0 || errno != ENOENT) {
        error = fail(name, "read", diagnostic);
    }
    if (opened >= 0) {
        (void)close(opened);
    }
    (void)close(folder);
    return error;
}

int board_wedge_clear(const char *name, struct diagnostic *diagnostic)
{
    char file[RUNTIME_NAME];
    int folder = -1;
    int error = find(name, &folder, file, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    if (unlinkat(folder, file, 0) != 0 && errno != ENOENT) {
        error = fail(name, "remove", diagnostic);
    }
    (void)close(folder);
    return error;
}
