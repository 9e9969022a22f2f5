#include "scenarios/hostile_talk.h"

#include <stdio.h>
#include <string.h>

#include "base/process.h"
#include "target/mqtt_scan.h"

enum {
    CALL_MS = 40000, /* until the device has called the new place */
    STEP_MS = 10000, /* for the next step of a welcome */
    SEND_MS = 10000,
    PACKET = 64,
};

void hostile_talk_begin(struct hostile_talk *talk, struct trial *trial, struct network_watch *watch)
{
    *talk = (struct hostile_talk){.trial = trial, .watch = watch};
}

void hostile_talk_close(struct hostile_talk *talk)
{
    hostile_broker_destroy(talk->broker);
    talk->broker = NULL;
    talk->connects = 0;
    talk->from = 0;
}

static void expect_place(const struct hostile_talk *talk)
{
    char place[ADAPTER_TEXT];

    network_broker_place(talk->trial, place);
    network_expect(talk->watch, "broker", place);
}

/* The end of the next CONNECT from `from` on; 0: there is none yet. */
static size_t find_call(const struct hostile_talk *talk)
{
    size_t size;
    const uint8_t *bytes = hostile_broker_received(talk->broker, &size);

    return mqtt_scan_connect(bytes, size, talk->from);
}

int hostile_talk_leave(struct hostile_talk *talk, struct diagnostic *diagnostic)
{
    int error;

    hostile_talk_close(talk);
    error = broker_move(talk->trial->bench->broker, diagnostic);
    if (error == RIG_OK)
        error = network_name_broker(talk->trial, diagnostic);
    if (error == RIG_OK)
        expect_place(talk);
    if (!move_is_silence(error))
        return error;
    /* A device that does not take its new place is seen by the turns. */
    return network_turn(talk->trial, talk->watch, diagnostic);
}

static int take_place(struct hostile_talk *talk, struct diagnostic *diagnostic)
{
    const int error = hostile_talk_leave(talk, diagnostic);

    return error == RIG_OK
               ? hostile_broker_start(talk->trial->bench->broker, move_deadline(talk->trial),
                                      &talk->broker, diagnostic)
               : error;
}

int hostile_talk_open(struct hostile_talk *talk, bool *came, struct diagnostic *diagnostic)
{
    const struct hostile_wish call = {0, 0, CALL_MS};
    enum hostile_answer answer = HOSTILE_NOTHING;
    int error = take_place(talk, diagnostic);

    *came = false;
    if (error == RIG_OK)
        error = hostile_talk_wait(talk, &call, &answer, NULL, diagnostic);
    *came = answer == HOSTILE_AGAIN;
    return error;
}

int hostile_talk_send(struct hostile_talk *talk, const struct mqtt_bytes *bytes,
                      struct diagnostic *diagnostic)
{
    return hostile_broker_send(talk->broker, bytes->bytes, bytes->size,
                               process_clock_ms() + SEND_MS, diagnostic);
}

/* ---- what comes ---- */

/* Looks through the packets of the present connection, up to the next CONNECT. */
static bool find_packet(const struct hostile_talk *talk, unsigned type, unsigned id,
                        struct mqtt_seen *found, size_t *count)
{
    size_t size;
    const uint8_t *bytes = hostile_broker_received(talk->broker, &size);
    struct mqtt_seen seen;
    size_t at = talk->from;
    bool is_found = false;

    *count = 0;
    while (mqtt_packet_next(bytes, size, &at, &seen) && seen.type != MQTT_CONNECT) {
        if (seen.type != type || (id != 0 && mqtt_packet_id(&seen) != id))
            continue;
        if (!is_found)
            *found = seen;
        is_found = true;
        (*count)++;
    }
    return is_found;
}

size_t hostile_talk_count(const struct hostile_talk *talk, unsigned type)
{
    struct mqtt_seen unused;
    size_t count;

    (void)find_packet(talk, type, 0, &unused, &count);
    return count;
}

/* The device has called again: what comes now is of another connection. */
static bool take_call(struct hostile_talk *talk)
{
    const size_t behind = find_call(talk);

    if (behind == 0)
        return false;
    talk->from = behind;
    talk->connects++;
    talk->connects_ever++;
    return true;
}

int hostile_talk_wait(struct hostile_talk *talk, const struct hostile_wish *wish,
                      enum hostile_answer *answer, struct mqtt_seen *seen,
                      struct diagnostic *diagnostic)
{
    const int64_t deadline = process_clock_ms() + wish->limit_ms;
    struct mqtt_seen found;
    size_t count;
    int error = RIG_OK;

    *answer = HOSTILE_NOTHING;
    while (error == RIG_OK && *answer == HOSTILE_NOTHING && process_clock_ms() < deadline &&
           !network_is_over(talk->watch)) {
        error = network_turn(talk->trial, talk->watch, diagnostic);
        if (error == RIG_OK)
            error = hostile_broker_check(talk->broker, diagnostic);
        if (error != RIG_OK)
            return error;
        if (wish->type != 0 && find_packet(talk, wish->type, wish->id, &found, &count))
            *answer = HOSTILE_PACKET;
        else if (take_call(talk))
            *answer = HOSTILE_AGAIN;
    }
    if (*answer == HOSTILE_PACKET && seen != NULL)
        *seen = found;
    return error;
}

/* ---- a welcome ---- */

/* The first filter of a SUBSCRIBE (3.8.3), which is a stranger's text. */
static bool read_filter(const struct mqtt_seen *subscribe, char *topic, size_t topic_size)
{
    size_t length;

    if (subscribe->size < 4)
        return false;
    length = (size_t)(subscribe->body[2] << 8 | subscribe->body[3]);
    if (length == 0 || length > subscribe->size - 4 || length >= topic_size)
        return false;
    memcpy(topic, subscribe->body + 4, length);
    topic[length] = '\0';
    return strlen(topic) == length;
}

static int grant(struct hostile_talk *talk, unsigned id, struct diagnostic *diagnostic)
{
    uint8_t room[PACKET];
    struct mqtt_bytes out = {room, sizeof room, 0};

    mqtt_put_suback(&out, id, 1);
    return hostile_talk_send(talk, &out, diagnostic);
}

int hostile_talk_welcome(struct hostile_talk *talk, char *topic, size_t topic_size, bool *welcome,
                         struct diagnostic *diagnostic)
{
    const struct hostile_wish subscribes = {MQTT_SUBSCRIBE, 0, STEP_MS};
    const struct network_wish up = {network_uplink_is_up, 0, STEP_MS};
    enum hostile_answer answer = HOSTILE_NOTHING;
    struct mqtt_seen subscribe = {0, NULL, 0};
    uint8_t room[PACKET];
    struct mqtt_bytes out = {room, sizeof room, 0};
    int error;

    *welcome = false;
    mqtt_put_short(&out, MQTT_CONNACK, 0);
    error = hostile_talk_send(talk, &out, diagnostic);
    if (error == RIG_OK)
        error = hostile_talk_wait(talk, &subscribes, &answer, &subscribe, diagnostic);
    if (error != RIG_OK || answer != HOSTILE_PACKET || !read_filter(&subscribe, topic, topic_size))
        return error;
    error = grant(talk, mqtt_packet_id(&subscribe), diagnostic);
    if (error == RIG_OK)
        error = network_wait(talk->trial, talk->watch, &up, welcome, NULL, diagnostic);
    return error;
}
