/**
 * The inputs a fuzzer starts from. It cannot get past one that makes the harness fail, because it
 * runs all of them each time it starts; so a failing one is taken out, after it was reported.
 */
#ifndef RIG_FUZZ_CORPUS_H
#define RIG_FUZZ_CORPUS_H

#include <stddef.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/** Where and how corpus_gather() puts its files. */
struct corpus_gathering {
    const char *folder; /**< made */
    size_t max_length;  /**< bytes */
};

/** Fills the new folder `to` with symbolic links to all regular files in `folders` (ended by NULL;
 * folders that do not exist are left out). The files themselves are never touched. */
int corpus_link(const char *const *folders, const char *to,
                struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Fills the new folder `to` with files that hold the first `max_length` bytes of each regular file
 * in `folders`: links to the file itself where the file system allows it, else copies. Empty ones
 * are left out. For an engine that reads no symbolic links. *count becomes the number of files.
 */
int corpus_gather(const char *const *folders, const struct corpus_gathering *to, size_t *count,
                  struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Copies the file `input` into the folder, which is made when it is missing, under a name that
 * follows from its content; one that is there already is left alone. */
int corpus_import(const char *folder, const char *input,
                  struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Copies the file `input` into the folder, which is made when it is missing, under its own name.
 */
int corpus_add(const char *folder, const char *input, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Removes from folder `folder` what is equal to the file `input` in its first `max_length` bytes,
 * which is all of it that an engine reads. */
int corpus_remove_equal(const char *folder, const char *input, size_t max_length,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
