#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <stddef.h>

/* A folder of a test's own. All functions fail the test when they cannot do their work. */

/* Makes the folder; others than the owner may read it. */
char *scratch_make(void);

/* Removes the folder with all that is in it, and frees the path. */
void scratch_remove(char *folder);

/* The path `folder`/`name`, for free(). */
char *scratch_path(const char *folder, const char *name);

/* Writes `size` bytes to `folder`/`name`; makes folders on the way. */
void scratch_write_bytes(const char *folder, const char *name, const void *bytes, size_t size);

/* The same with a text. */
void scratch_write(const char *folder, const char *name, const char *text);

/* Runs `check` in a child that is not root, so that permissions bind. Returns what it returned. */
int scratch_run_unprivileged(int (*check)(void *context), void *context);

#endif
