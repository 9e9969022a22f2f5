#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/moves.h"
#include "scenarios/update_moves.h"
#include "scenarios/word.h"

/*
 * Genuine updates (5.3-2).
 *
 * Method: a new device is given genuine images, one after the other, each newer than the one before. It
 * must take each, start it on trial, and keep it once it is confirmed, over a power cut and with its
 * settings. That its word is true is seen in its storage: the slot that it says it runs holds the
 * image that was sent, byte for byte. The control is an image that was altered, which is not taken: a
 * device that takes anything shows nothing.
 */

static const char *const clauses[] = {"5.3-2", NULL};

static const struct check_spec checks[] = {
    {"installed", "", CHECK_EQUALS, 1, NULL, "5.3-2", FINDING_ORACLE, SEVERITY_HIGH,
     "a genuine update is not installed"},
    {"another-version", "", CHECK_EQUALS, 1, NULL, "5.3-2", FINDING_ORACLE, SEVERITY_HIGH,
     "after an update the device runs the version that it ran before"},
    {"kept", "", CHECK_EQUALS, 1, NULL, "5.3-2", FINDING_ORACLE, SEVERITY_HIGH,
     "an update that was confirmed is gone after a power cut"},
    {"settings-changed", "settings", CHECK_EQUALS, 0, NULL, "5.3-2", FINDING_SILENT, SEVERITY_HIGH,
     "an update changes settings"},
    UPDATE_ANSWERS_CHECK("5.3-2", "the device does not come back after an update"),
    UPDATE_GENUINE_CHECK("5.3-2"),
    {.name = NULL},
};

/* In the order of the target's file; what it does not name ends the chain. */
static const char *const chain[] = {"update_b", "next_a", "next_b"};
enum { CHAIN = sizeof chain / sizeof chain[0] };

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    /* Trials, of which one after the other has one update more. */
    static const unsigned counts[DEPTH_COUNT] = {1, 2, 6};
    const unsigned count = bench->target->class == TARGET_NATIVE || options->depth == DEPTH_DEEP
                               ? counts[options->depth]
                               : 1;
    int error = RIG_OK;

    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && image_slots_are_known(bench) && i < count; i++) {
        char word[SCENARIO_WORD_MAX + 1];

        (void)snprintf(word, sizeof word, "way:%s,count:%u,seed:%" PRIu64,
                       update_plan_way(bench, options, i), 1 + i % CHAIN, options->seed + i);
        error = text_list_append(words, word);
    }
    return error;
}

/* One update of the chain. *go_on: it went well. */
static int run_step(struct update_run *run, const char *key, bool *go_on,
                    struct diagnostic *diagnostic)
{
    struct trial *trial = run->trial;
    const struct adapter_identity before = run->identity;
    struct adapter_identity confirmed;
    char text[UPDATE_TEXT];
    bool ok = false;
    int error = update_install(run, key, true, &ok, diagnostic);

    *go_on = false;
    if (error != RIG_OK || !trial_measure(trial, "installed", ok, "%s", key))
        return error;
    (void)trial_measure(trial, "another-version",
                        strcmp(run->identity.version, before.version) != 0, "%s after %s",
                        run->identity.version, before.version);
    confirmed = run->identity;
    error = update_cycle(run, &ok, diagnostic);
    if (error != RIG_OK || !trial_measure(trial, "answers", ok, "after %s", key))
        return error;
    *go_on = trial_measure(trial, "kept", update_is_same(run, &confirmed), "%s",
                           update_describe(&run->identity, text));
    return RIG_OK;
}

/* A device that takes what was altered would take anything. */
static int control_refusal(struct update_run *run, struct diagnostic *diagnostic)
{
    char *path = NULL;
    struct adapter_answer answer = {.outcome = ADAPTER_ACCEPTED};
    struct update_offer offer = {NULL, false, UINT64_MAX, 0};
    bool answered = false;
    int error = image_find(run->trial->bench, "altered", &path, diagnostic);

    offer.path = path;
    if (error == RIG_OK && path != NULL) {
        error = update_offer(run, &offer, &answer, &answered, diagnostic);
        (void)trial_control(run->trial, answered && answer.outcome != ADAPTER_ACCEPTED,
                            "an altered image is refused: %s", answer.reason);
    }
    free(path);
    return error;
}

static int run_genuine(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct update_run run;
    uint64_t count = 0;
    bool go_on = true;
    int error;

    if (word_number(word, "count", &count) != RIG_OK || count == 0 || count > CHAIN)
        return RIG_ERROR_USAGE;
    error = update_begin(&run, trial, word, diagnostic);
    if (error == RIG_OK)
        error = control_refusal(&run, diagnostic);
    for (size_t i = 0; error == RIG_OK && go_on && i < count; i++) {
        error = run_step(&run, chain[i], &go_on, diagnostic);
    }
    if (error == RIG_OK && go_on)
        error = move_measure_changes(trial, "settings-changed", &run.settings, diagnostic);
    if (error == RIG_OK && go_on)
        error = update_stop(&run, diagnostic);
    update_end(&run);
    return error;
}

const struct scenario update_genuine = {
    .id = "update.genuine",
    .title = "genuine updates are installed, confirmed and kept",
    .clauses = clauses,
    .needs = UPDATE_NEEDS,
    .checks = checks,
    .plan = plan,
    .run = run_genuine,
};
