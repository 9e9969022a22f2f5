#ifndef RIG_BASE_WORKSPACE_H
#define RIG_BASE_WORKSPACE_H

#include <stddef.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/**
 * Where things are: the user's folder first, then Ordeal's own root. Both hold `harnesses/`,
 * `corpora/` and `targets/`; any of them may be missing in the user's folder.
 */
struct workspace;

/** What the command line says about folders. All zero is fine. */
struct workspace_options {
    const char *project; /**< the user's folder; NULL: the current one */
    const char *build;   /**< the user's build folder; NULL: `<project>/build` */
};

/**
 * Finds both folders. The own root is the first that holds `harnesses/harnesses.yaml` of: the
 * folder above the program's (build tree), `../share/ordeal` beside the program's folder
 * (installed), and the source tree that the program was built from. A project or build folder that
 * was named and does not exist is RIG_ERROR_CONFIGURATION.
 */
RIG_MUST_CHECK int workspace_open(const struct workspace_options *options,
                                  struct workspace **workspace, struct diagnostic *diagnostic);

void workspace_free(struct workspace *workspace);

/** How many folders to search: 1 when the user's folder is the own root, or when there is no root;
 * else 2. */
size_t workspace_folder_count(const struct workspace *workspace);

/** Folder `index`, an absolute path: the user's is 0, the own root is the last. */
const char *workspace_folder(const struct workspace *workspace, size_t index);

/** The user's folder, an absolute path. The default store is `ordeal-store` in it. */
const char *workspace_user_folder(const struct workspace *workspace);

/** Ordeal's own root, an absolute path; NULL when none was found. */
const char *workspace_own_root(const struct workspace *workspace);

/** The folder of the running program (`build/` in the build tree), an absolute path. */
const char *workspace_program_folder(const struct workspace *workspace);

/**
 * Where a program is that belongs to a program in `program_folder`: in the same folder (build tree), or
 * in ../libexec/ordeal (installed). *path is for free(). RIG_OK; RIG_ERROR_CONFIGURATION with a
 * diagnostic; RIG_ERROR_NO_MEMORY.
 */
int workspace_find_helper(const char *program_folder, const char *name, char **path,
                          struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** A built harness program. */
struct workspace_program {
    const char *harness; /**< name in harnesses.yaml */
    const char *variant; /**< "libfuzzer", "reproducer" or "coverage" */
};

/**
 * The path of `NAME.VARIANT` of a catalogue entry of `folder`, for free(). Entries of the user's
 * folder are built in the user's build folder, those of Ordeal's own root beside `ordeal` in
 * `harnesses/` or in `../libexec/ordeal/harnesses`: a harness is never judged by the program of
 * another that has the same name. When both folders are the same, all of these places are searched.
 * None: RIG_ERROR_BENCH, since a program that was not built says nothing about a device; the
 * diagnostic says how to build it.
 */
RIG_MUST_CHECK int workspace_find_program(const struct workspace *workspace, const char *folder,
                                          const struct workspace_program *program, char **path,
                                          struct diagnostic *diagnostic);

/**
 * The path of a firmware file of a target of `folder`, for free(). `name` is relative to the build
 * folder. Sought where workspace_find_program() seeks, but a target of the user's folder may also
 * name what Ordeal's own build holds: it is often a changed copy of one of Ordeal's targets. A
 * target of Ordeal's own root never takes a file from the user's build folder. None:
 * RIG_ERROR_BENCH; the diagnostic says how to build it.
 */
RIG_MUST_CHECK int workspace_find_firmware(const struct workspace *workspace, const char *folder,
                                           const char *name, char **path,
                                           struct diagnostic *diagnostic);

/** The path of the clause catalogue, for free(). None: RIG_ERROR_CONFIGURATION. */
RIG_MUST_CHECK int workspace_find_clauses(const struct workspace *workspace, char **path,
                                          struct diagnostic *diagnostic);

#endif
