#include "scenarios/input_history.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/process.h"
#include "scenarios/input_moves.h"
#include "scenarios/modbus_player.h"
#include "scenarios/moves.h"

const char *const input_check_names[INPUT_CHECKS] = {
    "answers-within", "faults", "answers-malformed", "illegal-accepted", "settings-changed"};

bool input_outcome_fails(const struct input_outcome *outcome, enum input_check check)
{
    return outcome->values[check] > (check == INPUT_ANSWERS ? INPUT_LIMIT_MS : 0);
}

/* ---- before ---- */

static int64_t recover_deadline(const struct bench *bench)
{
    return process_clock_ms() + (int64_t)bench_limit(bench, "recover_ms", 20000);
}

int input_device_start(struct input_device *device, struct trial *trial,
                       struct diagnostic *diagnostic)
{
    struct bench *bench = device->bench;
    int error = RIG_OK;

    if (trial != NULL) {
        error = move_start(trial, &device->health, diagnostic);
    } else {
        if ((bench->capabilities & CAN_POWER) != 0)
            error = bench_stop(bench, recover_deadline(bench), diagnostic);
        if (error == RIG_ERROR_DEVICE)
            error = RIG_OK;
        if (error == RIG_OK && (bench->capabilities & CAN_MAKE_NEW) != 0)
            error = bench_make_new(bench, recover_deadline(bench), diagnostic);
        if (error == RIG_OK)
            error = bench_start(bench, &device->health, recover_deadline(bench), diagnostic);
    }
    return error == RIG_OK ? input_dump(bench, &device->dump, diagnostic) : error;
}

/* ---- the frames ---- */

static void blame(struct input_outcome *outcome, enum input_check check, double value,
                  const char *what)
{
    if (outcome->why[check][0] == '\0') {
        (void)snprintf(outcome->why[check], INPUT_TEXT, "%.199s", what);
        outcome->at[check] = outcome->frame;
    }
    outcome->values[check] += value;
}

static void blame_frame(struct input_outcome *outcome, enum input_check check, double value,
                        const struct modbus_frame *frame, const char *why)
{
    char what[INPUT_TEXT];

    if (value <= 0)
        return;
    (void)snprintf(what, sizeof what, "frame %zu (%s): %s", outcome->frame, frame->what, why);
    blame(outcome, check, value, what);
}

static void add_turn(struct input_outcome *outcome, const struct modbus_frame *frame, size_t index,
                     const struct modbus_turn *turn)
{
    outcome->frame = index;
    outcome->requests += turn->requests;
    outcome->refused += turn->refused;
    outcome->done += turn->done;
    outcome->passed += turn->is_alive;
    outcome->is_dead = !turn->is_alive;
    blame_frame(outcome, INPUT_MALFORMED, turn->malformed, frame, turn->why);
    blame_frame(outcome, INPUT_ACCEPTED, turn->accepted_illegal, frame, turn->why);
    blame_frame(outcome, INPUT_CHANGED, turn->changed, frame, turn->change);
    if ((double)turn->took_ms > outcome->values[INPUT_ANSWERS]) {
        outcome->values[INPUT_ANSWERS] = (double)turn->took_ms;
        outcome->at[INPUT_ANSWERS] = index;
        (void)snprintf(outcome->why[INPUT_ANSWERS], INPUT_TEXT,
                       "slowest behind frame %zu (%s)%s%.100s", index, frame->what,
                       turn->is_alive ? "" : ": ", turn->is_alive ? "" : turn->why);
    }
}

/* ---- after ---- */

/* What accepted requests made of the settings is no change. */
static void expect(const struct modbus_player *player, struct adapter_dump *dump)
{
    const struct modbus_map *map = player->bus.map;

    for (size_t i = 0; i < dump->count; i++) {
        for (size_t j = 0; map != NULL && j < map->open_count; j++) {
            if (strcmp(dump->settings[i].name, map->open[j].setting) == 0)
                (void)snprintf(dump->settings[i].value, sizeof dump->settings[i].value, "%d",
                               (int16_t)player->registers[j]);
        }
    }
}

static int look_at_settings(const struct input_device *device, const struct modbus_player *player,
                            struct input_outcome *outcome, struct diagnostic *diagnostic)
{
    struct adapter_dump expected = device->dump;
    struct adapter_dump now;
    const char *different;
    int error;

    expect(player, &expected);
    error = input_dump(device->bench, &now, diagnostic);
    if (error != RIG_OK)
        return error;
    different = adapter_dump_difference(&expected, &now, player->bus.map == NULL);
    if (different != NULL) {
        char what[INPUT_TEXT];
        const char *value = adapter_dump_value(&now, different);

        (void)snprintf(what, sizeof what, "after all, %.40s is %.60s and has to be %.60s",
                       different, value != NULL ? value : "missing",
                       adapter_dump_value(&expected, different));
        blame(outcome, INPUT_CHANGED, 1, what);
    }
    return RIG_OK;
}

static void look_at_start(const struct input_device *device, const struct adapter_health *now,
                          struct input_outcome *outcome)
{
    char what[INPUT_TEXT];
    const struct adapter_health *before = &device->health;
    const bool counts = before->has_starts && now->has_starts;

    if (counts ? now->starts == before->starts : now->uptime_s >= before->uptime_s)
        return;
    (void)snprintf(what, sizeof what, "it started again, up for %" PRIu64 " s, cause: %s",
                   now->uptime_s, now->reset_cause);
    blame(outcome, INPUT_FAULTS, 1, what);
}

static void look_at_console(const struct input_device *device, uint64_t position,
                            struct input_outcome *outcome)
{
    const char *text = target_find_setting(device->bench->target, "console", "fault");
    const size_t faults =
        text == NULL ? 0 : console_port_count(&device->bench->console, text, position);

    if (faults > 0)
        blame(outcome, INPUT_FAULTS, (double)faults, "its console tells of a fault");
}

static void die(struct input_outcome *outcome, const char *why)
{
    outcome->is_dead = true;
    if (outcome->values[INPUT_ANSWERS] <= INPUT_LIMIT_MS) {
        outcome->values[INPUT_ANSWERS] = INPUT_LIMIT_MS + 1;
        outcome->at[INPUT_ANSWERS] = outcome->frame;
        (void)snprintf(outcome->why[INPUT_ANSWERS], INPUT_TEXT, "%.199s", why);
    }
}

/* A device that ended by itself has faulted; one that is silent has not, as far as anybody knows. */
static int look_after(const struct input_device *device, const struct modbus_player *player,
                      uint64_t position, struct input_outcome *outcome,
                      struct diagnostic *diagnostic)
{
    struct adapter_health now;
    int error = bench_let_pass(device->bench, 0, diagnostic);

    if (error == RIG_ERROR_DEVICE)
        blame(outcome, INPUT_FAULTS, 1, diagnostic->text);
    else if (error == RIG_OK)
        error = bench_wait_healthy(device->bench, bench_first_channel(device->bench), &now,
                                   process_clock_ms() + INPUT_LIMIT_MS, diagnostic);
    look_at_console(device, position, outcome);
    if (error == RIG_OK) {
        look_at_start(device, &now, outcome);
        if (!outcome->is_dead)
            error = look_at_settings(device, player, outcome, diagnostic);
    }
    if (move_is_silence(error)) {
        die(outcome, diagnostic->text);
        error = RIG_OK;
    }
    return error;
}

int input_history_play(struct input_device *device, struct modbus_history *history,
                       const bool *keep, struct input_outcome *outcome,
                       struct diagnostic *diagnostic)
{
    const uint64_t position = console_port_position(&device->bench->console);
    struct modbus_player player;
    int error;

    *outcome = (struct input_outcome){.played = 0};
    error = modbus_player_begin(&player, device->bench, device->kind, INPUT_LIMIT_MS, diagnostic);
    player.session = device->session;
    for (size_t i = 0; error == RIG_OK && !outcome->is_dead && i < history->count; i++) {
        struct modbus_turn turn;

        if (keep != NULL && !keep[i])
            continue;
        error = modbus_player_play(&player, &history->frames[i], &turn, diagnostic);
        if (error == RIG_OK)
            add_turn(outcome, &history->frames[i], i, &turn);
        outcome->played++;
    }
    modbus_player_end(&player);
    if (!outcome->is_dead)
        outcome->frame = history->count;
    if (error == RIG_OK && !outcome->is_dead && device->between != NULL)
        error = device->between(device->context, diagnostic);
    return error == RIG_OK ? look_after(device, &player, position, outcome, diagnostic) : error;
}
