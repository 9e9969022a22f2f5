#include "scenarios/mqtt_attack.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "scenarios/mqtt_command.h"

enum {
    TOPIC_MAX = 256,
    PARTS_MAX = 8,
    FLOOD = 48 * 1024,
};

/* An attack in the making. */
struct draft {
    struct mqtt_bytes out;
    const struct mqtt_victim *victim;
    uint64_t *state;
    size_t parts;
};

static unsigned draw(struct draft *draft, unsigned limit)
{
    return (unsigned)random_below(draft->state, limit);
}

static unsigned draw_id(struct draft *draft)
{
    return MQTT_ATTACK_IDS + draw(draft, MQTT_ATTACK_IDS_END - MQTT_ATTACK_IDS);
}

static void fill(struct draft *draft, unsigned byte, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mqtt_put_byte(&draft->out, byte);
}

/* ---- mild ---- */

/* A right command that goes to somebody else. */
static void put_for_topic(struct draft *draft, const char *topic)
{
    struct mqtt_command command;

    mqtt_command_right(mqtt_command_other_value(draft->victim->tenths, draft->state), draft->state,
                       &command);
    mqtt_put_message(&draft->out, &(struct mqtt_message){.first = MQTT_PUBLISH,
                                                         .topic = topic,
                                                         .topic_size = strlen(topic),
                                                         .payload = command.bytes,
                                                         .payload_size = command.size});
}

static void make_other_topics(struct draft *draft)
{
    static const char *const ends[] = {"/set", "s", "/", "/#"};
    const char *own = draft->victim->topic;
    const size_t length = strlen(own);
    char topic[TOPIC_MAX];

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        (void)snprintf(topic, sizeof topic, "%s%s", own, ends[i]);
        put_for_topic(draft, topic);
    }
    for (size_t cut = 1; cut < 4 && cut < length; cut++) {
        (void)snprintf(topic, sizeof topic, "%.*s", (int)(length - cut), own);
        put_for_topic(draft, topic);
    }
    (void)snprintf(topic, sizeof topic, "%s", own);
    topic[length / 2] = topic[length / 2] == '0' ? '1' : '0';
    put_for_topic(draft, topic);
    put_for_topic(draft, "#");
    put_for_topic(draft, "command");
    (void)snprintf(topic, sizeof topic, "/%s", own);
    put_for_topic(draft, topic);
}

/* Wrong commands for the device with all flags: retained, sent again, at any quality of service. */
static void make_wrong_commands(struct draft *draft)
{
    static const unsigned flags[] = {0,
                                     MQTT_RETAIN,
                                     MQTT_QOS_STEP,
                                     MQTT_QOS_STEP | MQTT_RETAIN,
                                     MQTT_QOS_STEP | MQTT_DUP,
                                     2 * MQTT_QOS_STEP,
                                     2 * MQTT_QOS_STEP | MQTT_DUP | MQTT_RETAIN,
                                     MQTT_DUP};
    size_t kind = draw(draft, 1000);

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        struct mqtt_command command;

        do {
            mqtt_command_generate(kind++, draft->victim->tenths, draft->state, &command);
        } while (command.topic != MQTT_TOPIC_OWN); /* so is one kind of many */
        mqtt_put_message(&draft->out,
                         &(struct mqtt_message){.first = MQTT_PUBLISH | flags[i],
                                                .topic = draft->victim->topic,
                                                .topic_size = strlen(draft->victim->topic),
                                                .id = draw_id(draft),
                                                .payload = command.bytes,
                                                .payload_size = command.size});
    }
}

static void make_unasked_answers(struct draft *draft)
{
    static const unsigned types[] = {MQTT_PUBACK, MQTT_PUBREC, MQTT_PUBREL, MQTT_PUBCOMP,
                                     MQTT_UNSUBACK};
    unsigned id;

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        mqtt_put_short(&draft->out, types[i], draw_id(draft));
    id = draw_id(draft);
    mqtt_put_suback(&draft->out, id, draw(draft, 256));
    mqtt_put_header(&draft->out, MQTT_PINGRESP, 0);
    mqtt_put_short(&draft->out, MQTT_CONNACK, 0);
}

/* ---- rude ---- */

static void make_endless_length(struct draft *draft)
{
    mqtt_put_byte(&draft->out, MQTT_PUBLISH);
    fill(draft, 0xFF, 130 + draw(draft, 1200));
}

static void make_long_length(struct draft *draft)
{
    mqtt_put_byte(&draft->out, MQTT_PUBLISH | draw(draft, 6));
    fill(draft, 0x80 | draw(draft, 128), 4);
    mqtt_put_byte(&draft->out, draw(draft, 128));
    fill(draft, 'a', draw(draft, 300));
}

static void make_topic_beyond(struct draft *draft)
{
    const unsigned size = 2 + draw(draft, 40);

    mqtt_put_header(&draft->out, MQTT_PUBLISH | (draw(draft, 3) * MQTT_QOS_STEP), size);
    mqtt_put_16(&draft->out, draw(draft, 2) == 0 ? 0xFFFF : size - 1 + draw(draft, 4));
    fill(draft, 'x', size - 2);
}

static void make_topic_beyond_buffers(struct draft *draft)
{
    const unsigned size = 100 + draw(draft, 4000);

    mqtt_put_header(&draft->out, MQTT_PUBLISH, size + 2);
    mqtt_put_16(&draft->out, size);
    fill(draft, 'a', size);
}

static void make_unfinished(struct draft *draft)
{
    const size_t topic_size = strlen(draft->victim->topic);

    mqtt_put_header(&draft->out, MQTT_PUBLISH, 268435455);
    mqtt_put_16(&draft->out, (unsigned)topic_size);
    mqtt_put(&draft->out, draft->victim->topic, topic_size);
    fill(draft, ' ', 2000 + draw(draft, 8000));
}

static void make_unknown_type(struct draft *draft)
{
    static const unsigned types[] = {
        0x00, 0xF0, 0x0F, 0xFF, MQTT_CONNECT, MQTT_SUBSCRIBE, MQTT_PINGREQ, MQTT_DISCONNECT, 0xA2};

    mqtt_put_header(&draft->out, types[draw(draft, sizeof types / sizeof types[0])], 8);
    fill(draft, draw(draft, 256), 8);
}

static void make_short_answers(struct draft *draft)
{
    static const unsigned types[] = {MQTT_PUBACK,   MQTT_PUBREC, MQTT_PUBREL, MQTT_PUBCOMP,
                                     MQTT_UNSUBACK, MQTT_SUBACK, MQTT_CONNACK};

    for (size_t size = 0; size < 2; size++) {
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
            mqtt_put_header(&draft->out, types[i], size);
            fill(draft, draw(draft, 256), size);
        }
    }
    mqtt_put_short(&draft->out, MQTT_PUBACK, 0);
}

static void make_short_message(struct draft *draft)
{
    const unsigned size = draw(draft, 4);

    mqtt_put_header(&draft->out, MQTT_PUBLISH | (1 + draw(draft, 3)) * MQTT_QOS_STEP, size);
    fill(draft, 0, size);
}

/* With single bytes of it in records of their own. */
static void make_cut_message(struct draft *draft)
{
    make_wrong_commands(draft);
    draft->parts = 2 + draw(draft, PARTS_MAX - 1);
}

static void make_flood(struct draft *draft)
{
    while (draft->out.size < FLOOD) {
        make_unasked_answers(draft);
        make_wrong_commands(draft);
    }
}

static void make_garbage(struct draft *draft)
{
    uint8_t bytes[2048];
    const size_t size = 1 + draw(draft, sizeof bytes);

    random_bytes(draft->state, bytes, size);
    mqtt_put(&draft->out, bytes, size);
}

struct kind {
    const char *what;
    void (*make)(struct draft *draft);
};

static const struct kind mild[] = {
    {"right commands for other topics", make_other_topics},
    {"wrong commands with all flags", make_wrong_commands},
    {"answers to what nobody asked", make_unasked_answers},
};

static const struct kind rude[] = {
    {"a length that never ends", make_endless_length},
    {"a length of five bytes", make_long_length},
    {"a topic longer than its packet", make_topic_beyond},
    {"messages in pieces", make_cut_message},
    {"a flood", make_flood},
    {"a message that never ends", make_unfinished},
    {"answers that are too short", make_short_answers},
    {"a type that no broker sends", make_unknown_type},
    {"a topic beyond all buffers", make_topic_beyond_buffers},
    {"a message without room for its number", make_short_message},
    {"garbage", make_garbage},
};

const size_t mqtt_attack_mild_kinds = sizeof mild / sizeof mild[0];
const size_t mqtt_attack_rude_kinds = sizeof rude / sizeof rude[0];

static void make(const struct kind *kind, const struct mqtt_victim *victim, uint64_t *state,
                 struct mqtt_attack *attack)
{
    struct draft draft = {{attack->bytes, sizeof attack->bytes, 0}, victim, state, 1};

    kind->make(&draft);
    attack->what = kind->what;
    attack->parts = draft.parts;
    attack->size = draft.out.size;
}

void mqtt_attack_mild(size_t kind, const struct mqtt_victim *victim, uint64_t *state,
                      struct mqtt_attack *attack)
{
    make(&mild[kind % mqtt_attack_mild_kinds], victim, state, attack);
}

void mqtt_attack_rude(size_t kind, const struct mqtt_victim *victim, uint64_t *state,
                      struct mqtt_attack *attack)
{
    make(&rude[kind % mqtt_attack_rude_kinds], victim, state, attack);
}
