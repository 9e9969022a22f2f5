#include "scenarios/guessing.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/login_moves.h"
#include "scenarios/moves.h"
#include "scenarios/passwords.h"
#include "scenarios/word.h"

/*
 * Method: after the right password has been accepted, wrong ones follow as fast as the device lets them.
 * After each of them the right one is tried at once, by every interface: whoever is let in before the
 * delay that the device told is over has guessed faster than it says. So a delay counts as far as it
 * is enforced. Times are bounded from both sides by when a log-in was asked and answered, and the
 * device gets the benefit of the doubt.
 *
 * An interruption (power, link) after one of the guesses must take away neither what is left of the
 * delay nor the count of failures, which the next guess shows: its delay grows as any other. One that is
 * only as long as the last one lets whoever interrupts each guess guess at one pace for ever. A delay
 * that is over before the device is back tells nothing, and the next guess, whose delay is longer, is
 * interrupted, too. At the end the right password has to be accepted, once the device says that it may
 * be tried.
 */

enum {
    GUESSES_MAX = 8,
    PATIENCE_MS = 60000,   /* for a delay to pass; trials are planned with shorter ones */
    WORTH_TRYING_MS = 150, /* left of a delay, for an attempt in it to tell anything */
    LINK_NOTICE_MS = 5000, /* until a device has seen its cable go or come */
    LINK_PAUSE_MS = 100,   /* between two questions for it */
    TOO_LATE_MAX = 3,      /* interruptions that may be made once more */
    YEARS = 10,            /* that a guesser may spend */
};

struct guessing {
    struct trial *trial;
    const struct guess_manner *manner;
    uint64_t guesses;
    uint64_t after; /* the guess that is interrupted next, 1 the first; 0: none */
    uint64_t random;
    char right[ADAPTER_PASSWORD];
    struct adapter_health health;
    double least_ms; /* of the last delay: bounds of what it was when it began */
    double most_ms;
    int64_t due_ms;   /* when it ends at the earliest, of process_clock_ms() */
    bool interrupted; /* since the last guess */
    unsigned too_late;
    bool over; /* the trial has seen enough, or cannot go on */
};

/* ---- words ---- */

/* "wrong:3,after:2,seed:7": three guesses, the interruption after the second (0: none). */
static int read_word(struct guessing *guessing, const char *word)
{
    if (word_number(word, "wrong", &guessing->guesses) != RIG_OK ||
        word_number(word, "after", &guessing->after) != RIG_OK ||
        word_number(word, "seed", &guessing->random) != RIG_OK || guessing->guesses < 1 ||
        guessing->guesses > GUESSES_MAX || guessing->after >= guessing->guesses ||
        (guessing->after > 0 && guessing->manner->lost == NULL))
        return RIG_ERROR_USAGE;
    return RIG_OK;
}

/* ---- one guess ---- */

static enum adapter_channel other(enum adapter_channel channel)
{
    return channel == ADAPTER_LOCAL ? ADAPTER_NETWORK : ADAPTER_LOCAL;
}

static bool has_channel(const struct bench *bench, enum adapter_channel channel)
{
    return (bench->capabilities & (channel == ADAPTER_LOCAL ? CAN_RTU : CAN_TCP)) != 0;
}

/* Records whether it was answered; the trial is over when it was not. */
static bool answers(struct guessing *guessing, const struct login_attempt *attempt)
{
    guessing->over =
        guessing->over || !trial_measure(guessing->trial, "answers", attempt->answered, "a log-in");
    return attempt->answered;
}

/* The right password before its time, by that interface. */
static int try_early(struct guessing *guessing, enum adapter_channel channel,
                     struct diagnostic *diagnostic)
{
    struct trial *trial = guessing->trial;
    struct login_attempt attempt;
    bool early;
    int error;

    if (guessing->due_ms - process_clock_ms() < WORTH_TRYING_MS)
        return RIG_OK;
    error = move_login(trial, channel, guessing->right, "right", &attempt, diagnostic);
    if (error != RIG_OK || !answers(guessing, &attempt))
        return error;
    early = login_is_accepted(&attempt) && attempt.answered_ms < guessing->due_ms;
    if (!trial_measure(trial, "accepted-early", early, "%s interface, %" PRId64 " ms before it",
                       channel == ADAPTER_LOCAL ? "local" : "network",
                       early ? guessing->due_ms - attempt.answered_ms : 0) ||
        login_is_accepted(&attempt))
        guessing->over = true;
    return RIG_OK;
}

static int try_early_everywhere(struct guessing *guessing, enum adapter_channel channel,
                                struct diagnostic *diagnostic)
{
    const struct bench *bench = guessing->trial->bench;
    int error = try_early(guessing, channel, diagnostic);

    if (error == RIG_OK && !guessing->over && has_channel(bench, other(channel)))
        error = try_early(guessing, other(channel), diagnostic);
    return error;
}

/* The delay that the answer to a wrong password tells: it began between question and answer. */
static void take_delay(struct guessing *guessing, const struct login_attempt *attempt)
{
    const double told_ms = (double)attempt->answer.wait_ms;

    guessing->least_ms = told_ms;
    guessing->most_ms = told_ms + (double)(attempt->answered_ms - attempt->asked_ms);
    guessing->due_ms = attempt->asked_ms + (int64_t)attempt->answer.wait_ms;
}

/* A wrong password, as soon as it may be tried. */
static int guess(struct guessing *guessing, enum adapter_channel channel,
                 struct diagnostic *diagnostic)
{
    struct trial *trial = guessing->trial;
    struct login_attempt attempt;
    char wrong[ADAPTER_PASSWORD];
    int error;

    password_make_wrong(guessing->right, &guessing->random, wrong);
    error = move_login_patiently(trial, channel, wrong, "wrong", PATIENCE_MS, &attempt, diagnostic);
    if (error != RIG_OK || !answers(guessing, &attempt))
        return error;
    (void)trial_proof(trial,
                      attempt.answer.outcome == ADAPTER_REFUSED || login_is_accepted(&attempt),
                      "a wrong password: the device itself says that it judged it: %s, %s",
                      adapter_outcome_name(attempt.answer.outcome), attempt.answer.reason);
    if (!trial_measure(trial, "wrong-accepted", login_is_accepted(&attempt), "%s",
                       adapter_outcome_name(attempt.answer.outcome))) {
        guessing->over = true;
        return RIG_OK;
    }
    take_delay(guessing, &attempt);
    return RIG_OK;
}

/* ---- interruptions ---- */

static int wait_link(struct guessing *guessing, bool up, struct diagnostic *diagnostic)
{
    struct trial *trial = guessing->trial;
    const int64_t until_ms = process_clock_ms() + LINK_NOTICE_MS;
    struct adapter_health health = {0};
    int error;

    do {
        error = adapter_health(&trial->bench->adapter, ADAPTER_LOCAL, &health, move_deadline(trial),
                               diagnostic);
        if (error == RIG_OK && health.has_link && health.link_up == up)
            break;
        if (error == RIG_OK)
            error = bench_let_pass(trial->bench, LINK_PAUSE_MS, diagnostic);
    } while (error == RIG_OK && process_clock_ms() < until_ms);
    if (error == RIG_OK)
        (void)trial_proof(trial, health.has_link && health.link_up == up,
                          "link: the device says by its local interface that it is %s",
                          health.link_up ? "up" : "down");
    return error;
}

/* A log-in that came before the network is up would outlast the delay. */
static int wait_network(struct guessing *guessing, const char *when, struct diagnostic *diagnostic)
{
    struct adapter_health health;
    const int error = bench_wait_healthy(guessing->trial->bench, ADAPTER_NETWORK, &health,
                                         move_deadline(guessing->trial), diagnostic);

    if (error != RIG_OK && !move_is_silence(error))
        return error;
    if (!trial_measure(guessing->trial, "answers", error == RIG_OK, "%s", when))
        guessing->over = true;
    return RIG_OK;
}

static int flap(struct guessing *guessing, struct diagnostic *diagnostic)
{
    struct trial *trial = guessing->trial;
    const struct net_link *net = &trial->bench->net;
    int error = net_link_set(net, false, move_deadline(trial), diagnostic);

    if (error == RIG_OK)
        error = wait_link(guessing, false, diagnostic);
    adapter_forget(&trial->bench->adapter);
    if (error == RIG_OK)
        error = net_link_set(net, true, move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        error = wait_link(guessing, true, diagnostic);
    return error == RIG_OK ? wait_network(guessing, "after the link came back", diagnostic) : error;
}

static int interrupt(struct guessing *guessing, enum adapter_channel channel,
                     struct diagnostic *diagnostic)
{
    bool answered = false;
    double took_ms = 0;
    int error;

    if (guessing->manner->flaps)
        return flap(guessing, diagnostic);
    error = move_power_cycle(guessing->trial, &guessing->health, &answered, &took_ms, diagnostic);
    if (error == RIG_OK && !trial_measure(guessing->trial, "answers", answered, "after the cut"))
        guessing->over = true;
    if (error != RIG_OK || guessing->over || channel != ADAPTER_NETWORK)
        return error;
    return wait_network(guessing, "after the cut", diagnostic);
}

/* The next guess, whose delay is longer, is interrupted instead. */
static void put_off(struct guessing *guessing)
{
    trial_note(guessing->trial, "the delay was over before the device was back");
    if (guessing->too_late++ < TOO_LATE_MAX) {
        guessing->after++;
        guessing->guesses++;
    }
}

/* What the interruption took away of the delay: tried with the right password, while some is left. */
static int measure_lost(struct guessing *guessing, enum adapter_channel channel,
                        struct diagnostic *diagnostic)
{
    struct trial *trial = guessing->trial;
    struct login_attempt attempt;
    int64_t left_ms;
    int error;

    if (guessing->due_ms - process_clock_ms() < WORTH_TRYING_MS) {
        put_off(guessing);
        return RIG_OK;
    }
    error = move_login(trial, channel, guessing->right, "right", &attempt, diagnostic);
    if (error != RIG_OK || !answers(guessing, &attempt))
        return error;
    left_ms = guessing->due_ms - attempt.answered_ms;
    if (attempt.answer.outcome == ADAPTER_WAIT)
        left_ms -= (int64_t)attempt.answer.wait_ms;
    else if (!login_is_accepted(&attempt))
        left_ms = 0; /* it does not let us in, and does not say for how long */
    (void)trial_measure(trial, guessing->manner->lost, left_ms > 0 ? (double)left_ms : 0,
                        "the device says %s, wait %" PRIu64 " ms",
                        adapter_outcome_name(attempt.answer.outcome), attempt.answer.wait_ms);
    guessing->over = guessing->over || login_is_accepted(&attempt);
    return RIG_OK;
}

/* ---- a trial ---- */

static int begin(struct guessing *guessing, struct diagnostic *diagnostic)
{
    struct trial *trial = guessing->trial;
    struct login_attempt attempt;
    int error = move_start(trial, &guessing->health, diagnostic);

    if (error == RIG_OK)
        error = text_copy(guessing->right, sizeof guessing->right, trial->bench->adapter.password);
    if (error == RIG_OK)
        error = move_login_patiently(trial, guessing->manner->first, guessing->right, "right",
                                     PATIENCE_MS, &attempt, diagnostic);
    if (error == RIG_OK &&
        !trial_control(trial, login_is_accepted(&attempt), "the right password is accepted"))
        guessing->over = true;
    return error;
}

/* How much longer than the one before the last delay is at most; "growth" or that over an
 * interruption. */
static void measure_growth(struct guessing *guessing, double before_ms, bool interrupted)
{
    const char *check = interrupted ? guessing->manner->growth_over : "growth";

    if (before_ms > 0)
        (void)trial_measure(guessing->trial, check, guessing->most_ms / before_ms,
                            "from at least %.0f ms to at most %.0f ms", before_ms,
                            guessing->most_ms);
}

/* Guesses of a year at the last delay against the passwords that there are. */
static void measure_pace(struct guessing *guessing)
{
    const double seconds = YEARS * 365.25 * 24 * 3600;
    const double delay_s = guessing->most_ms < 1 ? 0.001 : guessing->most_ms / 1000;
    const double bits = password_bits(guessing->right);

    (void)trial_measure(guessing->trial, "last-delay", guessing->most_ms, "the last of them");
    (void)trial_measure(guessing->trial, "odds", log2(seconds / delay_s) - bits,
                        "one guess in %.1f s, a password of at most %.0f bits", delay_s, bits);
}

static int end_right(struct guessing *guessing, struct diagnostic *diagnostic)
{
    struct login_attempt attempt;
    const int64_t left_ms = guessing->due_ms - process_clock_ms();
    int error = left_ms > 0 ? bench_let_pass(guessing->trial->bench, left_ms, diagnostic) : RIG_OK;

    if (error == RIG_OK)
        error = move_login_patiently(guessing->trial, guessing->manner->first, guessing->right,
                                     "right", PATIENCE_MS, &attempt, diagnostic);
    if (error == RIG_OK && answers(guessing, &attempt))
        (void)trial_measure(guessing->trial, "locked-out", !login_is_accepted(&attempt), "%s, %s",
                            adapter_outcome_name(attempt.answer.outcome), attempt.answer.reason);
    return error;
}

static int run_guess(struct guessing *guessing, uint64_t number, struct diagnostic *diagnostic)
{
    const struct guess_manner *manner = guessing->manner;
    const enum adapter_channel channel =
        manner->alternates && number % 2 == 1 ? other(manner->first) : manner->first;
    const double before_ms = guessing->least_ms;
    int error = guess(guessing, channel, diagnostic);

    if (error != RIG_OK || guessing->over)
        return error;
    measure_growth(guessing, before_ms, guessing->interrupted);
    guessing->interrupted = false;
    error = try_early_everywhere(guessing, channel, diagnostic);
    if (error == RIG_OK && !guessing->over && number + 1 == guessing->after) {
        error = interrupt(guessing, channel, diagnostic);
        guessing->interrupted = true;
        if (error == RIG_OK && !guessing->over)
            error = measure_lost(guessing, channel, diagnostic);
    }
    return error;
}

int guessing_run(struct trial *trial, const struct guess_manner *manner, const char *word,
                 struct diagnostic *diagnostic)
{
    struct guessing guessing = {.trial = trial, .manner = manner};
    int error;

    if (read_word(&guessing, word) != RIG_OK)
        return RIG_ERROR_USAGE;
    error = begin(&guessing, diagnostic);
    for (uint64_t i = 0; error == RIG_OK && !guessing.over && i < guessing.guesses; i++)
        error = run_guess(&guessing, i, diagnostic);
    if (error != RIG_OK || guessing.over)
        return error;
    measure_pace(&guessing);
    return manner->ends_right ? end_right(&guessing, diagnostic) : RIG_OK;
}
