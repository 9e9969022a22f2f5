#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/random.h"
#include "scenarios/moves.h"
#include "scenarios/update_moves.h"
#include "scenarios/word.h"

/*
 * Updates that do not go as they should (5.3-2).
 *
 * Method: a client sends part of a genuine image and falls silent, as one that died. Another comes by
 * the other interface, with another genuine image: it is refused, or served from the beginning, so that
 * nothing is put together of two. Then the power is cut, and the next update has to go through. And an
 * older image, recorded from the device itself before it was updated, is offered once a newer one is
 * confirmed: it is genuine, and must be refused, while a newer one by the same way is installed.
 */

static const char *const clauses[] = {"5.3-2", NULL};

static const struct check_spec checks[] = {
    {"second-is-clean", "", CHECK_EQUALS, 1, NULL, "5.3-2", FINDING_ORACLE, SEVERITY_HIGH,
     "a second update during another is neither refused nor begun anew"},
    {"completes", "", CHECK_EQUALS, 1, NULL, "5.3-2", FINDING_ORACLE, SEVERITY_HIGH,
     "after an update that was cut short a genuine one does not go through"},
    {"old-accepted", "images", CHECK_EQUALS, 0, NULL, "5.3-2", FINDING_ORACLE, SEVERITY_CRITICAL,
     "a recorded older image is accepted although a newer one was confirmed"},
    {"changed", "", CHECK_EQUALS, 0, NULL, "5.3-2", FINDING_ORACLE, SEVERITY_HIGH,
     "the device runs another image than before, and nobody completed an update"},
    UPDATE_ANSWERS_CHECK("5.3-2", "an update that was cut short silences the device"),
    UPDATE_GENUINE_CHECK("5.3-2"),
    {.name = NULL},
};

enum {
    SECOND_PATIENCE_MS = 1500, /* of a second client that is told to wait */
    IDLE_PATIENCE_MS = 150000, /* until a device must have given up a client that died */
};

/* ---- plan ---- */

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const char *const kinds[] = {"two", "replay", "patient"};
    static const unsigned counts[DEPTH_COUNT] = {2, 2, 12};
    int error = RIG_OK;

    (void)diagnostic;
    for (unsigned i = 0;
         error == RIG_OK && image_slots_are_known(bench) && i < counts[options->depth]; i++) {
        const char *kind = kinds[i % (options->depth == DEPTH_DEEP ? 3 : 2)];
        char word[SCENARIO_WORD_MAX + 1];

        (void)snprintf(word, sizeof word, "way:%s,kind:%s,seed:%" PRIu64,
                       update_plan_way(bench, options, i + 1), kind, options->seed + i);
        error = text_list_append(words, word);
    }
    return error;
}

/* ---- two clients ---- */

static enum adapter_channel other_channel(const struct update_run *run)
{
    const bool has_both =
        (run->trial->bench->capabilities & (CAN_RTU | CAN_TCP)) == (CAN_RTU | CAN_TCP);

    if (!has_both)
        return run->channel;
    return run->channel == ADAPTER_LOCAL ? ADAPTER_NETWORK : ADAPTER_LOCAL;
}

/* A client that dies half way. *go_on: the device took what it sent. */
static int send_part(struct update_run *run, bool *go_on, struct diagnostic *diagnostic)
{
    const struct genuine_image *image = genuine_list_find(&run->genuine, "update_b");
    struct update_offer offer = {NULL, true, 0, 0};
    struct adapter_answer answer;
    char *path = NULL;
    bool answered = false;
    int error = image_find(run->trial->bench, "update_b", &path, diagnostic);

    *go_on = false;
    offer.path = path;
    offer.stop_after =
        image->content.size / 4 + random_below(&run->random, image->content.size / 2);
    if (error == RIG_OK)
        error = update_offer(run, &offer, &answer, &answered, diagnostic);
    free(path);
    if (error != RIG_OK || !trial_measure(run->trial, "answers", answered, "while it takes a part"))
        return error;
    *go_on =
        trial_proof(run->trial, answer.outcome == ADAPTER_ACCEPTED,
                    "a client sent %" PRIu64 " of %zu bytes, which the device took, and died%s",
                    offer.stop_after, image->content.size, answer.reason);
    return RIG_OK;
}

/* Another genuine image, if there is one for the same slot. */
static const char *second_key(const struct update_run *run)
{
    return genuine_list_find(&run->genuine, "downgrade") != NULL ? "downgrade" : "update_b";
}

/* The second client, by the other interface, as long as it has patience. */
static int send_second(struct update_run *run, int64_t patience_ms, bool *go_on,
                       struct diagnostic *diagnostic)
{
    const struct adapter_identity before = run->identity;
    struct update_offer offer = {NULL, true, UINT64_MAX, patience_ms};
    struct adapter_answer answer;
    char text[UPDATE_TEXT] = "";
    char *path = NULL;
    bool answered = false;
    bool runs = false;
    int error = image_find(run->trial->bench, second_key(run), &path, diagnostic);

    *go_on = false;
    offer.path = path;
    run->channel = other_channel(run);
    if (error == RIG_OK)
        error = update_offer(run, &offer, &answer, &answered, diagnostic);
    free(path);
    if (error != RIG_OK || !trial_measure(run->trial, "answers", answered, "to a second client"))
        return error;
    if (answer.outcome == ADAPTER_ACCEPTED) {
        error = update_wait_restart(run, &runs, diagnostic);
        runs = runs && run->identity.on_trial && strcmp(run->identity.slot, before.slot) != 0;
        (void)update_describe(&run->identity, text);
    }
    if (error == RIG_OK)
        *go_on =
            trial_measure(run->trial, "second-is-clean", answer.outcome != ADAPTER_ACCEPTED || runs,
                          "%s, %s: %s", adapter_outcome_name(answer.outcome), answer.reason, text);
    return error;
}

/* Both updates have come to nothing: nobody confirmed one. */
static int measure_unchanged(struct update_run *run, const struct adapter_identity *before,
                             bool *go_on, struct diagnostic *diagnostic)
{
    char text[UPDATE_TEXT];
    bool up;
    const int error = update_cycle(run, &up, diagnostic);

    *go_on = false;
    if (error != RIG_OK || !trial_measure(run->trial, "answers", up, "after a power cut"))
        return error;
    *go_on = trial_measure(run->trial, "changed", !update_is_same(run, before), "%s",
                           update_describe(&run->identity, text));
    return RIG_OK;
}

static int run_two(struct update_run *run, bool is_patient, struct diagnostic *diagnostic)
{
    const enum adapter_channel first = run->channel;
    const struct adapter_identity before = run->identity;
    bool go_on = false;
    int error = send_part(run, &go_on, diagnostic);

    if (error == RIG_OK && go_on)
        error = send_second(run, is_patient ? IDLE_PATIENCE_MS : SECOND_PATIENCE_MS, &go_on,
                            diagnostic);
    if (error == RIG_OK && go_on)
        error = measure_unchanged(run, &before, &go_on, diagnostic);
    run->channel = first;
    if (error == RIG_OK && go_on) {
        error = update_install(run, "update_b", true, &go_on, diagnostic);
        if (error == RIG_OK)
            (void)trial_measure(run->trial, "completes", go_on, "update_b");
    }
    return error == RIG_OK && go_on ? update_stop(run, diagnostic) : error;
}

/* ---- an old image ---- */

static int offer_old(struct update_run *run, bool *go_on, struct diagnostic *diagnostic)
{
    const struct genuine_image *old = genuine_list_find(&run->genuine, "first");
    struct update_offer offer = {NULL, true, UINT64_MAX, 0};
    struct adapter_answer answer;
    char *path = file_join(run->trial->bench->folder, "recorded.bin");
    bool answered = false;
    int error = path == NULL ? RIG_ERROR_NO_MEMORY
                             : file_write(path, old->content.bytes, old->content.size, diagnostic);

    *go_on = false;
    offer.path = path;
    if (error == RIG_OK)
        error = update_offer(run, &offer, &answer, &answered, diagnostic);
    free(path);
    if (error != RIG_OK || !trial_measure(run->trial, "answers", answered, "to an old image"))
        return error;
    (void)trial_proof(run->trial, answer.outcome != ADAPTER_WAIT && answer.outcome != ADAPTER_BUSY,
                      "the image that the device left the factory with is judged: %s, %s",
                      adapter_outcome_name(answer.outcome), answer.reason);
    *go_on = trial_measure(run->trial, "old-accepted", answer.outcome == ADAPTER_ACCEPTED, "%s",
                           answer.reason);
    return RIG_OK;
}

static int run_replay(struct update_run *run, struct diagnostic *diagnostic)
{
    struct adapter_identity newer;
    bool go_on = false;
    int error = update_install(run, "update_b", true, &go_on, diagnostic);

    if (error != RIG_OK || !trial_control(run->trial, go_on, "a newer image is confirmed"))
        return error;
    newer = run->identity;
    error = offer_old(run, &go_on, diagnostic);
    if (error == RIG_OK && go_on)
        error = measure_unchanged(run, &newer, &go_on, diagnostic);
    if (error != RIG_OK || !go_on)
        return error;
    error = update_install(run, "next_a", false, &go_on, diagnostic);
    if (error == RIG_OK)
        (void)trial_control(run->trial, go_on, "by the same way a newer one is installed");
    return error == RIG_OK ? update_stop(run, diagnostic) : error;
}

/* ---- a trial ---- */

static int run_protocol(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct update_run run;
    const bool is_replay = update_word_is(word, "kind", "replay");
    const bool is_patient = update_word_is(word, "kind", "patient");
    int error;

    if (!is_replay && !is_patient && !update_word_is(word, "kind", "two"))
        return RIG_ERROR_USAGE;
    error = update_begin(&run, trial, word, diagnostic);
    if (error == RIG_OK)
        error = is_replay ? run_replay(&run, diagnostic) : run_two(&run, is_patient, diagnostic);
    update_end(&run);
    return error;
}

const struct scenario update_protocol = {
    .id = "update.protocol",
    .title = "updates of two clients at once, cut short, or recorded long ago",
    .clauses = clauses,
    .needs = UPDATE_NEEDS,
    .checks = checks,
    .plan = plan,
    .run = run_protocol,
};
