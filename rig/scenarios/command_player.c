#include "scenarios/command_player.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "scenarios/input_moves.h"
#include "target/broker.h"

enum {
    PUBLISH_MS = 10000,
    ACKNOWLEDGE_MS = 8000, /* from the broker's acknowledgement to the device's */
    OBEY_MS = 8000,
    TOPIC_SIZE = 192,
    TENTHS_MAX = 100000, /* what is beyond is no temperature */
};

/* ---- publishing ---- */

static void write_topic(const struct bench *bench, enum mqtt_command_topic topic,
                        char text[TOPIC_SIZE])
{
    static const char *const ends[MQTT_TOPICS] = {"command", "command/set", "commands", "Command",
                                                  "command"};
    const char *product = target_find_setting(bench->target, "broker", "product");
    char id[sizeof bench->device_id];

    (void)snprintf(id, sizeof id, "%s", bench->device_id);
    if (topic == MQTT_TOPIC_STRANGER && id[0] != '\0')
        id[0] = id[0] == '0' ? '1' : '0';
    (void)snprintf(text, TOPIC_SIZE, "%s/%s/%s", product != NULL ? product : "", id, ends[topic]);
}

int command_player_publish(struct command_player *player, const struct mqtt_command *command,
                           struct diagnostic *diagnostic)
{
    struct bench *bench = player->trial->bench;
    char topic[TOPIC_SIZE];
    int error;

    write_topic(bench, command->topic, topic);
    error = broker_publish(bench->broker, topic, command->bytes, command->size,
                           process_clock_ms() + PUBLISH_MS, diagnostic);
    player->published += error == RIG_OK && command->topic == MQTT_TOPIC_OWN;
    player->published_ever += error == RIG_OK;
    return error;
}

/* ---- what the device acknowledges ---- */

/* By the name under which the product's devices are clients: their own. */
static int count_acknowledged(struct command_player *player, size_t *count,
                              struct diagnostic *diagnostic)
{
    const struct bench *bench = player->trial->bench;
    char text[sizeof bench->device_id + 32];

    (void)snprintf(text, sizeof text, "Received PUBACK from %s ", bench->device_id);
    return broker_log_count(bench->broker, text, count, diagnostic);
}

static int begin_count(struct command_player *player, struct diagnostic *diagnostic)
{
    player->published = 0;
    player->is_lost = false;
    return count_acknowledged(player, &player->logged, diagnostic);
}

static void note_loss(struct command_player *player)
{
    const struct adapter_health *now = &player->watch->last;

    player->is_lost = player->is_lost || (now->has_uplink && !now->uplink_connected) ||
                      (now->has_starts && now->starts != player->watch->before.starts);
}

static int wait_connected(struct command_player *player, struct diagnostic *diagnostic)
{
    const struct network_wish up = {network_uplink_is_up, 0, NETWORK_CONNECT_MS};
    bool held = false;
    const int error = network_wait(player->trial, player->watch, &up, &held, NULL, diagnostic);

    trial_note(player->trial, "the device lost its connection to the broker, and is %s",
               held ? "back" : "not back");
    return error;
}

int command_player_settle(struct command_player *player, bool *delivered,
                          struct diagnostic *diagnostic)
{
    const int64_t deadline = process_clock_ms() + ACKNOWLEDGE_MS;
    size_t count = 0;
    bool all = false;
    int error = RIG_OK;

    while (error == RIG_OK && !all && !network_is_over(player->watch) &&
           process_clock_ms() < deadline) {
        error = network_turn(player->trial, player->watch, diagnostic);
        if (error == RIG_OK)
            error = count_acknowledged(player, &count, diagnostic);
        note_loss(player);
        all = count - player->logged >= player->published;
    }
    *delivered = all || player->is_lost;
    trial_note(player->trial, "%zu commands for the device, which has acknowledged %zu",
               player->published, count - player->logged);
    if (error == RIG_OK && !all && player->is_lost && !network_is_over(player->watch))
        error = wait_connected(player, diagnostic);
    return error == RIG_OK ? begin_count(player, diagnostic) : error;
}

/* ---- what it holds ---- */

static bool read_set_point(const struct adapter_dump *dump, int *tenths)
{
    const char *text = adapter_dump_value(dump, NETWORK_SETTING);
    char *end;
    long value;

    if (text == NULL)
        return false;
    value = strtol(text, &end, 10);
    *tenths = value < -TENTHS_MAX || value > TENTHS_MAX ? TENTHS_MAX : (int)value;
    return end != text && *end == '\0';
}

int command_set_point(struct bench *bench, int *tenths, struct diagnostic *diagnostic)
{
    struct adapter_dump dump;
    const int error = input_dump(bench, &dump, diagnostic);

    if (error != RIG_OK)
        return error;
    return read_set_point(&dump, tenths)
               ? RIG_OK
               : diagnostic_fail(diagnostic, RIG_ERROR_DEVICE, "the device shows no set-point");
}

int command_player_begin(struct command_player *player, struct trial *trial,
                         struct network_watch *watch, struct diagnostic *diagnostic)
{
    *player = (struct command_player){.trial = trial, .watch = watch};
    if (!read_set_point(&watch->settings, &player->held))
        return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE, "the device shows no set-point");
    return begin_count(player, diagnostic);
}

void command_player_expect_held(const struct command_player *player)
{
    char value[ADAPTER_TEXT];

    (void)snprintf(value, sizeof value, "%d", player->held);
    network_expect(player->watch, NETWORK_SETTING, value);
}

static int wait_obeyed(struct command_player *player, int tenths, bool *obeyed,
                       struct diagnostic *diagnostic)
{
    const int64_t deadline = process_clock_ms() + OBEY_MS;
    int error = RIG_OK;

    while (error == RIG_OK && !*obeyed && !network_is_over(player->watch) &&
           process_clock_ms() < deadline) {
        int now = 0;

        error = network_turn(player->trial, player->watch, diagnostic);
        note_loss(player);
        if (error == RIG_OK && !network_is_over(player->watch))
            error = command_set_point(player->trial->bench, &now, diagnostic);
        *obeyed = error == RIG_OK && now == tenths;
    }
    return error;
}

int command_player_order(struct command_player *player, const struct mqtt_command *command,
                         int tenths, bool *obeyed, struct diagnostic *diagnostic)
{
    int error;

    *obeyed = false;
    error = command_player_publish(player, command, diagnostic);
    if (error == RIG_OK)
        error = wait_obeyed(player, tenths, obeyed, diagnostic);
    if (error == RIG_OK && !*obeyed && player->is_lost && !network_is_over(player->watch)) {
        error = wait_connected(player, diagnostic);
        if (error == RIG_OK)
            error = command_player_publish(player, command, diagnostic);
        if (error == RIG_OK)
            error = wait_obeyed(player, tenths, obeyed, diagnostic);
    }
    if (*obeyed)
        player->held = tenths;
    return error;
}
