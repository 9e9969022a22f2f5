/*
 * Method: runs of kept parts are left out, half of all first, then shorter ones, down to single parts,
 * as long as that finds something. What fails first is mostly the last part, so that one is tried alone
 * before.
 */
#include "scenarios/history_minimise.h"

#include <string.h>

#include "base/process.h"

struct search {
    const struct history_search *options;
    unsigned tried;
};

static size_t count_kept(const bool *keep, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        kept += keep[i];
    return kept;
}

static bool is_over(const struct search *search)
{
    return search->tried >= search->options->attempts ||
           process_clock_ms() >= search->options->deadline_ms;
}

/* Takes the candidate over when it fails. */
static int try_candidate(struct search *search, const bool *candidate, bool *keep, size_t count,
                         bool *took, struct diagnostic *diagnostic)
{
    int error;

    *took = false;
    search->tried++;
    error = search->options->attempt(search->options->context, candidate, took, diagnostic);
    if (error == RIG_OK && *took)
        memcpy(keep, candidate, count * sizeof *keep);
    return error;
}

static int try_last(struct search *search, bool *keep, size_t count, struct diagnostic *diagnostic)
{
    bool candidate[HISTORY_PARTS_MAX] = {false};
    bool took;
    size_t last = count;

    while (last > 0 && !keep[last - 1])
        last--;
    if (last == 0 || count_kept(keep, count) < 2 || is_over(search))
        return RIG_OK;
    candidate[last - 1] = true;
    return try_candidate(search, candidate, keep, count, &took, diagnostic);
}

/* Leaves out the kept parts number `from` to `from` + `run` - 1. */
static void leave_out(const bool *keep, size_t count, size_t from, size_t run, bool *candidate)
{
    size_t number = 0;

    for (size_t i = 0; i < count; i++) {
        candidate[i] = keep[i] && (number < from || number >= from + run);
        number += keep[i];
    }
}

/* Each run of that length, once. *found: one was left out. */
static int try_runs(struct search *search, bool *keep, size_t count, size_t run, bool *found,
                    struct diagnostic *diagnostic)
{
    size_t from = 0;
    int error = RIG_OK;

    *found = false;
    while (error == RIG_OK && from < count_kept(keep, count) && !is_over(search)) {
        bool candidate[HISTORY_PARTS_MAX];
        bool took = false;

        leave_out(keep, count, from, run, candidate);
        if (count_kept(candidate, count) == 0)
            break;
        error = try_candidate(search, candidate, keep, count, &took, diagnostic);
        *found = *found || took;
        if (!took)
            from += run;
    }
    return error;
}

int history_minimise(const struct history_search *search, bool *keep, size_t count, unsigned *tried,
                     struct diagnostic *diagnostic)
{
    struct search state = {search, 0};
    size_t run;
    int error = try_last(&state, keep, count, diagnostic);

    run = (count_kept(keep, count) + 1) / 2;
    while (error == RIG_OK && count_kept(keep, count) > 1 && run > 0 && !is_over(&state)) {
        bool found;

        error = try_runs(&state, keep, count, run, &found, diagnostic);
        if (!found || run > 1)
            run /= 2;
    }
    *tried = state.tried;
    return error;
}
