#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/moves.h"
#include "scenarios/word.h"

/*
 * Odd values in settings, by whatever way the product's adapter has (5.13-1A).
 *
 * Method: a user who is logged in gives each setting values that a careless parser trips over: too
 * long, empty, full of control characters, of format strings, of numbers at the edges. What the device
 * refuses must change nothing; what it takes must read back as it was given; it must go on answering,
 * and never restart, and answer when all is over. That it got the values is proven by its own answers, of
 * both kinds; a trial in which fewer were answered than planned shows nothing.
 */

static const char *const clauses[] = {"5.13-1A", NULL};

static const struct check_spec checks[] = {
    {"answers", "", CHECK_EQUALS, 1, NULL, "5.13-1A", FINDING_HANG, SEVERITY_HIGH,
     "the device falls silent after an odd value"},
    {"restarts", "restarts", CHECK_EQUALS, 0, NULL, "5.13-1A", FINDING_RESET, SEVERITY_HIGH,
     "the device restarts after an odd value"},
    {"faults", "faults", CHECK_EQUALS, 0, NULL, "5.13-1A", FINDING_FAULT, SEVERITY_HIGH,
     "the device faults over an odd value"},
    {"refused-changed", "settings", CHECK_EQUALS, 0, NULL, "5.13-1A", FINDING_SILENT, SEVERITY_HIGH,
     "a value that was refused changes settings"},
    {"taken-not-kept", "settings", CHECK_EQUALS, 0, NULL, "5.13-1A", FINDING_SILENT,
     SEVERITY_MEDIUM, "a value that was taken reads back as another one"},
    {"others-changed", "settings", CHECK_EQUALS, 0, NULL, "5.13-1A", FINDING_SILENT, SEVERITY_HIGH,
     "a value for one setting changes others"},
    {.name = NULL},
};

/* In the order in which each setting gets them. */
static const char *const values[] = {
    "",
    " blank ",
    "%s%s%s%n",
    "a\nset volume 9",
    "\x1b[2J",
    "quote\"quote",
    "back\\slash",
    "{\"name\": \"x\"}",
    "'; DROP TABLE settings; --",
    "$(reboot)",
    "tab\tbed",
    "a\rb",
    "../../etc/passwd",
    "A",
    "0",
    "-1",
    "65536",
    "18446744073709551616",
    "1e9",
    "NaN",
    "%x%x%x%x",
};

enum {
    VALUES = sizeof values / sizeof values[0],
    LONG_ONE_IN = 6, /* values are long */
    CHOICES = 8,     /* for one that is sent, where an adapter cannot express many */
};

/* What happened to the values of a trial. */
struct tally {
    unsigned taken;
    unsigned refused;
    unsigned lost;   /* that the device did not answer */
    unsigned unsent; /* that this adapter cannot express: others take their place */
    bool gone;       /* the device is, which was measured */
};

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned tries[DEPTH_COUNT] = {30, 120, 2000};
    uint64_t state = options->seed;

    (void)bench;
    (void)diagnostic;
    return word_append(words, "tries:%u,seed:%" PRIu64, tries[options->depth],
                       random_below(&state, 1000000000));
}

static bool is_number(const char *text)
{
    return text[0] != '\0' && strspn(text, "-0123456789") == strlen(text);
}

/* A number at an edge, or any of 16 bits: a setting that holds a number is often asked for nothing
 * else by its adapter. */
static void choose_number(uint64_t *state, char value[ADAPTER_TEXT])
{
    static const int edges[] = {-32769, -32768, -1,  0,   1,    2,    29,    30,    49,    50,
                                120,    121,    300, 301, 1439, 1440, 32767, 32768, 65535, 65536};
    const int edge = edges[random_below(state, sizeof edges / sizeof edges[0])];

    (void)snprintf(value, ADAPTER_TEXT, "%d",
                   random_below(state, 2) == 0 ? edge : (int)random_below(state, 65536) - 32768);
}

static void fill_with_letters(size_t length, char value[ADAPTER_TEXT])
{
    memset(value, 'A', length);
    value[length] = '\0';
}

/* Method: round 0 gives each setting the longest text, the next rounds one value of the table each, and
 * what is left of the tries is drawn. Three of four values for a number are numbers. */
static void choose_value(uint64_t round, bool for_number, uint64_t *state, char value[ADAPTER_TEXT])
{
    const uint64_t drawn = random_below(state, VALUES);
    const bool is_long = random_below(state, LONG_ONE_IN) == 0;

    if (round == 0)
        fill_with_letters(ADAPTER_TEXT - 1, value);
    else if (for_number && random_below(state, 4) != 0)
        choose_number(state, value);
    else if (round <= VALUES)
        (void)snprintf(value, ADAPTER_TEXT, "%s", values[round - 1]);
    else if (is_long)
        fill_with_letters(1 + (size_t)random_below(state, ADAPTER_TEXT - 1), value);
    else
        (void)snprintf(value, ADAPTER_TEXT, "%s", values[drawn]);
}

/* The device when it was last asked. */
struct last_look {
    struct adapter_health health;
    uint64_t position; /* of its console */
};

/* Asks for health; false when the device does not answer or has restarted: both are measured. */
static bool is_well(struct trial *trial, struct last_look *last, const char *after,
                    struct diagnostic *diagnostic)
{
    struct adapter_health health;
    bool restarted;
    const int error = bench_wait_healthy(trial->bench, bench_first_channel(trial->bench), &health,
                                         move_deadline(trial), diagnostic);

    if (!trial_measure(trial, "answers", error == RIG_OK, "after %s", after) || error != RIG_OK)
        return false;
    restarted = move_has_restarted(trial, &last->health, &health, last->position);
    *last = (struct last_look){health, console_port_position(&trial->bench->console)};
    return trial_measure(trial, "restarts", restarted, "after %s", after);
}

static int judge(struct trial *trial, const struct adapter_setting *tried, const char *value,
                 bool taken, struct adapter_dump *known, struct diagnostic *diagnostic)
{
    struct adapter_dump after;
    const char *shown;
    const int error =
        adapter_dump(&trial->bench->adapter, &after, move_deadline(trial), diagnostic);

    if (error != RIG_OK)
        return error;
    shown = adapter_dump_value(&after, tried->name);
    if (taken)
        (void)trial_measure(trial, "taken-not-kept", shown == NULL || strcmp(shown, value) != 0,
                            "%s = '%s' reads back as '%s'", tried->name, value,
                            shown != NULL ? shown : "nothing");
    else
        (void)trial_measure(trial, "refused-changed",
                            shown == NULL || strcmp(shown, tried->value) != 0,
                            "%s = '%s' was refused, and it is '%s'", tried->name, value,
                            shown != NULL ? shown : "nothing");
    (void)trial_measure(trial, "others-changed",
                        (double)move_count_changes(known, &after, tried->name), "beside %s = '%s'",
                        tried->name, value);
    *known = after;
    return RIG_OK;
}

/* One value for one setting. */
static int try_value(struct trial *trial, uint64_t index, uint64_t *state, struct last_look *last,
                     struct adapter_dump *known, struct tally *tally, struct diagnostic *diagnostic)
{
    const struct adapter_setting tried = known->settings[index % known->count];
    struct adapter_answer answer = {.outcome = ADAPTER_REFUSED};
    char what[sizeof tried.name + ADAPTER_TEXT + 8];
    char value[ADAPTER_TEXT];
    int error;

    choose_value(index / known->count, is_number(tried.value), state, value);
    (void)snprintf(what, sizeof what, "%s = '%s'", tried.name, value);
    error = adapter_set(&trial->bench->adapter, tried.name, value, &answer, move_deadline(trial),
                        diagnostic);
    if (error == RIG_ERROR_USAGE) {
        tally->unsent++;
        return RIG_OK;
    }
    if (error != RIG_OK && !move_is_silence(error))
        return error;
    tally->gone = !is_well(trial, last, what, diagnostic);
    if (error == RIG_OK && !tally->gone) {
        error = judge(trial, &tried, value, answer.outcome == ADAPTER_ACCEPTED, known, diagnostic);
        tally->gone = move_is_silence(error) && !is_well(trial, last, what, diagnostic);
    }
    if (error == RIG_OK) {
        tally->taken += answer.outcome == ADAPTER_ACCEPTED;
        tally->refused += answer.outcome == ADAPTER_REFUSED;
    }
    if (!move_is_silence(error))
        return error;
    tally->lost++; /* neither taken nor refused, or nobody knows what came of it */
    return RIG_OK;
}

static unsigned answered(const struct tally *tally)
{
    return tally->taken + tally->refused;
}

static void prove(struct trial *trial, uint64_t tries, const struct tally *tally)
{
    (void)trial_proof(trial,
                      answered(tally) == tries && tally->lost == 0 && tally->refused > 0 &&
                          tally->taken > 0,
                      "of %" PRIu64 " values the device itself refused %u and took %u; %u were not "
                      "answered, and %u more the adapter could not express",
                      tries, tally->refused, tally->taken, tally->lost, tally->unsent);
}

static int try_all(struct trial *trial, uint64_t tries, uint64_t seed, struct last_look *last,
                   struct adapter_dump *known, struct diagnostic *diagnostic)
{
    struct tally tally = {.taken = 0};
    uint64_t state = seed;
    int error = RIG_OK;

    for (uint64_t i = 0;
         error == RIG_OK && !tally.gone && i < CHOICES * tries && answered(&tally) < tries; i++)
        error = try_value(trial, i, &state, last, known, &tally, diagnostic);
    if (error == RIG_OK && !tally.gone)
        (void)is_well(trial, last, "all values", diagnostic);
    if (error == RIG_OK)
        prove(trial, tries, &tally);
    return error;
}

static int run(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    const uint64_t position = console_port_position(&trial->bench->console);
    struct last_look last = {.position = position};
    struct adapter_dump known;
    uint64_t tries;
    uint64_t seed;
    int error;

    if (word_number(word, "tries", &tries) != RIG_OK || word_number(word, "seed", &seed) != RIG_OK)
        return RIG_ERROR_USAGE;
    error = move_control_silence(trial, diagnostic);
    if (error == RIG_OK)
        error = move_start(trial, &last.health, diagnostic);
    last.position = console_port_position(&trial->bench->console);
    if (error == RIG_OK)
        error = move_control_change(trial, &known, diagnostic);
    if (error == RIG_OK && known.count == 0)
        return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE, "the device shows no settings");
    if (error == RIG_OK)
        error = try_all(trial, tries, seed, &last, &known, diagnostic);
    if (error == RIG_OK)
        error = move_stop(trial, diagnostic);
    if (error == RIG_OK)
        (void)trial_measure(trial, "faults", (double)move_faults(trial, position),
                            "on its console, or by its end");
    return error;
}

const struct scenario input_settings = {
    .id = "input.settings",
    .title = "odd values in settings, by a user who is logged in",
    .clauses = clauses,
    .needs = CAN_POWER | CAN_ADAPTER | CAN_DUMP | CAN_SET,
    .checks = checks,
    .plan = plan,
    .run = run,
};
