#include "target/runtime_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

/* For free(). */
static char *find_path(void)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    return runtime != NULL && runtime[0] == '/'
               ? text_format("%s/ordeal", runtime)
               : text_format("/tmp/ordeal-%lu", (unsigned long)geteuid());
}

/* Method: the folder is judged by what was opened, not by its name: a link is not followed, and what
 * another user has made in /tmp is refused. */
static int open_private(const char *path, int *folder, struct diagnostic *diagnostic)
{
    struct stat status;
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        return diagnostic_fail(
            diagnostic, RIG_ERROR_BENCH,
            "%s: cannot make this folder for locks: %s; set XDG_RUNTIME_DIR to a "
            "folder of your own",
            path, strerror(errno));
    }
    *folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*folder < 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "%s: cannot open this folder for locks: %s; remove what is there",
                               path, strerror(errno));
    }
    if (fstat(*folder, &status) == 0 && status.st_uid == geteuid() && (status.st_mode & 077) == 0) {
        return RIG_OK;
    }
    (void)close(*folder);
    *folder = -1;
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                           "%s: not a folder of this user's alone (mode 0700); remove it, or set "
                           "XDG_RUNTIME_DIR to a folder of your own",
                           path);
}

int runtime_folder_open(int *folder, struct diagnostic *diagnostic)
{
    char *path = find_path();
    *folder = -1;
    int error = path == NULL ? diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory")
                             : open_private(path, folder, diagnostic);
    free(path);
    return error;
}

int runtime_folder_name(const char *name, const char *suffix, char text[RUNTIME_NAME],
                        struct diagnostic *diagnostic)
{
    int size = snprintf(text, RUNTIME_NAME, "%s%s", name, suffix);
    return text_is_name(name) && size > 0 && size < RUNTIME_NAME
               ? RIG_OK
               : diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "`%.64s` is no name of a board",
                                 name);
}
