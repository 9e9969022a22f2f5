#include "scenarios/families.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "scenarios/debug_secrets.h"
#include "scenarios/debug_tokens.h"
#include "scenarios/moves.h"
#include "scenarios/user_data.h"
#include "scenarios/word.h"
#include "target/probe_access.h"

/*
 * What a genuine token opens, when, and for how long (5.6-4A, 5.4-1).
 *
 * Method: the device gets a user's data, and a genuine token. Where the bench can, the core is
 * halted as soon as the port is open; elsewhere the debugger halts it as soon as it sees that. What
 * is in the memories then is what the vendor's debugger gets: nothing of the user's, plain,
 * encoded, or as bytes that flash held before and holds no longer. The power is cut at that moment:
 * the unlock must be used up by then, and the port shut afterwards. Then the port is opened again,
 * for each kind of reset that has to shut it.
 */

enum {
    ATTEMPT_MS = 10000,
    DUMP_MS = 60000,
    TURN_MS = 20, /* between two looks at a device that is to restart */
};

static const char *const clauses[] = {"5.6-4A", "5.4-1", NULL};

static const struct check_spec checks[] = {
    {"flash-left", "canaries", CHECK_EQUALS, 0, NULL, "5.4-1", FINDING_SILENT, SEVERITY_HIGH,
     "the debug port opens while the user's data are in flash"},
    {"memory-left", "canaries", CHECK_EQUALS, 0, NULL, "5.4-1", FINDING_SILENT, SEVERITY_HIGH,
     "the debug port opens while data of the user's are in RAM"},
    {"keys-left", "bytes", CHECK_EQUALS, 0, NULL, "5.4-1", FINDING_SILENT, SEVERITY_HIGH,
     "the debug port opens while keys that were erased from flash are in RAM"},
    {"used-twice", "times", CHECK_EQUALS, 0, NULL, "5.6-4A", FINDING_ORACLE, SEVERITY_CRITICAL,
     "the debug port opens before the unlock is used up, so that a power cut gives it back"},
    {"stays-open", "resets", CHECK_EQUALS, 0, NULL, "5.6-4A", FINDING_ORACLE, SEVERITY_CRITICAL,
     "the debug port, once unlocked, stays open over a reset"},
    {"logged", "unlocks", CHECK_AT_LEAST, 1, NULL, "5.6-4A", FINDING_ORACLE, SEVERITY_MEDIUM,
     "the device does not note that its debug port was unlocked"},
    {"answers", "", CHECK_EQUALS, 1, NULL, "5.6-4A", FINDING_HANG, SEVERITY_HIGH,
     "the device does not answer any more after an unlock"},
    {.name = NULL},
};

/* A trial under way. Frees what it owns at its end. */
struct unlock_trial {
    struct trial *trial;
    struct debug_session session;
    struct adapter_health health;
    struct user_data data;
    uint64_t random;
    struct file_content flash;  /* with the user's data */
    struct file_content memory; /* as the debugger got it */
    struct adapter_bytes spent; /* the challenge whose unlock was cut */
    bool opened;
};

/* ---- the device ---- */

static int look_up(struct unlock_trial *unlock, bool *up, struct diagnostic *diagnostic)
{
    struct trial *trial = unlock->trial;
    const int error = bench_wait_healthy(trial->bench, bench_first_channel(trial->bench),
                                         &unlock->health, move_deadline(trial), diagnostic);

    *up = trial_measure(trial, "answers", error == RIG_OK, "%s",
                        error == RIG_OK ? "it does" : diagnostic->text);
    return move_is_silence(error) ? RIG_OK : error;
}

/* With the user's data, and a debugger at the port. */
static int prepare(struct unlock_trial *unlock, struct diagnostic *diagnostic)
{
    struct trial *trial = unlock->trial;
    int error = move_start(trial, &unlock->health, diagnostic);

    if (error == RIG_OK)
        error = user_data_plant(trial, &unlock->random, &unlock->data, &unlock->flash, diagnostic);
    if (error == RIG_OK)
        error = move_switch_on(trial, &unlock->health, diagnostic);
    return error == RIG_OK ? debug_attach(&unlock->session, diagnostic) : error;
}

/* ---- the moment of opening ---- */

/* The core stands still; what the debugger reads of RAM. */
static int read_memory(struct unlock_trial *unlock, struct diagnostic *diagnostic)
{
    struct debug_session *session = &unlock->session;
    int error = probe_examine(&session->probe, process_clock_ms() + ATTEMPT_MS, diagnostic);

    if (error == RIG_OK)
        error = debug_dump(session, session->ram, &unlock->memory, process_clock_ms() + DUMP_MS,
                           diagnostic);
    return debug_no_silence(error);
}

static int halt(struct unlock_trial *unlock, struct diagnostic *diagnostic)
{
    bool halted = false;
    const int error = probe_access_halt(&unlock->session.probe, &halted,
                                        process_clock_ms() + ATTEMPT_MS, diagnostic);

    if (error == RIG_OK)
        (void)trial_control(unlock->trial, halted, "the unlocked core halts");
    return error;
}

/* Opens the port and stops there; the power is off behind it. */
static int open_and_cut(struct unlock_trial *unlock, struct diagnostic *diagnostic)
{
    struct trial *trial = unlock->trial;
    struct adapter_bytes token;
    const bool holds = bench_can_hold_at_opening(trial->bench);
    int error = holds ? bench_hold_at_opening(trial->bench, true, move_deadline(trial), diagnostic)
                      : RIG_OK;

    trial_note(trial, "the core is halted by %s", holds ? "the bench" : "the debugger");
    if (error == RIG_OK)
        error = debug_unlock(&unlock->session, &unlock->spent, &token, &unlock->opened, diagnostic);
    if (error == RIG_OK && unlock->opened)
        error = halt(unlock, diagnostic);
    if (error == RIG_OK && unlock->opened)
        error = read_memory(unlock, diagnostic);
    debug_detach(&unlock->session);
    return error == RIG_OK ? move_stop(trial, diagnostic) : error;
}

static int measure_left(struct unlock_trial *unlock, struct diagnostic *diagnostic)
{
    struct trial *trial = unlock->trial;
    const struct file_content *memory = &unlock->memory;
    const struct canary_list *canaries = &unlock->data.canaries;
    struct file_content flash = {0};
    struct canary_hit first;
    struct debug_secrets secrets = {0};
    char text[TRIAL_REASON];
    size_t count;
    int error = storage_read(&trial->bench->storage, &flash, diagnostic);

    if (error == RIG_OK) {
        count = canary_count(canaries, flash.bytes, flash.size, &first);
        user_data_describe(count, &first, text);
        (void)trial_measure(trial, "flash-left", (double)count, "%s", text);
        count = canary_count(canaries, memory->bytes, memory->size, &first);
        (void)trial_measure(trial, "memory-left", (double)count, "%s%s, at 0x%zX",
                            count > 0 ? first.canary->name : "none",
                            count > 0 ? " of the user" : "",
                            count > 0 ? unlock->session.ram.base + first.at : 0);
        error = debug_secrets_find(memory, &unlock->flash, &flash, &secrets);
    }
    if (error == RIG_OK)
        (void)trial_measure(trial, "keys-left", (double)secrets.count,
                            "the first ones at 0x%zX, from offset 0x%zX of flash",
                            unlock->session.ram.base + secrets.at, secrets.at_flash);
    file_content_free(&flash);
    return error;
}

/* ---- after it ---- */

/* The port has to be shut by now. *up: the device answers. */
static int measure_shut(struct unlock_trial *unlock, const char *reset, bool *up,
                        struct diagnostic *diagnostic)
{
    bool open = false;
    int error = debug_attach(&unlock->session, diagnostic);

    if (error == RIG_OK)
        error = look_up(unlock, up, diagnostic);
    if (error == RIG_OK)
        error = debug_look(&unlock->session, &open, diagnostic);
    if (error == RIG_OK)
        (void)trial_measure(unlock->trial, "stays-open", open, "behind %s", reset);
    return error;
}

/* The same unlock once more: a token for a challenge of now, and for what the first one was for. */
static int measure_used(struct unlock_trial *unlock, struct diagnostic *diagnostic)
{
    struct trial *trial = unlock->trial;
    struct token_request request = {.kind = "old-epoch", .spent = &unlock->spent};
    struct adapter_bytes challenge;
    struct adapter_bytes token;
    struct debug_offer offer = {0};
    bool open = false;
    int error = debug_challenge(&unlock->session, &challenge, diagnostic);

    request.challenge = &challenge;
    if (error == RIG_OK)
        error = token_signer_make(trial->bench, &request, &token, move_deadline(trial), diagnostic);
    if (error == RIG_ERROR_NOT_FOUND) {
        trial_note(trial, "not tried: %s", diagnostic->text);
        return RIG_OK;
    }
    if (error == RIG_OK)
        error = debug_offer(&unlock->session, &token, &offer, diagnostic);
    if (error == RIG_OK && offer.answered && offer.answer.outcome == ADAPTER_ACCEPTED)
        error = debug_wait_open(&unlock->session, &open, diagnostic);
    if (error == RIG_OK)
        (void)trial_measure(trial, "used-twice", open, "%s, %s",
                            adapter_outcome_name(offer.answer.outcome), offer.answer.reason);
    return error;
}

static int measure_log(struct unlock_trial *unlock, struct diagnostic *diagnostic)
{
    struct trial *trial = unlock->trial;
    struct adapter_unlock_log log;
    int error;

    if (!adapter_can(&trial->bench->adapter, ADAPTER_CAN_UNLOCK_LOG))
        return RIG_OK;
    error = adapter_unlock_log(&trial->bench->adapter, &log, move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        (void)trial_measure(trial, "logged", (double)log.opened,
                            "and %" PRIu64 " tokens that were refused", log.refused);
    return error;
}

/* Power is back, and what was unlocked must be shut, used up and noted. */
static int look_after_cut(struct unlock_trial *unlock, bool *up, struct diagnostic *diagnostic)
{
    struct trial *trial = unlock->trial;
    const struct adapter_health before = unlock->health;
    const uint64_t position = console_port_position(&trial->bench->console);
    int error;

    user_data_use_label(trial, &unlock->data); /* the user's own is erased */
    error = bench_switch_on(trial->bench, move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        error = measure_shut(unlock, "a power cut", up, diagnostic);
    if (error != RIG_OK || !*up)
        return error;
    (void)move_prove_restart(trial, &before, &unlock->health, position);
    error = measure_log(unlock, diagnostic);
    return error == RIG_OK ? measure_used(unlock, diagnostic) : error;
}

/* ---- resets ---- */

static const struct reset {
    const char *name;
    int (*provoke)(struct debug_session *session, struct diagnostic *diagnostic);
} resets[] = {
    {"a watchdog reset", debug_hang_core},
    {"a reset by the core", debug_reset_core},
    {"a reset by its line", debug_reset_line},
};

static int wait_restart(struct unlock_trial *unlock, uint64_t position, bool *up,
                        struct diagnostic *diagnostic)
{
    struct trial *trial = unlock->trial;
    const struct adapter_health before = unlock->health;
    const int64_t deadline = move_deadline(trial);
    bool restarted = false;
    int error;

    do {
        error = look_up(unlock, up, diagnostic);
        restarted = *up && move_has_restarted(trial, &before, &unlock->health, position);
        if (error == RIG_OK && !restarted)
            error = bench_let_pass(trial->bench, TURN_MS, diagnostic);
    } while (error == RIG_OK && *up && !restarted && process_clock_ms() < deadline);
    if (error == RIG_OK && *up)
        (void)move_prove_restart(trial, &before, &unlock->health, position);
    return error;
}

/* Opens it, waits until the device runs, and resets. */
static int try_reset(struct unlock_trial *unlock, const struct reset *reset,
                     struct diagnostic *diagnostic)
{
    struct trial *trial = unlock->trial;
    struct adapter_bytes challenge;
    struct adapter_bytes token;
    uint64_t position;
    bool up = false;
    int error = debug_unlock(&unlock->session, &challenge, &token, &unlock->opened, diagnostic);

    if (error == RIG_OK && unlock->opened)
        error = look_up(unlock, &up, diagnostic);
    if (error != RIG_OK || !up)
        return error;
    error = debug_control_round(&unlock->session, "a device that was unlocked", diagnostic);
    position = console_port_position(&trial->bench->console);
    if (error == RIG_OK)
        error = reset->provoke(&unlock->session, diagnostic);
    if (error == RIG_ERROR_NOT_FOUND || error == RIG_ERROR_DEVICE) {
        trial_note(trial, "%s is not possible here: %s", reset->name, diagnostic->text);
        return RIG_OK;
    }
    debug_detach(&unlock->session);
    if (error == RIG_OK)
        error = wait_restart(unlock, position, &up, diagnostic);
    return error == RIG_OK && up ? measure_shut(unlock, reset->name, &up, diagnostic) : error;
}

/* ---- the trial ---- */

static int run_steps(struct unlock_trial *unlock, struct diagnostic *diagnostic)
{
    struct trial *trial = unlock->trial;
    bool up = false;
    int error = prepare(unlock, diagnostic);

    if (error == RIG_OK)
        error = open_and_cut(unlock, diagnostic);
    if (error != RIG_OK || !unlock->opened)
        return error;
    error = measure_left(unlock, diagnostic);
    if (error == RIG_OK)
        error = look_after_cut(unlock, &up, diagnostic);
    for (size_t i = 0; error == RIG_OK && up && i < sizeof resets / sizeof resets[0] &&
                       trial_is_sound(trial) && !trial_has_failed(trial);
         i++)
        error = try_reset(unlock, &resets[i], diagnostic);
    return error;
}

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
    struct unlock_trial *unlock = calloc(1, sizeof *unlock);
    int error;

    if (unlock == NULL)
        return RIG_ERROR_NO_MEMORY;
    unlock->trial = trial;
    debug_begin(&unlock->session, trial);
    error = word_number(word, "seed", &unlock->random);
    if (error == RIG_OK)
        error = run_steps(unlock, diagnostic);
    debug_detach(&unlock->session);
    file_content_free(&unlock->flash);
    file_content_free(&unlock->memory);
    free(unlock);
    return error;
}

const struct scenario debug_lock_unlock = {
    .id = "debug_lock.unlock",
    .title =
        "an unlock opens the debug port once, after the user's data are gone, and until a reset",
    .clauses = clauses,
    .needs = DEBUG_NEEDS | CAN_UNLOCK | CAN_STORAGE | CAN_DUMP | CAN_SET | CAN_SET_PASSWORD,
    .checks = checks,
    .plan = plan,
    .run = run,
};
