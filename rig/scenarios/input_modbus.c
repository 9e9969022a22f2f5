#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/families.h"
#include "scenarios/history_minimise.h"
#include "scenarios/input_history.h"
#include "scenarios/input_moves.h"
#include "scenarios/modbus_generator.h"
#include "scenarios/modbus_sweep.h"
#include "scenarios/moves.h"
#include "scenarios/word.h"

/*
 * Hostile histories on the wired bus (5.13-1A) and on Modbus TCP (5.13-1B).
 *
 * Method: a seed makes a history of frames (modbus_generator.h); two more go through the function
 * codes, and through the ranges of what is open in each mode. They are played to a new device, one by
 * one, each with a read of the rig's own behind it (modbus_player.h); each answer is judged by what a
 * device may answer to these bytes (modbus_wire_oracle.h). At the end the device must not have started
 * anew, must not have told of a fault, and its settings, which are read by its adapter in a session of
 * its own, must be what the requests that it accepted made of them.
 *
 * That the frames came to the device is its own word: it refuses requests with exceptions, and it
 * answers what was sent behind a frame on the same wire.
 *
 * A history that fails is made short, each time on another new device; what is left of it is in the log
 * in hexadecimal digits, and can be run by "keep:".
 */

enum {
    FRAMES = 48,
    SETTLE_MS = 300, /* behind the last frame, so that what it set off later is seen, too */
    MINIMISE_ATTEMPTS = 24,
    MINIMISE_MS = 8000,
    SEED_MAX = 1000000000,
};

/* clang-format off */
#define CHECKS(clause)                                                                             \
    {"answers-within", "ms", CHECK_AT_MOST, INPUT_LIMIT_MS, NULL, clause, FINDING_HANG,            \
     SEVERITY_HIGH, "hostile frames silence the device"},                                          \
    {"faults", "", CHECK_EQUALS, 0, NULL, clause, FINDING_RESET, SEVERITY_HIGH,                    \
     "hostile frames make the device fault or start anew"},                                        \
    {"answers-malformed", "answers", CHECK_EQUALS, 0, NULL, clause, FINDING_ORACLE,                \
     SEVERITY_MEDIUM, "the device answers hostile frames against the protocol"},                   \
    {"illegal-accepted", "requests", CHECK_EQUALS, 0, NULL, clause, FINDING_ORACLE,                \
     SEVERITY_HIGH, "the device does what it has to refuse"},                                      \
    {"settings-changed", "settings", CHECK_EQUALS, 0, NULL, clause, FINDING_SILENT,                \
     SEVERITY_HIGH, "settings are not what the accepted requests made of them"}
/* clang-format on */

static const char *const rtu_clauses[] = {"5.13-1A", NULL};
static const char *const tcp_clauses[] = {"5.13-1B", NULL};
static const struct check_spec rtu_checks[] = {CHECKS("5.13-1A"), {.name = NULL}};
static const struct check_spec tcp_checks[] = {CHECKS("5.13-1B"), {.name = NULL}};

/* ---- words ---- */

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {1, 2, 60};
    uint64_t random = options->seed;
    int error = word_append(words, "functions:%d", 1);

    if (error == RIG_OK && modbus_map_of(bench->target) != NULL)
        error = word_append(words, "ranges:%d", 1);

    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < counts[options->depth]; i++)
        error = word_append(words, "seed:%" PRIu64 ",frames:%d", random_below(&random, SEED_MAX),
                            FRAMES);
    return error;
}

struct plan_word {
    const char *sweep; /* "functions", "ranges"; NULL: a history by chance */
    uint64_t seed;
    size_t frames;
    bool is_short; /* `keep` says which */
    bool keep[MODBUS_HISTORY_MAX];
};

static bool read_word(const char *word, struct plan_word *plan)
{
    uint64_t frames;

    *plan = (struct plan_word){.frames = MODBUS_HISTORY_MAX};
    if (word_number(word, "functions", &frames) == RIG_OK) {
        plan->sweep = "functions";
    } else if (word_number(word, "ranges", &frames) == RIG_OK) {
        plan->sweep = "ranges";
    } else {
        if (word_number(word, "seed", &plan->seed) != RIG_OK ||
            word_number(word, "frames", &frames) != RIG_OK || frames < 1 ||
            frames > MODBUS_HISTORY_MAX)
            return false;
        plan->frames = (size_t)frames;
    }
    plan->is_short = word_has(word, "keep");
    return !plan->is_short || word_parts(word, "keep", plan->keep, plan->frames) == RIG_OK;
}

static void write_kept(const struct plan_word *plan, char *text, size_t size)
{
    const size_t used =
        plan->sweep != NULL
            ? (size_t)snprintf(text, size, "%s:1,keep:", plan->sweep)
            : (size_t)snprintf(text, size, "seed:%" PRIu64 ",frames:%zu,keep:", plan->seed,
                               plan->frames);

    if (used >= size || !word_write_parts(plan->keep, plan->frames, text + used, size - used))
        text[0] = '\0'; /* too long for a word */
}

/* ---- shorter ---- */

struct shortening {
    struct input_device *device;
    struct modbus_history *history;
    enum input_check check;
    struct input_outcome *outcome; /* of the last attempt that failed */
};

static int attempt(void *context, const bool *keep, bool *fails, struct diagnostic *diagnostic)
{
    struct shortening *shortening = context;
    struct input_outcome outcome;
    int error = input_device_start(shortening->device, NULL, diagnostic);

    if (error == RIG_OK)
        error =
            input_history_play(shortening->device, shortening->history, keep, &outcome, diagnostic);
    if (move_is_silence(error))
        return RIG_OK; /* another failure */
    if (error != RIG_OK)
        return error;
    *fails = input_outcome_fails(&outcome, shortening->check);
    if (*fails)
        *shortening->outcome = outcome;
    return RIG_OK;
}

static void note_frames(struct trial *trial, const struct modbus_history *history,
                        const struct plan_word *plan)
{
    for (size_t i = 0; i < history->count; i++) {
        const struct modbus_frame *frame = &history->frames[i];
        char bytes[2 * TRIAL_REASON - 128];

        if (!plan->keep[i])
            continue;
        modbus_frame_format(frame, bytes, 200);
        trial_note(trial, "frame %zu (%s), %zu bytes%s: %s", i, frame->what, frame->size,
                   frame->split > 0 ? ", with a pause" : "", bytes);
    }
}

static enum input_check first_failure(const struct input_outcome *outcome)
{
    enum input_check check = INPUT_ANSWERS;

    while (check < INPUT_CHECKS && !input_outcome_fails(outcome, check))
        check++;
    return check;
}

/* What failed is tried with less and less, and the outcome becomes that of what is left. */
static int shorten(struct trial *trial, struct input_device *device, struct modbus_history *history,
                   struct plan_word *plan, struct input_outcome *outcome,
                   struct diagnostic *diagnostic)
{
    struct input_outcome least = *outcome;
    struct shortening shortening = {device, history, first_failure(outcome), &least};
    const struct history_search search = {attempt, &shortening, MINIMISE_ATTEMPTS,
                                          process_clock_ms() + MINIMISE_MS};
    char word[SCENARIO_WORD_MAX];
    unsigned tried = 0;
    int error = RIG_OK;

    for (size_t i = 0; !plan->is_short && i < history->count; i++)
        plan->keep[i] = i <= outcome->at[shortening.check];
    if (!plan->is_short && (trial->bench->capabilities & CAN_MAKE_NEW) != 0)
        error = history_minimise(&search, plan->keep, history->count, &tried, diagnostic);
    write_kept(plan, word, sizeof word);
    trial_note(trial, "%s after %u attempts to do with less: %s",
               input_check_names[shortening.check], tried, word);
    note_frames(trial, history, plan);
    if (tried > 0 && word[0] != '\0') {
        char why[INPUT_TEXT];

        (void)snprintf(why, sizeof why, "%.120s", least.why[shortening.check]);
        (void)snprintf(outcome->why[shortening.check], INPUT_TEXT, "%.70s: %.120s", word, why);
    }
    return error;
}

/* ---- a trial ---- */

static void measure(struct trial *trial, const struct input_outcome *outcome)
{
    const bool reached = outcome->refused + outcome->done + outcome->passed > 0;

    (void)trial_proof(trial, reached || outcome->is_dead,
                      "%zu hostile frames: the device refused %u requests itself, did %u, and "
                      "answered a read behind %u frames on the same wire%s",
                      outcome->played, outcome->refused, outcome->done, outcome->passed,
                      outcome->is_dead ? "; it answered before the last one and never since" : "");
    for (enum input_check check = INPUT_ANSWERS; check < INPUT_CHECKS; check++) {
        if (outcome->is_dead && check == INPUT_CHANGED && !input_outcome_fails(outcome, check))
            continue; /* nobody could look */
        (void)trial_measure(trial, input_check_names[check], outcome->values[check], "%s",
                            outcome->why[check][0] == '\0' ? "none" : outcome->why[check]);
    }
}

/* That the device ended meanwhile is seen when its health is asked for. */
static int settle(void *context, struct diagnostic *diagnostic)
{
    const int error = bench_let_pass(context, SETTLE_MS, diagnostic);

    return move_is_silence(error) ? RIG_OK : error;
}

static int run_history(struct trial *trial, enum modbus_kind kind, struct plan_word *word,
                       struct modbus_history *history, struct diagnostic *diagnostic)
{
    struct input_device device = {
        .bench = trial->bench, .kind = kind, .between = settle, .context = trial->bench};
    struct input_outcome outcome;
    int error = input_device_start(&device, trial, diagnostic);

    if (error == RIG_OK)
        error = input_control_change(trial, &device.dump, diagnostic);
    if (error == RIG_OK)
        error = input_history_play(&device, history, word->is_short ? word->keep : NULL, &outcome,
                                   diagnostic);
    if (error == RIG_OK && first_failure(&outcome) < INPUT_CHECKS)
        error = shorten(trial, &device, history, word, &outcome, diagnostic);
    if (error == RIG_OK)
        error = input_control_silence(trial, diagnostic);
    if (error == RIG_OK)
        measure(trial, &outcome);
    return error;
}

static void make_history(const struct modbus_bus *bus, const struct plan_word *word,
                         struct modbus_history *history)
{
    if (word->sweep == NULL)
        modbus_history_generate(bus, word->seed, word->frames, history);
    else if (strcmp(word->sweep, "functions") == 0)
        modbus_sweep_functions(bus, history);
    else
        modbus_sweep_ranges(bus, history);
}

static int run(struct trial *trial, enum modbus_kind kind, const char *text,
               struct diagnostic *diagnostic)
{
    const struct bench *bench = trial->bench;
    const struct modbus_bus bus = {kind, kind == MODBUS_RTU ? bench->rtu.unit : bench->tcp.unit,
                                   modbus_map_of(bench->target)};
    struct modbus_history *history;
    struct plan_word word;
    int error;

    if (!read_word(text, &word))
        return RIG_ERROR_USAGE;
    history = calloc(1, sizeof *history);
    if (history == NULL)
        return RIG_ERROR_NO_MEMORY;
    make_history(&bus, &word, history);
    error = run_history(trial, kind, &word, history, diagnostic);
    free(history);
    return error;
}

static int run_rtu(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    return run(trial, MODBUS_RTU, word, diagnostic);
}

static int run_tcp(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    return run(trial, MODBUS_TCP, word, diagnostic);
}

const struct scenario input_modbus_rtu = {
    .id = "input.modbus-rtu",
    .title = "hostile histories of frames on the wired bus",
    .clauses = rtu_clauses,
    .needs = CAN_RTU | CAN_ADAPTER | CAN_DUMP | CAN_SET,
    .checks = rtu_checks,
    .plan = plan,
    .run = run_rtu,
};

const struct scenario input_modbus_tcp = {
    .id = "input.modbus-tcp",
    .title = "hostile histories of frames on Modbus TCP",
    .clauses = tcp_clauses,
    .needs = CAN_TCP | CAN_ADAPTER | CAN_DUMP | CAN_SET,
    .checks = tcp_checks,
    .plan = plan,
    .run = run_tcp,
};
