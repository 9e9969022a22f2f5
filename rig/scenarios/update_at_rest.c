#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/process.h"
#include "scenarios/image_tamper.h"
#include "scenarios/moves.h"
#include "scenarios/update_moves.h"
#include "scenarios/word.h"

/*
 * Software that was altered at rest (5.7-1).
 *
 * Method: a device has a genuine image in each slot. While it is off, bytes of the slot that it runs are
 * changed in its storage, as somebody with a clip on the flash does, and it is started. It must not say
 * that it runs that slot: it falls back to the other or waits for an update; with both slots altered it
 * starts neither. The storage, read again once it has run, proves that it had the altered bytes. With
 * the storage as it was before, it runs as before: what kept it from starting were those bytes.
 */

static const char *const clauses[] = {"5.7-1", NULL};

static const struct check_spec checks[] = {
    {"altered-runs", "", CHECK_EQUALS, 0, NULL, "5.7-1", FINDING_ORACLE, SEVERITY_CRITICAL,
     "the device runs software whose bytes were altered"},
    {"without-genuine", "", CHECK_EQUALS, 0, NULL, "5.7-1", FINDING_ORACLE, SEVERITY_CRITICAL,
     "the device starts although both images are altered"},
    UPDATE_ANSWERS_CHECK("5.7-1",
                         "one altered image silences a device that has a genuine one left"),
    UPDATE_GENUINE_CHECK("5.7-1"),
    {.name = NULL},
};

enum { ERASED = 0xff, ALTER_TEXT = 100, PART_TEXT = 16, ASK_MS = 500, ASK_AGAIN_MS = 50 };

/* ---- plan ---- */

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {1, 1, 12};
    static const char *const alter[DEPTH_COUNT] = {
        "body+both", "head+body+erased+both",
        "head+head+head+head+body+body+body+body+tail+last+erased+both+both"};
    /* A process starts in no time. */
    const enum depth depth = bench->target->class == TARGET_NATIVE ? DEPTH_DEEP : options->depth;
    int error = RIG_OK;

    (void)diagnostic;
    for (unsigned i = 0;
         error == RIG_OK && image_slots_are_known(bench) && i < counts[options->depth]; i++) {
        char word[SCENARIO_WORD_MAX + 1];

        (void)snprintf(word, sizeof word, "way:%s,alter:%s,seed:%" PRIu64,
                       update_plan_way(bench, options, 1), alter[depth], options->seed + i);
        error = text_list_append(words, word);
    }
    return error;
}

/* ---- altering ---- */

struct attack {
    struct update_run *run;
    struct file_content before; /* the whole storage */
    struct adapter_identity identity;
};

static const char *other_slot(const char *slot)
{
    return strcmp(slot, "a") == 0 ? "b" : "a";
}

/* Size of the image that is in a slot of the storage as it was. */
static size_t image_size(const struct attack *attack, const struct storage_part *place)
{
    const struct file_content slot = {attack->before.bytes + place->from, (size_t)place->size};
    const char *name = genuine_list_match(&attack->run->genuine, &slot);

    return name == NULL ? 0 : genuine_list_find(&attack->run->genuine, name)->content.size;
}

/* Turns one bit of the image in that slot, of the named part. */
static int flip(struct attack *attack, const char *slot, enum tamper_kind kind,
                struct diagnostic *diagnostic)
{
    struct update_run *run = attack->run;
    struct storage_part place;
    struct file_content image;
    char what[TAMPER_WHAT];
    int error = image_slot_place(run->trial->bench, slot, &place, diagnostic);

    if (error != RIG_OK)
        return error;
    image = (struct file_content){attack->before.bytes + place.from, image_size(attack, &place)};
    error = image_tamper(&image, kind, &run->random, what, diagnostic);
    if (error != RIG_OK)
        return error;
    place.size = image.size;
    trial_note(run->trial, "slot %s, %s: %s", slot, tamper_name(kind), what);
    return storage_write(&run->trial->bench->storage, &place, image.bytes, diagnostic);
}

static int erase(struct attack *attack, const char *slot, struct diagnostic *diagnostic)
{
    struct storage_part place;
    int error = image_slot_place(attack->run->trial->bench, slot, &place, diagnostic);

    if (error != RIG_OK)
        return error;
    memset(attack->before.bytes + place.from, ERASED, (size_t)place.size);
    trial_note(attack->run->trial, "slot %s is erased", slot);
    return storage_write(&attack->run->trial->bench->storage, &place,
                         attack->before.bytes + place.from, diagnostic);
}

/* Does what the word says, on a copy of the storage that is written back as a whole afterwards. */
static int alter(struct attack *attack, const char *part, struct diagnostic *diagnostic)
{
    const char *running = attack->identity.slot;
    enum tamper_kind kind = TAMPER_BODY;
    int error = RIG_OK;

    if (strcmp(part, "erased") == 0)
        return erase(attack, running, diagnostic);
    if (strcmp(part, "both") == 0)
        error = flip(attack, other_slot(running), TAMPER_HEAD, diagnostic);
    else if (!tamper_find(part, &kind) || kind == TAMPER_SHORT || kind == TAMPER_LONG)
        return RIG_ERROR_USAGE;
    return error == RIG_OK ? flip(attack, running, kind, diagnostic) : error;
}

/* ---- starting ---- */

/* Until it says anything at all: one that waits for an update may not tell how it does. */
static int wait_word(struct bench *bench, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    for (;;) {
        struct adapter_health health;
        int error = adapter_health(&bench->adapter, bench_first_channel(bench), &health,
                                   process_clock_ms() + ASK_MS, diagnostic);

        if (error == RIG_ERROR_DEVICE)
            return RIG_OK;
        if (error != RIG_ERROR_TIMEOUT || process_clock_ms() >= deadline_ms)
            return error;
        adapter_forget(&bench->adapter);
        error = bench_let_pass(bench, ASK_AGAIN_MS, diagnostic);
        if (error != RIG_OK)
            return error;
    }
}

/* Starts it and asks who it is, which it has to answer while it waits for an update, too. */
static int start(struct attack *attack, bool *up, struct diagnostic *diagnostic)
{
    struct bench *bench = attack->run->trial->bench;
    const int64_t deadline_ms = move_deadline(attack->run->trial);
    int error = bench_switch_on(bench, deadline_ms, diagnostic);

    if (error == RIG_OK)
        error = wait_word(bench, deadline_ms, diagnostic);
    if (error == RIG_OK)
        error = adapter_identity(&bench->adapter, &attack->run->identity, deadline_ms, diagnostic);
    *up = error == RIG_OK;
    if (!move_is_silence(error))
        return error;
    trial_note(attack->run->trial, "with altered bytes: %s", diagnostic->text);
    return RIG_OK;
}

/* Once it has run, its storage is read again. */
static int prove(struct attack *attack, const char *slot, struct diagnostic *diagnostic)
{
    struct file_content now = {NULL, 0};
    int error = move_stop(attack->run->trial, diagnostic);

    if (error == RIG_OK)
        error = image_slot_read(attack->run->trial->bench, slot, &now, diagnostic);
    if (error != RIG_OK)
        return error;
    (void)trial_proof(attack->run->trial, genuine_list_match(&attack->run->genuine, &now) == NULL,
                      "read after that start, slot %s holds no genuine image", slot);
    file_content_free(&now);
    return RIG_OK;
}

static void measure(struct attack *attack, const char *part, bool up)
{
    struct trial *trial = attack->run->trial;
    const struct adapter_identity *now = &attack->run->identity;
    char text[UPDATE_TEXT];
    const char *seen = up ? update_describe(now, text) : "silent";

    if (strcmp(part, "both") == 0) {
        (void)trial_measure(trial, "without-genuine", up && now->slot[0] != '\0',
                            "both slots altered: %s", seen);
        return;
    }
    (void)trial_measure(trial, "answers", up, "%s: %s", part, seen);
    (void)trial_measure(trial, "altered-runs", up && strcmp(now->slot, attack->identity.slot) == 0,
                        "%s: %s", part, seen);
}

static int try_part(struct attack *attack, const char *part, struct diagnostic *diagnostic)
{
    struct bench *bench = attack->run->trial->bench;
    struct storage_part all = {0, 0};
    bool up = false;
    int error = storage_read(&bench->storage, &attack->before, diagnostic);
    struct file_content kept = {NULL, 0};

    if (error == RIG_OK)
        error = storage_read(&bench->storage, &kept, diagnostic);
    all.size = kept.size;
    if (error == RIG_OK)
        error = alter(attack, part, diagnostic);
    if (error == RIG_OK)
        error = start(attack, &up, diagnostic);
    if (error == RIG_OK)
        error = prove(attack, attack->identity.slot, diagnostic);
    if (error == RIG_OK && strcmp(part, "both") == 0)
        error = prove(attack, other_slot(attack->identity.slot), diagnostic);
    if (error == RIG_OK)
        measure(attack, part, up);
    if (error == RIG_OK)
        error = storage_write(&bench->storage, &all, kept.bytes, diagnostic);
    file_content_free(&kept);
    file_content_free(&attack->before);
    return error;
}

/* ---- a trial ---- */

static int control_restored(struct attack *attack, struct diagnostic *diagnostic)
{
    struct update_run *run = attack->run;
    char text[UPDATE_TEXT];
    bool up;
    int error = start(attack, &up, diagnostic);

    if (error != RIG_OK)
        return error;
    (void)trial_control(run->trial, up && update_is_same(run, &attack->identity),
                        "with its storage as it was, the device runs as before: %s",
                        up ? update_describe(&run->identity, text) : "silent");
    return update_stop(run, diagnostic);
}

static int try_all(struct attack *attack, const char *parts, struct diagnostic *diagnostic)
{
    struct trial *trial = attack->run->trial;
    struct text_list list = {NULL, 0};
    int error = text_list_split(&list, parts, '+');

    for (size_t i = 0; error == RIG_OK && i < list.count && !trial_has_failed(trial); i++) {
        error = try_part(attack, list.items[i], diagnostic);
    }
    text_list_free(&list);
    return error == RIG_OK && !trial_has_failed(trial) ? control_restored(attack, diagnostic)
                                                       : error;
}

static int run_at_rest(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    /* Of the counter that the first image has, so that either may run. */
    const bool has_downgrade =
        target_find_setting(trial->bench->target, "images", "downgrade") != NULL;
    struct update_run run;
    struct attack attack = {.run = &run};
    char parts[ALTER_TEXT];
    bool installed = false;
    int error;

    if (word_text(word, "alter", parts, sizeof parts) != RIG_OK)
        return RIG_ERROR_USAGE;
    error = update_begin(&run, trial, word, diagnostic);
    if (error == RIG_OK)
        error = update_install(&run, has_downgrade ? "downgrade" : "update_b", true, &installed,
                               diagnostic);
    if (error == RIG_OK && trial_control(trial, installed, "each slot holds a genuine image")) {
        attack.identity = run.identity;
        error = update_stop(&run, diagnostic);
        if (error == RIG_OK)
            error = try_all(&attack, parts, diagnostic);
    }
    update_end(&run);
    return error;
}

const struct scenario update_at_rest = {
    .id = "update.at-rest",
    .title = "software that was altered in the storage is not run",
    .clauses = clauses,
    .needs = UPDATE_NEEDS,
    .checks = checks,
    .plan = plan,
    .run = run_at_rest,
};
