#include "scenarios/families.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/canary.h"
#include "scenarios/debug_moves.h"
#include "scenarios/image_check.h"
#include "scenarios/moves.h"
#include "scenarios/user_data.h"
#include "scenarios/word.h"
#include "target/probe_access.h"

/*
 * A closed device and a debugger, whatever the device is doing (5.6-4A, 5.4-1).
 *
 * Method: each trial first shows on a device that is not closed that the debugger can do what it then tries
 * on a closed one. A closed device gets a secret of a user's, whose place in its memory is found in its
 * storage, and is brought to a moment of its life, and from then on until it answers
 * again round after round is tried, with accesses of the debug port itself, which OpenOCD does not
 * judge. Then its power is cut there, and the start that follows is tried in the same way.
 *
 * A moment counts as reached by the device's own word, or its console's.
 */

enum {
    SEEDS = 1000000,
    ROUNDS = 10,
    UPDATE_MS = 30000,
    PART = 20000,      /* bytes of an update before it stops */
    HANG_CUT_MS = 300, /* from the start of what hangs to the cut, less than any watchdog's time */
};

static const char *const clauses[] = {"5.6-4A", "5.4-1", NULL};

static const struct check_spec checks[] = {
    DEBUG_SHUT_CHECKS,
    {"canary-read", "words", CHECK_EQUALS, 0, NULL, "5.4-1", FINDING_ORACLE, SEVERITY_CRITICAL,
     "a debugger reads a secret of the user's from a closed device"},
    {"sealed", "", CHECK_EQUALS, 1, NULL, "5.6-4A", FINDING_SILENT, SEVERITY_CRITICAL,
     "the software of a closed device has not programmed the chip's lock"},
    {"answers", "", CHECK_EQUALS, 1, NULL, "5.6-4A", FINDING_HANG, SEVERITY_HIGH,
     "the device does not answer any more with a debugger attached"},
    {.name = NULL},
};

/* A trial under way. */
struct closed_trial {
    struct trial *trial;
    struct debug_session session;
    struct debug_breach breach;
    struct adapter_health health;
    uint64_t random;
    bool cuts; /* the moment is one in which power is cut */
    bool up;   /* the device answers */
};

/* ---- steps ---- */

static int try_rounds(struct closed_trial *closed, unsigned rounds, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    for (unsigned i = 0; error == RIG_OK && i < rounds; i++)
        error = debug_try(&closed->session, &closed->breach, diagnostic);
    return error;
}

static int try_until_up(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    return debug_try_until_up(&closed->session, &closed->breach, &closed->health, &closed->up,
                              diagnostic);
}

static int try_until_restarted(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    return debug_try_until_restarted(&closed->session, &closed->breach, &closed->health,
                                     &closed->up, diagnostic);
}

/* Power comes, and with it the debugger. */
static int power_up(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    const int error =
        bench_switch_on(closed->trial->bench, move_deadline(closed->trial), diagnostic);

    return error == RIG_OK ? debug_attach(&closed->session, diagnostic) : error;
}

/* Power goes where the device is now, and comes back. */
static int cut(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    struct trial *trial = closed->trial;
    const struct adapter_health before = closed->health;
    const uint64_t position = console_port_position(&trial->bench->console);
    int error;

    debug_detach(&closed->session);
    error = move_stop(trial, diagnostic);
    if (error == RIG_OK)
        error = move_control_silence(trial, diagnostic);
    if (error == RIG_OK)
        error = power_up(closed, diagnostic);
    if (error == RIG_OK)
        error = try_until_up(closed, diagnostic);
    if (error == RIG_OK && closed->up)
        (void)move_prove_restart(trial, &before, &closed->health, position);
    return error;
}

static int start(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    int error = power_up(closed, diagnostic);

    return error == RIG_OK ? try_until_up(closed, diagnostic) : error;
}

/* ---- moments ---- */

/* The debugger is there before the device is, and power may go while it starts. */
static int at_power_up(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    int error = power_up(closed, diagnostic);

    if (error == RIG_OK)
        error = try_rounds(closed, 1 + (unsigned)random_below(&closed->random, ROUNDS), diagnostic);
    return error == RIG_OK ? cut(closed, diagnostic) : error;
}

static int under_reset(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    struct trial *trial = closed->trial;
    struct probe *probe = &closed->session.probe;
    int error = probe_hold_reset(probe, true, move_deadline(trial), diagnostic);

    if (error == RIG_OK)
        error = try_rounds(closed, ROUNDS, diagnostic);
    if (error == RIG_OK)
        error = probe_hold_reset(probe, false, move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        error = try_until_restarted(closed, diagnostic);
    if (error == RIG_OK)
        error = probe_hold_reset(probe, true, move_deadline(trial), diagnostic);
    return error == RIG_OK ? cut(closed, diagnostic) : error;
}

static int running(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    int error = try_rounds(closed, ROUNDS, diagnostic);

    return error == RIG_OK ? cut(closed, diagnostic) : error;
}

/* Offers an image. *taken: the device took what was sent of it. */
static int offer(struct closed_trial *closed, const char *key, uint64_t bytes, bool *taken,
                 struct diagnostic *diagnostic)
{
    struct bench *bench = closed->trial->bench;
    struct adapter_answer answer = {.outcome = ADAPTER_REFUSED};
    struct adapter_update update = {.stop_after = bytes,
                                    .activate = bytes == UINT64_MAX,
                                    .channel = (bench->capabilities & CAN_TCP) != 0
                                                   ? ADAPTER_NETWORK
                                                   : bench_first_channel(bench)};
    char *path = NULL;
    int error = image_find(bench, key, &path, diagnostic);

    *taken = false;
    update.image = path;
    if (error == RIG_OK && path == NULL)
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION, "%s: images.%s is needed",
                                bench->target->path, key);
    if (error == RIG_OK)
        error = bench_wait_healthy(bench, update.channel, &closed->health,
                                   move_deadline(closed->trial), diagnostic);
    if (error == RIG_OK)
        error = adapter_update(&bench->adapter, &update, &answer, process_clock_ms() + UPDATE_MS,
                               diagnostic);
    free(path);
    if (error != RIG_OK)
        return error;
    *taken = trial_control(closed->trial, answer.outcome == ADAPTER_ACCEPTED,
                           "the device takes %s: %s, %s", key, adapter_outcome_name(answer.outcome),
                           answer.reason);
    return RIG_OK;
}

static int updating(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    bool taken;
    int error = offer(closed, "update_b", PART, &taken, diagnostic);

    if (error != RIG_OK || !taken)
        return error;
    error = try_rounds(closed, ROUNDS, diagnostic);
    return error == RIG_OK ? cut(closed, diagnostic) : error;
}

/* What the device runs by its own word. */
static int look(struct closed_trial *closed, struct adapter_identity *identity,
                struct diagnostic *diagnostic)
{
    struct trial *trial = closed->trial;

    return adapter_identity(&trial->bench->adapter, identity, move_deadline(trial), diagnostic);
}

/* The image starts on trial, with the debugger at it. */
static int start_trial(struct closed_trial *closed, bool *started, struct diagnostic *diagnostic)
{
    struct adapter_identity identity = {.on_trial = false};
    int error = offer(closed, "update_b", UINT64_MAX, started, diagnostic);

    if (error == RIG_OK && *started)
        error = closed->cuts ? cut(closed, diagnostic) : try_until_restarted(closed, diagnostic);
    *started = *started && closed->up;
    if (error == RIG_OK && *started)
        error = look(closed, &identity, diagnostic);
    if (error == RIG_OK && *started)
        *started = trial_proof(closed->trial, identity.on_trial,
                               "an update: by the device's word version %s runs on trial",
                               identity.version);
    return error;
}

static int updated(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    struct trial *trial = closed->trial;
    struct adapter_answer answer = {.outcome = ADAPTER_REFUSED};
    bool started = false;
    int error = start_trial(closed, &started, diagnostic);

    if (error != RIG_OK || !started)
        return error;
    error = adapter_confirm(&trial->bench->adapter, &answer, move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        (void)trial_control(trial, answer.outcome == ADAPTER_ACCEPTED, "the update is confirmed");
    if (error == RIG_OK)
        error = try_rounds(closed, ROUNDS, diagnostic);
    return error == RIG_OK ? cut(closed, diagnostic) : error;
}

static int reverted(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    struct adapter_identity identity = {.on_trial = true};
    bool started = false;
    int error = start_trial(closed, &started, diagnostic);

    if (error != RIG_OK || !started)
        return error;
    error = cut(closed, diagnostic);
    if (error == RIG_OK)
        error = look(closed, &identity, diagnostic);
    if (error == RIG_OK)
        (void)trial_proof(closed->trial, !identity.on_trial,
                          "a revert: by the device's word version %s runs, not on trial",
                          identity.version);
    return error == RIG_OK ? try_rounds(closed, ROUNDS, diagnostic) : error;
}

/* An image that does nothing: the watchdog ends it, unless the power does before. */
static int watchdog(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    struct trial *trial = closed->trial;
    bool taken;
    int error = offer(closed, "hang", UINT64_MAX, &taken, diagnostic);

    if (error != RIG_OK || !taken)
        return error;
    if (closed->cuts) {
        error = bench_let_pass(trial->bench, HANG_CUT_MS, diagnostic);
        if (error == RIG_OK)
            error = try_rounds(closed, ROUNDS, diagnostic);
        return error == RIG_OK ? cut(closed, diagnostic) : error;
    }
    error = try_until_restarted(closed, diagnostic);
    if (error == RIG_OK && closed->up)
        (void)trial_proof(trial, strcmp(closed->health.reset_cause, "watchdog") == 0,
                          "the watchdog: the device gives '%s' as the cause of its last start",
                          closed->health.reset_cause);
    return error == RIG_OK ? try_rounds(closed, ROUNDS, diagnostic) : error;
}

static int erased(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    struct trial *trial = closed->trial;
    struct adapter_answer answer = {.outcome = ADAPTER_REFUSED};
    int error = adapter_erase(&trial->bench->adapter, &answer, move_deadline(trial), diagnostic);

    if (error == RIG_OK)
        (void)trial_control(trial, answer.outcome == ADAPTER_ACCEPTED, "the device erases");
    if (error == RIG_OK)
        error = try_rounds(closed, ROUNDS, diagnostic);
    return error == RIG_OK ? cut(closed, diagnostic) : error;
}

static const struct moment {
    const char *name;
    bool is_cut_apart; /* a trial with the cut, and one without */
    bool starts;       /* the device is up before, else off */
    unsigned needs;
    const char *image; /* of the target's file, that it needs */
    int (*reach)(struct closed_trial *closed, struct diagnostic *diagnostic);
} moments[] = {
    {"power-up", false, false, 0, NULL, at_power_up},
    {"under-reset", false, true, 0, NULL, under_reset},
    {"running", false, true, 0, NULL, running},
    {"updating", false, true, CAN_UPDATE, "update_b", updating},
    {"updated", true, true, CAN_UPDATE, "update_b", updated},
    {"reverted", true, true, CAN_UPDATE, "update_b", reverted},
    {"watchdog", true, true, CAN_UPDATE | CAN_WATCHDOG, "hang", watchdog},
    {"erased", false, true, CAN_ERASE, NULL, erased},
};

#define MOMENTS (sizeof moments / sizeof moments[0])

/* ---- the trial ---- */

static bool is_possible(const struct bench *bench, const struct moment *moment)
{
    return (bench->capabilities & moment->needs) == moment->needs &&
           (moment->image == NULL ||
            target_find_setting(bench->target, "images", moment->image) != NULL);
}

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned turns[DEPTH_COUNT] = {1, 1, 10};
    uint64_t random = options->seed;
    int error = RIG_OK;

    (void)diagnostic;
    for (unsigned turn = 0; turn < turns[options->depth]; turn++) {
        for (size_t i = 0; i < MOMENTS; i++) {
            const int cuts = options->depth != DEPTH_QUICK && moments[i].is_cut_apart ? 2 : 1;

            for (int cut = 0; error == RIG_OK && cut < cuts && is_possible(bench, &moments[i]);
                 cut++)
                error = word_append(words, "moment:%s,cut:%d,seed:%" PRIu64, moments[i].name, cut,
                                    random_below(&random, SEEDS));
        }
    }
    return error;
}

/* A text of the user's, and where it lies in the memory. */
static int plant(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    struct trial *trial = closed->trial;
    struct file_content flash = {0};
    struct canary_list list = {.count = 0};
    struct canary_hit hit = {NULL, CANARY_PLAIN, 0};
    char text[CANARY_TEXT + 1];
    uint64_t base = 0;
    int error;

    canary_make_text(&closed->random, text);
    (void)canary_add(&list, MOVE_SETTING, text, CANARY_TEXT, true);
    error = move_write(trial, text, diagnostic);
    debug_detach(&closed->session);
    if (error == RIG_OK)
        error = user_data_read_flash(trial, &flash, diagnostic);
    if (error == RIG_OK &&
        trial_control(trial,
                      target_find_number(trial->bench->target, "storage", "base", &base) &&
                          canary_find(&list.items[0], flash.bytes, flash.size, &hit) &&
                          hit.encoding == CANARY_PLAIN && hit.at + sizeof(uint32_t) <= flash.size,
                      "a text of the user's is found in the device's memory")) {
        const uint8_t *bytes = flash.bytes + (hit.at & ~(size_t)3);

        closed->session.canary =
            (struct probe_word){true, (uint32_t)(base + (hit.at & ~(size_t)3)),
                                (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
                                    (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24};
    }
    file_content_free(&flash);
    return error == RIG_OK ? start(closed, diagnostic) : error;
}

/* A lock that software programs has to be programmed once the device is up: an emulator's lock may
 * be on without. */
static int measure_seal(struct closed_trial *closed, struct diagnostic *diagnostic)
{
    struct trial *trial = closed->trial;
    const struct target *target = trial->bench->target;
    uint64_t address = 0;
    uint64_t sealed = 0;
    uint32_t value = 0;
    int error;

    if (!target_find_number(target, "probe", "seal.address", &address) ||
        !target_find_number(target, "probe", "seal.value", &sealed)) {
        trial_omit(trial, "sealed", "the target names no word that software programs for the lock");
        return RIG_OK;
    }
    error = probe_access_read(&closed->session.probe, (uint32_t)address, &value,
                              move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        (void)trial_measure(trial, "sealed", value == (uint32_t)sealed,
                            "the word at 0x%08" PRIX64 " is 0x%08" PRIX32, address, value);
    return debug_no_silence(error);
}

static int run_moment(struct closed_trial *closed, const struct moment *moment,
                      struct diagnostic *diagnostic)
{
    bool held = false;
    int error = debug_control_open(&closed->session, &held, diagnostic);

    if (error == RIG_OK && held)
        error = start(closed, diagnostic);
    if (error == RIG_OK && held && closed->up)
        error = plant(closed, diagnostic);
    if (error == RIG_OK && closed->up && !moment->starts) {
        debug_detach(&closed->session);
        error = move_stop(closed->trial, diagnostic);
    }
    if (error == RIG_OK && closed->up)
        error = moment->reach(closed, diagnostic);
    if (error != RIG_OK)
        return error;
    debug_measure(&closed->session, &closed->breach, moment->name);
    return closed->up ? measure_seal(closed, diagnostic) : RIG_OK;
}

static int run(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct closed_trial closed = {.trial = trial};
    uint64_t cuts = 0;
    char name[32];
    int error;

    if (word_text(word, "moment", name, sizeof name) != RIG_OK ||
        word_number(word, "cut", &cuts) != RIG_OK || cuts > 1 ||
        word_number(word, "seed", &closed.random) != RIG_OK)
        return RIG_ERROR_USAGE;
    closed.cuts = cuts != 0;
    for (size_t i = 0; i < MOMENTS; i++) {
        if (strcmp(name, moments[i].name) == 0) {
            debug_begin(&closed.session, trial);
            error = run_moment(&closed, &moments[i], diagnostic);
            debug_detach(&closed.session);
            return error;
        }
    }
    return RIG_ERROR_USAGE;
}

const struct scenario debug_lock_closed = {
    .id = "debug_lock.closed",
    .title = "a debugger gets nothing of a closed device, whatever it is doing",
    .clauses = clauses,
    .needs = DEBUG_NEEDS | CAN_MAKE_NEW | CAN_STORAGE | CAN_SET,
    .checks = checks,
    .plan = plan,
    .run = run,
};
