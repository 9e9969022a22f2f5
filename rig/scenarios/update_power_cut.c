#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/moves.h"
#include "scenarios/update_cut_plan.h"
#include "scenarios/update_moves.h"
#include "scenarios/word.h"

/*
 * Power cuts during updates (5.3-2, 5.9-1).
 *
 * Method: power goes while an image comes in, is activated and starts for the first time (path
 * install), while it is confirmed (confirm), or while the device goes back from it (revert). Where cuts
 * can be aimed at flash operations, a sweep strides through all operations and closes in on the last
 * one: the end of a path is where its steps are, and nobody has to know how many operations there are.
 * Elsewhere the duration of an install is measured once, and cuts are timed at fractions of it. After
 * each cut the device must answer, with its settings, and run what it ran before or what was due, in a
 * slot whose bytes are genuine; in the end the update goes through.
 */

static const char *const clauses[] = {"5.3-2", "5.9-1", NULL};

static const struct check_spec checks[] = {
    UPDATE_ANSWERS_CHECK("5.9-1", "the device does not come back after a power cut in an update"),
    {"as-due", "", CHECK_EQUALS, 1, NULL, "5.3-2", FINDING_ORACLE, SEVERITY_HIGH,
     "after a power cut in an update the device runs neither what it ran nor what was due"},
    {"confirm-kept", "", CHECK_EQUALS, 1, NULL, "5.3-2", FINDING_ORACLE, SEVERITY_HIGH,
     "an update is gone although its confirm was acknowledged"},
    {"completes", "", CHECK_EQUALS, 1, NULL, "5.3-2", FINDING_ORACLE, SEVERITY_HIGH,
     "after power cuts in updates a genuine one does not go through"},
    {"settings-changed", "settings", CHECK_EQUALS, 0, NULL, "5.9-1", FINDING_SILENT, SEVERITY_HIGH,
     "a power cut in an update changes settings"},
    UPDATE_GENUINE_CHECK("5.3-2"),
    {.name = NULL},
};

enum {
    POLL_MS = 20,
    ASK_MS = 300,
    SETTLE_MS = 1000,    /* in which a fall shows; a cut without one came behind the end */
    START_US = 400000,   /* of a start, in which timed cuts are sampled */
    CONFIRM_US = 150000, /* of a confirm, likewise */
    AFTER_CUT_MS = 1000, /* for what was under way when a timed cut came */
    CUTS_TEXT = 100,
};

/* A sweep under way. */
struct sweep {
    struct update_run run;
    enum cut_path path;
    struct power_cut cut;
    struct adapter_identity first; /* what it ran before */
    bool has_fallen;               /* the cut came before the path was at its end */
    unsigned cuts;
    unsigned fallen;   /* of them; the others came too late for their path, or not at all */
    bool acknowledged; /* the confirm was */
    bool go_on;
    double install_us; /* of an install without a cut */
};

/* ---- what the cut comes into ---- */

/* Until the device has started anew, or its power has fallen. A timed cut may come later than that. */
static int wait_start(struct sweep *sweep, struct diagnostic *diagnostic)
{
    struct bench *bench = sweep->run.trial->bench;
    const int64_t deadline_ms = move_deadline(sweep->run.trial);
    int error = RIG_OK;

    while (error == RIG_OK && !power_has_fallen(&bench->power) &&
           process_clock_ms() < deadline_ms) {
        struct adapter_health health;
        struct diagnostic unused = {""};
        const int asked = adapter_health(&bench->adapter, bench_first_channel(bench), &health,
                                         process_clock_ms() + ASK_MS, &unused);

        if (asked == RIG_OK && update_has_started(&sweep->run.health, &health))
            return RIG_OK;
        if (asked == RIG_ERROR_INTERRUPTED || asked == RIG_ERROR_NO_MEMORY)
            return asked;
        adapter_forget(&bench->adapter);
        error = process_pause_until(process_clock_ms() + POLL_MS);
    }
    (void)diagnostic;
    return error;
}

static int arm(struct sweep *sweep, struct diagnostic *diagnostic)
{
    return power_arm(&sweep->run.trial->bench->power, &sweep->cut, diagnostic);
}

static int cut_install(struct sweep *sweep, struct diagnostic *diagnostic)
{
    struct update_offer offer = {NULL, true, UINT64_MAX, 0};
    struct adapter_answer answer;
    char *path = NULL;
    bool answered = false;
    int error = image_find(sweep->run.trial->bench, "update_b", &path, diagnostic);

    offer.path = path;
    if (sweep->cut.kind == POWER_CUT_TIMED) /* a bus does not tell of the end of the device */
        offer.patience_ms = (int64_t)sweep->cut.after_us / 1000 + AFTER_CUT_MS;
    if (error == RIG_OK)
        error = arm(sweep, diagnostic);
    if (error == RIG_OK)
        error = update_offer(&sweep->run, &offer, &answer, &answered, diagnostic);
    if (error == RIG_OK && answered && answer.outcome == ADAPTER_ACCEPTED)
        error = wait_start(sweep, diagnostic);
    free(path);
    return error;
}

static int cut_confirm(struct sweep *sweep, struct diagnostic *diagnostic)
{
    const int error = arm(sweep, diagnostic);

    return error == RIG_OK ? update_confirm(&sweep->run, &sweep->acknowledged, diagnostic) : error;
}

static int cut_revert(struct sweep *sweep, struct diagnostic *diagnostic)
{
    struct bench *bench = sweep->run.trial->bench;
    int error = update_stop(&sweep->run, diagnostic);

    if (error == RIG_OK)
        error = arm(sweep, diagnostic);
    if (error == RIG_OK)
        error = bench_switch_on(bench, move_deadline(sweep->run.trial), diagnostic);
    return error == RIG_OK ? wait_start(sweep, diagnostic) : error;
}

/* Paths but the first begin where an image runs on trial. */
static int prepare(struct sweep *sweep, struct diagnostic *diagnostic)
{
    bool installed = true;
    int error = RIG_OK;

    if (sweep->path != CUT_INSTALL)
        error = update_install(&sweep->run, "update_b", false, &installed, diagnostic);
    if (error == RIG_OK)
        sweep->go_on =
            trial_control(sweep->run.trial, installed, "before the cut: %s",
                          sweep->path == CUT_INSTALL ? "what it ran before" : "an image on trial");
    return error;
}

/* ---- what came of it ---- */

static bool runs_trial(const struct sweep *sweep)
{
    const struct adapter_identity *now = &sweep->run.identity;

    return now->on_trial && now->slot[0] != '\0' && strcmp(now->slot, sweep->first.slot) != 0;
}

static bool runs_confirmed(const struct sweep *sweep)
{
    const struct adapter_identity *now = &sweep->run.identity;

    return !now->on_trial && now->slot[0] != '\0' && strcmp(now->slot, sweep->first.slot) != 0;
}

static bool runs_as_due(const struct sweep *sweep)
{
    if (update_is_same(&sweep->run, &sweep->first))
        return true;
    return (sweep->path == CUT_INSTALL && runs_trial(sweep)) ||
           (sweep->path == CUT_CONFIRM && runs_confirmed(sweep));
}

/* One more start: whatever was on trial is so no more. */
static int leave_trial(struct sweep *sweep, const char *cut, struct diagnostic *diagnostic)
{
    char text[UPDATE_TEXT];
    bool up;
    const int error = update_cycle(&sweep->run, &up, diagnostic);

    sweep->go_on = false;
    if (error != RIG_OK ||
        !trial_measure(sweep->run.trial, "answers", up, "%s, and once more", cut))
        return error;
    sweep->go_on =
        trial_measure(sweep->run.trial, "as-due", update_is_same(&sweep->run, &sweep->first),
                      "%s, and once more: %s", cut, update_describe(&sweep->run.identity, text));
    return RIG_OK;
}

static int judge(struct sweep *sweep, struct diagnostic *diagnostic)
{
    struct update_run *run = &sweep->run;
    char cut[POWER_CUT_TEXT];
    char text[UPDATE_TEXT];
    bool up;
    int error;

    power_cut_format(&sweep->cut, cut);
    sweep->go_on = false;
    error = update_cycle(run, &up, diagnostic);
    if (error != RIG_OK || !trial_measure(run->trial, "answers", up, "%s", cut))
        return error;
    sweep->go_on =
        trial_measure(run->trial, "as-due", runs_as_due(sweep), "%s%s: %s", cut,
                      sweep->has_fallen ? "" : " (idle)", update_describe(&run->identity, text));
    if (sweep->acknowledged && sweep->go_on)
        sweep->go_on =
            trial_measure(run->trial, "confirm-kept", runs_confirmed(sweep), "%s: %s", cut, text);
    error = move_measure_changes(run->trial, "settings-changed", &run->settings, diagnostic);
    if (error == RIG_OK && sweep->go_on && runs_trial(sweep))
        error = leave_trial(sweep, cut, diagnostic);
    sweep->go_on = sweep->go_on && !trial_has_failed(run->trial);
    return error;
}

/* What the device's fall ended is seen a moment before the fall itself. */
static int take_fall(struct sweep *sweep, struct diagnostic *diagnostic)
{
    const struct bench *bench = sweep->run.trial->bench;
    const int64_t deadline_ms = process_clock_ms() + SETTLE_MS;
    int error = RIG_OK;

    (void)diagnostic;
    sweep->has_fallen = power_has_fallen(&bench->power);
    while (error == RIG_OK && !sweep->has_fallen && process_clock_ms() < deadline_ms) {
        error = process_pause_until(process_clock_ms() + POLL_MS);
        sweep->has_fallen = power_has_fallen(&bench->power);
    }
    sweep->cuts++;
    sweep->fallen += sweep->has_fallen;
    return error;
}

/* One cut, and what follows. */
static int try_cut(struct sweep *sweep, struct diagnostic *diagnostic)
{
    static int (*const cuts[CUT_PATHS])(struct sweep *, struct diagnostic *) = {
        cut_install, cut_confirm, cut_revert};
    int error = prepare(sweep, diagnostic);

    sweep->acknowledged = false;
    if (error != RIG_OK || !sweep->go_on)
        return error;
    error = cuts[sweep->path](sweep, diagnostic);
    if (error == RIG_OK)
        error = take_fall(sweep, diagnostic);
    return error == RIG_OK ? judge(sweep, diagnostic) : error;
}

/* ---- sweeps ---- */

/* What a sweep's word says, and what it has found. */
struct operations {
    uint64_t at; /* the next to be cut */
    uint64_t stride;
    uint64_t limit; /* of cuts until the end is known */
    uint64_t tail;  /* of cuts before the end afterwards */
    uint64_t low;   /* all below have been cut, or are passed over */
    uint64_t end;   /* the first whose cut did not come; UINT64_MAX: not known yet */
};

static bool read_operations(struct operations *operations, const char *word)
{
    *operations = (struct operations){.end = UINT64_MAX};
    return word_number(word, "from", &operations->at) == RIG_OK &&
           word_number(word, "stride", &operations->stride) == RIG_OK &&
           word_number(word, "limit", &operations->limit) == RIG_OK &&
           word_number(word, "tail", &operations->tail) == RIG_OK && operations->stride > 0 &&
           operations->at < INT32_MAX / 8 && operations->stride < INT32_MAX / 8;
}

static int cut_at(struct sweep *sweep, uint64_t operation, struct diagnostic *diagnostic)
{
    int error;

    sweep->cut.operation = (uint32_t)operation;
    error = try_cut(sweep, diagnostic);
    sweep->go_on = sweep->go_on && !runs_confirmed(sweep);
    return error;
}

/* Every other operation before the end: there an image is activated and starts for the first time. */
static int cut_tail(struct sweep *sweep, const struct operations *operations,
                    struct diagnostic *diagnostic)
{
    const uint64_t first = 2 + random_below(&sweep->run.random, 2);
    int error = RIG_OK;

    for (uint64_t i = 0; error == RIG_OK && sweep->go_on && i < operations->tail &&
                         first + 2 * i <= operations->end;
         i++) {
        error = cut_at(sweep, operations->end - first - 2 * i, diagnostic);
    }
    return error;
}

/* Strides until a cut does not come any more, and then halves what lies between the last that came and
 * the first that did not. */
static int sweep_operations(struct sweep *sweep, const char *word, struct diagnostic *diagnostic)
{
    struct operations operations;
    int error = RIG_OK;

    if (!read_operations(&operations, word))
        return RIG_ERROR_USAGE;
    for (uint64_t i = 0;
         error == RIG_OK && sweep->go_on && i < operations.limit && operations.at < operations.end;
         i++) {
        error = cut_at(sweep, operations.at, diagnostic);
        if (sweep->has_fallen)
            operations.low = operations.at + 1;
        else
            operations.end = operations.at;
        operations.at = operations.end == UINT64_MAX
                            ? operations.at + operations.stride
                            : operations.low + (operations.end - operations.low) / 2;
    }
    return error == RIG_OK && operations.end != UINT64_MAX
               ? cut_tail(sweep, &operations, diagnostic)
               : error;
}

/* How long an install takes until it runs; which is also the control that it can be seen. */
static int measure_duration(struct sweep *sweep, struct diagnostic *diagnostic)
{
    const int64_t began = process_clock_ms();
    bool installed = false;
    int error = update_install(&sweep->run, "update_b", false, &installed, diagnostic);

    sweep->install_us = (double)(process_clock_ms() - began) * 1000.0;
    if (error != RIG_OK)
        return error;
    sweep->go_on =
        trial_control(sweep->run.trial, installed, "without a cut it is installed, in %g ms",
                      sweep->install_us / 1000.0);
    return sweep->go_on ? leave_trial(sweep, "none", diagnostic) : RIG_OK;
}

/* "i290": in an install, at 290 thousandths of it. */
static bool read_timed(struct sweep *sweep, const char *item)
{

    const double durations[CUT_PATHS] = {sweep->install_us, CONFIRM_US, START_US};
    const char *const letters = CUT_LETTERS;
    const char *letter = item[0] == '\0' ? NULL : strchr(letters, item[0]);
    uint64_t share;

    if (letter == NULL || !text_parse_unsigned(item + 1, CUT_PER_MILLE, &share))
        return false;
    sweep->path = (enum cut_path)(letter - letters);
    sweep->cut.kind = POWER_CUT_TIMED;
    sweep->cut.after_us = (uint32_t)(durations[sweep->path] * (double)share / CUT_PER_MILLE);
    return true;
}

static int sweep_time(struct sweep *sweep, const char *cuts, struct diagnostic *diagnostic)
{
    struct text_list list = {NULL, 0};
    int error = measure_duration(sweep, diagnostic);

    if (error == RIG_OK)
        error = text_list_split(&list, cuts, '+');
    for (size_t i = 0; error == RIG_OK && sweep->go_on && !runs_confirmed(sweep) && i < list.count;
         i++) {
        error = read_timed(sweep, list.items[i]) ? try_cut(sweep, diagnostic) : RIG_ERROR_USAGE;
    }
    text_list_free(&list);
    return error;
}

/* ---- a trial ---- */

/* In the end an update goes through, whatever was cut before. */
static int complete(struct sweep *sweep, struct diagnostic *diagnostic)
{
    struct update_run *run = &sweep->run;
    const char *key = runs_confirmed(sweep) ? "next_a" : "update_b";
    struct adapter_identity confirmed;
    char text[UPDATE_TEXT];
    bool ok = false;
    int error = update_install(run, key, true, &ok, diagnostic);

    if (error != RIG_OK || !trial_measure(run->trial, "completes", ok, "%s", key))
        return error;
    confirmed = run->identity;
    error = update_cycle(run, &ok, diagnostic);
    if (error != RIG_OK || !trial_measure(run->trial, "answers", ok, "after %s", key))
        return error;
    (void)trial_measure(run->trial, "confirm-kept", update_is_same(run, &confirmed), "%s: %s", key,
                        update_describe(&run->identity, text));
    return update_stop(run, diagnostic);
}

static bool read_exact(struct sweep *sweep, const char *word)
{
    static const char *const moments[] = {"before", "torn", "after"}; /* enum power_cut_moment */

    while (sweep->path < CUT_PATHS && !update_word_is(word, "path", cut_path_name(sweep->path))) {
        sweep->path++;
    }
    sweep->cut.kind = POWER_CUT_OPERATION;
    for (unsigned i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        if (update_word_is(word, "moment", moments[i]))
            sweep->cut.moment = (enum power_cut_moment)i;
    }
    return sweep->path < CUT_PATHS;
}

static int run_power_cut(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct sweep sweep = {.go_on = true};
    char cuts[CUTS_TEXT];
    const bool is_timed = word_text(word, "cuts", cuts, sizeof cuts) == RIG_OK;
    int error;

    if (!is_timed && !read_exact(&sweep, word))
        return RIG_ERROR_USAGE;
    error = update_begin(&sweep.run, trial, word, diagnostic);
    sweep.first = sweep.run.identity;
    if (error == RIG_OK)
        error = move_control_armed_cut(trial, &sweep.run.health, diagnostic);
    if (error == RIG_OK)
        error = is_timed ? sweep_time(&sweep, cuts, diagnostic)
                         : sweep_operations(&sweep, word, diagnostic);
    if (error == RIG_OK)
        (void)trial_proof(trial, sweep.fallen > 0,
                          "%u of %u cuts come on the path that they are for", sweep.fallen,
                          sweep.cuts);
    if (error == RIG_OK && !trial_has_failed(trial) && trial_is_sound(trial))
        error = complete(&sweep, diagnostic);
    update_end(&sweep.run);
    return error;
}

const struct scenario update_power_cut = {
    .id = "update.power-cut",
    .title = "power is cut while an update comes in, starts, is confirmed or undone",
    .clauses = clauses,
    .needs = UPDATE_NEEDS | CAN_CUT,
    .checks = checks,
    .plan = update_plan_cuts,
    .run = run_power_cut,
};
