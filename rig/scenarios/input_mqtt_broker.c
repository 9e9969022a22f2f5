#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/command_player.h"
#include "scenarios/families.h"
#include "scenarios/hostile_talk.h"
#include "scenarios/mqtt_attack.h"
#include "scenarios/mqtt_checks.h"
#include "scenarios/word.h"
#include "target/broker.h"

/*
 * A broker that is hostile and has the genuine certificate (5.13-1B).
 *
 * Method: it takes the broker's place, and the device calls it: its CONNECT packets are counted. Once it
 * refuses the device, and once its subscription, with codes that exist or do not: the device must not
 * count as connected, nor send readings. Then it welcomes the device, which obeys a right command of it:
 * so it is heard. It sends mild packets, which mean nothing, all on one connection, and then rude ones,
 * which break the protocol, on as many as the device hangs up. Behind each comes an empty command that
 * asks for an acknowledgement: the device gives it, has hung up and called again, or waits for the
 * rest of what was sent. The set-point must stay what the right command made of it.
 *
 * In the end the genuine broker is back, and the device has to find it, to send it readings, and to obey
 * it. The hostile one acknowledges nothing that was sent, so that no reading may count as acknowledged.
 * The local interface is asked all the time.
 */

static const char *const clauses[] = {MQTT_CLAUSE, NULL};

static const struct check_spec checks[] = {
    MQTT_CHECKS("a hostile broker"),
    {"refused-connected", "", CHECK_EQUALS, 0, NULL, MQTT_CLAUSE, FINDING_ORACLE, SEVERITY_MEDIUM,
     "a device that its broker refuses counts as connected, or sends readings"},
    {.name = NULL},
};

enum {
    TOPIC_MAX = 200,
    FENCE_MS = 1500,    /* for the acknowledgement behind an attack */
    REFUSED_MS = 15000, /* until a device that was refused has called again */
    UNHEARD_MS = 600,   /* in which one that was refused could act as if it were connected */
    OBEY_MS = 8000,
    SUBSCRIPTION_FAILS = 0x80, /* MQTT 3.1.1, 3.9.3 */
    RIGHT_ID = 0x7001,
    FENCE_IDS = 0x7100,
    PACKET = 512,
    SEED_MAX = 1000000000,
};

/* A trial. */
struct siege {
    struct trial *trial;
    struct network_watch *watch;
    struct hostile_talk talk;
    uint64_t random;
    char topic[TOPIC_MAX];
    int held;            /* tenths of a degree that the device has to hold */
    uint64_t taken_away; /* readings that count as acknowledged by the hostile broker */
    size_t readings;     /* that have come to the genuine one */
    bool is_heard;       /* it has obeyed a right command of the hostile broker */
    bool is_off;         /* it does not connect any more: measured */
    unsigned fence;      /* number of the next empty command */
    unsigned acknowledged, hung_up, waiting; /* what followed on attacks */
    struct mqtt_attack attack;
};

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned trials[DEPTH_COUNT] = {1, 1, 12};
    static const unsigned rude[DEPTH_COUNT] = {2, 4, 11};
    uint64_t random = options->seed;
    int error = RIG_OK;

    (void)bench;
    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < trials[options->depth]; i++)
        error = word_append(words, "seed:%" PRIu64 ",rude:%u", random_below(&random, SEED_MAX),
                            rude[options->depth]);
    return error;
}

/* ---- refusals ---- */

static bool is_over(const struct siege *siege)
{
    return siege->is_off || network_is_over(siege->watch);
}

/* That it called is the proof that somebody was there. One that has called before has to call again,
 * whatever it met. */
static int open_place(struct siege *siege, struct diagnostic *diagnostic)
{
    const bool called_before = siege->talk.connects_ever > 0;
    bool came = false;
    const int error = hostile_talk_open(&siege->talk, &came, diagnostic);

    if (error != RIG_OK || network_is_over(siege->watch))
        return error;
    siege->is_off = !came;
    if (!came && called_before)
        (void)trial_measure(siege->trial, "uplink-back-within", NETWORK_UPLINK_MS + 1,
                            "the device does not call any more");
    else
        (void)trial_proof(siege->trial, came,
                          "the device has called the hostile broker, %zu times by now",
                          siege->talk.connects_ever);
    return RIG_OK;
}

/* Behind a refusal: whether the device acts as if it were connected, and then whether it calls again. */
static int measure_refusal(struct siege *siege, const char *what, unsigned code,
                           struct diagnostic *diagnostic)
{
    const struct hostile_wish reading = {MQTT_PUBLISH, 0, UNHEARD_MS};
    const struct hostile_wish call = {0, 0, REFUSED_MS};
    enum hostile_answer answer = HOSTILE_NOTHING;
    bool is_connected;
    int error = hostile_talk_wait(&siege->talk, &reading, &answer, NULL, diagnostic);

    if (error != RIG_OK || is_over(siege))
        return error;
    is_connected = answer == HOSTILE_PACKET || siege->watch->last.uplink_connected;
    if (answer == HOSTILE_NOTHING && !is_connected)
        error = hostile_talk_wait(&siege->talk, &call, &answer, NULL, diagnostic);
    if (error == RIG_OK && !is_over(siege))
        (void)trial_measure(siege->trial, "refused-connected", is_connected,
                            "%s with code %u: it %s", what, code,
                            is_connected              ? "counts as connected"
                            : answer == HOSTILE_AGAIN ? "calls again"
                                                      : "waits");
    return error;
}

/* Codes that exist, and that do not. */
static int refuse_device(struct siege *siege, struct diagnostic *diagnostic)
{
    uint8_t room[PACKET];
    struct mqtt_bytes out = {room, sizeof room, 0};
    const bool exists = random_below(&siege->random, 2) == 0;
    const unsigned code = exists ? 1 + (unsigned)random_below(&siege->random, 5)
                                 : 6 + (unsigned)random_below(&siege->random, 250);
    int error = open_place(siege, diagnostic);

    if (error != RIG_OK || is_over(siege))
        return error;
    mqtt_put_short(&out, MQTT_CONNACK, code);
    error = hostile_talk_send(&siege->talk, &out, diagnostic);
    return error == RIG_OK ? measure_refusal(siege, "the connection is refused", code, diagnostic)
                           : error;
}

/* The device, which has called again, is welcomed, and its subscription is not. */
static int refuse_subscription(struct siege *siege, struct diagnostic *diagnostic)
{
    const struct hostile_wish subscribes = {MQTT_SUBSCRIBE, 0, OBEY_MS};
    enum hostile_answer answer = HOSTILE_NOTHING;
    struct mqtt_seen subscribe = {0, NULL, 0};
    uint8_t room[PACKET];
    struct mqtt_bytes out = {room, sizeof room, 0};
    int error = open_place(siege, diagnostic);

    if (error != RIG_OK || is_over(siege))
        return error;
    mqtt_put_short(&out, MQTT_CONNACK, 0);
    error = hostile_talk_send(&siege->talk, &out, diagnostic);
    if (error == RIG_OK)
        error = hostile_talk_wait(&siege->talk, &subscribes, &answer, &subscribe, diagnostic);
    if (error != RIG_OK || is_over(siege))
        return error;
    if (!trial_proof(siege->trial, answer == HOSTILE_PACKET, "the device subscribes"))
        return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "the device does not subscribe");
    out.size = 0;
    mqtt_put_suback(&out, mqtt_packet_id(&subscribe), SUBSCRIPTION_FAILS);
    error = hostile_talk_send(&siege->talk, &out, diagnostic);
    return error == RIG_OK ? measure_refusal(siege, "the subscription is refused",
                                             SUBSCRIPTION_FAILS, diagnostic)
                           : error;
}

/* ---- a welcome ---- */

static int send_command(struct siege *siege, unsigned id, const void *payload, size_t size,
                        struct diagnostic *diagnostic)
{
    uint8_t room[PACKET];
    struct mqtt_bytes out = {room, sizeof room, 0};

    mqtt_put_message(&out, &(struct mqtt_message){.first = MQTT_PUBLISH | MQTT_QOS_STEP,
                                                  .topic = siege->topic,
                                                  .topic_size = strlen(siege->topic),
                                                  .id = id,
                                                  .payload = payload,
                                                  .payload_size = size});
    return hostile_talk_send(&siege->talk, &out, diagnostic);
}

/* A right command, acknowledged and obeyed. */
static int control_heard(struct siege *siege, struct diagnostic *diagnostic)
{
    const struct hostile_wish acknowledged = {MQTT_PUBACK, RIGHT_ID, OBEY_MS};
    const int wanted = mqtt_command_other_value(siege->held, &siege->random);
    enum hostile_answer answer = HOSTILE_NOTHING;
    struct mqtt_command command;
    int now = 0;
    int error;

    mqtt_command_right(wanted, &siege->random, &command);
    error = send_command(siege, RIGHT_ID, command.bytes, command.size, diagnostic);
    if (error == RIG_OK)
        error = hostile_talk_wait(&siege->talk, &acknowledged, &answer, NULL, diagnostic);
    if (error == RIG_OK && !is_over(siege))
        error = command_set_point(siege->trial->bench, &now, diagnostic);
    if (error != RIG_OK || is_over(siege))
        return error;
    siege->held = wanted;
    siege->is_heard = answer == HOSTILE_PACKET && now == wanted;
    if (trial_control(siege->trial, siege->is_heard,
                      "the device hears the hostile broker: it obeys a right command"))
        return RIG_OK;
    return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT,
                           "the device does not obey a right command");
}

/* The device is called to a new place, and welcomed there. */
static int connect_device(struct siege *siege, struct diagnostic *diagnostic)
{
    bool welcome = false;
    int error = open_place(siege, diagnostic);

    if (error != RIG_OK || is_over(siege))
        return error;
    error =
        hostile_talk_welcome(&siege->talk, siege->topic, sizeof siege->topic, &welcome, diagnostic);
    if (error != RIG_OK || network_is_over(siege->watch))
        return error;
    siege->is_off = !welcome;
    if (!welcome && siege->is_heard)
        (void)trial_measure(siege->trial, "uplink-back-within", NETWORK_UPLINK_MS + 1,
                            "the device, welcomed, does not connect any more");
    else
        (void)trial_control(siege->trial, welcome,
                            "the device, welcomed, subscribes and is connected");
    return RIG_OK;
}

/* ---- attacks ---- */

/* All of it, or in pieces of single bytes and the rest behind them. */
static int send_attack(struct siege *siege, struct diagnostic *diagnostic)
{
    const struct mqtt_attack *attack = &siege->attack;
    size_t sent = 0;
    int error = RIG_OK;

    for (size_t part = 1; error == RIG_OK && part <= attack->parts; part++) {
        const size_t count = part < attack->parts ? 1 : attack->size - sent;
        struct mqtt_bytes piece = {siege->attack.bytes + sent, count, count};

        error = hostile_talk_send(&siege->talk, &piece, diagnostic);
        sent += count;
        if (error == RIG_OK)
            error = network_turn(siege->trial, siege->watch, diagnostic);
    }
    return error;
}

/* The attack and an empty command behind it. *connected: the connection is still good. */
static int attack(struct siege *siege, bool *connected, struct diagnostic *diagnostic)
{
    struct hostile_wish acknowledged = {MQTT_PUBACK, FENCE_IDS + siege->fence++, FENCE_MS};
    enum hostile_answer answer = HOSTILE_NOTHING;
    int error = send_attack(siege, diagnostic);

    *connected = false;
    if (error == RIG_OK)
        error = send_command(siege, acknowledged.id, "{}", 2, diagnostic);
    if (error == RIG_OK)
        error = hostile_talk_wait(&siege->talk, &acknowledged, &answer, NULL, diagnostic);
    if (error != RIG_OK)
        return error;
    *connected = answer == HOSTILE_PACKET;
    siege->acknowledged += answer == HOSTILE_PACKET;
    siege->hung_up += answer == HOSTILE_AGAIN;
    siege->waiting += answer == HOSTILE_NOTHING;
    trial_note(siege->trial, "%s, %zu bytes in %zu parts: the device %s", siege->attack.what,
               siege->attack.size, siege->attack.parts,
               answer == HOSTILE_PACKET  ? "goes on"
               : answer == HOSTILE_AGAIN ? "hung up and called again"
                                         : "has hung up, or waits for more");
    return RIG_OK;
}

static int measure_wrong(struct siege *siege, struct diagnostic *diagnostic)
{
    int now = siege->held;
    int error;

    if (is_over(siege))
        return RIG_OK;
    error = command_set_point(siege->trial->bench, &now, diagnostic);
    if (error == RIG_OK)
        (void)trial_measure(siege->trial, "wrong-obeyed", now != siege->held,
                            "behind %s the set-point is %d, and has to be %d", siege->attack.what,
                            now, siege->held);
    siege->held = now;
    return error;
}

typedef void make_attack(size_t kind, const struct mqtt_victim *victim, uint64_t *state,
                         struct mqtt_attack *attack);

static int run_attack(struct siege *siege, make_attack *make, size_t kind, bool *connected,
                      struct diagnostic *diagnostic)
{
    const struct mqtt_victim victim = {siege->topic, siege->held};
    int error = *connected ? RIG_OK : connect_device(siege, diagnostic);

    if (error != RIG_OK || is_over(siege))
        return error;
    make(kind, &victim, &siege->random, &siege->attack);
    error = attack(siege, connected, diagnostic);
    return error == RIG_OK ? measure_wrong(siege, diagnostic) : error;
}

/* The first rude kind always; of the others as many as fit, from one on that the seed chooses. */
static size_t rude_kind(size_t index, size_t first)
{
    const size_t others = mqtt_attack_rude_kinds - 1;

    return index == 0 ? 0 : 1 + (first + index - 1) % others;
}

static int run_attacks(struct siege *siege, size_t rude, struct diagnostic *diagnostic)
{
    const size_t first = (size_t)random_below(&siege->random, mqtt_attack_rude_kinds - 1);
    bool connected = true;
    int error = connect_device(siege, diagnostic);

    if (error == RIG_OK && !is_over(siege))
        error = control_heard(siege, diagnostic);
    for (size_t i = 0; error == RIG_OK && i < mqtt_attack_mild_kinds && !is_over(siege); i++)
        error = run_attack(siege, mqtt_attack_mild, i, &connected, diagnostic);
    for (size_t i = 0; error == RIG_OK && i < rude && !is_over(siege); i++)
        error = run_attack(siege, mqtt_attack_rude, rude_kind(i, first), &connected, diagnostic);
    if (error == RIG_OK && !is_over(siege))
        (void)trial_proof(siege->trial,
                          siege->acknowledged + siege->hung_up > 0 && siege->talk.connects_ever > 0,
                          "the device answered behind %u attacks, hung up and called again behind "
                          "%u, and did neither behind %u",
                          siege->acknowledged, siege->hung_up, siege->waiting);
    return error;
}

/* ---- the genuine broker is back ---- */

static int start_genuine(struct siege *siege, struct diagnostic *diagnostic)
{
    struct trial *trial = siege->trial;
    int error = hostile_talk_leave(&siege->talk, diagnostic);

    if (error == RIG_OK)
        error =
            broker_start(trial->bench->broker, BROKER_GENUINE, move_deadline(trial), diagnostic);
    return error;
}

/* Until its queue is sent and a reading has come. Readings for one broker are not for another, so what
 * is owed is what the hostile one has not acknowledged, and it acknowledged nothing. */
static int measure_return(struct siege *siege, struct diagnostic *diagnostic)
{
    const struct network_wish sent = {network_has_sent, 0, NETWORK_UPLINK_MS + 1};
    struct network_watch *watch = siege->watch;
    const int64_t deadline = process_clock_ms() + NETWORK_UPLINK_MS + OBEY_MS;
    const size_t before = siege->readings;
    double took_ms = 0;
    bool held = false;
    int error = network_wait(siege->trial, watch, &sent, &held, &took_ms, diagnostic);

    while (error == RIG_OK && held && siege->readings == before && !network_is_over(watch) &&
           process_clock_ms() < deadline) {
        error = network_turn(siege->trial, watch, diagnostic);
        if (error == RIG_OK)
            error = network_count_readings(siege->trial, watch, &siege->readings, diagnostic);
    }
    if (error != RIG_OK || network_is_over(watch))
        return error;
    (void)trial_measure(siege->trial, "uplink-back-within", held ? took_ms : NETWORK_UPLINK_MS + 1,
                        "the device is %sconnected to the genuine broker", held ? "" : "not ");
    (void)trial_measure(siege->trial, "readings-lost",
                        (double)siege->taken_away + (siege->readings == before ? 1 : 0),
                        "%" PRIu64 " count as acknowledged by the hostile broker, who acknowledged "
                        "none; %zu came to the genuine one since it is back",
                        siege->taken_away, siege->readings - before);
    return RIG_OK;
}

/* It obeys a right command again: the set-point that it had at first. */
static int put_back(struct siege *siege, struct diagnostic *diagnostic)
{
    struct command_player player;
    struct mqtt_command command;
    bool obeyed = false;
    int error = command_player_begin(&player, siege->trial, siege->watch, diagnostic);

    if (error != RIG_OK)
        return error;
    mqtt_command_right(player.held, &siege->random, &command);
    error = command_player_order(&player, &command, player.held, &obeyed, diagnostic);
    if (error == RIG_OK && !network_is_over(siege->watch))
        (void)trial_measure(siege->trial, "right-refused", !obeyed,
                            "of the genuine broker, which is back");
    if (!obeyed) {
        player.held = siege->held;
        command_player_expect_held(&player);
    }
    return error;
}

static int run_siege(struct siege *siege, size_t rude, struct diagnostic *diagnostic)
{
    struct bench *bench = siege->trial->bench;
    const uint64_t acknowledged = siege->watch->last.acknowledged;
    int error = command_set_point(bench, &siege->held, diagnostic);

    if (error == RIG_OK)
        error = broker_stop(bench->broker, diagnostic);
    if (error == RIG_OK)
        error = refuse_device(siege, diagnostic);
    if (error == RIG_OK && !is_over(siege))
        error = refuse_subscription(siege, diagnostic);
    if (error == RIG_OK && !is_over(siege))
        error = run_attacks(siege, rude, diagnostic);
    if (siege->watch->last.acknowledged > acknowledged)
        siege->taken_away = siege->watch->last.acknowledged - acknowledged;
    if (error == RIG_OK)
        error = network_count_readings(siege->trial, siege->watch, &siege->readings, diagnostic);
    if (error == RIG_OK && !network_is_over(siege->watch))
        error = start_genuine(siege, diagnostic);
    if (error == RIG_OK && !network_is_over(siege->watch))
        error = measure_return(siege, diagnostic);
    if (error == RIG_OK && !network_is_over(siege->watch))
        error = put_back(siege, diagnostic);
    return error;
}

static int run(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct siege *siege = calloc(1, sizeof *siege);
    struct network_watch watch;
    uint64_t rude;
    int error = RIG_ERROR_NO_MEMORY;

    if (siege == NULL)
        return error;
    siege->trial = trial;
    siege->watch = &watch;
    hostile_talk_begin(&siege->talk, trial, &watch);
    error = word_number(word, "seed", &siege->random) == RIG_OK &&
                    word_number(word, "rude", &rude) == RIG_OK && rude >= 1 &&
                    rude <= mqtt_attack_rude_kinds
                ? network_begin(trial, &watch, true, diagnostic)
                : RIG_ERROR_USAGE;
    if (error == RIG_OK)
        error = run_siege(siege, (size_t)rude, diagnostic);
    if (error == RIG_OK)
        error = network_end(trial, &watch, false, NULL, diagnostic);
    hostile_talk_close(&siege->talk);
    free(siege);
    return error;
}

const struct scenario input_mqtt_broker = {
    .id = "input.mqtt-broker",
    .title = "a hostile broker with the genuine certificate",
    .clauses = clauses,
    .needs = CAN_ADAPTER | CAN_DUMP | CAN_SET | CAN_RTU | CAN_TCP | CAN_BROKER | CAN_MAKE_NEW,
    .checks = checks,
    .plan = plan,
    .run = run,
};
