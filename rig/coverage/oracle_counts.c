#include "coverage/oracle_counts.h"

#include <jansson.h>

#include "base/file.h"

#define FILE_LIMIT     65536U
#define LARGEST_CHECKS (INT64_MAX / 1000000) /* sums of many files stay exact */

static int add_counts(json_t *oracles, struct coverage_harness *harness)
{
    const char *clause;
    json_t *value;
    int error = RIG_OK;

    json_object_foreach(oracles, clause, value)
    {
        const json_int_t checks = json_is_integer(value) ? json_integer_value(value) : -1;

        if (checks < 0 || checks > LARGEST_CHECKS)
            return RIG_ERROR_BENCH;
        error = coverage_add_checks(harness, clause, (uint64_t)checks);
        if (error != RIG_OK)
            return error;
    }
    harness->counts_oracles = true;
    return RIG_OK;
}

int oracle_counts_read(const char *path, struct coverage_harness *harness,
                       struct diagnostic *diagnostic)
{
    struct file_content content = {NULL, 0};
    json_t *value = NULL;
    json_t *oracles;
    int error;

    if (!file_exists(path))
        return RIG_OK;
    error = file_read(path, FILE_LIMIT, &content, diagnostic);
    if (error != RIG_OK)
        return error;
    value = json_loadb((const char *)content.bytes, content.size, JSON_REJECT_DUPLICATES, NULL);
    oracles = json_object_get(value, "oracles");
    if (!json_is_object(value) || (oracles != NULL && !json_is_object(oracles)))
        error = RIG_ERROR_BENCH;
    else if (oracles != NULL)
        error = add_counts(oracles, harness);
    if (error == RIG_ERROR_BENCH)
        error = diagnostic_fail(diagnostic, error,
                                "the counts of %s that its program wrote to ORDEAL_GATES make no "
                                "sense",
                                harness->name);
    json_decref(value);
    file_content_free(&content);
    return error;
}
