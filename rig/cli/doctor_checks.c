#include "cli/doctor_checks.h"

#include <errno.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "base/file.h"
#include "cli/tool.h"
#include "fuzz/engine.h"

#define DETAIL_SIZE 512

struct tool_row {
    const char *name;
    const char *package;
    bool needed;
    const char
        *beginning; /* of the line with its version, on either stream; NULL: the first line */
};

static bool ask_version(const struct tool_row *row, const char *path, char *version, size_t size)
{
    const char *const argv[] = {path, "--version", NULL};

    return row->beginning != NULL ? tool_line(argv, row->beginning, version, size)
                                  : tool_first_line(argv, version, size);
}

static int check_tool(struct check_list *list, const struct tool_row *row)
{
    char *path = tool_find(row->name);
    char version[DETAIL_SIZE] = "";
    char remedy[DETAIL_SIZE];
    bool runs = path != NULL && ask_version(row, path, version, sizeof version);
    const struct outcome outcome = {
        "tool", row->name,   runs ? version : path != NULL ? "does not run" : "is not in PATH",
        remedy, row->needed, runs};
    int error;

    (void)snprintf(remedy, sizeof remedy, GET_PACKAGE, row->package);
    error = check_list_add(list, &outcome);
    free(path);
    return error;
}

/* Which AFL++ there is, in its own words. */
static int check_afl(struct check_list *list)
{
    struct diagnostic diagnostic = {.text = ""};
    char version[DETAIL_SIZE] = "";
    const struct engine_type *afl = engine_find("afl");
    const bool found = afl->check(&diagnostic) == RIG_OK &&
                       afl->ask_version(version, sizeof version, &diagnostic) == RIG_OK;
    char remedy[DETAIL_SIZE];
    const struct outcome outcome = {"tool", "afl-fuzz", found ? version : "is not in PATH",
                                    remedy, false,      found};

    (void)snprintf(remedy, sizeof remedy, GET_PACKAGE ", then configure and build again", "afl++");
    return check_list_add(list, &outcome);
}

int doctor_check_tools(struct check_list *list)
{
    static const struct tool_row rows[] = {
        {"llvm-symbolizer-14", "llvm-14", true, NULL},
        {"clang-14", "clang-14", false, NULL},
        {"cmake", "cmake", false, NULL},
        {"ninja", "ninja-build", false, NULL},
        {"pkg-config", "pkg-config", false, NULL},
        {"git", "git", false, NULL},
        {"gdb", "gdb", false, NULL},
        {"gdb-multiarch", "gdb-multiarch", false, NULL},
        {"openocd", "openocd", false, "Open On-Chip Debugger"},
    };
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < sizeof rows / sizeof rows[0]; i++)
        error = check_tool(list, &rows[i]);
    return error == RIG_OK ? check_afl(list) : error;
}

/* A library that harnesses are built with: asked of pkg-config. */
static int check_installed_library(struct check_list *list, const char *name, const char *package)
{
    char *path = tool_find("pkg-config");
    const char *const argv[] = {path, "--modversion", name, NULL};
    char version[DETAIL_SIZE] = "";
    char remedy[DETAIL_SIZE];
    const bool found = path != NULL && tool_first_line(argv, version, sizeof version);
    const struct outcome outcome = {
        "library", name, found ? version : "pkg-config does not find it", remedy, false, found};
    int error;

    (void)snprintf(remedy, sizeof remedy, GET_PACKAGE, package);
    error = check_list_add(list, &outcome);
    free(path);
    return error;
}

int doctor_check_libraries(struct check_list *list)
{
    const struct outcome linked[] = {
        {"library", "sqlite", sqlite3_libversion(), "", true, true},
        {"library", "libyaml", yaml_get_version_string(), "", true, true},
        {"library", "jansson", jansson_version_str(), "", true, true},
    };
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < sizeof linked / sizeof linked[0]; i++)
        error = check_list_add(list, &linked[i]);
    if (error == RIG_OK)
        error = check_installed_library(list, "libmodbus", "libmodbus-dev");
    if (error == RIG_OK)
        error = check_installed_library(list, "cmocka", "libcmocka-dev");
    return error;
}

static int check_folders(struct check_list *list, const struct lab *lab)
{
    const char *root = workspace_own_root(lab->workspace);
    const struct outcome project = {"folder", "project", workspace_user_folder(lab->workspace),
                                    "",       true,      true};
    const struct outcome own = {"folder",
                                "ordeal",
                                root != NULL ? root : "no harnesses of Ordeal itself are found",
                                "run ordeal from its build folder, or install it whole",
                                false,
                                root != NULL};
    int error = check_list_add(list, &project);

    return error == RIG_OK ? check_list_add(list, &own) : error;
}

static int check_harness(struct check_list *list, const struct lab *lab,
                         const struct harness *harness)
{
    static const struct {
        const char *name;
        bool needed;
    } variants[] = {{"libfuzzer", true}, {"reproducer", true}, {"afl", false}};
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < sizeof variants / sizeof variants[0]; i++) {
        const struct workspace_program program = {harness->name, variants[i].name};
        struct diagnostic diagnostic = {.text = ""};
        char *path = NULL;
        char *name = text_format("%s.%s", harness->name, variants[i].name);
        const bool built = workspace_find_program(lab->workspace, harness->folder, &program, &path,
                                                  &diagnostic) == RIG_OK;
        const struct outcome outcome = {"harness",
                                        name,
                                        built ? path : diagnostic.text,
                                        variants[i].needed
                                            ? "build it: cmake --build BUILD_FOLDER"
                                            : "install afl++, configure again and build",
                                        variants[i].needed,
                                        built};

        error = name == NULL ? RIG_ERROR_NO_MEMORY : check_list_add(list, &outcome);
        free(name);
        free(path);
    }
    return error;
}

static int check_harnesses(struct check_list *list, struct lab *lab)
{
    struct diagnostic diagnostic = {.text = ""};
    int error = lab_load_harnesses(lab, &diagnostic);
    const size_t count = error == RIG_OK ? harness_catalogue_count(lab->harnesses) : 0;
    const struct outcome outcome = {
        "harness",
        "harnesses.yaml",
        error != RIG_OK ? diagnostic.text
        : count == 0    ? "names no harness"
                        : "can be read",
        "write harnesses/harnesses.yaml, or name its folder with --project",
        true,
        error == RIG_OK && count > 0};

    error = check_list_add_opened(list, &outcome, error != RIG_OK ? error : RIG_ERROR_BENCH);
    for (size_t i = 0; error == RIG_OK && i < count; i++)
        error = check_harness(list, lab, harness_catalogue_at(lab->harnesses, i));
    return error;
}

static int check_clauses(struct check_list *list, struct lab *lab)
{
    struct diagnostic diagnostic = {.text = ""};
    const int error = lab_load_clauses(lab, &diagnostic);
    const struct outcome outcome = {"folder",
                                    "clause catalogue",
                                    error == RIG_OK ? "can be read" : diagnostic.text,
                                    "restore it from Ordeal's sources, or install it whole",
                                    true,
                                    error == RIG_OK};

    return check_list_add_opened(list, &outcome, error);
}

int doctor_check_workspace(struct check_list *list, struct lab *lab,
                           const struct command_line *line)
{
    struct diagnostic diagnostic = {.text = ""};
    int error = lab_open_workspace(lab, line, &diagnostic);

    if (error != RIG_OK) {
        const struct outcome outcome = {
            "folder", "project", diagnostic.text, "name existing folders", true, false};
        return check_list_add_opened(list, &outcome, error);
    }
    error = check_folders(list, lab);
    if (error == RIG_OK)
        error = check_clauses(list, lab);
    return error == RIG_OK ? check_harnesses(list, lab) : error;
}

/* The folder that a path would be made in: the nearest that exists. For free(). */
static char *existing_parent(const char *path)
{
    char *parent = text_duplicate(path);

    while (parent != NULL && !file_exists(parent)) {
        char *slash = strrchr(parent, '/');
        if (slash == NULL) {
            free(parent);
            return text_duplicate(".");
        }
        slash[slash == parent ? 1 : 0] = '\0';
    }
    return parent;
}

/* A store that does not exist yet: it is made with the first run. */
static int judge_new_store(const char *folder, struct outcome *outcome,
                           struct diagnostic *diagnostic)
{
    char *parent = existing_parent(folder);

    if (parent == NULL)
        return RIG_ERROR_NO_MEMORY;
    errno = ENOTDIR;
    outcome->ok = file_is_directory(parent) && access(parent, W_OK | X_OK) == 0;
    if (outcome->ok)
        diagnostic_set(diagnostic, "does not exist yet, and can be made");
    else
        diagnostic_set(diagnostic, "does not exist, and cannot be made in %s: %s", parent,
                       strerror(errno));
    free(parent);
    return RIG_OK;
}

/* SQLite writes its journal beside the database, and a run its evidence: the folder has to let them. */
static void judge_store(const char *folder, struct outcome *outcome, struct diagnostic *diagnostic)
{
    outcome->ok = access(folder, W_OK | X_OK) == 0;
    if (outcome->ok)
        diagnostic_set(diagnostic, "can be written");
    else
        diagnostic_set(diagnostic, "%s: the folder cannot be written: %s", folder, strerror(errno));
}

int doctor_check_store(struct check_list *list, const struct command_line *line)
{
    const char *folder = lab_store_folder(line);
    struct store *store = NULL;
    struct diagnostic diagnostic = {.text = ""};
    struct outcome outcome = {.area = "store",
                              .name = folder,
                              .detail = diagnostic.text,
                              .remedy = "free the disk or the rights, or name another folder with "
                                        "--store",
                              .needed = true};
    int error = store_open(folder, STORE_WRITE, &store, &diagnostic);

    if (error == RIG_OK) {
        judge_store(folder, &outcome, &diagnostic);
    } else if (error == RIG_ERROR_NOT_FOUND) {
        error = judge_new_store(folder, &outcome, &diagnostic);
    }
    store_close(store);
    if (error == RIG_ERROR_NO_MEMORY)
        return error;
    return check_list_add_opened(list, &outcome, error != RIG_OK ? error : RIG_ERROR_CONFIGURATION);
}
