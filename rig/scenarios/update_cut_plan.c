#include "scenarios/update_cut_plan.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/random.h"
#include "scenarios/image_check.h"
#include "scenarios/update_moves.h"

const char *cut_path_name(enum cut_path path)
{
    static const char *const names[CUT_PATHS] = {"install", "confirm", "revert"};

    return names[path];
}

static int plan_exact(const struct bench *bench, const struct plan_options *options,
                      struct text_list *words)
{
    static const unsigned rounds[DEPTH_COUNT] = {1, 1, 9};
    static const unsigned strides[CUT_PATHS][DEPTH_COUNT] = {
        [CUT_INSTALL] = {97, 53, 5}, [CUT_CONFIRM] = {3, 1, 1}, [CUT_REVERT] = {1, 1, 1}};
    static const unsigned limits[CUT_PATHS] = {400, 20, 3};
    static const unsigned tails[DEPTH_COUNT] = {2, 8,
                                                30}; /* of operations at the end, once known */
    static const char *const moments[] = {"torn", "before", "after"};
    uint64_t random = options->seed;
    int error = RIG_OK;

    for (unsigned i = 0; error == RIG_OK && i < CUT_PATHS * rounds[options->depth]; i++) {
        const unsigned path = i % CUT_PATHS;
        const unsigned stride = strides[path][options->depth];
        char word[SCENARIO_WORD_MAX + 1];

        (void)snprintf(word, sizeof word,
                       "way:%s,path:%s,from:%" PRIu64
                       ",stride:%u,limit:%u,tail:%u,moment:%s,seed:%" PRIu64,
                       update_plan_way(bench, options, i + 1), cut_path_name((enum cut_path)path),
                       random_below(&random, stride), stride, limits[path],
                       path == CUT_INSTALL ? tails[options->depth] : 0u,
                       moments[(i / CUT_PATHS + random_below(&random, 3)) % 3], options->seed + i);
        error = text_list_append(words, word);
    }
    return error;
}

/* Half of those of an install come in its last quarter: finish, activate, first start. A confirm is
 * last, since it may be done. */
static int plan_timed(const struct bench *bench, const struct plan_options *options,
                      struct text_list *words)
{
    static const unsigned rounds[DEPTH_COUNT] = {1, 1, 20};
    static const char *const paths[DEPTH_COUNT] = {"ic", "iirc", "iiiirrc"};
    uint64_t random = options->seed;
    int error = RIG_OK;

    for (unsigned i = 0; error == RIG_OK && i < rounds[options->depth]; i++) {
        char word[SCENARIO_WORD_MAX + 1];
        size_t used = (size_t)snprintf(word, sizeof word, "way:%s,seed:%" PRIu64 ",cuts:",
                                       update_plan_way(bench, options, 1), options->seed + i);

        for (const char *path = paths[options->depth]; *path != '\0'; path++) {
            const bool is_late = *path == 'i' && path[1] != 'i';
            const uint64_t share =
                is_late ? 750 + random_below(&random, 250) : random_below(&random, CUT_PER_MILLE);

            used += (size_t)snprintf(word + used, sizeof word - used, "%s%c%" PRIu64,
                                     path == paths[options->depth] ? "" : "+", *path, share);
        }
        error = text_list_append(words, word);
    }
    return error;
}

int update_plan_cuts(const struct bench *bench, const struct plan_options *options,
                     struct text_list *words, struct diagnostic *diagnostic)
{
    (void)diagnostic;
    if (!image_slots_are_known(bench))
        return RIG_OK;
    return power_can_arm(&bench->power, POWER_CUT_OPERATION) ? plan_exact(bench, options, words)
                                                             : plan_timed(bench, options, words);
}
