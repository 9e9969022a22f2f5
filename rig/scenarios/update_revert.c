#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "scenarios/moves.h"
#include "scenarios/update_moves.h"
#include "scenarios/word.h"

/*
 * Updates that do not prove themselves (5.3-2, 5.9-1).
 *
 * Method: an image runs on trial and nobody confirms it, or it crashes as soon as it runs. At the next
 * start the device must be back at what it ran before, with its settings, and stay there. That the
 * trial image ran at all is the control, and that the same image stays once it is confirmed. One that
 * crashed is not started again, either: the console would tell of the next crash, or the device itself
 * by the cause of its last start.
 */

static const char *const clauses[] = {"5.3-2", "5.9-1", NULL};

/* ---- nobody confirms ---- */

static const struct check_spec revert_checks[] = {
    {"reverted", "", CHECK_EQUALS, 1, NULL, "5.3-2", FINDING_ORACLE, SEVERITY_HIGH,
     "an update that nobody confirmed stays"},
    {"stays", "", CHECK_EQUALS, 1, NULL, "5.3-2", FINDING_ORACLE, SEVERITY_HIGH,
     "the device does not stay at what it went back to"},
    {"settings-changed", "settings", CHECK_EQUALS, 0, NULL, "5.9-1", FINDING_SILENT, SEVERITY_HIGH,
     "going back from an update changes settings"},
    UPDATE_ANSWERS_CHECK("5.9-1", "the device does not come back after a trial"),
    UPDATE_GENUINE_CHECK("5.3-2"),
    {.name = NULL},
};

static int plan_revert(const struct bench *bench, const struct plan_options *options,
                       struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {1, 1, 6};
    int error = RIG_OK;

    (void)diagnostic;
    for (unsigned i = 0;
         error == RIG_OK && image_slots_are_known(bench) && i < counts[options->depth]; i++) {
        char word[SCENARIO_WORD_MAX + 1];

        (void)snprintf(word, sizeof word, "way:%s,starts:%u,seed:%" PRIu64,
                       update_plan_way(bench, options, i + 1), 1 + i, options->seed + i);
        error = text_list_append(words, word);
    }
    return error;
}

/* Power cuts after a trial: the first goes back, the others change nothing. */
static int look_back(struct update_run *run, const struct adapter_identity *before, uint64_t starts,
                     struct diagnostic *diagnostic)
{
    char text[UPDATE_TEXT];
    bool up = false;
    int error = RIG_OK;

    for (uint64_t i = 0; error == RIG_OK && i <= starts; i++) {
        error = update_cycle(run, &up, diagnostic);
        if (error != RIG_OK || !trial_measure(run->trial, "answers", up, "start %" PRIu64, i + 1) ||
            !trial_measure(run->trial, i == 0 ? "reverted" : "stays", update_is_same(run, before),
                           "start %" PRIu64 ": %s", i + 1, update_describe(&run->identity, text)))
            return error;
    }
    return error;
}

static int control_confirmed(struct update_run *run, struct diagnostic *diagnostic)
{
    struct adapter_identity confirmed;
    bool ok = false;
    int error = update_install(run, "update_b", true, &ok, diagnostic);

    confirmed = run->identity;
    if (error == RIG_OK && ok)
        error = update_cycle(run, &ok, diagnostic);
    if (error == RIG_OK)
        (void)trial_control(run->trial, ok && update_is_same(run, &confirmed),
                            "the same image stays once it is confirmed");
    return error;
}

static int try_trial(struct update_run *run, uint64_t starts, struct diagnostic *diagnostic)
{
    const struct adapter_identity before = run->identity;
    bool ok = false;
    int error = update_install(run, "update_b", false, &ok, diagnostic);

    if (error != RIG_OK || !trial_control(run->trial, ok, "the image runs on trial"))
        return error;
    error = look_back(run, &before, starts, diagnostic);
    if (error != RIG_OK || trial_has_failed(run->trial))
        return error;
    error = move_measure_changes(run->trial, "settings-changed", &run->settings, diagnostic);
    return error == RIG_OK ? control_confirmed(run, diagnostic) : error;
}

static int run_revert(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct update_run run;
    uint64_t starts;
    int error;

    if (word_number(word, "starts", &starts) != RIG_OK)
        return RIG_ERROR_USAGE;
    error = update_begin(&run, trial, word, diagnostic);
    if (error == RIG_OK)
        error = try_trial(&run, starts, diagnostic);
    update_end(&run);
    return error;
}

const struct scenario update_revert = {
    .id = "update.revert",
    .title = "an update that nobody confirms is gone at the next start",
    .clauses = clauses,
    .needs = UPDATE_NEEDS,
    .checks = revert_checks,
    .plan = plan_revert,
    .run = run_revert,
};

/* ---- it crashes ---- */

static const struct check_spec crash_checks[] = {
    {"reverted", "", CHECK_EQUALS, 1, NULL, "5.9-1", FINDING_ORACLE, SEVERITY_HIGH,
     "an update that crashes is not undone"},
    {"back-within", "ms", CHECK_AT_MOST, 20000, "recover_ms", "5.9-1", FINDING_HANG, SEVERITY_HIGH,
     "the device takes too long to go back from an update that crashes"},
    {"settings-changed", "settings", CHECK_EQUALS, 0, NULL, "5.9-1", FINDING_SILENT, SEVERITY_HIGH,
     "going back from an update that crashes changes settings"},
    {"crashes-again", "faults", CHECK_EQUALS, 0, NULL, "5.9-1", FINDING_FAULT, SEVERITY_HIGH,
     "an update that crashed is started again after a power cut"},
    UPDATE_ANSWERS_CHECK("5.9-1", "an update that crashes silences the device"),
    UPDATE_GENUINE_CHECK("5.3-2"),
    {.name = NULL},
};

static int plan_crash(const struct bench *bench, const struct plan_options *options,
                      struct text_list *words, struct diagnostic *diagnostic)
{
    if (target_find_setting(bench->target, "images", "crash") == NULL ||
        bench->target->class == TARGET_NATIVE) /* what a process starts is never the image */
        return RIG_OK;
    return plan_revert(bench, options, words, diagnostic);
}

/* How it crashed, for the log: by the console's word, or by the device's own. */
static void prove_crash(const struct update_run *run, uint64_t position)
{
    const size_t faults = move_faults_before(run->trial, position, &run->health);

    if (target_find_setting(run->trial->bench->target, "console", "fault") != NULL)
        (void)trial_proof(run->trial, faults > 0, "the console tells of %zu faults", faults);
    else
        (void)trial_proof(run->trial, faults > 0,
                          "the device gives '%s' as the cause of its last start",
                          run->health.reset_cause);
}

static int let_crash(struct update_run *run, bool *up, struct diagnostic *diagnostic)
{
    struct trial *trial = run->trial;
    const uint64_t position = console_port_position(&trial->bench->console);
    struct update_offer offer = {NULL, true, UINT64_MAX, 0};
    struct adapter_answer answer = {.outcome = ADAPTER_REFUSED};
    char *path = NULL;
    int64_t began;
    bool taken = false;
    int error = image_find(trial->bench, "crash", &path, diagnostic);

    offer.path = path;
    if (error == RIG_OK)
        error = update_offer(run, &offer, &answer, &taken, diagnostic);
    free(path);
    if (error != RIG_OK ||
        !trial_control(trial, taken && answer.outcome == ADAPTER_ACCEPTED,
                       "an image that will crash, and is genuine, is taken: %s", answer.reason))
        return error;
    began = process_clock_ms();
    error = update_wait_restart(run, up, diagnostic);
    if (error != RIG_OK || !trial_measure(trial, "answers", *up, "after it crashed"))
        return error;
    prove_crash(run, position);
    (void)trial_measure(trial, "back-within", (double)(process_clock_ms() - began),
                        "from the moment at which it was told to start it");
    return RIG_OK;
}

static void measure_reverted(struct update_run *run, const struct adapter_identity *before,
                             uint64_t cuts)
{
    char text[UPDATE_TEXT];

    (void)trial_measure(run->trial, "reverted", update_is_same(run, before),
                        "%" PRIu64 " power cuts later: %s", cuts,
                        update_describe(&run->identity, text));
}

/* What a device runs in the end says nothing of what it tried before: its console does, or the cause of
 * its start. */
static int cycle_after_crash(struct update_run *run, bool *up, struct diagnostic *diagnostic)
{
    const uint64_t position = console_port_position(&run->trial->bench->console);
    const int error = update_cycle(run, up, diagnostic);

    if (error != RIG_OK)
        return error;
    (void)trial_measure(run->trial, "answers", *up, "after a power cut");
    (void)trial_measure(run->trial, "crashes-again",
                        (double)(*up ? move_faults_before(run->trial, position, &run->health)
                                     : move_faults(run->trial, position)),
                        "after a power cut; the cause of the last start: '%s'",
                        run->health.reset_cause);
    return RIG_OK;
}

static int try_crash(struct update_run *run, uint64_t starts, struct diagnostic *diagnostic)
{
    const struct adapter_identity before = run->identity;
    bool up = false;
    int error = let_crash(run, &up, diagnostic);

    if (error == RIG_OK && up)
        measure_reverted(run, &before, 0);
    for (uint64_t i = 1; error == RIG_OK && up && i <= starts; i++) {
        if (trial_has_failed(run->trial))
            return RIG_OK;
        error = cycle_after_crash(run, &up, diagnostic);
        if (error == RIG_OK && up)
            measure_reverted(run, &before, i);
    }
    if (error == RIG_OK && up)
        error = move_measure_changes(run->trial, "settings-changed", &run->settings, diagnostic);
    return error;
}

static int run_crash(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct update_run run;
    uint64_t starts;
    int error;

    if (word_number(word, "starts", &starts) != RIG_OK)
        return RIG_ERROR_USAGE;
    error = update_begin(&run, trial, word, diagnostic);
    if (error == RIG_OK)
        error = try_crash(&run, starts, diagnostic);
    update_end(&run);
    return error;
}

const struct scenario update_crash_loop = {
    .id = "update.crash-loop",
    .title = "an update that crashes is undone by the device itself",
    .clauses = clauses,
    .needs = UPDATE_NEEDS,
    .checks = crash_checks,
    .plan = plan_crash,
    .run = run_crash,
};
