#include "fuzz/engine.h"

#include <string.h>

#include "base/file.h"
#include "fuzz/afl.h"
#include "fuzz/libfuzzer.h"

static const struct engine_type *const types[] = {&libfuzzer_engine, &afl_engine};

const struct engine_type *engine_find(const char *name)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(types[i]->name, name) == 0) {
            return types[i];
        }
    }
    return NULL;
}

int engine_list_artifacts(const char *scratch_folder, struct text_list *paths,
                          struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < sizeof(types) / sizeof(types[0]); i++) {
        error = types[i]->list_artifacts(scratch_folder, paths, diagnostic);
    }
    return error;
}

int engine_check_options(const struct engine_options *options, struct diagnostic *diagnostic)
{
    if (options->jobs < 1 || options->jobs > ENGINE_JOBS_MAX) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "%u jobs; give 1 to %d", options->jobs,
                               ENGINE_JOBS_MAX);
    }
    if (options->time_s < 1 || options->max_length < 1 || options->timeout_s < 1 ||
        options->memory_mb < 1) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "time, length, timeout and memory must be at least 1");
    }
    if (!file_is_program(options->program)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "%s is missing or not executable; build the harnesses",
                               options->program);
    }
    return RIG_OK;
}

bool engine_has_enough(const struct engine_options *options)
{
    return options->enough != NULL && *options->enough;
}

uint64_t engine_add(uint64_t one, uint64_t other)
{
    if (one > INT64_MAX) {
        return INT64_MAX;
    }
    return other > INT64_MAX - one ? INT64_MAX : one + other;
}

/* SplitMix64. */
uint32_t engine_derive_seed(uint64_t seed, const struct engine_start *start)
{
    uint64_t mixed =
        seed + ((uint64_t)start->job << 32 | start->round) * UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    mixed = (mixed ^ mixed >> 31) & 0x7fffffff;
    return mixed > 0 ? (uint32_t)mixed : 1;
}
