#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/command_player.h"
#include "scenarios/families.h"
#include "scenarios/history_minimise.h"
#include "scenarios/mqtt_checks.h"
#include "scenarios/word.h"

/*
 * Wrong commands through the device's own broker (5.13-1B).
 *
 * Method: a seed makes wrong commands of all kinds (mqtt_command.h). The bench's own client publishes them
 * in batches to the device's command topic, and right ones to topics that are not the device's. When
 * the device has acknowledged a batch (the broker's log says so), its set-point must be what it was;
 * only then a right command is published, written in an odd but allowed way, whose effect must show at
 * the local interface: so nothing that was obeyed hides behind the next one, and no broken path looks
 * like a device that refuses.
 *
 * Control and proof: before all, a right command is obeyed; each batch is acknowledged. Of a batch with a
 * command that was obeyed the fewest that are enough are looked for on the same device; they are in the
 * log, and can be run by "keep:".
 */

static const char *const clauses[] = {MQTT_CLAUSE, NULL};

static const struct check_spec checks[] = {
    MQTT_CHECKS("a wrong command"),
    {.name = NULL},
};

enum {
    BATCH = 18,
    COMMANDS_MAX = 252,
    BATCHES_MAX = COMMANDS_MAX / BATCH,
    MINIMISE_ATTEMPTS = 12,
    MINIMISE_MS = 8000,
    SEED_MAX = 1000000000,
};

/* What a word asks for. */
struct commands {
    uint64_t seed;
    size_t count;
    bool is_short; /* only some are published */
    bool keep[COMMANDS_MAX];
    int right_values[BATCHES_MAX + 1]; /* the first one before all */
    struct mqtt_command right[BATCHES_MAX + 1];
    struct mqtt_command wrong[COMMANDS_MAX];
};

/* ---- words ---- */

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned trials[DEPTH_COUNT] = {1, 1, 12};
    static const unsigned counts[DEPTH_COUNT] = {2 * BATCH, 6 * BATCH, COMMANDS_MAX};
    uint64_t random = options->seed;
    int error = RIG_OK;

    (void)bench;
    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < trials[options->depth]; i++)
        error = word_append(words, "seed:%" PRIu64 ",commands:%u", random_below(&random, SEED_MAX),
                            counts[options->depth]);
    return error;
}

static bool read_word(const char *word, struct commands *commands)
{
    uint64_t count;

    if (word_number(word, "seed", &commands->seed) != RIG_OK ||
        word_number(word, "commands", &count) != RIG_OK || count < 1 || count > COMMANDS_MAX)
        return false;
    commands->count = (size_t)count;
    commands->is_short = word_has(word, "keep");
    return !commands->is_short ||
           word_parts(word, "keep", commands->keep, commands->count) == RIG_OK;
}

/* A value is never the one that was there before, whatever the device began with. */
static void make_commands(struct commands *commands, int begin)
{
    uint64_t random = commands->seed;
    int held = mqtt_command_other_value(0, &random);

    if (held == begin)
        held = mqtt_command_other_value(begin, &random);
    for (size_t i = 0; i < commands->count; i++) {
        if (i % BATCH == 0) {
            held = i > 0 ? mqtt_command_other_value(held, &random) : held;
            commands->right_values[i / BATCH] = held;
            mqtt_command_right(held, &random, &commands->right[i / BATCH]);
        }
        mqtt_command_generate(i, held, &random, &commands->wrong[i]);
    }
}

/* ---- a batch ---- */

/* The commands from `from` to `to` - 1 that `keep` says (NULL: all) are published; *obeyed: the set-point is
 * another one afterwards. */
static int play(struct command_player *player, const struct commands *commands, size_t from,
                size_t to, const bool *keep, bool *obeyed, struct diagnostic *diagnostic)
{
    bool delivered = false;
    int now = player->held;
    int error = RIG_OK;

    *obeyed = false;
    for (size_t i = from; error == RIG_OK && i < to; i++) {
        if (keep == NULL || keep[i])
            error = command_player_publish(player, &commands->wrong[i], diagnostic);
    }
    if (error == RIG_OK)
        error = command_player_settle(player, &delivered, diagnostic);
    if (error != RIG_OK || network_is_over(player->watch))
        return error;
    (void)trial_proof(player->trial, delivered,
                      "commands %zu to %zu are published, and the device has acknowledged them, or "
                      "hung up",
                      from, to - 1);
    error = command_set_point(player->trial->bench, &now, diagnostic);
    *obeyed = error == RIG_OK && now != player->held;
    if (*obeyed)
        trial_note(player->trial, "the set-point was %d and is %d", player->held, now);
    return error;
}

/* A right command: what the device is asked for from now on. */
static int order(struct command_player *player, const struct mqtt_command *command, int tenths,
                 bool *obeyed, struct diagnostic *diagnostic)
{
    const int before = player->held;
    const int error = command_player_order(player, command, tenths, obeyed, diagnostic);

    if (error == RIG_OK)
        trial_note(player->trial, "a right command of %zu bytes for %d, where %d was: %s",
                   command->size, tenths, before, *obeyed ? "obeyed" : "not obeyed");
    return error;
}

/* ---- fewer ---- */

struct shortening {
    struct command_player *player;
    const struct commands *commands;
    size_t from;
    size_t to;
    size_t batch;
};

/* The set-point is put back first, by a right command. */
static int attempt(void *context, const bool *keep, bool *fails, struct diagnostic *diagnostic)
{
    const struct shortening *shortening = context;
    const struct commands *commands = shortening->commands;
    bool obeyed = false;
    int error = order(shortening->player, &commands->right[shortening->batch],
                      commands->right_values[shortening->batch], &obeyed, diagnostic);

    *fails = false;
    if (error != RIG_OK || !obeyed)
        return error;
    return play(shortening->player, commands, shortening->from, shortening->to, keep, fails,
                diagnostic);
}

static void note_commands(struct trial *trial, const struct commands *commands)
{
    for (size_t i = 0; i < commands->count; i++) {
        const struct mqtt_command *command = &commands->wrong[i];
        char text[TRIAL_REASON / 2];

        if (!commands->keep[i])
            continue;
        (void)text_escape(text, sizeof text, (const char *)command->bytes, command->size);
        trial_note(trial, "command %zu (%s), %zu bytes: %s", i, command->what, command->size, text);
    }
}

/* Measures that a batch was obeyed, with the fewest commands that are enough. */
static int blame(struct command_player *player, struct commands *commands, size_t from, size_t to,
                 struct diagnostic *diagnostic)
{
    struct shortening shortening = {player, commands, from, to, from / BATCH};
    const struct history_search search = {attempt, &shortening, MINIMISE_ATTEMPTS,
                                          process_clock_ms() + MINIMISE_MS};
    char kept[SCENARIO_WORD_MAX / 2] = "";
    size_t first = from;
    unsigned tried = 0;
    int error = RIG_OK;

    for (size_t i = 0; i < commands->count; i++)
        commands->keep[i] = i >= from && i < to && (!commands->is_short || commands->keep[i]);
    error = history_minimise(&search, commands->keep, commands->count, &tried, diagnostic);
    while (first + 1 < to && !commands->keep[first])
        first++;
    if (!word_write_parts(commands->keep, commands->count, kept, sizeof kept))
        (void)snprintf(kept, sizeof kept, "too-many");
    note_commands(player->trial, commands);
    (void)trial_measure(player->trial, "wrong-obeyed", 1,
                        "%s: seed:%" PRIu64 ",commands:%zu,keep:%s after %u attempts with fewer",
                        commands->wrong[first].what, commands->seed, commands->count, kept, tried);
    return error;
}

/* ---- all of them ---- */

/* *ends: there is nothing left to try. */
static int run_batch(struct command_player *player, struct commands *commands, size_t from,
                     bool *ends, struct diagnostic *diagnostic)
{
    const size_t to = from + BATCH < commands->count ? from + BATCH : commands->count;
    const size_t next = from / BATCH + 1;
    bool obeyed = false;
    int error = play(player, commands, from, to, commands->is_short ? commands->keep : NULL,
                     &obeyed, diagnostic);

    *ends = obeyed || network_is_over(player->watch);
    if (error != RIG_OK || network_is_over(player->watch))
        return error;
    if (obeyed)
        return blame(player, commands, from, to, diagnostic);
    (void)trial_measure(player->trial, "wrong-obeyed", 0, "none of commands %zu to %zu", from,
                        to - 1);
    if (to == commands->count)
        return RIG_OK;
    error =
        order(player, &commands->right[next], commands->right_values[next], &obeyed, diagnostic);
    if (error == RIG_OK && !network_is_over(player->watch))
        *ends =
            !trial_measure(player->trial, "right-refused", !obeyed, "after command %zu", to - 1);
    return error;
}

/* The last right command: the set-point that the device had at first. */
static int put_back(struct command_player *player, int begin, struct diagnostic *diagnostic)
{
    struct mqtt_command command;
    uint64_t random = 0;
    bool obeyed = false;
    int error;

    mqtt_command_right(begin, &random, &command);
    error = order(player, &command, begin, &obeyed, diagnostic);
    if (error == RIG_OK && !network_is_over(player->watch))
        (void)trial_measure(player->trial, "right-refused", !obeyed, "after all");
    if (!obeyed)
        command_player_expect_held(player);
    return error;
}

static int control_right(struct command_player *player, const struct commands *commands,
                         struct diagnostic *diagnostic)
{
    bool obeyed = false;
    const int error =
        order(player, &commands->right[0], commands->right_values[0], &obeyed, diagnostic);

    if (error != RIG_OK)
        return error;
    if (trial_control(player->trial, obeyed,
                      "a right command through the broker shows at the local interface"))
        return RIG_OK;
    return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT,
                           "the device does not obey a right command");
}

static int run_commands(struct trial *trial, struct network_watch *watch, struct commands *commands,
                        struct diagnostic *diagnostic)
{
    struct command_player player;
    bool ends = false;
    int begin;
    int error = command_player_begin(&player, trial, watch, diagnostic);

    if (error != RIG_OK)
        return error;
    begin = player.held;
    make_commands(commands, begin);
    error = control_right(&player, commands, diagnostic);
    for (size_t from = 0; error == RIG_OK && !ends && from < commands->count; from += BATCH)
        error = run_batch(&player, commands, from, &ends, diagnostic);
    trial_note(trial, "%zu commands were published", player.published_ever);
    return error == RIG_OK && !network_is_over(watch) ? put_back(&player, begin, diagnostic)
                                                      : error;
}

static int run(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct commands *commands = calloc(1, sizeof *commands);
    struct network_watch watch;
    int error = RIG_ERROR_NO_MEMORY;

    if (commands == NULL)
        return error;
    error = read_word(word, commands) ? network_begin(trial, &watch, true, diagnostic)
                                      : RIG_ERROR_USAGE;
    if (error == RIG_OK)
        error = run_commands(trial, &watch, commands, diagnostic);
    if (error == RIG_OK)
        error = network_end(trial, &watch, true, NULL, diagnostic);
    free(commands);
    return error;
}

const struct scenario input_mqtt_commands = {
    .id = "input.mqtt-commands",
    .title = "wrong commands through the device's own broker",
    .clauses = clauses,
    .needs = CAN_ADAPTER | CAN_DUMP | CAN_SET | CAN_RTU | CAN_TCP | CAN_BROKER | CAN_MAKE_NEW,
    .checks = checks,
    .plan = plan,
    .run = run,
};
