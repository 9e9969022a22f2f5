#include "scenarios/update_moves.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "scenarios/moves.h"
#include "scenarios/word.h"

enum {
    OFFER_MS = 90000, /* an image by a slow bus, on a busy host */
    ASK_AGAIN_MS = 50,
    ROUTE_BYTES = 1024, /* of an image, that show that a route works */
};

/* Notes that the device fell silent, and forgets its sessions. RIG_OK for that, else `error`. */
static int take_silence(struct update_run *run, int error, const char *when,
                        const struct diagnostic *diagnostic)
{
    if (!move_is_silence(error))
        return error;
    trial_note(run->trial, "%s: %s", when, diagnostic->text);
    adapter_forget(&run->trial->bench->adapter);
    return RIG_OK;
}

const char *update_describe(const struct adapter_identity *identity, char text[UPDATE_TEXT])
{
    (void)snprintf(text, UPDATE_TEXT, "slot %s, version %s%s",
                   identity->slot[0] != '\0' ? identity->slot : "none", identity->version,
                   identity->on_trial ? ", on trial" : "");
    return text;
}

bool update_is_same(const struct update_run *run, const struct adapter_identity *before)
{
    return strcmp(run->identity.slot, before->slot) == 0 &&
           strcmp(run->identity.version, before->version) == 0 &&
           run->identity.on_trial == before->on_trial;
}

bool update_word_is(const char *word, const char *name, const char *text)
{
    char found[SCENARIO_WORD_MAX + 1];

    return word_text(word, name, found, sizeof found) == RIG_OK && strcmp(found, text) == 0;
}

const char *update_plan_short_way(const struct bench *bench, unsigned index)
{
    if ((bench->capabilities & CAN_TCP) == 0)
        return "local";
    return (bench->capabilities & CAN_RTU) != 0 && index % 2 == 0 ? "local" : "network";
}

const char *update_plan_way(const struct bench *bench, const struct plan_options *options,
                            unsigned index)
{
    const bool both = bench->target->class == TARGET_NATIVE || options->depth == DEPTH_DEEP;

    return update_plan_short_way(bench, both ? index : 1);
}

/* ---- beginning ---- */

/* A new device is off afterwards; one that makes itself has been on for it. */
static int make_new(struct update_run *run, struct diagnostic *diagnostic)
{
    struct bench *bench = run->trial->bench;
    int error = bench_make_new(bench, move_deadline(run->trial), diagnostic);

    if (error == RIG_OK && !file_exists(bench->storage.path)) {
        error = bench_switch_on(bench, move_deadline(run->trial), diagnostic);
        if (error == RIG_OK)
            error = move_stop(run->trial, diagnostic);
    }
    if (error == RIG_OK)
        error = genuine_list_load(&run->genuine, bench, diagnostic);
    if (error == RIG_OK)
        error = genuine_list_learn(&run->genuine, bench, "a", diagnostic);
    return error;
}

static int start(struct update_run *run, struct diagnostic *diagnostic)
{
    struct trial *trial = run->trial;
    char text[UPDATE_TEXT];
    bool up = false;
    int error = bench_switch_on(trial->bench, move_deadline(trial), diagnostic);

    if (error == RIG_OK)
        error = update_look(run, &up, diagnostic);
    if (error != RIG_OK)
        return error;
    if (!trial_control(trial, up, "the device starts and answers"))
        return RIG_ERROR_TIMEOUT;
    if (!trial_control(trial, strcmp(run->identity.slot, "a") == 0 && !run->identity.on_trial,
                       "a new device runs its first image in slot a: %s",
                       update_describe(&run->identity, text)))
        return RIG_ERROR_DEVICE;
    return move_control_change(trial, &run->settings, diagnostic);
}

int update_begin(struct update_run *run, struct trial *trial, const char *word,
                 struct diagnostic *diagnostic)
{
    int error;

    memset(run, 0, sizeof *run);
    run->trial = trial;
    run->channel = update_word_is(word, "way", "network") ? ADAPTER_NETWORK : ADAPTER_LOCAL;
    if (word_number(word, "seed", &run->random) != RIG_OK ||
        (run->channel == ADAPTER_LOCAL && !update_word_is(word, "way", "local")))
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "'%s' is no trial of this scenario: it names no way and seed", word);
    error = make_new(run, diagnostic);
    if (error == RIG_OK)
        error = start(run, diagnostic);
    return error;
}

void update_end(struct update_run *run)
{
    genuine_list_free(&run->genuine);
}

/* ---- looking ---- */

int update_look(struct update_run *run, bool *up, struct diagnostic *diagnostic)
{
    struct bench *bench = run->trial->bench;
    const int64_t deadline_ms = move_deadline(run->trial);
    int error = bench_wait_healthy(bench, bench_first_channel(bench), &run->health, deadline_ms,
                                   diagnostic);

    *up = false;
    if (error == RIG_OK)
        error = adapter_identity(&bench->adapter, &run->identity, deadline_ms, diagnostic);
    if (error != RIG_OK)
        return take_silence(run, error, "the device does not say what it runs", diagnostic);
    *up = true;
    return RIG_OK;
}

/* ---- updating ---- */

int update_offer(struct update_run *run, const struct update_offer *offer,
                 struct adapter_answer *answer, bool *answered, struct diagnostic *diagnostic)
{
    struct bench *bench = run->trial->bench;
    const struct adapter_update update = {.image = offer->path,
                                          .stop_after = offer->stop_after,
                                          .activate = offer->activate,
                                          .channel = run->channel};
    const int64_t patience_ms = offer->patience_ms > 0 ? offer->patience_ms : OFFER_MS;
    struct adapter_health health;
    int error = RIG_OK;

    *answered = false;
    memset(answer, 0, sizeof *answer);
    if (run->channel != bench_first_channel(bench))
        error =
            bench_wait_healthy(bench, run->channel, &health, move_deadline(run->trial), diagnostic);
    if (error == RIG_OK)
        error = adapter_update(&bench->adapter, &update, answer, process_clock_ms() + patience_ms,
                               diagnostic);
    if (error != RIG_OK)
        return take_silence(run, error, "while an image was offered", diagnostic);
    *answered = true;
    return RIG_OK;
}

int update_control_route(struct update_run *run, const char *key, struct diagnostic *diagnostic)
{
    struct update_offer offer = {NULL, false, ROUTE_BYTES, 0};
    struct adapter_answer answer = {.outcome = ADAPTER_REFUSED};
    bool answered = false;
    char *path = NULL;
    int error = image_find(run->trial->bench, key, &path, diagnostic);

    offer.path = path;
    if (error == RIG_OK && path != NULL)
        error = update_offer(run, &offer, &answer, &answered, diagnostic);
    if (error == RIG_OK)
        (void)trial_control(run->trial, answered && answer.outcome == ADAPTER_ACCEPTED,
                            "by the same way the beginning of %s is taken%s%s", key,
                            answer.reason[0] != '\0' ? ": " : "", answer.reason);
    free(path);
    return error;
}

bool update_has_started(const struct adapter_health *before, const struct adapter_health *after)
{
    return before->has_starts && after->has_starts ? after->starts > before->starts
                                                   : after->uptime_s < before->uptime_s;
}

int update_wait_restart(struct update_run *run, bool *restarted, struct diagnostic *diagnostic)
{
    struct bench *bench = run->trial->bench;
    const struct adapter_health before = run->health;
    const int64_t deadline_ms = move_deadline(run->trial);
    int error = RIG_OK;

    *restarted = false;
    do {
        error = bench_let_pass(bench, ASK_AGAIN_MS, diagnostic);
        if (error == RIG_OK)
            error = bench_wait_healthy(bench, bench_first_channel(bench), &run->health, deadline_ms,
                                       diagnostic);
    } while (error == RIG_OK && !update_has_started(&before, &run->health) &&
             process_clock_ms() < deadline_ms);
    if (error != RIG_OK)
        return take_silence(run, error, "after an update was to start", diagnostic);
    if (!update_has_started(&before, &run->health)) {
        trial_note(run->trial, "the device does not start what it was told to start");
        return RIG_OK;
    }
    return update_look(run, restarted, diagnostic);
}

int update_confirm(struct update_run *run, bool *confirmed, struct diagnostic *diagnostic)
{
    struct adapter_answer answer = {.outcome = ADAPTER_REFUSED};
    const int error = adapter_confirm(&run->trial->bench->adapter, &answer,
                                      move_deadline(run->trial), diagnostic);

    *confirmed = false;
    if (error != RIG_OK)
        return take_silence(run, error, "while an image was confirmed", diagnostic);
    *confirmed = answer.outcome == ADAPTER_ACCEPTED;
    if (!*confirmed)
        trial_note(run->trial, "the confirm is not accepted: %s, %s",
                   adapter_outcome_name(answer.outcome), answer.reason);
    return RIG_OK;
}

/* Offers it and waits until it runs. */
static int install(struct update_run *run, const char *path, bool *installed,
                   struct diagnostic *diagnostic)
{
    const struct update_offer offer = {path, true, UINT64_MAX, 0};
    const struct adapter_identity before = run->identity;
    struct adapter_answer answer;
    char text[UPDATE_TEXT];
    bool done;
    int error = update_offer(run, &offer, &answer, &done, diagnostic);

    if (error == RIG_OK && done && answer.outcome != ADAPTER_ACCEPTED) {
        trial_note(run->trial, "a genuine update is not taken: %s, %s",
                   adapter_outcome_name(answer.outcome), answer.reason);
        done = false;
    }
    if (error == RIG_OK && done)
        error = update_wait_restart(run, &done, diagnostic);
    if (error != RIG_OK || !done)
        return error;
    *installed = strcmp(run->identity.slot, before.slot) != 0 && run->identity.slot[0] != '\0';
    trial_note(run->trial, "after the update: %s", update_describe(&run->identity, text));
    return RIG_OK;
}

int update_install(struct update_run *run, const char *key, bool confirm, bool *installed,
                   struct diagnostic *diagnostic)
{
    char *path = NULL;
    int error = image_find(run->trial->bench, key, &path, diagnostic);

    *installed = false;
    if (error == RIG_OK && path == NULL)
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION, "%s: images.%s is needed",
                                run->trial->bench->target->path, key);
    if (error == RIG_OK)
        error = install(run, path, installed, diagnostic);
    free(path);
    if (error == RIG_OK && *installed && confirm)
        error = update_confirm(run, installed, diagnostic);
    if (error == RIG_OK && *installed && confirm) {
        error = update_look(run, installed, diagnostic);
        *installed = *installed && !run->identity.on_trial;
    }
    return error;
}

/* ---- power ---- */

/* Of the slot that the device said it ran; nothing when it said none (recovery). */
static int measure_genuine(struct update_run *run, struct diagnostic *diagnostic)
{
    struct file_content slot = {NULL, 0};
    const char *name;
    int error;

    if (run->identity.slot[0] == '\0')
        return RIG_OK;
    error = image_slot_read(run->trial->bench, run->identity.slot, &slot, diagnostic);
    if (error != RIG_OK)
        return error;
    name = genuine_list_match(&run->genuine, &slot);
    (void)trial_measure(run->trial, "runs-genuine", name != NULL,
                        "slot %s, which the device ran, holds %s", run->identity.slot,
                        name != NULL ? name : "no image that is known");
    file_content_free(&slot);
    return RIG_OK;
}

int update_stop(struct update_run *run, struct diagnostic *diagnostic)
{
    const int error = move_stop(run->trial, diagnostic);

    return error == RIG_OK ? measure_genuine(run, diagnostic) : error;
}

int update_cycle(struct update_run *run, bool *up, struct diagnostic *diagnostic)
{
    double took_ms;
    int error = update_stop(run, diagnostic);

    *up = false;
    if (error == RIG_OK)
        error = move_power_cycle(run->trial, &run->health, up, &took_ms, diagnostic);
    if (error == RIG_OK && *up)
        error = update_look(run, up, diagnostic);
    return error;
}
