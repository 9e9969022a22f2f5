#include "scenarios/families.h"

#include <inttypes.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/debug_moves.h"
#include "scenarios/moves.h"
#include "scenarios/word.h"
#include "target/probe_access.h"
#include "target/probe_claim.h"

/*
 * Whoever is faster than the software (5.6-4A): a debugger that holds a closed device in reset, asks for a halt
 * before its first instruction, lets go, and tries again and again while it starts.
 *
 * Method: many resets, since a lock that comes late is open for a moment only, which one attempt
 * may miss. How many accesses follow each reset is drawn, so that they end at any place of the
 * start. The console tells of each start; of a device without one, whose lock leaves the core
 * within reach, the core itself tells of each reset, and the device of its starts in the end. On a
 * device that is not closed, the same sequence has to catch the core.
 */

enum {
    RESETS_MAX = 100000,
    CONTROL_RESETS = 3,
    ACCESSES = 12, /* at most, behind a reset */
    ACCESS_MS = 10000,
    START_MS = 5000, /* in which the console tells of a start */
};

static const char *const clauses[] = {"5.6-4A", NULL};

static const struct check_spec checks[] = {
    {"caught", "times", CHECK_EQUALS, 0, NULL, "5.6-4A", FINDING_ORACLE, SEVERITY_CRITICAL,
     "a debugger that comes under reset halts a closed device as it starts"},
    {"read", "words", CHECK_EQUALS, 0, NULL, "5.6-4A", FINDING_ORACLE, SEVERITY_CRITICAL,
     "a debugger that comes under reset reads the memory of a closed device"},
    {"answers", "", CHECK_EQUALS, 1, NULL, "5.6-4A", FINDING_HANG, SEVERITY_HIGH,
     "the device does not answer any more after resets by its reset line"},
    {.name = NULL},
};

/* A trial under way. */
struct reset_trial {
    struct trial *trial;
    struct debug_session session;
    uint64_t random;
    unsigned resets; /* that the console, or the core, told of */
    unsigned caught; /* cores that stood still */
    unsigned read;   /* words */
    bool core_told;  /* of the present reset */
};

/* What the console says at each start; NULL: it says nothing. */
static const char *start_line(const struct bench *bench)
{
    return (bench->capabilities & CAN_CONSOLE) != 0
               ? target_find_setting(bench->target, "console", "started")
               : NULL;
}

static int64_t soon(void)
{
    return process_clock_ms() + ACCESS_MS;
}

/* The chip's refusal is none of the bench's errors. */
static int pass_refusal(int error)
{
    return error == RIG_ERROR_DEVICE ? RIG_OK : error;
}

/* One look: does it stand still, and can it be read? */
static int look(struct reset_trial *reset, bool *caught, struct diagnostic *diagnostic)
{
    struct probe *probe = &reset->session.probe;
    const struct probe_word *known = &probe->known;
    struct probe_core_status status;
    uint32_t value = 0;
    int error = pass_refusal(probe_access_status(probe, &status, soon(), diagnostic));

    *caught = *caught || status.halted;
    reset->core_told = reset->core_told || status.was_reset;
    if (error != RIG_OK)
        return error;
    error = probe_access_read(probe, known->address, &value, soon(), diagnostic);
    reset->read += error == RIG_OK && value == known->value;
    return pass_refusal(error);
}

/* Asked for both while the chip is held and once it runs: a part may take either. */
static int ask(struct reset_trial *reset, struct diagnostic *diagnostic)
{
    return pass_refusal(probe_access_catch_reset(&reset->session.probe, soon(), diagnostic));
}

static int hold_and_release(struct reset_trial *reset, struct diagnostic *diagnostic)
{
    struct probe *probe = &reset->session.probe;
    struct probe_core_status before; /* what it tells of is over */
    int error = pass_refusal(probe_access_status(probe, &before, soon(), diagnostic));

    reset->core_told = false;
    if (error == RIG_OK)
        error = probe_hold_reset(probe, true, soon(), diagnostic);
    if (error == RIG_OK)
        error = ask(reset, diagnostic);
    return error == RIG_OK ? probe_hold_reset(probe, false, soon(), diagnostic) : error;
}

/* One reset. A core that was caught is let go, or the device would not start. */
static int reset_once(struct reset_trial *reset, bool *caught, struct diagnostic *diagnostic)
{
    const uint64_t accesses = 1 + random_below(&reset->random, ACCESSES);
    int error = hold_and_release(reset, diagnostic);

    *caught = false;
    for (uint64_t i = 0; error == RIG_OK && i < accesses; i++)
        error = i % 2 == 0 ? look(reset, caught, diagnostic) : ask(reset, diagnostic);
    if (error == RIG_OK && *caught)
        error = pass_refusal(probe_access_release(&reset->session.probe, soon(), diagnostic));
    reset->caught += *caught;
    return error;
}

/* A bench whose reset line does nothing shows nothing. */
static int wait_start(struct reset_trial *reset, uint64_t position, struct diagnostic *diagnostic)
{
    struct trial *trial = reset->trial;
    const char *started = start_line(trial->bench);
    int error;

    if (started == NULL) {
        reset->resets += reset->core_told;
        return RIG_OK;
    }
    error = console_port_wait(&trial->bench->console, started, &position,
                              process_clock_ms() + START_MS, diagnostic);
    reset->resets += error == RIG_OK;
    return move_is_silence(error) ? RIG_OK : error;
}

static int reset_often(struct reset_trial *reset, uint64_t resets, struct diagnostic *diagnostic)
{
    int error = debug_attach(&reset->session, diagnostic);

    for (uint64_t i = 0; error == RIG_OK && i < resets; i++) {
        const uint64_t position = console_port_position(&reset->trial->bench->console);
        bool open;
        bool caught;

        error = debug_look(&reset->session, &open, diagnostic);
        if (error == RIG_OK)
            error = reset_once(reset, &caught, diagnostic);
        if (error == RIG_OK)
            error = wait_start(reset, position, diagnostic);
    }
    debug_detach(&reset->session);
    return error;
}

/* ---- the trial ---- */

/* On the same device before it is closed, each core has to be caught. */
static int control(struct reset_trial *reset, struct diagnostic *diagnostic)
{
    struct trial *trial = reset->trial;
    int error = debug_make_new(trial, true, diagnostic);

    if (error == RIG_OK)
        error = bench_switch_on(trial->bench, move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        error = reset_often(reset, CONTROL_RESETS, diagnostic);
    if (error == RIG_OK)
        (void)trial_control(
            trial, reset->caught == CONTROL_RESETS && reset->read > 0,
            "on a device that is not closed yet, %u of %d resets are caught, and %u "
            "words read",
            reset->caught, CONTROL_RESETS, reset->read);
    if (error == RIG_OK)
        error = move_stop(trial, diagnostic);
    reset->resets = 0;
    reset->caught = 0;
    reset->read = 0;
    return error;
}

static int try_closed(struct reset_trial *reset, uint64_t resets, struct diagnostic *diagnostic)
{
    struct trial *trial = reset->trial;
    const char *teller = start_line(trial->bench) != NULL ? "the console" : "the core";
    struct adapter_health before;
    struct adapter_health health;
    uint64_t position;
    int error = move_start(trial, &before, diagnostic);

    position = console_port_position(&trial->bench->console);
    if (error == RIG_OK)
        error = reset_often(reset, resets, diagnostic);
    if (error != RIG_OK)
        return error;
    (void)trial_proof(trial, reset->resets == resets, "%" PRIu64 " resets: %s tells of %u", resets,
                      teller, reset->resets);
    debug_measure_core(trial, "caught", reset->caught, "under reset", (unsigned)resets);
    (void)trial_measure(trial, "read", reset->read, "in %" PRIu64 " resets", resets);
    error = bench_wait_healthy(trial->bench, bench_first_channel(trial->bench), &health,
                               move_deadline(trial), diagnostic);
    (void)trial_measure(trial, "answers", error == RIG_OK, "%s",
                        error == RIG_OK ? "it does" : diagnostic->text);
    if (error == RIG_OK && start_line(trial->bench) == NULL)
        (void)move_prove_restart(trial, &before, &health, position);
    return move_is_silence(error) ? RIG_OK : error;
}

/* Somebody has to tell of resets: a console, or the core where the lock leaves it within reach. */
static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned resets[DEPTH_COUNT] = {20, 200, 2000};

    (void)diagnostic;
    if (start_line(bench) == NULL && !probe_claims_memory_alone(bench->target))
        return RIG_OK;
    return word_append(words, "resets:%u,seed:%" PRIu64, resets[options->depth],
                       options->seed % 1000000);
}

static int run(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct reset_trial reset = {.trial = trial};
    uint64_t resets = 0;
    int error;

    if (word_number(word, "resets", &resets) != RIG_OK || resets == 0 || resets > RESETS_MAX ||
        word_number(word, "seed", &reset.random) != RIG_OK)
        return RIG_ERROR_USAGE;
    debug_begin(&reset.session, trial);
    error = control(&reset, diagnostic);
    if (error == RIG_OK && trial_is_sound(trial))
        error = try_closed(&reset, resets, diagnostic);
    debug_detach(&reset.session);
    return error;
}

const struct scenario debug_lock_reset = {
    .id = "debug_lock.reset",
    .title = "no debugger is faster than the lock of a device that starts",
    .clauses = clauses,
    .needs = DEBUG_NEEDS | CAN_MAKE_NEW,
    .checks = checks,
    .plan = plan,
    .run = run,
};
