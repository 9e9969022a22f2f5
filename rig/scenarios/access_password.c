#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/login_moves.h"
#include "scenarios/moves.h"
#include "scenarios/passwords.h"
#include "scenarios/word.h"

/*
 * A password that is replaced while power fails (5.1-4, 5.9-2).
 *
 * Method: the password of the label is replaced in peace, and then replaced again into a power cut. Afterwards
 * exactly one of the two must be accepted: the new one, if the device had confirmed it. The label's
 * must not come back, whatever is lost: that is tried in trials of its own, since each wrong password
 * has to be waited for. At the end the password is replaced once more, and that one is accepted.
 */

enum {
    PATIENCE_MS = 20000,
    SEEDS = 1000000,
    LOGIN_OPERATIONS = 4,   /* at least, before the change: only a deep run cuts in these */
    CHANGE_OPERATIONS = 16, /* with the log-in */
    SPAN_PERCENT = 125,     /* of a change: some timed cuts have to come behind its confirm */
};

static const char *const clauses[] = {"5.1-4", "5.9-2", NULL};

static const struct check_spec checks[] = {
    {"answers", "", CHECK_EQUALS, 1, NULL, "5.9-2", FINDING_HANG, SEVERITY_HIGH,
     "the device does not come back after a power cut while its password is replaced"},
    {"accepted", "passwords", CHECK_EQUALS, 1, NULL, "5.1-4", FINDING_SILENT, SEVERITY_HIGH,
     "after a change that was cut short not exactly one of the old and the new password is "
     "accepted"},
    {"confirmed-lost", "", CHECK_EQUALS, 0, NULL, "5.9-2", FINDING_SILENT, SEVERITY_HIGH,
     "a password that the device had confirmed is lost in a power cut"},
    {"label-accepted", "", CHECK_EQUALS, 0, NULL, "5.1-4", FINDING_ORACLE, SEVERITY_CRITICAL,
     "the password of the label is accepted after it was replaced"},
    {"replaced-again", "", CHECK_EQUALS, 1, NULL, "5.1-4", FINDING_ORACLE, SEVERITY_HIGH,
     "after a change that was cut short the password cannot be replaced"},
    {"settings-changed", "settings", CHECK_EQUALS, 0, NULL, "5.9-2", FINDING_SILENT, SEVERITY_HIGH,
     "a power cut while the password is replaced changes settings"},
    {.name = NULL},
};

struct change {
    struct trial *trial;
    struct adapter_health health;
    struct adapter_dump settings;
    char label[ADAPTER_PASSWORD];
    char old[ADAPTER_PASSWORD]; /* before the change that is cut */
    char new[ADAPTER_PASSWORD];
    int64_t took_ms; /* the change before, which nothing cut */
    bool confirmed;
};

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const struct cut_spread spread = {
        LOGIN_OPERATIONS, CHANGE_OPERATIONS, {2, 5, 3 * CHANGE_OPERATIONS}, {2, 3, 40}};
    const unsigned count = word_spread_count(bench, options, &spread);
    uint64_t random = options->seed;
    int error = RIG_OK;

    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < count; i++) {
        char text[POWER_CUT_TEXT];

        word_spread_cut(bench, options, &spread, i, &random, text);
        error = word_append(words, "%s,label:%u,seed:%" PRIu64, text, i % 3 == 0,
                            random_below(&random, SEEDS));
    }
    return error;
}

/* Replaces the password that verbs log in with by `password`, and makes it theirs when that is
 * confirmed. */
static int replace(struct change *change, const char *password, int64_t deadline_ms,
                   bool *confirmed, struct diagnostic *diagnostic)
{
    struct adapter *adapter = &change->trial->bench->adapter;
    struct adapter_answer answer = {.outcome = ADAPTER_REFUSED};
    const int error = adapter_set_password(adapter, password, &answer, deadline_ms, diagnostic);

    *confirmed = error == RIG_OK && answer.outcome == ADAPTER_ACCEPTED;
    trial_note(change->trial, "the password is replaced: %s, %s",
               *confirmed ? "confirmed" : "not confirmed", answer.reason);
    if (*confirmed)
        (void)snprintf(adapter->password, sizeof adapter->password, "%s", password);
    return error;
}

/* One attempt, waited for; counts the password as accepted. */
static int attempt(struct change *change, const char *password, const char *name, bool *accepted,
                   struct diagnostic *diagnostic)
{
    struct login_attempt attempt;
    const int error = move_login_patiently(change->trial, bench_first_channel(change->trial->bench),
                                           password, name, PATIENCE_MS, &attempt, diagnostic);

    if (error == RIG_OK)
        (void)login_is_judged(change->trial, &attempt);
    *accepted = error == RIG_OK && login_is_accepted(&attempt);
    if (*accepted)
        (void)snprintf(change->trial->bench->adapter.password, ADAPTER_PASSWORD, "%s", password);
    return error;
}

/* The label's password is replaced for the first time. */
static int begin(struct change *change, uint64_t *random, struct diagnostic *diagnostic)
{
    struct trial *trial = change->trial;
    bool confirmed = false;
    bool accepted = false;
    int error = move_start(trial, &change->health, diagnostic);

    (void)snprintf(change->label, sizeof change->label, "%s", trial->bench->adapter.password);
    password_make_new(random, change->old);
    password_make_new(random, change->new);
    if (error == RIG_OK)
        error = move_control_change(trial, &change->settings, diagnostic);
    if (error == RIG_OK)
        error = move_control_armed_cut(trial, &change->health, diagnostic);
    change->took_ms = process_clock_ms();
    if (error == RIG_OK)
        error = replace(change, change->old, move_deadline(trial), &confirmed, diagnostic);
    change->took_ms = process_clock_ms() - change->took_ms;
    if (error == RIG_OK && confirmed)
        error = attempt(change, change->old, "old", &accepted, diagnostic);
    if (error == RIG_OK)
        (void)trial_control(trial, accepted, "the label's password is replaced in peace");
    return error;
}

static int replace_into_cut(struct change *change, const struct power_cut *cut,
                            struct diagnostic *diagnostic)
{
    int error = power_arm(&change->trial->bench->power, cut, diagnostic);

    if (error == RIG_OK)
        error =
            replace(change, change->new, process_clock_ms() + 4 * change->took_ms + MOVE_ANSWER_MS,
                    &change->confirmed, diagnostic);
    return move_is_silence(error) ? RIG_OK : error;
}

static int try_label(struct change *change, struct diagnostic *diagnostic)
{
    bool accepted = false;
    const int error = attempt(change, change->label, "label's", &accepted, diagnostic);

    if (error == RIG_OK)
        (void)trial_measure(change->trial, "label-accepted", accepted, "after the cut");
    return error;
}

/* The new one first: when it is refused, the old one ends the delay for what comes next. */
static int try_both(struct change *change, unsigned *accepted, struct diagnostic *diagnostic)
{
    struct trial *trial = change->trial;
    bool is_old = false;
    bool is_new = false;
    int error = attempt(change, change->new, "new", &is_new, diagnostic);

    if (error == RIG_OK)
        error = attempt(change, change->old, "old", &is_old, diagnostic);
    if (error != RIG_OK)
        return error;
    *accepted = (unsigned)is_old + (unsigned)is_new;
    (void)trial_measure(trial, "accepted", *accepted, "old one %s, new one %s",
                        is_old ? "accepted" : "refused", is_new ? "accepted" : "refused");
    (void)trial_measure(trial, "confirmed-lost", change->confirmed && !is_new, "the new one was %s",
                        change->confirmed ? "confirmed" : "not confirmed");
    return RIG_OK;
}

static int end(struct change *change, uint64_t *random, struct diagnostic *diagnostic)
{
    struct trial *trial = change->trial;
    char last[ADAPTER_PASSWORD];
    bool confirmed = false;
    bool accepted = false;
    int error;

    password_make_new(random, last);
    error = replace(change, last, move_deadline(trial), &confirmed, diagnostic);
    if (error == RIG_OK && confirmed)
        error = attempt(change, last, "last", &accepted, diagnostic);
    if (error != RIG_OK)
        return error;
    if (!trial_measure(trial, "replaced-again", accepted, "%s",
                       confirmed ? "confirmed" : "not confirmed"))
        return RIG_OK;
    return move_measure_changes(trial, "settings-changed", &change->settings, diagnostic);
}

static int run(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct change change = {.trial = trial};
    struct power_cut cut;
    uint64_t label;
    uint64_t random;
    unsigned accepted = 0;
    bool answered = false;
    double took_ms = 0;
    int error;

    if (word_cut_within(word, 0, &cut) != RIG_OK || word_number(word, "label", &label) != RIG_OK ||
        word_number(word, "seed", &random) != RIG_OK)
        return RIG_ERROR_USAGE;
    error = begin(&change, &random, diagnostic);
    if (error == RIG_OK)
        error = word_cut_within(word, (uint32_t)change.took_ms * 10 * SPAN_PERCENT, &cut);
    if (error == RIG_OK)
        error = replace_into_cut(&change, &cut, diagnostic);
    if (error == RIG_OK)
        error = move_power_cycle(trial, &change.health, &answered, &took_ms, diagnostic);
    if (error != RIG_OK || !trial_measure(trial, "answers", answered, "after the cut"))
        return error;
    if (label != 0)
        return try_label(&change, diagnostic);
    error = try_both(&change, &accepted, diagnostic);
    return error == RIG_OK && accepted > 0 ? end(&change, &random, diagnostic) : error;
}

const struct scenario access_password = {
    .id = "access.password-cut",
    .title = "power is cut while a password is replaced",
    .clauses = clauses,
    .needs = CAN_POWER | CAN_CUT | CAN_ADAPTER | CAN_DUMP | CAN_LOGIN | CAN_SET | CAN_SET_PASSWORD,
    .checks = checks,
    .plan = plan,
    .run = run,
};
