#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/canary.h"
#include "scenarios/login_moves.h"
#include "scenarios/moves.h"
#include "scenarios/passwords.h"
#include "scenarios/user_data.h"
#include "scenarios/word.h"

/*
 * Erases that are cut short (5.11-1, 5.11-4, 5.9-1), and that nobody may ask for.
 *
 * Method: a device with a user's data loses its power on the way through an erase, and in some trials once
 * more in the start after it. What it then shows must be one of two: all settings and the password
 * of the user, as if the erase had not begun, or none of them, and the password of the label. Data in
 * part are a failure, as is an erase that was confirmed and has not taken place. A device that shows
 * the user's data erases them now, in peace; in both cases none of the canaries is in flash then.
 *
 * Settings are written a few times before in half of the trials, so that older ones lie in other
 * sectors: an erase that is cut between two sectors brings these back.
 */

enum {
    PATIENCE_MS = 20000,
    SEEDS = 1000000,
    LOGIN_OPERATIONS = 5,  /* at least, before the erase: only a deep run cuts in these */
    ERASE_OPERATIONS = 22, /* with the log-in */
    START_OPERATIONS = 8,
    START_US = 600000,
    MOMENTS = 3,
    REWRITES = 20, /* settings fill more than one sector then */
    ASKED_IN_A_ROW = 2,
};

static const char *const power_clauses[] = {"5.11-1", "5.11-4", "5.9-1", NULL};
static const char *const refused_clauses[] = {"5.11-1", NULL};

static const struct check_spec power_checks[] = {
    {"answers", "", CHECK_EQUALS, 1, NULL, "5.9-1", FINDING_HANG, SEVERITY_HIGH,
     "the device does not come back after an erase that was cut short"},
    {"locked-out", "", CHECK_EQUALS, 0, NULL, "5.11-1", FINDING_ORACLE, SEVERITY_HIGH,
     "after an erase that was cut short neither the user's nor the label's password is accepted"},
    {"in-part", "settings", CHECK_EQUALS, 0, NULL, "5.11-1", FINDING_SILENT, SEVERITY_HIGH,
     "an erase that was cut short leaves data of the user in part"},
    {"undone", "", CHECK_EQUALS, 0, NULL, "5.11-4", FINDING_SILENT, SEVERITY_CRITICAL,
     "the user's data are there after the device said that they are gone"},
    {"left", "canaries", CHECK_EQUALS, 0, NULL, "5.11-1", FINDING_SILENT, SEVERITY_HIGH,
     "data of the user are in flash although the device shows none"},
    {.name = NULL},
};

static const struct check_spec refused_checks[] = {
    {"accepted", "", CHECK_EQUALS, 0, NULL, "5.11-1", FINDING_ORACLE, SEVERITY_CRITICAL,
     "an erase is done for somebody who does not know the password"},
    {"answers", "", CHECK_EQUALS, 1, NULL, "5.11-1", FINDING_HANG, SEVERITY_HIGH,
     "the device does not come back from the start after an erase that was refused"},
    {"settings-changed", "settings", CHECK_EQUALS, 0, NULL, "5.11-1", FINDING_SILENT, SEVERITY_HIGH,
     "an erase that was refused changes settings, at once or at the next start"},
    {.name = NULL},
};

/* What the device shows. */
enum shown {
    SHOWN_ALL,     /* the user's data, as if nothing had happened */
    SHOWN_NONE,    /* those of a new device */
    SHOWN_NOTHING, /* a failure that has been measured */
};

struct cut_erase {
    struct trial *trial;
    struct adapter_health health;
    struct user_data data;
    int64_t took_ms; /* a setting that was changed */
    size_t at_cut;   /* canaries in flash when power had gone */
    bool confirmed;  /* the device said that the data are gone */
};

/* ---- words ---- */

static int plan_power(const struct bench *bench, const struct plan_options *options,
                      struct text_list *words, struct diagnostic *diagnostic)
{
    static const struct cut_spread spread = {
        LOGIN_OPERATIONS, ERASE_OPERATIONS, {5, 12, 3 * ERASE_OPERATIONS}, {2, 3, 60}};
    const unsigned count = word_spread_count(bench, options, &spread);
    uint64_t random = options->seed;
    int error = RIG_OK;

    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < count; i++) {
        char text[POWER_CUT_TEXT];

        word_spread_cut(bench, options, &spread, i, &random, text);
        error = word_append(words, "%s,again:%u,rewrites:%u,seed:%" PRIu64, text, i % 3 == 2,
                            i % 2 == 1 ? REWRITES : 0, random_below(&random, SEEDS));
    }
    return error;
}

/* ---- a trial ---- */

static struct power_cut draw_second(const struct bench *bench, uint64_t *random)
{
    const uint32_t operation = (uint32_t)random_below(random, START_OPERATIONS);
    const uint32_t after_us = (uint32_t)random_below(random, START_US);
    const enum power_cut_moment moment = (enum power_cut_moment)random_below(random, MOMENTS);

    if (power_can_arm(&bench->power, POWER_CUT_OPERATION))
        return (struct power_cut){
            .kind = POWER_CUT_OPERATION, .operation = operation, .moment = moment};
    return (struct power_cut){.kind = POWER_CUT_TIMED, .after_us = after_us};
}

static int erase_into_cut(struct cut_erase *erase, const struct power_cut *cut,
                          struct diagnostic *diagnostic)
{
    struct bench *bench = erase->trial->bench;
    struct adapter_answer answer = {.outcome = ADAPTER_REFUSED};
    int error = power_arm(&bench->power, cut, diagnostic);

    if (error == RIG_OK)
        error = adapter_erase(&bench->adapter, &answer,
                              process_clock_ms() + 8 * erase->took_ms + MOVE_ANSWER_MS, diagnostic);
    erase->confirmed = error == RIG_OK && answer.outcome == ADAPTER_ACCEPTED;
    trial_note(erase->trial, "the erase into the cut was %s",
               erase->confirmed ? "confirmed" : "not confirmed");
    return move_is_silence(error) ? RIG_OK : error;
}

/* Logs in as the label, or as the user; *in: it is accepted, and verbs use it. */
static int log_in(struct cut_erase *erase, bool label, bool *in, struct diagnostic *diagnostic)
{
    struct trial *trial = erase->trial;
    struct login_attempt attempt;
    int error;

    if (label)
        user_data_use_label(trial, &erase->data);
    else
        user_data_use_own(trial, &erase->data);
    error = move_login_patiently(trial, bench_first_channel(trial->bench),
                                 trial->bench->adapter.password, label ? "label's" : "user's",
                                 PATIENCE_MS, &attempt, diagnostic);
    *in = error == RIG_OK && login_is_accepted(&attempt);
    return error;
}

/* Compares the settings with those that go with the password that is accepted. */
static int judge_settings(struct cut_erase *erase, bool label, enum shown *shown,
                          struct diagnostic *diagnostic)
{
    struct trial *trial = erase->trial;
    const struct user_data *data = &erase->data;
    struct adapter_dump after;
    size_t from_none;
    size_t from_all;
    size_t in_part;
    int error = adapter_dump(&trial->bench->adapter, &after, move_deadline(trial), diagnostic);

    if (error != RIG_OK)
        return error;
    from_none = move_count_changes(&data->defaults, &after, NULL);
    from_all = move_count_changes(&data->changed, &after, NULL);
    *shown = label ? SHOWN_NONE : SHOWN_ALL;
    in_part = label ? from_none : from_all;
    if (data->password[0] == '\0') { /* one password in both states */
        *shown = from_all == 0 ? SHOWN_ALL : SHOWN_NONE;
        in_part = from_all == 0 ? 0 : from_none;
    }
    if (!trial_measure(trial, "in-part", (double)in_part,
                       "%s password, %zu settings differ from those of a new device, %zu from "
                       "the user's",
                       label ? "the label's" : "the user's", from_none, from_all))
        *shown = SHOWN_NOTHING;
    return RIG_OK;
}

static int look(struct cut_erase *erase, enum shown *shown, struct diagnostic *diagnostic)
{
    /* The one that is expected first: a wrong one has to be waited for. */
    bool label = erase->confirmed || erase->data.password[0] == '\0';
    bool in = false;
    int error = log_in(erase, label, &in, diagnostic);

    *shown = SHOWN_NOTHING;
    if (error == RIG_OK && !in && erase->data.password[0] != '\0') {
        label = !label;
        error = log_in(erase, label, &in, diagnostic);
    }
    if (error != RIG_OK ||
        !trial_measure(erase->trial, "locked-out", !in,
                       "the %s password is the last that was tried", label ? "label's" : "user's"))
        return error;
    return judge_settings(erase, label, shown, diagnostic);
}

static int measure_left(struct cut_erase *erase, struct diagnostic *diagnostic)
{
    struct file_content flash = {0};
    struct canary_hit first;
    char text[TRIAL_REASON];
    const int error = user_data_read_flash(erase->trial, &flash, diagnostic);

    if (error == RIG_OK) {
        const size_t count = canary_count(&erase->data.canaries, flash.bytes, flash.size, &first);

        user_data_describe(count, &first, text);
        (void)trial_measure(erase->trial, "left", (double)count, "%s", text);
    }
    file_content_free(&flash);
    return error;
}

/* What had not begun is done in peace. */
static int erase_again(struct cut_erase *erase, struct diagnostic *diagnostic)
{
    struct trial *trial = erase->trial;
    struct adapter_answer answer;
    int error = adapter_erase(&trial->bench->adapter, &answer, move_deadline(trial), diagnostic);

    if (error == RIG_OK)
        trial_note(trial, "the erase that was not begun is asked for again: %s",
                   adapter_outcome_name(answer.outcome));
    return error;
}

/* Gives the device data, and finds out how long it takes to change a setting. */
static int give(struct cut_erase *erase, uint64_t rewrites, uint64_t *random,
                struct diagnostic *diagnostic)
{
    const struct user_data_wish wish = {.texts_only = true,
                                        .password = random_below(random, 2) == 1,
                                        .rewrites = (unsigned)rewrites};
    struct trial *trial = erase->trial;
    int error = move_start(trial, &erase->health, diagnostic);

    if (error == RIG_OK)
        error = move_control_armed_cut(trial, &erase->health, diagnostic);
    if (error == RIG_OK)
        error = user_data_give(trial, &wish, random, &erase->data, diagnostic);
    erase->took_ms = process_clock_ms();
    if (error == RIG_OK)
        error =
            move_write(trial, adapter_dump_value(&erase->data.changed, MOVE_SETTING), diagnostic);
    erase->took_ms = process_clock_ms() - erase->took_ms;
    return error;
}

/* What flash holds at the cut shows whether the search is worth something. */
static int look_at_cut(struct cut_erase *erase, struct diagnostic *diagnostic)
{
    struct file_content flash = {0};
    struct canary_hit first;
    const int error = user_data_read_flash(erase->trial, &flash, diagnostic);

    if (error == RIG_OK)
        erase->at_cut = canary_count(&erase->data.canaries, flash.bytes, flash.size, &first);
    file_content_free(&flash);
    return error;
}

static int run_steps(struct cut_erase *erase, const char *word, const struct power_cut *second,
                     struct diagnostic *diagnostic)
{
    struct power_cut cut;
    struct trial *trial = erase->trial;
    enum shown shown = SHOWN_NOTHING;
    bool answered = false;
    double took_ms = 0;
    int error = word_cut_within(word, (uint32_t)erase->took_ms * 1000, &cut);

    if (error == RIG_OK)
        error = erase_into_cut(erase, &cut, diagnostic);
    if (error == RIG_OK)
        error = look_at_cut(erase, diagnostic);
    if (error == RIG_OK && second != NULL)
        error = move_cut_start(trial, second, diagnostic); /* the start after the first cut */
    if (error == RIG_OK)
        error = move_power_cycle(trial, &erase->health, &answered, &took_ms, diagnostic);
    if (error != RIG_OK || !trial_measure(trial, "answers", answered, "after the cut"))
        return error;
    error = look(erase, &shown, diagnostic);
    if (error != RIG_OK || shown == SHOWN_NOTHING)
        return error;
    if (!trial_measure(trial, "undone", erase->confirmed && shown == SHOWN_ALL, "it shows %s",
                       shown == SHOWN_ALL ? "the user's data" : "none"))
        return RIG_OK;
    if (shown == SHOWN_ALL) {
        (void)trial_control(trial, erase->at_cut > 0,
                            "flash of a device that shows the user's data holds %zu canaries",
                            erase->at_cut);
        error = erase_again(erase, diagnostic);
    }
    return error == RIG_OK ? measure_left(erase, diagnostic) : error;
}

static int run_power(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct cut_erase *erase;
    struct power_cut cut;
    struct power_cut second;
    uint64_t again;
    uint64_t rewrites;
    uint64_t random;
    int error;

    if (word_cut_within(word, 0, &cut) != RIG_OK || word_number(word, "again", &again) != RIG_OK ||
        word_number(word, "rewrites", &rewrites) != RIG_OK || rewrites > 2 * REWRITES ||
        word_number(word, "seed", &random) != RIG_OK)
        return RIG_ERROR_USAGE;
    erase = calloc(1, sizeof *erase);
    if (erase == NULL)
        return RIG_ERROR_NO_MEMORY;
    erase->trial = trial;
    second = draw_second(trial->bench, &random);
    error = give(erase, rewrites, &random, diagnostic);
    if (error == RIG_OK)
        error = run_steps(erase, word, again != 0 ? &second : NULL, diagnostic);
    free(erase);
    return error;
}

const struct scenario erase_power = {
    .id = "erase.power-cut",
    .title = "power is cut while a user's data are erased",
    .clauses = power_clauses,
    .needs = CAN_POWER | CAN_CUT | CAN_STORAGE | CAN_ADAPTER | CAN_DUMP | CAN_LOGIN | CAN_SET |
             CAN_SET_PASSWORD | CAN_ERASE,
    .checks = power_checks,
    .plan = plan_power,
    .run = run_power,
};

/* ---- without the password ---- */

/*
 * Method: all that the user can set is set, so that whatever an erase takes shows. The device is asked for
 * an erase with a wrong password, and its settings must be the same. Then somebody asks twice, wrongly
 * each time, and power fails before the user logs in, which would end what the device makes of wrong
 * passwords: an erase that waits for the next start goes on there.
 */

static int plan_refused(const struct bench *bench, const struct plan_options *options,
                        struct text_list *words, struct diagnostic *diagnostic)
{
    uint64_t random = options->seed;

    (void)bench;
    (void)diagnostic;
    return word_append(words, "seed:%" PRIu64, random_below(&random, SEEDS));
}

static int ask_wrongly(struct trial *trial, uint64_t *random, struct diagnostic *diagnostic)
{
    struct adapter *adapter = &trial->bench->adapter;
    struct adapter_answer answer = {.outcome = ADAPTER_REFUSED};
    char right[ADAPTER_PASSWORD];
    int error;

    (void)snprintf(right, sizeof right, "%s", adapter->password);
    password_make_wrong(right, random, adapter->password);
    error = adapter_erase(adapter, &answer, move_deadline(trial), diagnostic);
    (void)snprintf(adapter->password, sizeof adapter->password, "%s", right);
    if (error != RIG_OK)
        return error;
    (void)trial_proof(trial,
                      answer.outcome == ADAPTER_REFUSED || answer.outcome == ADAPTER_ACCEPTED,
                      "an erase by somebody with a wrong password: the device says %s, %s",
                      adapter_outcome_name(answer.outcome), answer.reason);
    (void)trial_measure(trial, "accepted", answer.outcome == ADAPTER_ACCEPTED, "%s", answer.reason);
    return RIG_OK;
}

/* Power goes and comes back behind the refusals; the settings have to be those from before. */
static int ask_before_start(struct trial *trial, struct adapter_health *health,
                            const struct adapter_dump *before, uint64_t *random,
                            struct diagnostic *diagnostic)
{
    bool answered = false;
    double took_ms = 0;
    int error = RIG_OK;

    for (int i = 0; error == RIG_OK && i < ASKED_IN_A_ROW; i++)
        error = ask_wrongly(trial, random, diagnostic);
    if (error == RIG_OK)
        error = move_power_cycle(trial, health, &answered, &took_ms, diagnostic);
    if (error != RIG_OK ||
        !trial_measure(trial, "answers", answered, "at the start after the refusals"))
        return error;
    return move_measure_changes(trial, "settings-changed", before, diagnostic);
}

static int run_refused(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    const struct user_data_wish wish = {.password = false};
    struct adapter_health health;
    struct user_data *data;
    uint64_t random;
    int error;

    if (word_number(word, "seed", &random) != RIG_OK)
        return RIG_ERROR_USAGE;
    data = calloc(1, sizeof *data);
    if (data == NULL)
        return RIG_ERROR_NO_MEMORY;
    error = move_start(trial, &health, diagnostic);
    if (error == RIG_OK)
        error = user_data_give(trial, &wish, &random, data, diagnostic);
    if (error == RIG_OK)
        error = ask_wrongly(trial, &random, diagnostic);
    if (error == RIG_OK)
        error = move_measure_changes(trial, "settings-changed", &data->changed, diagnostic);
    if (error == RIG_OK && !trial_has_failed(trial))
        error = ask_before_start(trial, &health, &data->changed, &random, diagnostic);
    free(data);
    return error;
}

const struct scenario erase_refused = {
    .id = "erase.refused",
    .title = "an erase is asked for with a wrong password",
    .clauses = refused_clauses,
    .needs = CAN_POWER | CAN_ADAPTER | CAN_DUMP | CAN_SET | CAN_ERASE,
    .checks = refused_checks,
    .plan = plan_refused,
    .run = run_refused,
};
