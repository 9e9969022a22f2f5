#include "base/workspace.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

struct workspace {
    char *program; /* folder of the running program */
    char *user;
    char *own;   /* NULL when there is none */
    char *build; /* the user's; may not exist */
};

static int no_memory(struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
}

/* The absolute path of a folder, links resolved, for free(); NULL when it is none. */
static char *resolve_folder(const char *folder, const char *name)
{
    char *joined = file_join(folder, name);
    char *resolved = joined == NULL ? NULL : realpath(joined, NULL);
    if (resolved != NULL && !file_is_directory(resolved)) {
        free(resolved);
        resolved = NULL;
    }
    free(joined);
    return resolved;
}

static bool holds(const char *folder, const char *name)
{
    char *path = file_join(folder, name);
    bool found = path != NULL && file_is_regular(path);
    free(path);
    return found;
}

static int find_program_folder(struct workspace *workspace, struct diagnostic *diagnostic)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "/proc/self/exe: cannot read: %s; mount /proc", strerror(errno));
    }
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "/proc/self/exe: not a path: %s", path);
    }
    slash[slash == path ? 1 : 0] = '\0';
    workspace->program = text_duplicate(path);
    return workspace->program == NULL ? no_memory(diagnostic) : RIG_OK;
}

static void find_own_root(struct workspace *workspace)
{
    static const char *const candidates[] = {"..", "../share/ordeal", ORDEAL_SOURCE_DIR};
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
        char *root = resolve_folder(workspace->program, candidates[i]);
        if (root != NULL && holds(root, "harnesses/harnesses.yaml")) {
            workspace->own = root;
            return;
        }
        free(root);
    }
}

static int find_user_folders(struct workspace *workspace, const struct workspace_options *options,
                             struct diagnostic *diagnostic)
{
    const char *project = options->project == NULL ? "." : options->project;
    workspace->user = resolve_folder(".", project);
    if (workspace->user == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: no such folder; give --project a folder", project);
    }
    if (options->build == NULL) {
        workspace->build = file_join(workspace->user, "build");
        return workspace->build == NULL ? no_memory(diagnostic) : RIG_OK;
    }
    workspace->build = resolve_folder(".", options->build);
    if (workspace->build == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: no such folder; give --build a build folder", options->build);
    }
    return RIG_OK;
}

int workspace_open(const struct workspace_options *options, struct workspace **workspace,
                   struct diagnostic *diagnostic)
{
    *workspace = NULL;
    struct workspace *opened = calloc(1, sizeof *opened);
    if (opened == NULL) {
        return no_memory(diagnostic);
    }
    int error = find_program_folder(opened, diagnostic);
    if (error == RIG_OK) {
        error = find_user_folders(opened, options, diagnostic);
    }
    if (error != RIG_OK) {
        workspace_free(opened);
        return error;
    }
    find_own_root(opened);
    *workspace = opened;
    return RIG_OK;
}

void workspace_free(struct workspace *workspace)
{
    if (workspace != NULL) {
        free(workspace->program);
        free(workspace->user);
        free(workspace->own);
        free(workspace->build);
        free(workspace);
    }
}

size_t workspace_folder_count(const struct workspace *workspace)
{
    bool has_other = workspace->own != NULL && strcmp(workspace->own, workspace->user) != 0;
    return has_other ? 2 : 1;
}

const char *workspace_folder(const struct workspace *workspace, size_t index)
{
    return index == 0 ? workspace->user : workspace->own;
}

const char *workspace_user_folder(const struct workspace *workspace)
{
    return workspace->user;
}

const char *workspace_own_root(const struct workspace *workspace)
{
    return workspace->own;
}

const char *workspace_program_folder(const struct workspace *workspace)
{
    return workspace->program;
}

/* `folder`/`below`/`name`, for free(); NULL when there is no memory. An empty `below` is left out. */
static char *join_three(const char *folder, const char *below, const char *name)
{
    if (below[0] == '\0') {
        return file_join(folder, name);
    }
    char *middle = file_join(folder, below);
    char *path = middle == NULL ? NULL : file_join(middle, name);
    free(middle);
    return path;
}

static bool is_user_folder(const struct workspace *workspace, const char *folder)
{
    return strcmp(folder, workspace->user) == 0;
}

static bool is_own_root(const struct workspace *workspace, const char *folder)
{
    return workspace->own != NULL && strcmp(folder, workspace->own) == 0;
}

/* What is sought in the build folders. */
struct build_search {
    const char *folder; /* of the workspace, whose catalogue or target names it */
    const char *name;   /* below the build folder */
    bool (*is_wanted)(const char *path);
    bool lends; /* what Ordeal's own build holds serves the user's folder too */
};

/* Searches the places of the folder. NULL when it is in none of them. */
static char *search_build(const struct workspace *workspace, const struct build_search *search)
{
    bool of_user = is_user_folder(workspace, search->folder);
    bool of_own = is_own_root(workspace, search->folder) || search->lends;
    const struct {
        const char *folder;
        const char *below;
        bool searched;
    } places[] = {
        {workspace->build, "", of_user},
        {workspace->program, "", of_own},
        {workspace->program, "../libexec/ordeal", of_own},
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char *candidate =
            places[i].searched ? join_three(places[i].folder, places[i].below, search->name) : NULL;
        if (candidate != NULL && search->is_wanted(candidate)) {
            return candidate;
        }
        free(candidate);
    }
    return NULL;
}

static int find_built(const struct workspace *workspace, const struct build_search *search,
                      char **path, struct diagnostic *diagnostic)
{
    *path = search_build(workspace, search);
    if (*path != NULL) {
        return RIG_OK;
    }
    if (is_user_folder(workspace, search->folder)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "%s/%s: not built; build it with cmake -S %s -B %s && "
                               "cmake --build %s, or say where it is with --build",
                               workspace->build, search->name, workspace->user, workspace->build,
                               workspace->build);
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                           "%s/%s: not built; build it with cmake --build %s, or install ordeal "
                           "again",
                           workspace->program, search->name, workspace->program);
}

int workspace_find_program(const struct workspace *workspace, const char *folder,
                           const struct workspace_program *program, char **path,
                           struct diagnostic *diagnostic)
{
    *path = NULL;
    char *name = text_format("harnesses/%s.%s", program->harness, program->variant);
    if (name == NULL) {
        return no_memory(diagnostic);
    }
    const struct build_search search = {folder, name, file_is_program, false};
    int error = find_built(workspace, &search, path, diagnostic);
    free(name);
    return error;
}

int workspace_find_firmware(const struct workspace *workspace, const char *folder, const char *name,
                            char **path, struct diagnostic *diagnostic)
{
    const struct build_search search = {folder, name, file_is_regular, true};
    return find_built(workspace, &search, path, diagnostic);
}

int workspace_find_clauses(const struct workspace *workspace, char **path,
                           struct diagnostic *diagnostic)
{
    static const char *const places[] = {"rig/clauses/en303645.yaml", "clauses/en303645.yaml"};
    *path = NULL;
    for (size_t i = 0; workspace->own != NULL && i < sizeof places / sizeof places[0]; i++) {
        char *candidate = file_join(workspace->own, places[i]);
        if (candidate != NULL && file_is_regular(candidate)) {
            *path = candidate;
            return RIG_OK;
        }
        free(candidate);
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                           "%s: no clauses/en303645.yaml; install ordeal again",
                           workspace->own == NULL ? workspace->program : workspace->own);
}

int workspace_find_helper(const char *program_folder, const char *name, char **path,
                          struct diagnostic *diagnostic)
{
    static const char *const places[] = {"", "/../libexec/ordeal"};

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char *candidate = text_format("%s%s/%s", program_folder, places[i], name);

        if (candidate == NULL) {
            return no_memory(diagnostic);
        }
        if (file_is_program(candidate)) {
            *path = candidate;
            return RIG_OK;
        }
        free(candidate);
    }
    return diagnostic_fail(
        diagnostic, RIG_ERROR_CONFIGURATION,
        "%s: no program %s is there or in ../libexec/ordeal; build or install it "
        "with `ordeal`",
        program_folder, name);
}
