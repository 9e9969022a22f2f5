#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/process.h"
#include "scenarios/moves.h"
#include "scenarios/word.h"

/*
 * Outages of power (5.9-1, 5.9-2).
 *
 * Method: a device that runs, writes or starts loses its power at a chosen point, and gets it back. Its
 * own start count proves that power was gone. Then it must answer within its time, with every setting
 * that it had confirmed, and whatever was under way either done or not begun.
 */

static const char *const clauses[] = {"5.9-1", "5.9-2", NULL};

#define ANSWERS                                                                                    \
    {                                                                                              \
        "answers", "", CHECK_EQUALS, 1, NULL, "5.9-1", FINDING_HANG, SEVERITY_HIGH,                \
            "the device does not come back after a power cut"                                      \
    }
#define BACK_WITHIN                                                                                \
    {                                                                                              \
        "back-within", "ms", CHECK_AT_MOST, 20000, "recover_ms", "5.9-2", FINDING_HANG,            \
            SEVERITY_MEDIUM, "the device takes too long to come back after a power cut"            \
    }
#define NO_FAULTS                                                                                  \
    {                                                                                              \
        "faults", "faults", CHECK_EQUALS, 0, NULL, "5.9-1", FINDING_FAULT, SEVERITY_HIGH,          \
            "the device faults around a power cut"                                                 \
    }

enum { IN_A_ROW_MAX = 100 };

/* ---- what all of them do ---- */

/* Power goes and comes back. False: the device is not there, and the trial is over. */
static bool cycle(struct trial *trial, struct adapter_health *health, const char *when, int *error,
                  struct diagnostic *diagnostic)
{
    const uint64_t position = console_port_position(&trial->bench->console);
    bool answered = false;
    double took_ms = 0;

    *error = move_power_cycle(trial, health, &answered, &took_ms, diagnostic);
    if (*error != RIG_OK)
        return false;
    (void)trial_measure(trial, "faults",
                        (double)(answered ? move_faults_before(trial, position, health)
                                          : move_faults(trial, position)),
                        "%s", when);
    if (!trial_measure(trial, "answers", answered, "%s", when))
        return false;
    (void)trial_measure(trial, "back-within", took_ms, "%s", when);
    return true;
}

/* A device that answers and cannot show its settings has not come back. */
static int measure_settings(struct trial *trial, const struct adapter_dump *before,
                            struct diagnostic *diagnostic)
{
    const int error = move_measure_changes(trial, "settings-changed", before, diagnostic);

    if (!move_is_silence(error))
        return error;
    (void)trial_measure(trial, "answers", 0, "its settings cannot be read: %s", diagnostic->text);
    return RIG_OK;
}

/* ---- idle ---- */

static const struct check_spec idle_checks[] = {
    ANSWERS,
    BACK_WITHIN,
    NO_FAULTS,
    {"settings-changed", "settings", CHECK_EQUALS, 0, NULL, "5.9-2", FINDING_SILENT, SEVERITY_HIGH,
     "a power cut while nothing happens changes settings"},
    {.name = NULL},
};

static int plan_idle(const struct bench *bench, const struct plan_options *options,
                     struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {1, 2, 10};
    int error = RIG_OK;

    (void)bench;
    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < counts[options->depth]; i++)
        error = word_append(words, "cuts:%u", i + 1);
    return error;
}

static int run_idle(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct adapter_health health;
    struct adapter_dump before;
    uint64_t cuts;
    int error;

    if (word_number(word, "cuts", &cuts) != RIG_OK || cuts == 0 || cuts > IN_A_ROW_MAX)
        return RIG_ERROR_USAGE;
    error = move_start(trial, &health, diagnostic);
    if (error == RIG_OK)
        error = move_control_change(trial, &before, diagnostic);
    for (uint64_t i = 0; error == RIG_OK && i < cuts; i++) {
        if (!cycle(trial, &health, "after a cut while idle", &error, diagnostic))
            return error;
    }
    return error == RIG_OK ? measure_settings(trial, &before, diagnostic) : error;
}

const struct scenario outage_power_idle = {
    .id = "outage.power-idle",
    .title = "power is cut while the device does nothing, several times in a row",
    .clauses = clauses,
    .needs = CAN_POWER | CAN_ADAPTER | CAN_DUMP | CAN_SET,
    .checks = idle_checks,
    .plan = plan_idle,
    .run = run_idle,
};

/* ---- while it starts ---- */

static const struct check_spec start_checks[] = {
    ANSWERS,
    BACK_WITHIN,
    NO_FAULTS,
    {"settings-changed", "settings", CHECK_EQUALS, 0, NULL, "5.9-2", FINDING_SILENT, SEVERITY_HIGH,
     "a power cut during start-up changes settings"},
    {.name = NULL},
};

enum { START_OPERATIONS = 6, START_DEFAULT_MS = 1500 };

static int plan_start(const struct bench *bench, const struct plan_options *options,
                      struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {2, 3, 60};
    const struct cut_range range = {
        START_OPERATIONS, (uint32_t)bench_limit(bench, "boot_ms", START_DEFAULT_MS) * 1000 / 2,
        "in-a-row:3"};

    (void)diagnostic;
    return word_append_cuts(words, bench, options, &range, counts[options->depth]);
}

/* Cuts that come in the middle of a start that nobody waits for. One with fewer operations than the
 * trial asks for is cut at an earlier one instead. */
static int cut_starts(struct trial *trial, struct power_cut cut, uint64_t times,
                      struct diagnostic *diagnostic)
{
    const bool is_timed = cut.kind == POWER_CUT_TIMED;
    uint64_t fallen = 0;
    bool fell = true;
    int error = RIG_OK;

    while (error == RIG_OK && fallen < times && (fell || cut.operation > 0)) {
        if (!fell)
            cut.operation /= 2;
        error = move_cut_start(trial, &cut, diagnostic);
        fell = is_timed || power_has_fallen(&trial->bench->power);
        fallen += fell;
    }
    if (error == RIG_OK)
        error = move_stop(trial, diagnostic);
    if (error == RIG_OK && !is_timed)
        (void)trial_proof(trial, fallen == times,
                          "%" PRIu64 " of %" PRIu64 " starts were cut before the device was there",
                          fallen, times);
    return error;
}

/* Starts that end as soon as the device is there: somebody plays with the switch. */
static int end_starts(struct trial *trial, uint64_t times, struct diagnostic *diagnostic)
{
    struct adapter_health health;
    int error = RIG_OK;

    for (uint64_t i = 0; error == RIG_OK && i < times; i++) {
        error = move_switch_on(trial, &health, diagnostic);
        if (move_is_silence(error)) {
            (void)trial_measure(trial, "answers", 0, "start %" PRIu64 " in a row: %s", i + 1,
                                diagnostic->text);
            return RIG_OK;
        }
        if (error == RIG_OK)
            error = move_stop(trial, diagnostic);
    }
    return error;
}

static int run_start(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct adapter_health health;
    struct adapter_dump before;
    struct power_cut cut;
    uint64_t times;
    int error;

    if (word_cut(word, &cut) != RIG_OK || word_number(word, "in-a-row", &times) != RIG_OK ||
        times == 0 || times > IN_A_ROW_MAX)
        return RIG_ERROR_USAGE;
    error = move_start(trial, &health, diagnostic);
    if (error == RIG_OK)
        error = move_control_change(trial, &before, diagnostic);
    if (error == RIG_OK)
        error = move_control_armed_cut(trial, &health, diagnostic);
    if (error == RIG_OK)
        error = cut_starts(trial, cut, times, diagnostic);
    if (error == RIG_OK)
        error = end_starts(trial, times, diagnostic);
    if (error != RIG_OK || trial_has_failed(trial) ||
        !cycle(trial, &health, "after cuts of its start", &error, diagnostic))
        return error;
    return measure_settings(trial, &before, diagnostic);
}

const struct scenario outage_power_start = {
    .id = "outage.power-start",
    .title = "power is cut while the device starts, several times in a row",
    .clauses = clauses,
    .needs = CAN_POWER | CAN_CUT | CAN_ADAPTER | CAN_DUMP | CAN_SET,
    .checks = start_checks,
    .plan = plan_start,
    .run = run_start,
};

/* ---- while it writes ---- */

static const struct check_spec settings_checks[] = {
    ANSWERS,
    BACK_WITHIN,
    NO_FAULTS,
    {"confirmed-lost", "settings", CHECK_EQUALS, 0, NULL, "5.9-2", FINDING_SILENT, SEVERITY_HIGH,
     "a setting that was confirmed is lost in a power cut"},
    {"neither-old-nor-new", "settings", CHECK_EQUALS, 0, NULL, "5.9-2", FINDING_SILENT,
     SEVERITY_HIGH, "a setting that was being written is neither the old nor the new one"},
    {"others-changed", "settings", CHECK_EQUALS, 0, NULL, "5.9-2", FINDING_SILENT, SEVERITY_HIGH,
     "a power cut while one setting is written changes others"},
    {.name = NULL},
};

enum { WRITE_OPERATIONS = 12, WRITES_MAX = 32, ROUNDS_MAX = 1000, ROUNDS_MS = 4000 };

/* Where cuts are exact: at least one at each operation. Which of them belong to a log-in that is written
 * down, and which to the write itself, is the device's affair; the first ones here are of each kind. */
static const struct power_cut exact_cuts[] = {
    {.operation = 9, .moment = POWER_CUT_BEFORE}, {.operation = 5, .moment = POWER_CUT_TORN},
    {.operation = 9, .moment = POWER_CUT_TORN},   {.operation = 1, .moment = POWER_CUT_TORN},
    {.operation = 10, .moment = POWER_CUT_TORN},  {.operation = 0, .moment = POWER_CUT_BEFORE},
    {.operation = 2, .moment = POWER_CUT_AFTER},  {.operation = 3, .moment = POWER_CUT_TORN},
    {.operation = 4, .moment = POWER_CUT_AFTER},  {.operation = 6, .moment = POWER_CUT_AFTER},
    {.operation = 7, .moment = POWER_CUT_BEFORE}, {.operation = 8, .moment = POWER_CUT_AFTER},
    {.operation = 11, .moment = POWER_CUT_TORN},
};
enum { EXACT_CUTS = sizeof exact_cuts / sizeof exact_cuts[0] };

static int plan_exact(const struct plan_options *options, struct text_list *words)
{
    static const unsigned counts[DEPTH_COUNT] = {4, EXACT_CUTS, 3 * WRITE_OPERATIONS};
    int error = RIG_OK;

    for (unsigned i = 0; error == RIG_OK && i < counts[options->depth]; i++) {
        struct power_cut cut = {.operation = i / 3, .moment = (enum power_cut_moment)(i % 3)};
        char text[POWER_CUT_TEXT];

        if (options->depth != DEPTH_DEEP)
            cut = exact_cuts[i];
        cut.kind = POWER_CUT_OPERATION;
        power_cut_format(&cut, text);
        error = word_append(words, "%s,rounds:20", text);
    }
    return error;
}

/* Method: writes follow one another until the armed cut comes, which the device's silence shows: one
 * whose write takes fewer operations is cut in a later one. Then the same again, so that the cuts of one
 * trial, all at the same operation, meet a device's log at every place of a sector, and its change from
 * one sector to the next. */
static int plan_settings(const struct bench *bench, const struct plan_options *options,
                         struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned timed[DEPTH_COUNT] = {2, 3, 60};
    const struct cut_range range = {0, 0, "rounds:2"};

    (void)diagnostic;
    return power_can_arm(&bench->power, POWER_CUT_OPERATION)
               ? plan_exact(options, words)
               : word_append_cuts(words, bench, options, &range, timed[options->depth]);
}

struct write_history {
    uint64_t number;            /* of the write */
    uint32_t took_ms;           /* one in peace */
    struct adapter_dump known;  /* before the writes of a round */
    char old[ADAPTER_TEXT];     /* the value before the last write */
    char written[ADAPTER_TEXT]; /* the value that was under way when power went */
    bool is_confirmed;          /* ... and was confirmed all the same */
    unsigned rounds;
    unsigned cut; /* of them: the device fell silent in a write */
};

static int write_in_peace(struct trial *trial, struct write_history *history,
                          struct diagnostic *diagnostic)
{
    const int64_t began = process_clock_ms();
    int error;

    move_value(history->number++, history->written);
    error = move_write(trial, history->written, diagnostic);
    history->took_ms = (uint32_t)(process_clock_ms() - began);
    return error == RIG_OK ? adapter_dump(&trial->bench->adapter, &history->known,
                                          move_deadline(trial), diagnostic)
                           : error;
}

/* *silent: there was no answer. */
static int write_once(struct trial *trial, struct write_history *history, bool *silent,
                      struct diagnostic *diagnostic)
{
    struct adapter_answer answer = {.outcome = ADAPTER_REFUSED};
    int error;

    (void)snprintf(history->old, sizeof history->old, "%s", history->written);
    move_value(history->number++, history->written);
    error = adapter_set(&trial->bench->adapter, MOVE_SETTING, history->written, &answer,
                        process_clock_ms() + 4 * (int64_t)history->took_ms + MOVE_ANSWER_MS,
                        diagnostic);
    *silent = move_is_silence(error);
    history->is_confirmed = error == RIG_OK && answer.outcome == ADAPTER_ACCEPTED;
    trial_note(trial, "'%s' was %s", history->written,
               history->is_confirmed ? "confirmed" : "not confirmed");
    if (error == RIG_OK && !history->is_confirmed && answer.outcome != ADAPTER_WAIT)
        return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE,
                               "the device neither takes the value nor falls silent: %s, %s",
                               adapter_outcome_name(answer.outcome), answer.reason);
    return *silent ? RIG_OK : error;
}

static int write_into_cut(struct trial *trial, const char *word, struct write_history *history,
                          struct diagnostic *diagnostic)
{
    struct power_cut cut;
    bool silent = false;
    int error = word_cut_within(word, history->took_ms * 1000, &cut);

    if (error == RIG_OK)
        error = power_arm(&trial->bench->power, &cut, diagnostic);
    for (int i = 0;
         error == RIG_OK && !silent && i < WRITES_MAX && (i == 0 || history->is_confirmed); i++)
        error = write_once(trial, history, &silent, diagnostic);
    history->rounds++;
    history->cut += silent;
    return error;
}

static void judge_write(struct trial *trial, const struct write_history *history,
                        const struct adapter_dump *after)
{
    const char *value = adapter_dump_value(after, MOVE_SETTING);
    const bool is_new = value != NULL && strcmp(value, history->written) == 0;
    const bool is_old = value != NULL && strcmp(value, history->old) == 0;

    (void)trial_measure(trial, "confirmed-lost", history->is_confirmed && !is_new,
                        "%s is '%s', confirmed was '%s'", MOVE_SETTING,
                        value != NULL ? value : "missing", history->written);
    (void)trial_measure(trial, "neither-old-nor-new", !is_new && !is_old,
                        "%s is '%s', not '%s' or '%s'", MOVE_SETTING,
                        value != NULL ? value : "missing", history->old, history->written);
    (void)trial_measure(trial, "others-changed",
                        (double)move_count_changes(&history->known, after, MOVE_SETTING),
                        "beside %s", MOVE_SETTING);
}

/* Power comes back, and what the last write has left is judged. False when the trial is over. */
static bool look_behind_cut(struct trial *trial, struct write_history *history,
                            struct adapter_health *health, int *error,
                            struct diagnostic *diagnostic)
{
    struct adapter_dump after;
    const char *left;

    if (!cycle(trial, health, "after a cut while writing", error, diagnostic))
        return false;
    *error = adapter_dump(&trial->bench->adapter, &after, move_deadline(trial), diagnostic);
    if (move_is_silence(*error)) {
        (void)trial_measure(trial, "answers", 0, "its settings cannot be read: %s",
                            diagnostic->text);
        *error = RIG_OK;
        return false;
    }
    if (*error != RIG_OK)
        return false;
    judge_write(trial, history, &after);
    left = adapter_dump_value(&after, MOVE_SETTING);
    (void)snprintf(history->written, sizeof history->written, "%s", left != NULL ? left : "");
    history->known = after;
    return !trial_has_failed(trial);
}

/* Power goes in peace, right behind a write that was confirmed: it is not cut in the middle. */
static int end_behind_write(struct trial *trial, struct write_history *history,
                            struct adapter_health *health, struct diagnostic *diagnostic)
{
    bool silent = false;
    int error = write_once(trial, history, &silent, diagnostic);

    if (error == RIG_OK)
        (void)look_behind_cut(trial, history, health, &error, diagnostic);
    return error;
}

/* Cuts in the log-in make a device ask for patience, and never come to the write. */
static int run_rounds(struct trial *trial, const char *word, uint64_t rounds,
                      struct write_history *history, struct adapter_health *health,
                      struct diagnostic *diagnostic)
{
    const int64_t end_ms = process_clock_ms() + ROUNDS_MS;
    bool goes_on = true;
    int error = RIG_OK;

    for (uint64_t i = 0; error == RIG_OK && goes_on && i < rounds && process_clock_ms() < end_ms;
         i++) {
        error = write_into_cut(trial, word, history, diagnostic);
        if (error == RIG_OK)
            goes_on = look_behind_cut(trial, history, health, &error, diagnostic);
    }
    if (error == RIG_OK)
        (void)trial_proof(trial, history->cut > 0,
                          "in %u of %u rounds the device fell silent in the middle of a write",
                          history->cut, history->rounds);
    return error;
}

static int run_settings(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct write_history history = {.number = 0};
    struct adapter_health health;
    struct power_cut cut;
    uint64_t rounds;
    int error;

    if (word_number(word, "rounds", &rounds) != RIG_OK || rounds == 0 || rounds > ROUNDS_MAX ||
        word_cut_within(word, 1, &cut) != RIG_OK)
        return RIG_ERROR_USAGE;
    error = move_start(trial, &health, diagnostic);
    if (error == RIG_OK)
        error = move_control_change(trial, &history.known, diagnostic);
    if (error == RIG_OK)
        error = move_control_armed_cut(trial, &health, diagnostic);
    if (error == RIG_OK)
        error = write_in_peace(trial, &history, diagnostic);
    if (error == RIG_OK)
        error = run_rounds(trial, word, rounds, &history, &health, diagnostic);
    if (error == RIG_OK && !trial_has_failed(trial))
        error = end_behind_write(trial, &history, &health, diagnostic);
    return error;
}

const struct scenario outage_power_settings = {
    .id = "outage.power-settings",
    .title = "power is cut while a setting is written",
    .clauses = clauses,
    .needs = CAN_POWER | CAN_CUT | CAN_ADAPTER | CAN_DUMP | CAN_SET,
    .checks = settings_checks,
    .plan = plan_settings,
    .run = run_settings,
};
