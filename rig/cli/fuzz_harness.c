#include "cli/fuzz_harness.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/announce.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "report/finding_json.h"
#include "report/json_text.h"
#include "target/target_file.h"

#define DEFAULT_TARGET "native"

/* What the callbacks of a run need. */
struct watch {
    struct progress progress;
    struct store *store;
    int error; /* of the first time that telling failed */
    struct diagnostic diagnostic;
};

static const char *target_name(const struct command_line *line)
{
    return line->given[OPTION_TARGET] ? line->text[OPTION_TARGET] : DEFAULT_TARGET;
}

int fuzz_check_target(const struct command_line *line, const struct lab *lab,
                      struct diagnostic *diagnostic)
{
    struct target target;
    int error;

    if (!line->given[OPTION_TARGET])
        return RIG_OK;
    error = target_find(lab->workspace, target_name(line), &target, diagnostic);
    if (error == RIG_OK && target.class != TARGET_NATIVE)
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                "target %s is of class %s: there is no fuzzing engine for that "
                                "rung here; name a native target or leave --target out",
                                target.name, target_class_name(target.class));
    target_clear(&target);
    return error;
}

static void on_finding(void *context, int64_t finding)
{
    struct watch *watch = context;

    if (watch->error == RIG_OK)
        watch->error =
            announce_finding(watch->store, finding, &watch->progress, &watch->diagnostic);
}

static void on_progress(void *context, const struct engine_progress *state)
{
    struct watch *watch = context;

    progress_update(&watch->progress, state);
}

/* The harness's programs, owned. */
struct programs {
    char *fuzzer;
    char *reproducer;
};

static int run_watched(const struct fuzz_request *request, const struct programs *programs,
                       struct fuzz_result *result, struct diagnostic *diagnostic)
{
    struct watch watch = {.store = request->lab->store};
    const struct fuzz_run_options options = {
        .harness = request->harness,
        .engine = request->engine,
        .program = programs->fuzzer,
        .reproducer_program = programs->reproducer,
        .store = request->lab->store,
        .command = request->command,
        .target = target_name(request->line),
        .time_s = request->time_s,
        .jobs = request->jobs,
        .seed = request->line->number[OPTION_SEED],
        .stop_at_first = request->line->given[OPTION_FIRST],
        .on_progress = on_progress,
        .on_finding = on_finding,
        .context = &watch,
    };
    int error;

    progress_begin(&watch.progress, request->harness->name);
    error = fuzz_run(&options, result, diagnostic);
    progress_end(&watch.progress);
    if (error == RIG_OK && watch.error != RIG_OK) {
        *diagnostic = watch.diagnostic;
        error = watch.error;
    }
    return error;
}

static int find_program(const struct fuzz_request *request, const char *variant, char **path,
                        struct diagnostic *diagnostic)
{
    const struct workspace_program program = {request->harness->name, variant};

    return workspace_find_program(request->lab->workspace, request->harness->folder, &program, path,
                                  diagnostic);
}

int fuzz_check_engine(const struct fuzz_request *request, struct diagnostic *diagnostic)
{
    char *fuzzer = NULL;
    char *reproducer = NULL;
    struct diagnostic unused = {""};
    int error = request->engine->check != NULL ? request->engine->check(diagnostic) : (int)RIG_OK;

    if (error == RIG_OK && find_program(request, "reproducer", &reproducer, &unused) == RIG_OK &&
        find_program(request, request->engine->variant, &fuzzer, &unused) != RIG_OK) {
        error = diagnostic_fail(
            diagnostic, RIG_ERROR_CONFIGURATION,
            "%s.%s is not built, but %s is: configure again (cmake looks for the engine %s then) "
            "and build",
            request->harness->name, request->engine->variant, reproducer, request->engine->name);
    }
    free(fuzzer);
    free(reproducer);
    return error;
}

int fuzz_harness(const struct fuzz_request *request, struct fuzz_result *result,
                 struct diagnostic *diagnostic)
{
    struct programs programs = {NULL, NULL};
    int error;

    *result = (struct fuzz_result){.harness = request->harness->name,
                                   .target = target_name(request->line),
                                   .engine = request->engine->name,
                                   .stability = NAN};
    error = find_program(request, request->engine->variant, &programs.fuzzer, diagnostic);
    if (error == RIG_OK)
        error = find_program(request, "reproducer", &programs.reproducer, diagnostic);
    if (error == RIG_OK)
        error = run_watched(request, &programs, result, diagnostic);
    free(programs.fuzzer);
    free(programs.reproducer);
    return error;
}

static bool has_counting_finding(const struct fuzz_result *result)
{
    for (size_t i = 0; i < result->finding_count; i++) {
        if (result->findings[i].counts)
            return true;
    }
    return false;
}

/* Whether a clause was judged at all: ERROR and INCONCLUSIVE say nothing about a device. */
static bool has_judged(const struct fuzz_result *result)
{
    for (size_t i = 0; i < result->verdict_count; i++) {
        const enum verdict verdict = result->verdicts[i].verdict;
        if (verdict == VERDICT_PASS || verdict == VERDICT_FAIL)
            return true;
    }
    return false;
}

enum exit_code fuzz_exit_code(const struct fuzz_result *result, int error)
{
    enum exit_code code = EXIT_CLEAN;

    if (has_counting_finding(result))
        code = EXIT_FINDING;
    else if (error == RIG_OK && !has_judged(result))
        code = EXIT_INCONCLUSIVE;
    return exit_code_combine(code, exit_code_from_error(error));
}

const char *fuzz_outcome(const struct fuzz_result *result, int error)
{
    if (error == RIG_ERROR_INTERRUPTED)
        return "INTERRUPTED";
    if (has_counting_finding(result))
        return verdict_name(VERDICT_FAIL);
    if (error != RIG_OK)
        return verdict_name(VERDICT_ERROR);
    return verdict_name(has_judged(result) ? result->verdict : VERDICT_INCONCLUSIVE);
}

static json_t *ids_json(const struct fuzz_result *result)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < result->finding_count; i++) {
        if (json_array_append_new(array, json_sprintf("F-%" PRId64, result->findings[i].id)) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *verdicts_json(const struct fuzz_result *result)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < result->verdict_count; i++) {
        const struct fuzz_verdict *each = &result->verdicts[i];
        if (json_array_append_new(array,
                                  json_pack("{s:o, s:o, s:o}", "clause", json_text(each->clause),
                                            "verdict", json_string(verdict_name(each->verdict)),
                                            "reason", json_text(each->reason))) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

json_t *fuzz_result_json(const struct fuzz_result *result)
{
    json_t *stability = isnan(result->stability) ? json_null() : json_real(result->stability);

    return json_pack("{s:o, s:o, s:o, s:I, s:f, s:I, s:o, s:o, s:o, s:I, s:b, s:o, s:{s:I, s:I}}",
                     "harness", json_text(result->harness), "target", json_text(result->target),
                     "engine", json_text(result->engine), "execs", (json_int_t)result->execs,
                     "execs_per_second", result->execs_per_second, "edges",
                     (json_int_t)result->edges, "stability", stability, "findings",
                     ids_json(result), "run", run_id_json(result->run), "seed",
                     (json_int_t)result->seed, "control", (int)result->control_ok, "verdicts",
                     verdicts_json(result), "baseline", "known", (json_int_t)result->baseline_count,
                     "met", (json_int_t)result->baseline_met);
}
