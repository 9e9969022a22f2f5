#ifndef RIG_BASE_FILE_H
#define RIG_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "base/text.h"

/**
 * Files and folders. Unless a function says otherwise, a missing file is RIG_ERROR_NOT_FOUND; one
 * that is of the wrong kind, too large or not permitted is RIG_ERROR_CONFIGURATION; a full disk and
 * an I/O error are RIG_ERROR_BENCH. The diagnostic names the path.
 */

/** Bytes of a file, owned. `bytes[size]` is 0, so that text can be used as a string. */
struct file_content {
    uint8_t *bytes;
    size_t size;
};

/** Reads a whole regular file of at most `limit` bytes. Free with file_content_free(). */
RIG_MUST_CHECK int file_read(const char *path, size_t limit, struct file_content *content,
                             struct diagnostic *diagnostic);

/** Frees the bytes and makes the content empty. */
void file_content_free(struct file_content *content);

/**
 * Replaces `path` with `size` bytes, atomically and durably: a file beside it is written, synced
 * and renamed, and the folder is synced. On an error `path` is as it was, and nothing is left over.
 */
RIG_MUST_CHECK int file_write(const char *path, const void *bytes, size_t size,
                              struct diagnostic *diagnostic);

/** Where file_copy() reads and writes. */
struct file_copy_paths {
    const char *from;
    const char *to;
};

/** Copies a regular file of at most `limit` bytes as file_write() writes. */
RIG_MUST_CHECK int file_copy(const struct file_copy_paths *paths, size_t limit,
                             struct diagnostic *diagnostic);

/** Syncs the folder that holds `path`, so that a name made or renamed in it survives loss of power.
 */
RIG_MUST_CHECK int file_sync_name(const char *path, struct diagnostic *diagnostic);

/** Makes a folder with all its parents (mode 0777 less umask), durably. Existing folders are fine.
 */
RIG_MUST_CHECK int file_make_directories(const char *path, struct diagnostic *diagnostic);

/** Makes a new private folder under TMPDIR or /tmp; the path is for free(). */
RIG_MUST_CHECK int file_make_temporary(char **path, struct diagnostic *diagnostic);

/** Lists names in a folder, sorted, without `.` and `..`. Appends to `names`. */
RIG_MUST_CHECK int file_list(const char *path, struct text_list *names,
                             struct diagnostic *diagnostic);

/** Removes a file, or a folder with all that is in it; symbolic links are not followed. A missing
 * path is fine. */
RIG_MUST_CHECK int file_remove(const char *path, struct diagnostic *diagnostic);

/** True when there is anything at `path`, of any kind (a broken symbolic link included). */
bool file_exists(const char *path);
bool file_is_regular(const char *path);
bool file_is_directory(const char *path);

/** True for a regular file that this process may execute. */
bool file_is_program(const char *path);

/**
 * Turns errno into a diagnostic `path: cannot ACTION: reason` and the error described above. Call
 * it straight after the call that failed.
 */
int file_fail(const char *path, const char *action, struct diagnostic *diagnostic);

/** True for a relative path that stays below the folder it is relative to. */
bool file_stays_below(const char *path);

/** `folder`/`name`, for free(); `name` alone when it is absolute. NULL when there is no memory. */
char *file_join(const char *folder, const char *name);

#endif
