#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "scenarios/canary.h"
#include "scenarios/login_moves.h"
#include "scenarios/moves.h"
#include "scenarios/user_data.h"
#include "scenarios/word.h"

/*
 * Erasing a user's data (5.11-1, 5.11-4).
 *
 * Method: all that a user can set is set to values with canaries in them. They are looked for in the whole
 * flash, slots included, three times: before the erase, when they have to be found, or the search
 * is worth nothing; as soon as the device says that they are gone, its power being cut at once; and
 * once it has started again. A detector, another canary that stands in each encoding at the end of
 * flash, which no erase of the user's touches, has to be found in the same images.
 *
 * What is shorter than a canary of text (a schedule, an address) counts only if flash had it before the
 * erase and not before it was set.
 */

enum {
    PATIENCE_MS = 10000,
    SEEDS = 1000000,
    DETECTOR_MAX = CANARY_ENCODINGS * CANARY_ENCODED_MAX,
    REWRITES_MAX = 60,
};

static const char *const clauses[] = {"5.11-1", "5.11-4", NULL};

static const struct check_spec checks[] = {
    {"answers", "", CHECK_EQUALS, 1, NULL, "5.11-1", FINDING_HANG, SEVERITY_HIGH,
     "the device does not come back after an erase"},
    {"erased", "", CHECK_EQUALS, 1, NULL, "5.11-1", FINDING_ORACLE, SEVERITY_HIGH,
     "the device does not erase when its user asks for it"},
    {"left-when-told", "canaries", CHECK_EQUALS, 0, NULL, "5.11-4", FINDING_SILENT, SEVERITY_HIGH,
     "the device says that the user's data are gone while they are in its flash"},
    {"left", "canaries", CHECK_EQUALS, 0, NULL, "5.11-1", FINDING_SILENT, SEVERITY_HIGH,
     "data of the user are in flash after an erase"},
    {"settings-left", "settings", CHECK_EQUALS, 0, NULL, "5.11-1", FINDING_SILENT, SEVERITY_HIGH,
     "settings of the user are in force after an erase"},
    {"label-refused", "", CHECK_EQUALS, 0, NULL, "5.11-1", FINDING_ORACLE, SEVERITY_HIGH,
     "after an erase the password of the label is not accepted"},
    {"old-accepted", "", CHECK_EQUALS, 0, NULL, "5.11-1", FINDING_ORACLE, SEVERITY_CRITICAL,
     "after an erase the password of the user before is accepted"},
    {.name = NULL},
};

/* A trial under way. Frees what it owns at its end. */
struct erase_trial {
    struct trial *trial;
    struct adapter_health health;
    struct user_data data;
    struct canary detector;
    struct storage_part place; /* of the detector */
    uint8_t was[DETECTOR_MAX]; /* what the place held */
    bool is_planted;
    struct file_content without; /* flash before the user's data */
};

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {1, 2, 12};
    uint64_t random = options->seed;
    int error = RIG_OK;

    (void)bench;
    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < counts[options->depth]; i++) {
        const uint64_t rewrites = i % 2 == 0 ? 0 : 15 + random_below(&random, 20);

        error = word_append(words, "rewrites:%" PRIu64 ",seed:%" PRIu64, rewrites,
                            random_below(&random, SEEDS));
    }
    return error;
}

/* ---- the detector ---- */

static size_t make_detector(struct canary *detector, uint64_t *random, uint8_t bytes[DETECTOR_MAX])
{
    struct canary_list list = {.count = 0};
    char text[CANARY_TEXT + 1];
    size_t used = 0;

    canary_make_text(random, text);
    (void)canary_add(&list, "detector", text, CANARY_TEXT, true);
    *detector = list.items[0];
    for (int encoding = 0; encoding < CANARY_ENCODINGS; encoding++)
        used += canary_encode(detector, (enum canary_encoding)encoding, bytes + used);
    return used;
}

/* Into the last bytes of flash, which must be unused. */
static int plant(struct erase_trial *erase, uint64_t *random, struct diagnostic *diagnostic)
{
    const struct file_content *flash = &erase->without;
    uint8_t bytes[DETECTOR_MAX];
    const size_t size = make_detector(&erase->detector, random, bytes);
    bool unused = flash->size >= size;

    if (unused) {
        erase->place = (struct storage_part){flash->size - size, size};
        memcpy(erase->was, flash->bytes + erase->place.from, size);
    }
    for (size_t i = 1; unused && i < size; i++)
        unused = erase->was[i] == erase->was[0];
    if (!trial_control(erase->trial, unused, "the last %zu bytes of flash are unused", size))
        return RIG_OK;
    erase->is_planted = true;
    return storage_write(&erase->trial->bench->storage, &erase->place, bytes, diagnostic);
}

static void unplant(struct erase_trial *erase)
{
    struct diagnostic unused = {""};

    if (erase->is_planted && move_stop(erase->trial, &unused) == RIG_OK &&
        storage_write(&erase->trial->bench->storage, &erase->place, erase->was, &unused) != RIG_OK)
        trial_note(erase->trial, "the detector stays in flash: %s", unused.text);
}

/* ---- steps ---- */

/* A new device, whose flash is kept, with the detector. */
static int begin(struct erase_trial *erase, uint64_t *random, struct diagnostic *diagnostic)
{
    int error = move_start(erase->trial, &erase->health, diagnostic);

    if (error == RIG_OK)
        error = user_data_read_flash(erase->trial, &erase->without, diagnostic);
    if (error == RIG_OK)
        error = plant(erase, random, diagnostic);
    return error == RIG_OK ? move_switch_on(erase->trial, &erase->health, diagnostic) : error;
}

/* The user's data are given, and found in flash. */
static int give(struct erase_trial *erase, const struct user_data_wish *wish, uint64_t *random,
                struct diagnostic *diagnostic)
{
    struct file_content flash = {0};
    size_t found = 0;
    int error = user_data_give(erase->trial, wish, random, &erase->data, diagnostic);

    if (error == RIG_OK)
        error = user_data_read_flash(erase->trial, &flash, diagnostic);
    if (error == RIG_OK) {
        const struct canary_image without = {erase->without.bytes, erase->without.size};
        const struct canary_image with = {flash.bytes, flash.size};

        found = canary_settle(&erase->data.canaries, &without, &with);
        (void)trial_control(erase->trial, found > 0,
                            "before the erase flash holds %zu of %zu canaries", found,
                            erase->data.canaries.count);
        for (size_t i = 0; i < erase->data.canaries.count; i++)
            trial_note(erase->trial, "a canary: %s", erase->data.canaries.items[i].name);
    }
    file_content_free(&flash);
    return error == RIG_OK ? move_switch_on(erase->trial, &erase->health, diagnostic) : error;
}

/* Looks for all canaries in the flash of the device, which is switched off. */
static int measure_left(struct erase_trial *erase, const char *check, struct diagnostic *diagnostic)
{
    struct file_content flash = {0};
    struct canary_hit first;
    char text[TRIAL_REASON];
    const int error = user_data_read_flash(erase->trial, &flash, diagnostic);

    if (error == RIG_OK) {
        const size_t seen = canary_count_encodings(&erase->detector, flash.bytes, flash.size);
        const size_t count = canary_count(&erase->data.canaries, flash.bytes, flash.size, &first);

        (void)trial_control(erase->trial, seen == CANARY_ENCODINGS,
                            "what an erase must not touch is found in %zu of %d encodings", seen,
                            CANARY_ENCODINGS);
        user_data_describe(count, &first, text);
        (void)trial_measure(erase->trial, check, (double)count, "%s", text);
    }
    file_content_free(&flash);
    return error;
}

/* Asks for the erase. *done: the device says that it is. */
static int ask(struct erase_trial *erase, bool *done, struct diagnostic *diagnostic)
{
    struct trial *trial = erase->trial;
    struct adapter_answer answer = {.outcome = ADAPTER_REFUSED};
    const int error =
        adapter_erase(&trial->bench->adapter, &answer, move_deadline(trial), diagnostic);

    *done = error == RIG_OK && answer.outcome == ADAPTER_ACCEPTED;
    if (error != RIG_OK && !move_is_silence(error))
        return error;
    (void)trial_measure(trial, "erased", *done, "%s",
                        error == RIG_OK ? answer.reason : diagnostic->text);
    return RIG_OK;
}

/* Who gets in, and what the settings are. */
static int measure_state(struct erase_trial *erase, struct diagnostic *diagnostic)
{
    struct trial *trial = erase->trial;
    const enum adapter_channel channel = bench_first_channel(trial->bench);
    struct login_attempt attempt;
    int error;

    user_data_use_label(trial, &erase->data);
    error = move_login_patiently(trial, channel, erase->data.label, "label's", PATIENCE_MS,
                                 &attempt, diagnostic);
    if (error != RIG_OK)
        return error;
    (void)login_is_judged(trial, &attempt);
    if (!trial_measure(trial, "label-refused", !login_is_accepted(&attempt), "%s, %s",
                       adapter_outcome_name(attempt.answer.outcome), attempt.answer.reason))
        return RIG_OK;
    error = move_measure_changes(trial, "settings-left", &erase->data.defaults, diagnostic);
    if (error == RIG_OK)
        error = move_login_patiently(trial, channel, erase->data.password, "user's", PATIENCE_MS,
                                     &attempt, diagnostic);
    if (error != RIG_OK)
        return error;
    (void)login_is_judged(trial, &attempt);
    (void)trial_measure(trial, "old-accepted", login_is_accepted(&attempt), "%s, %s",
                        adapter_outcome_name(attempt.answer.outcome), attempt.answer.reason);
    return RIG_OK;
}

static int run_steps(struct erase_trial *erase, const struct user_data_wish *wish, uint64_t *random,
                     struct diagnostic *diagnostic)
{
    struct trial *trial = erase->trial;
    bool done = false;
    bool answered = false;
    double took_ms = 0;
    int error = begin(erase, random, diagnostic);

    if (error == RIG_OK)
        error = give(erase, wish, random, diagnostic);
    if (error == RIG_OK)
        error = ask(erase, &done, diagnostic);
    if (error != RIG_OK || !done)
        return error;
    error = measure_left(erase, "left-when-told", diagnostic);
    if (error == RIG_OK)
        error = move_power_cycle(trial, &erase->health, &answered, &took_ms, diagnostic);
    if (error != RIG_OK || !trial_measure(trial, "answers", answered, "after the erase"))
        return error;
    error = measure_state(erase, diagnostic);
    return error == RIG_OK ? measure_left(erase, "left", diagnostic) : error;
}

static int run(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct user_data_wish wish = {.password = true, .address = true};
    struct erase_trial *erase;
    uint64_t rewrites;
    uint64_t random;
    int error;

    if (word_number(word, "rewrites", &rewrites) != RIG_OK ||
        word_number(word, "seed", &random) != RIG_OK || rewrites > REWRITES_MAX)
        return RIG_ERROR_USAGE;
    erase = calloc(1, sizeof *erase);
    if (erase == NULL)
        return RIG_ERROR_NO_MEMORY;
    erase->trial = trial;
    wish.rewrites = (unsigned)rewrites;
    error = run_steps(erase, &wish, &random, diagnostic);
    unplant(erase);
    file_content_free(&erase->without);
    free(erase);
    return error;
}

const struct scenario erase_canaries = {
    .id = "erase.canaries",
    .title = "a user's data are erased, and looked for in the whole flash",
    .clauses = clauses,
    .needs = CAN_POWER | CAN_STORAGE | CAN_ADAPTER | CAN_DUMP | CAN_LOGIN | CAN_SET |
             CAN_SET_PASSWORD | CAN_ERASE,
    .checks = checks,
    .plan = plan,
    .run = run,
};
