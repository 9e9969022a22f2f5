#include "findings/store_evidence.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "findings/store_settle.h"

char *store_evidence_path(const struct store *store, const char *relative)
{
    return file_join(store->folder, relative);
}

int store_keep_input(const char *from, const char *to, struct stored_input *kept,
                     struct diagnostic *diagnostic)
{
    const struct file_copy_paths paths = {from, to};
    struct stat status = {.st_size = 0};
    int error = file_copy(&paths, STORE_INPUT_LIMIT, diagnostic);
    if (error == RIG_OK) {
        error = file_sha256(to, kept->sha256, diagnostic);
    }
    if (error == RIG_OK && stat(to, &status) != 0) {
        error = file_fail(to, "look at", diagnostic);
    }
    kept->size = (int64_t)status.st_size;
    return error == RIG_ERROR_NOT_FOUND ? RIG_ERROR_BENCH : error;
}

static int refuse(const char *path, int error, const char *what, struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, error,
                           "%s: %s; restore the store from a copy, or fuzz until the failure is "
                           "met again",
                           path, what);
}

int store_check_input(const struct store *store, const struct finding_input *input, char **path,
                      struct diagnostic *diagnostic)
{
    char sha256[FILE_HASH_TEXT_SIZE];
    int error = RIG_OK;
    *path = NULL;
    if (input->path[0] == '\0') {
        return diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND,
                               "no input is stored: nothing can be run again");
    }
    char *found = store_evidence_path(store, input->path);
    if (found == NULL) {
        return sql_no_memory(diagnostic);
    }
    if (!file_is_regular(found)) {
        error = refuse(found, RIG_ERROR_NOT_FOUND, "the stored input is missing", diagnostic);
    } else if (input->sha256[0] != '\0') {
        error = file_sha256(found, sha256, diagnostic);
        if (error == RIG_OK && strcmp(sha256, input->sha256) != 0) {
            error = refuse(found, RIG_ERROR_CONFIGURATION,
                           "not the input that was stored (its SHA-256 differs)", diagnostic);
        }
    }
    if (error != RIG_OK) {
        free(found);
        return error;
    }
    *path = found;
    return RIG_OK;
}

/* `runs/R-3/F-1.input` gives `runs/R-3/F-1.minimised`, for free(). */
static char *name_minimised(const struct finding *finding)
{
    const char *path = finding->input.path;
    const char *dot = strrchr(path, '.');
    size_t length = dot == NULL ? strlen(path) : (size_t)(dot - path);
    return text_format("%.*s.minimised", (int)length, path);
}

static int keep_minimised(struct store *store, const struct finding *finding, const char *from,
                          struct diagnostic *diagnostic)
{
    struct stored_input kept = {"", 0};
    char *name = name_minimised(finding);
    char *path = name == NULL ? NULL : store_evidence_path(store, name);
    int error =
        path == NULL ? sql_no_memory(diagnostic) : store_keep_input(from, path, &kept, diagnostic);
    if (error == RIG_OK) {
        const struct sql_value values[] = {sql_text(name), sql_text(kept.sha256),
                                           sql_integer(kept.size), sql_integer(finding->id)};
        error = sql_run(store,
                        "UPDATE finding SET minimised = ?, minimised_hash = ?, minimised_size = ?"
                        " WHERE id = ?",
                        SQL_VALUES(values), diagnostic);
    }
    free(name);
    free(path);
    return error;
}

static int keep_original(struct store *store, const struct finding *finding,
                         struct diagnostic *diagnostic)
{
    const struct sql_value values[] = {sql_integer(finding->id)};
    return sql_run(store,
                   "UPDATE finding SET minimised = input, minimised_hash = input_hash,"
                   " minimised_size = input_size WHERE id = ?",
                   SQL_VALUES(values), diagnostic);
}

static int minimise_in_transaction(struct store *store, int64_t id, const char *path,
                                   struct diagnostic *diagnostic)
{
    struct finding finding;
    int error = store_get_finding(store, id, &finding, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    if (finding.input.path[0] == '\0') {
        error = diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "F-%lld has no stored input",
                                (long long)id);
    } else {
        error = path == NULL ? keep_original(store, &finding, diagnostic)
                             : keep_minimised(store, &finding, path, diagnostic);
    }
    finding_clear(&finding);
    return error;
}

int store_set_minimised(struct store *store, int64_t id, const char *path,
                        struct diagnostic *diagnostic)
{
    int error = sql_begin(store, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    return sql_finish(store, minimise_in_transaction(store, id, path, diagnostic), diagnostic);
}
