#include "scenarios/families.h"

#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/debug_tokens.h"
#include "scenarios/moves.h"
#include "scenarios/word.h"

/*
 * Tokens that must not open the debug port (5.6-4A, 5.4-1).
 *
 * Method: a genuine token opens the port first, as a control that the way is the right one; with
 * the power cut behind it, the port is shut again. Then tokens come that are wrong in one way each:
 * some that the vendor's signer makes so, some that are made of a genuine one here. A token counts
 * as one that opens when the device accepts it, or when the port is open afterwards. The device has
 * to make who offers wrong tokens wait.
 */

enum {
    LEAST_APART_MS = 1000,
    SETTLE_MS = 300, /* in which a device that took a token begins its restart */
};

#define GENUINE "genuine"
#define FORGED  "forged"

#define OPENS(kind, meaning)                                                                       \
    {                                                                                              \
        kind "-opens", "times", CHECK_EQUALS, 0, NULL, "5.6-4A", FINDING_ORACLE,                   \
            SEVERITY_CRITICAL, "the debug port opens for a token " meaning                         \
    }

static const char *const clauses[] = {"5.6-4A", "5.4-1", NULL};

static const struct check_spec checks[] = {
    OPENS(FORGED, "that the vendor has not signed"),
    OPENS("altered", "that is not the one that was signed"),
    OPENS("truncated", "whose end is missing"),
    OPENS("image-key", "by the vendor's key for images"),
    OPENS("other-type", "that the vendor has signed for another purpose"),
    OPENS("other-nonce", "for a challenge that another one has replaced"),
    OPENS("old-epoch", "for an unlock that has been before"),
    OPENS("replayed", "that has been used before"),
    {"other-device-opens", "times", CHECK_EQUALS, 0, NULL, "5.4-1", FINDING_ORACLE,
     SEVERITY_CRITICAL, "the debug port opens for a token of another device"},
    {"apart", "ms", CHECK_AT_LEAST, LEAST_APART_MS, NULL, "5.6-4A", FINDING_ORACLE, SEVERITY_MEDIUM,
     "wrong tokens may be tried without a delay"},
    {"answers", "", CHECK_EQUALS, 1, NULL, "5.6-4A", FINDING_HANG, SEVERITY_HIGH,
     "the device does not answer any more after a token"},
    {.name = NULL},
};

/* A trial under way. */
struct token_trial {
    struct trial *trial;
    struct debug_session session;
    uint64_t random;
    struct adapter_bytes used;  /* a genuine token that has opened the port */
    struct adapter_bytes spent; /* and the challenge that it was for */
    int64_t wrong_ms;           /* when the last wrong token was offered; 0: none yet */
};

/* ---- tokens ---- */

/* For the challenge that the device gave last. */
static int make(struct token_trial *token, const char *kind, const struct adapter_bytes *challenge,
                struct adapter_bytes *made, struct diagnostic *diagnostic)
{
    const struct token_request request = {kind, challenge, &token->spent};

    return token_signer_make(token->trial->bench, &request, made, move_deadline(token->trial),
                             diagnostic);
}

static bool is_same(const struct adapter_bytes *one, const struct adapter_bytes *other)
{
    return one->size == other->size && memcmp(one->bytes, other->bytes, one->size) == 0;
}

/*
 * Method: a signer that makes the genuine token whatever it is asked for would let a sound device look like
 * one that opens for anything. But where what is signed does not hold what makes a token wrong, the
 * number of the device for one, the same token is right, and the device is not. A token by an unknown key
 * tells the two apart: that differs whatever is signed.
 */
static int check_signer(struct token_trial *token, const char *kind,
                        const struct adapter_bytes *challenge, const struct adapter_bytes *made,
                        struct diagnostic *diagnostic)
{
    struct adapter_bytes genuine = {0};
    struct adapter_bytes forged = {0};
    int error = make(token, GENUINE, challenge, &genuine, diagnostic);

    if (error != RIG_OK || !is_same(&genuine, made))
        return error;
    error = make(token, FORGED, challenge, &forged, diagnostic);
    if (error == RIG_ERROR_NOT_FOUND)
        return RIG_OK; /* it minds what it is asked for */
    if (error == RIG_OK && is_same(&genuine, &forged))
        return diagnostic_fail(
            diagnostic, RIG_ERROR_BENCH,
            "probe.signer makes the genuine token when it is asked for one that is %s", kind);
    return error;
}

static int sign(struct token_trial *token, const char *kind, struct adapter_bytes *made,
                struct diagnostic *diagnostic)
{
    struct adapter_bytes challenge;
    int error = debug_challenge(&token->session, &challenge, diagnostic);

    if (error == RIG_OK)
        error = make(token, kind, &challenge, made, diagnostic);
    if (error != RIG_OK || strcmp(kind, GENUINE) == 0)
        return error;
    return check_signer(token, kind, &challenge, made, diagnostic);
}

static int alter(struct token_trial *token, struct adapter_bytes *made,
                 struct diagnostic *diagnostic)
{
    const int error = sign(token, GENUINE, made, diagnostic);

    if (error == RIG_OK)
        made->bytes[random_below(&token->random, made->size)] ^=
            (uint8_t)(1U << random_below(&token->random, 8));
    return error;
}

static int truncate(struct token_trial *token, struct adapter_bytes *made,
                    struct diagnostic *diagnostic)
{
    const int error = sign(token, GENUINE, made, diagnostic);

    if (error == RIG_OK)
        made->size--;
    return error;
}

/* Right for a challenge that another one has taken the place of. */
static int make_stale(struct token_trial *token, struct adapter_bytes *made,
                      struct diagnostic *diagnostic)
{
    struct adapter_bytes later;
    const int error = sign(token, GENUINE, made, diagnostic);

    return error == RIG_OK ? debug_challenge(&token->session, &later, diagnostic) : error;
}

static int replay(struct token_trial *token, struct adapter_bytes *made,
                  struct diagnostic *diagnostic)
{
    struct adapter_bytes challenge;

    *made = token->used;
    return debug_challenge(&token->session, &challenge, diagnostic);
}

static const struct wrong {
    const char *kind; /* the signer's, where it is made there */
    const char *check;
    bool is_whole; /* has a token's form: one that has not need not be judged, and be waited for */
    int (*make)(struct token_trial *token, struct adapter_bytes *made,
                struct diagnostic *diagnostic); /* NULL: the signer */
} wrongs[] = {
    {"replayed", "replayed-opens", true, replay},
    {FORGED, FORGED "-opens", true, NULL},
    {"altered", "altered-opens", true, alter},
    {"image-key", "image-key-opens", true, NULL},
    {"other-type", "other-type-opens", true, NULL},
    {"other-device", "other-device-opens", true, NULL},
    {"other-nonce", "other-nonce-opens", true, make_stale},
    {"old-epoch", "old-epoch-opens", true, NULL},
    {"truncated", "truncated-opens", false, truncate},
};

#define WRONGS (sizeof wrongs / sizeof wrongs[0])

/* ---- steps ---- */

static int wait_up(struct token_trial *token, bool *up, struct diagnostic *diagnostic)
{
    struct trial *trial = token->trial;
    struct adapter_health health;
    const int error = bench_wait_healthy(trial->bench, bench_first_channel(trial->bench), &health,
                                         move_deadline(trial), diagnostic);

    *up = trial_measure(trial, "answers", error == RIG_OK, "%s",
                        error == RIG_OK ? "it does" : diagnostic->text);
    return move_is_silence(error) ? RIG_OK : error;
}

/* Off and on: the port has to be shut, or what follows shows nothing. */
static int shut_again(struct token_trial *token, bool *shut, struct diagnostic *diagnostic)
{
    struct trial *trial = token->trial;
    bool open = true;
    bool up = false;
    int error;

    debug_detach(&token->session);
    error = move_stop(trial, diagnostic);
    if (error == RIG_OK)
        error = bench_switch_on(trial->bench, move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        error = debug_attach(&token->session, diagnostic);
    if (error == RIG_OK)
        error = wait_up(token, &up, diagnostic);
    if (error == RIG_OK)
        error = debug_look(&token->session, &open, diagnostic);
    *shut = error == RIG_OK && up && trial_control(trial, !open, "the debug port is shut");
    return error;
}

static void measure_pace(struct token_trial *token, const struct debug_offer *offer)
{
    if (token->wrong_ms != 0 && offer->answered && offer->answer.outcome != ADAPTER_WAIT)
        (void)trial_measure(token->trial, "apart", (double)(offer->answered_ms - token->wrong_ms),
                            "from one wrong token to the judgement of the next one");
    token->wrong_ms = offer->asked_ms;
}

/* A wrong token, and the port behind it. */
static int offer_wrong(struct token_trial *token, const struct wrong *wrong,
                       const struct adapter_bytes *made, struct diagnostic *diagnostic)
{
    struct trial *trial = token->trial;
    struct debug_offer offer = {0};
    bool open = false;
    bool up;
    int error = debug_offer(&token->session, made, &offer, diagnostic);
    const bool accepted = offer.answered && offer.answer.outcome == ADAPTER_ACCEPTED;

    if (error != RIG_OK)
        return error;
    (void)trial_proof(trial, offer.answered && offer.answer.outcome != ADAPTER_WAIT,
                      "a token that is %s: the device itself says what it made of it: %s, %s",
                      wrong->kind, adapter_outcome_name(offer.answer.outcome), offer.answer.reason);
    error = accepted ? debug_wait_open(&token->session, &open, diagnostic)
                     : bench_let_pass(trial->bench, SETTLE_MS, diagnostic);
    if (error == RIG_OK && !accepted)
        error = debug_look(&token->session, &open, diagnostic);
    if (error != RIG_OK)
        return error;
    if (wrong->is_whole)
        measure_pace(token, &offer);
    if (!trial_measure(trial, wrong->check, accepted || open, "%s, and the port is %s",
                       adapter_outcome_name(offer.answer.outcome), open ? "open" : "shut"))
        return RIG_OK;
    return wait_up(token, &up, diagnostic);
}

static int try_wrong(struct token_trial *token, const struct wrong *wrong,
                     struct diagnostic *diagnostic)
{
    struct adapter_bytes made;
    const int error = wrong->make != NULL ? wrong->make(token, &made, diagnostic)
                                          : sign(token, wrong->kind, &made, diagnostic);

    if (error == RIG_ERROR_NOT_FOUND) {
        trial_note(token->trial, "not tried: %s", diagnostic->text);
        return RIG_OK;
    }
    return error == RIG_OK ? offer_wrong(token, wrong, &made, diagnostic) : error;
}

static int run_steps(struct token_trial *token, struct diagnostic *diagnostic)
{
    struct trial *trial = token->trial;
    struct adapter_health health;
    bool opened = false;
    bool shut = false;
    int error = move_start(trial, &health, diagnostic);

    if (error == RIG_OK)
        error = debug_attach(&token->session, diagnostic);
    if (error == RIG_OK)
        error = debug_unlock(&token->session, &token->spent, &token->used, &opened, diagnostic);
    if (error == RIG_OK && opened)
        error = debug_control_round(&token->session, "a device that was unlocked", diagnostic);
    if (error == RIG_OK && opened)
        error = shut_again(token, &shut, diagnostic);
    for (size_t i = 0; error == RIG_OK && shut && i < WRONGS && !trial_has_failed(trial); i++)
        error = try_wrong(token, &wrongs[i], diagnostic);
    return error;
}

/* ---- the trial ---- */

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {1, 1, 20};

    (void)bench;
    (void)diagnostic;
    return word_append_seeds(words, options, counts[options->depth]);
}

static int run(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct token_trial token = {.trial = trial};
    int error;

    if (word_number(word, "seed", &token.random) != RIG_OK)
        return RIG_ERROR_USAGE;
    debug_begin(&token.session, trial);
    error = run_steps(&token, diagnostic);
    debug_detach(&token.session);
    return error;
}

const struct scenario debug_lock_token = {
    .id = "debug_lock.token",
    .title = "only a genuine token for this device, challenge and epoch opens the debug port",
    .clauses = clauses,
    .needs = DEBUG_NEEDS | CAN_UNLOCK,
    .checks = checks,
    .plan = plan,
    .run = run,
};
