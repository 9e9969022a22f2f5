#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "scenarios/image_tamper.h"
#include "scenarios/moves.h"
#include "scenarios/update_moves.h"
#include "scenarios/word.h"

/*
 * Images that must not be installed (5.3-9, 5.3-10).
 *
 * Method: a new device is offered images that are genuine but for one thing, which a seed decides, and
 * images that the vendor made for something else. It must refuse each and go on as before: at once,
 * and after a power cut, when an image would start that was refused and kept all the same. Each file
 * is read back and compared with the genuine one, which proves that it was a wrong one. In the end the
 * genuine image is installed: what was refused was the change, not the way by which it came.
 */

static const char *const clauses[] = {"5.3-9", "5.3-10", NULL};
static const char *const network_clauses[] = {"5.3-10", NULL};

static const struct check_spec checks[] = {
    {"altered-accepted", "images", CHECK_EQUALS, 0, NULL, "5.3-9", FINDING_ORACLE,
     SEVERITY_CRITICAL, "an image that was altered is accepted"},
    {"wrong-accepted", "images", CHECK_EQUALS, 0, NULL, "5.3-10", FINDING_ORACLE, SEVERITY_CRITICAL,
     "an image that is not meant for this device, or too old, is accepted"},
    {"changed", "", CHECK_EQUALS, 0, NULL, "5.3-9", FINDING_ORACLE, SEVERITY_CRITICAL,
     "after images that it refused the device runs another one"},
    {"restarted", "", CHECK_EQUALS, 0, NULL, "5.3-9", FINDING_RESET, SEVERITY_MEDIUM,
     "a wrong image makes the device restart"},
    UPDATE_ANSWERS_CHECK("5.3-9", "a wrong image silences the device"),
    UPDATE_GENUINE_CHECK("5.3-9"),
    {.name = NULL},
};

enum { EVERY_BYTES = 32, IMAGE_LIMIT = 64 * 1024 * 1024 };

/* ---- plan ---- */

static int append(struct text_list *words, const char *way, const char *then, const char *rest)
{
    char word[SCENARIO_WORD_MAX + 1];

    (void)snprintf(word, sizeof word, "way:%s,then:%s,%s", way, then, rest);
    return text_list_append(words, word);
}

/* Each byte of the head, some in one trial. */
static int plan_every(const struct bench *bench, const struct plan_options *options,
                      struct text_list *words)
{
    int error = RIG_OK;

    for (unsigned from = 0; error == RIG_OK && from < TAMPER_HEAD_SIZE; from += EVERY_BYTES) {
        char rest[SCENARIO_WORD_MAX];

        (void)snprintf(rest, sizeof rest, "kind:every,from:%u,count:%u,seed:%" PRIu64, from,
                       (unsigned)EVERY_BYTES, options->seed + from);
        error = append(words, update_plan_short_way(bench, from / EVERY_BYTES),
                       update_plan_short_way(bench, 1), rest);
    }
    return error;
}

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned rounds[DEPTH_COUNT] = {1, 1, 12};
    static const unsigned mixed[DEPTH_COUNT] = {2, 4, 10};
    static const unsigned heads[DEPTH_COUNT] = {4, 12, 24};
    const char *then = update_plan_short_way(bench, 1);
    int error = RIG_OK;

    (void)diagnostic;
    if (!image_slots_are_known(bench))
        return RIG_OK;
    for (unsigned i = 0; error == RIG_OK && i < rounds[options->depth]; i++) {
        char rest[SCENARIO_WORD_MAX];

        (void)snprintf(rest, sizeof rest, "kind:head,count:%u,seed:%" PRIu64, heads[options->depth],
                       options->seed + i);
        error = append(words, update_plan_short_way(bench, i), then, rest);
        (void)snprintf(rest, sizeof rest, "kind:mixed,count:%u,seed:%" PRIu64,
                       mixed[options->depth], options->seed + i);
        if (error == RIG_OK)
            error = append(words, update_plan_way(bench, options, i + 1), then, rest);
    }
    return error == RIG_OK && options->depth == DEPTH_DEEP ? plan_every(bench, options, words)
                                                           : error;
}

/* ---- one wrong image ---- */

struct attack {
    struct update_run *run;
    struct file_content genuine;
    char *offered; /* path */
    bool go_on;
};

/* Whether what is in the file, which the adapter reads, is another image than each genuine one. */
static bool differs(const struct attack *attack, const char *path)
{
    const struct genuine_list *list = &attack->run->genuine;
    struct diagnostic unused = {""};
    struct file_content now = {NULL, 0};
    bool is_genuine = file_read(path, IMAGE_LIMIT, &now, &unused) != RIG_OK;

    for (size_t i = 0; !is_genuine && i < list->count; i++) {
        const struct file_content *image = &list->images[i].content;

        is_genuine = image->size == now.size && memcmp(image->bytes, now.bytes, now.size) == 0;
    }
    file_content_free(&now);
    return !is_genuine;
}

static int offer_wrong(struct attack *attack, const char *path, const char *check, const char *what,
                       struct diagnostic *diagnostic)
{
    struct trial *trial = attack->run->trial;
    const struct update_offer offer = {path, true, UINT64_MAX, 0};
    struct adapter_answer answer;
    bool answered;
    const bool is_wrong = differs(attack, path);
    const int error = update_offer(attack->run, &offer, &answer, &answered, diagnostic);

    attack->go_on = false;
    if (error != RIG_OK || !trial_measure(trial, "answers", answered, "while it took: %s", what))
        return error;
    (void)trial_proof(trial,
                      is_wrong &&
                          (answer.outcome == ADAPTER_ACCEPTED || answer.outcome == ADAPTER_REFUSED),
                      "no genuine file, and judged by the device: %s: %s, %s", what,
                      adapter_outcome_name(answer.outcome), answer.reason);
    attack->go_on = trial_measure(trial, check, answer.outcome == ADAPTER_ACCEPTED, "%s", what);
    return RIG_OK;
}

/* An altered one, `kind`, or a bit of byte `at` of it. */
static int offer_altered(struct attack *attack, enum tamper_kind kind, const size_t *at,
                         struct diagnostic *diagnostic)
{
    struct file_content image = {malloc(attack->genuine.size + 1), attack->genuine.size};
    char what[TAMPER_WHAT] = "";
    int error = image.bytes != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;

    if (error == RIG_OK)
        memcpy(image.bytes, attack->genuine.bytes, image.size + 1);
    if (error == RIG_OK && at != NULL && *at < image.size)
        image_flip(&image, *at, &attack->run->random, what);
    else if (error == RIG_OK)
        error = image_tamper(&image, kind, &attack->run->random, what, diagnostic);
    if (error == RIG_OK)
        error = file_write(attack->offered, image.bytes, image.size, diagnostic);
    if (error == RIG_OK)
        error = offer_wrong(attack, attack->offered, "altered-accepted", what, diagnostic);
    file_content_free(&image);
    return error;
}

/* Those that the target's file names. */
static int offer_foreign(struct attack *attack, struct diagnostic *diagnostic)
{
    static const char *const keys[] = {"older", "same_version_older_counter", "other_product",
                                       "other_slot", "wrong_key"};
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && attack->go_on && i < sizeof keys / sizeof keys[0]; i++) {
        char *path = NULL;

        error = image_find(attack->run->trial->bench, keys[i], &path, diagnostic);
        if (error == RIG_OK && path != NULL)
            error = offer_wrong(attack, path, "wrong-accepted", keys[i], diagnostic);
        free(path);
    }
    return error;
}

/* ---- a trial ---- */

static int offer_all(struct attack *attack, const char *word, struct diagnostic *diagnostic)
{
    static const enum tamper_kind mixed[] = {TAMPER_BODY, TAMPER_LAST, TAMPER_SHORT, TAMPER_LONG,
                                             TAMPER_TAIL};
    uint64_t count = 0;
    uint64_t from = 0;
    const bool every = update_word_is(word, "kind", "every");
    const bool is_mixed = update_word_is(word, "kind", "mixed");
    int error = RIG_OK;

    if ((!every && !is_mixed && !update_word_is(word, "kind", "head")) ||
        word_number(word, "count", &count) != RIG_OK ||
        (every && word_number(word, "from", &from) != RIG_OK))
        return RIG_ERROR_USAGE;
    if (!is_mixed && !every)
        error = offer_foreign(attack, diagnostic);
    for (uint64_t i = 0; error == RIG_OK && attack->go_on && i < count; i++) {
        const size_t at = (size_t)(from + i);

        error = offer_altered(attack,
                              is_mixed ? mixed[i % (sizeof mixed / sizeof mixed[0])] : TAMPER_HEAD,
                              every ? &at : NULL, diagnostic);
    }
    return error;
}

/* What it runs after all that is what it ran before; `when` says when that was looked at. */
static bool measure_same(struct attack *attack, const struct adapter_identity *before,
                         const char *when)
{
    char text[UPDATE_TEXT];

    return trial_measure(attack->run->trial, "changed", !update_is_same(attack->run, before),
                         "%s: %s", when, update_describe(&attack->run->identity, text));
}

static int look_after(struct attack *attack, const char *word, struct diagnostic *diagnostic)
{
    struct update_run *run = attack->run;
    const struct adapter_identity identity = run->identity;
    const struct adapter_health health = run->health;
    bool up;
    int error = update_look(run, &up, diagnostic);

    if (error != RIG_OK || !trial_measure(run->trial, "answers", up, "after all of them"))
        return error;
    (void)trial_measure(run->trial, "restarted",
                        health.has_starts ? health.starts != run->health.starts
                                          : health.uptime_s > run->health.uptime_s,
                        "starts %" PRIu64 ", before %" PRIu64, run->health.starts, health.starts);
    if (!measure_same(attack, &identity, "after all of them"))
        return RIG_OK;
    if (!update_word_is(word, "then", run->channel == ADAPTER_LOCAL ? "local" : "network"))
        error = update_control_route(run, "update_b", diagnostic);
    if (error == RIG_OK)
        error = update_cycle(run, &up, diagnostic);
    if (error != RIG_OK || !trial_measure(run->trial, "answers", up, "after a power cut"))
        return error;
    attack->go_on = measure_same(attack, &identity, "after a power cut");
    return RIG_OK;
}

static int control_genuine(struct update_run *run, const char *word, struct diagnostic *diagnostic)
{
    bool installed = false;
    int error;

    run->channel = update_word_is(word, "then", "network") ? ADAPTER_NETWORK : ADAPTER_LOCAL;
    error = update_install(run, "update_b", false, &installed, diagnostic);
    if (error == RIG_OK)
        (void)trial_control(run->trial, installed, "the genuine image is installed");
    if (error == RIG_OK)
        error = update_stop(run, diagnostic);
    return error;
}

static int run_tampered(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct update_run run;
    struct attack attack = {.run = &run, .go_on = true};
    char *path = NULL;
    int error = update_begin(&run, trial, word, diagnostic);

    attack.offered = file_join(trial->bench->folder, "offered.bin");
    if (error == RIG_OK && attack.offered == NULL)
        error = RIG_ERROR_NO_MEMORY;
    if (error == RIG_OK)
        error = image_find(trial->bench, "update_b", &path, diagnostic);
    if (error == RIG_OK)
        error = file_read(path, IMAGE_LIMIT, &attack.genuine, diagnostic);
    if (error == RIG_OK)
        error = offer_all(&attack, word, diagnostic);
    if (error == RIG_OK && attack.go_on) {
        attack.go_on = false;
        error = look_after(&attack, word, diagnostic);
    }
    if (error == RIG_OK && attack.go_on)
        error = control_genuine(&run, word, diagnostic);
    file_content_free(&attack.genuine);
    free(attack.offered);
    free(path);
    update_end(&run);
    return error;
}

const struct scenario update_tampered = {
    .id = "update.tampered",
    .title = "images that were altered, are too old or for something else are refused",
    .clauses = clauses,
    .network_clauses = network_clauses,
    .needs = UPDATE_NEEDS,
    .checks = checks,
    .plan = plan,
    .run = run_tampered,
};
