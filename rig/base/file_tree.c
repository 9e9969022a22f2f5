#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_directory(const char *path, struct diagnostic *diagnostic)
{
    if (mkdir(path, 0777) == 0) {
        return file_sync_name(path, diagnostic);
    }
    if (errno == EEXIST && file_is_directory(path)) {
        return RIG_OK;
    }
    return file_fail(path, "make the folder", diagnostic);
}

int file_make_directories(const char *path, struct diagnostic *diagnostic)
{
    char *prefix = text_duplicate(path);
    int error = RIG_OK;
    if (prefix == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "%s: out of memory", path);
    }
    for (char *at = prefix; *at != '\0' && error == RIG_OK; at++) {
        if (*at == '/' && at != prefix) {
            *at = '\0';
            error = make_directory(prefix, diagnostic);
            *at = '/';
        }
    }
    if (error == RIG_OK) {
        error = make_directory(path, diagnostic);
    }
    free(prefix);
    return error;
}

int file_make_temporary(char **path, struct diagnostic *diagnostic)
{
    const char *parent = getenv("TMPDIR");
    *path = file_join(parent != NULL && parent[0] != '\0' ? parent : "/tmp", "ordeal-XXXXXX");
    if (*path == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
    }
    if (mkdtemp(*path) != NULL) {
        return RIG_OK;
    }
    int error = file_fail(*path, "make the folder", diagnostic);
    free(*path);
    *path = NULL;
    return error;
}

static int append_names(DIR *folder, const char *path, struct text_list *names,
                        struct diagnostic *diagnostic)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (entry == NULL) {
            return errno == 0 ? RIG_OK : file_fail(path, "list", diagnostic);
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        if (text_list_append(names, entry->d_name) != RIG_OK) {
            return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "%s: out of memory", path);
        }
    }
}

int file_list(const char *path, struct text_list *names, struct diagnostic *diagnostic)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return file_fail(path, "list", diagnostic);
    }
    int error = append_names(folder, path, names, diagnostic);
    (void)closedir(folder);
    text_list_sort(names);
    return error;
}

/* Method: depth first, bounded by PATH_MAX since every level lengthens the path that lstat() takes.
 */
static int remove_folder(const char *path, struct diagnostic *diagnostic)
{
    struct text_list names = {NULL, 0};
    int error = file_list(path, &names, diagnostic);
    for (size_t i = 0; i < names.count && error == RIG_OK; i++) {
        char *child = file_join(path, names.items[i]);
        error = child == NULL ? RIG_ERROR_NO_MEMORY : file_remove(child, diagnostic);
        free(child);
    }
    text_list_free(&names);
    if (error == RIG_OK && rmdir(path) != 0) {
        error = file_fail(path, "remove the folder", diagnostic);
    }
    return error;
}

int file_remove(const char *path, struct diagnostic *diagnostic)
{
    struct stat status;
    if (lstat(path, &status) != 0) {
        return errno == ENOENT ? RIG_OK : file_fail(path, "look at", diagnostic);
    }
    if (S_ISDIR(status.st_mode)) {
        return remove_folder(path, diagnostic);
    }
    return unlink(path) == 0 ? RIG_OK : file_fail(path, "remove", diagnostic);
}
