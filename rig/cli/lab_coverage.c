#include "cli/lab_coverage.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/tool.h"
#include "coverage/measure.h"

#define LIMIT_MS        (120 * 1000)
#define INPUT_TIMEOUT_S 5U /* a program without sanitizers needs milliseconds */

/* A request with what it owns. */
struct lab_request {
    struct coverage_program *programs;
    struct text_list *judges; /* of each program */
    size_t count;
    char *build;
    char *profdata;
    char *cov;
};

/* The tool that came with the compiler, else the one of no version; for free(). */
static int find_tool(const char *versioned, const char *plain, char **path,
                     struct diagnostic *diagnostic)
{
    *path = tool_find(versioned);
    if (*path == NULL)
        *path = tool_find(plain);
    if (*path == NULL)
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "%s is missing: apt-get install llvm-14", versioned);
    return RIG_OK;
}

/* <build>/harnesses/NAME.coverage: two names less, for free(). */
static char *build_folder_of(const char *program)
{
    char *folder = text_duplicate(program);

    for (int names = 0; folder != NULL && names < 2; names++) {
        char *slash = strrchr(folder, '/');
        if (slash != NULL)
            *slash = '\0';
    }
    return folder;
}

/* What the harness judges by oracles: its own clause is that of memory errors and hangs. */
static int list_oracles(const struct harness *harness, struct text_list *judges)
{
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < harness->judges.count; i++) {
        if (strcmp(harness->judges.items[i], harness->clause) != 0)
            error = text_list_append(judges, harness->judges.items[i]);
    }
    return error;
}

/* A program that is not built is no error: measuring says so and goes on with the others. */
static int add_program(const struct lab *lab, const struct harness *harness,
                       struct lab_request *request)
{
    const struct workspace_program sought = {harness->name, "coverage"};
    struct diagnostic missing = {.text = ""};
    struct text_list *judges = &request->judges[request->count];
    struct coverage_program *added = &request->programs[request->count++];
    char *path = NULL;
    const int error =
        workspace_find_program(lab->workspace, harness->folder, &sought, &path, &missing);

    *added = (struct coverage_program){
        .name = harness->name,
        .program = path,
        .corpus = harness->corpus,
        .judges = judges,
        .timeout_s = harness->timeout_s < INPUT_TIMEOUT_S ? harness->timeout_s : INPUT_TIMEOUT_S,
    };
    if (error == RIG_ERROR_NO_MEMORY || list_oracles(harness, judges) != RIG_OK)
        return RIG_ERROR_NO_MEMORY;
    if (error != RIG_OK) {
        added->missing = text_duplicate(missing.text);
        return added->missing == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;
    }
    if (request->build == NULL)
        request->build = build_folder_of(path);
    return request->build == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;
}

/* The harnesses of the first one's folder: the user's come first. */
static int add_programs(const struct lab *lab, const char *folder, struct lab_request *request)
{
    const size_t count = harness_catalogue_count(lab->harnesses);
    int error = RIG_OK;

    request->programs = calloc(count, sizeof *request->programs);
    request->judges = calloc(count, sizeof *request->judges);
    if (request->programs == NULL || request->judges == NULL)
        return RIG_ERROR_NO_MEMORY;
    for (size_t i = 0; error == RIG_OK && i < count; i++) {
        const struct harness *harness = harness_catalogue_at(lab->harnesses, i);
        if (strcmp(harness->folder, folder) == 0)
            error = add_program(lab, harness, request);
    }
    return error;
}

static void clear_request(struct lab_request *request)
{
    for (size_t i = 0; i < request->count; i++) {
        free((char *)request->programs[i].program);
        free((char *)request->programs[i].missing);
        text_list_free(&request->judges[i]);
    }
    free(request->judges);
    free(request->programs);
    free(request->build);
    free(request->profdata);
    free(request->cov);
}

static int measure(struct lab *lab, struct coverage *coverage, struct diagnostic *diagnostic)
{
    struct lab_request owned = {NULL, NULL, 0, NULL, NULL, NULL};
    const char *folder = NULL;
    int error = lab->harnesses == NULL ? lab_load_harnesses(lab, diagnostic) : RIG_OK;

    if (error == RIG_OK && harness_catalogue_count(lab->harnesses) == 0)
        error = diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND, "there is no harness");
    if (error == RIG_OK)
        error = find_tool("llvm-profdata-14", "llvm-profdata", &owned.profdata, diagnostic);
    if (error == RIG_OK)
        error = find_tool("llvm-cov-14", "llvm-cov", &owned.cov, diagnostic);
    if (error == RIG_OK) {
        folder = harness_catalogue_at(lab->harnesses, 0)->folder;
        error = add_programs(lab, folder, &owned);
    }
    if (error == RIG_OK) {
        const struct coverage_request request = {
            .project = folder,
            .build = owned.build != NULL ? owned.build : "",
            .programs = owned.programs,
            .program_count = owned.count,
            .profdata = owned.profdata,
            .cov = owned.cov,
            .limit_ms = LIMIT_MS,
        };
        error = coverage_measure(&request, coverage, diagnostic);
    }
    clear_request(&owned);
    return error;
}

int lab_measure_coverage(struct lab *lab, struct coverage *coverage, struct diagnostic *diagnostic)
{
    int error;

    memset(coverage, 0, sizeof *coverage);
    error = measure(lab, coverage, diagnostic);
    if (error == RIG_OK || error == RIG_ERROR_INTERRUPTED || error == RIG_ERROR_NO_MEMORY)
        return error;
    coverage->reason = text_duplicate(diagnostic->text);
    diagnostic_clear(diagnostic);
    return coverage->reason == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;
}
