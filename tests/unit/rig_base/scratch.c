#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

#define NOBODY 65534

char *scratch_make(void)
{
    char *folder = NULL;
    struct diagnostic diagnostic;
    assert_int_equal(file_make_temporary(&folder, &diagnostic), RIG_OK);
    assert_int_equal(chmod(folder, 0755), 0);
    return folder;
}

void scratch_remove(char *folder)
{
    struct diagnostic diagnostic;
    assert_int_equal(file_remove(folder, &diagnostic), RIG_OK);
    free(folder);
}

char *scratch_path(const char *folder, const char *name)
{
    char *path = file_join(folder, name);
    assert_non_null(path);
    return path;
}

void scratch_write_bytes(const char *folder, const char *name, const void *bytes, size_t size)
{
    struct diagnostic diagnostic;
    char *path = scratch_path(folder, name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    assert_int_equal(file_make_directories(path, &diagnostic), RIG_OK);
    *slash = '/';
    assert_int_equal(file_write(path, bytes, size, &diagnostic), RIG_OK);
    free(path);
}

void scratch_write(const char *folder, const char *name, const char *text)
{
    scratch_write_bytes(folder, name, text, strlen(text));
}

int scratch_run_unprivileged(int (*check)(void *context), void *context)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)) {
            _exit(99);
        }
        _exit(check(context));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}
