#include "step_generator.h"

#include "byte_order.h"
#include "debug_lock.h"
#include "fault.h"
#include "image.h"
#include "mailbox.h"
#include "modbus_pdu.h"
#include "registers.h"

#include <string.h>

uint16_t generate_number(struct random *random)
{
    static const uint16_t limits[] = {
        0,      1,      2,      3,      4,      5,      6,     7,    8,      11,
        12,     13,     50,     49,     121,    122,    123,   124,  125,    126,
        200,    300,    301,    1440,   1968,   1969,   2000,  2001, 0x0FFF, 0x1000,
        0x1001, 0x1078, 0x1079, 0x7FFF, 0x8000, 0xFF00, 0xFFFF};

    if (random_chance(random, 15)) {
        return (uint16_t)random_next(random);
    }
    return limits[random_below(random, sizeof limits / sizeof limits[0])];
}

static void fill(struct random *random, uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (uint8_t)random_next(random);
    }
}

/* Address, quantity, byte count and as many bytes; `at` is where the address stands. */
static size_t put_write_block(struct random *random, uint8_t *pdu, size_t at, bool bits)
{
    uint16_t count = random_chance(random, 70) ? (uint16_t)(1U + random_below(random, 3))
                                               : (uint16_t)random_below(random, 122);
    size_t bytes = bits ? (count + 7U) / 8U : 2U * (size_t)count;

    put_be16(pdu + at, random_chance(random, 60) ? (uint16_t)random_below(random, 3)
                                                 : generate_number(random));
    put_be16(pdu + at + 2, random_chance(random, 90) ? count : generate_number(random));
    pdu[at + 4] = (uint8_t)(random_chance(random, 90) ? bytes : random_next(random));
    for (size_t i = 0; i + 1 < bytes + 1; i += 2) {
        put_be16(pdu + at + 5 + i, random_chance(random, 60) ? (uint16_t)random_below(random, 310)
                                                             : generate_number(random));
    }
    return at + 5U + bytes;
}

static size_t put_identification(struct random *random, uint8_t *pdu)
{
    pdu[1] = random_chance(random, 90) ? 0x0E : (uint8_t)random_next(random);
    pdu[2] = (uint8_t)random_below(random, 6);
    pdu[3] = (uint8_t)random_below(random, 5);
    return 4;
}

static size_t put_request(struct random *random, uint8_t *pdu)
{
    static const uint8_t functions[] = {1, 2, 3, 4, 5, 6, 15, 16, 22, 23, 43};

    pdu[0] = functions[random_below(random, sizeof functions)];
    switch (pdu[0]) {
    case MODBUS_WRITE_MULTIPLE_COILS:
        return put_write_block(random, pdu, 1, true);
    case MODBUS_WRITE_MULTIPLE_REGISTERS:
        return put_write_block(random, pdu, 1, false);
    case MODBUS_READ_WRITE_REGISTERS:
        put_be16(pdu + 1, (uint16_t)random_below(random, 3));
        put_be16(pdu + 3, (uint16_t)(1U + random_below(random, 12)));
        return put_write_block(random, pdu, 5, false);
    case MODBUS_ENCAPSULATED_INTERFACE:
        return put_identification(random, pdu);
    case MODBUS_MASK_WRITE_REGISTER:
        put_be16(pdu + 1, (uint16_t)random_below(random, 3));
        put_be16(pdu + 3, generate_number(random));
        put_be16(pdu + 5, generate_number(random));
        return 7;
    default:
        put_be16(pdu + 1, random_chance(random, 70) ? (uint16_t)random_below(random, 12)
                                                    : generate_number(random));
        put_be16(pdu + 3, random_chance(random, 50) ? (uint16_t)(1U + random_below(random, 6))
                                                    : generate_number(random));
        return 5;
    }
}

void generate_request(struct random *random, struct generated_step *generated)
{
    generated_step_begin(generated, HISTORY_REQUEST, 0);
    generated->step.length = put_request(random, generated->body);
    if (random_chance(random, 5)) {
        generated->body[0] = (uint8_t)random_next(random);
    }
    if (random_chance(random, 5)) {
        generated->step.length = random_below(random, generated->step.length + 1U);
    }
    if (random_chance(random, 10)) {
        generated->step.options |= HISTORY_SPLIT;
    }
    if (random_chance(random, 5)) {
        generated->step.options |= HISTORY_BROADCAST;
    }
}

/* A host, often with a port, which often is none. */
static size_t put_broker(struct random *random, uint8_t *text)
{
    static const char *const ports[] = {":1",     ":8883", ":65535", ":65536",
                                        ":99999", ":0",    ":01",    ":"};
    const char *port = ports[random_below(random, sizeof ports / sizeof ports[0])];
    const size_t port_length = random_chance(random, 60) ? strlen(port) : 0;
    const size_t length = random_below(random, SETTINGS_BROKER_SIZE + 2U);

    memset(text, 'a' + (int)random_below(random, 26), SETTINGS_BROKER_SIZE + 2U);
    for (size_t i = 0; i < port_length && port_length <= length; i++) {
        text[length - port_length + i] = (uint8_t)port[i];
    }
    return length;
}

static size_t put_setting(struct random *random, uint8_t *payload)
{
    payload[0] = (uint8_t)(1U + random_below(random, 10));
    switch (payload[0]) {
    case SETTING_SCHEDULE:
        for (size_t i = 0; i < SETTINGS_SCHEDULE_ENTRIES; i++) {
            put_le16(payload + 1 + 4 * i, (uint16_t)(360U * i + random_below(random, 361)));
            put_le16(payload + 3 + 4 * i, (uint16_t)(45U + random_below(random, 260)));
        }
        return 17;
    case SETTING_NAME:
        memset(payload + 1, 'a' + (int)random_below(random, 26), SETTINGS_NAME_SIZE + 2U);
        return 1U + random_below(random, SETTINGS_NAME_SIZE + 2U);
    case SETTING_BROKER:
        return 1U + put_broker(random, payload + 1);
    case SETTING_ADDRESS:
        fill(random, payload + 1, 4);
        return 5;
    case SETTING_CONSENT:
        payload[1] = (uint8_t)random_below(random, 3);
        return 2;
    default:
        put_le16(payload + 1, random_chance(random, 50) ? (uint16_t)random_below(random, 310)
                                                        : generate_number(random));
        return 3;
    }
}

static size_t put_verifier(struct random *random, uint8_t *payload)
{
    fill(random, payload, PASSWORD_VERIFIER_SIZE);
    put_le32(payload + PASSWORD_SALT_SIZE,
             random_chance(random, 85) ? PASSWORD_MIN_ITERATIONS : generate_number(random));
    return PASSWORD_VERIFIER_SIZE;
}

static size_t put_payload(struct random *random, uint8_t type, uint8_t *payload)
{
    switch (type) {
    case MAILBOX_SET_SETTING:
        return put_setting(random, payload);
    case MAILBOX_GET_SETTING:
        payload[0] = (uint8_t)(1U + random_below(random, 10));
        return 1;
    case MAILBOX_SET_PASSWORD:
        return put_verifier(random, payload);
    case MAILBOX_UPDATE_BEGIN:
        fill(random, payload, IMAGE_HEADER_SIZE);
        return IMAGE_HEADER_SIZE;
    case MAILBOX_UPDATE_DATA:
        put_le32(payload, generate_number(random));
        return 5U + random_below(random, 200);
    case MAILBOX_DEBUG_TOKEN:
        fill(random, payload, DEBUG_LOCK_TOKEN_SIZE);
        return DEBUG_LOCK_TOKEN_SIZE;
    case MAILBOX_READ_EVENTS:
        put_le32(payload, (uint32_t)random_below(random, 40));
        return 4;
    default:
        return 0;
    }
}

void generate_plain_message(struct generated_step *generated, uint8_t type)
{
    generated_step_begin(generated, HISTORY_MAILBOX, 1);
    generated->body[0] = type;
}

static void generate_message(struct random *random, struct generated_step *generated)
{
    static const uint8_t often[] = {MAILBOX_HELLO,       MAILBOX_LOGIN,       MAILBOX_SET_SETTING,
                                    MAILBOX_SET_SETTING, MAILBOX_SET_SETTING, MAILBOX_GET_SETTING,
                                    MAILBOX_SET_PASSWORD};
    static const uint8_t seldom[] = {
        MAILBOX_LOG_OUT,         MAILBOX_HELLO_LABEL,    MAILBOX_UPDATE_STATUS,
        MAILBOX_UPDATE_BEGIN,    MAILBOX_UPDATE_DATA,    MAILBOX_UPDATE_FINISH,
        MAILBOX_UPDATE_ACTIVATE, MAILBOX_UPDATE_CONFIRM, MAILBOX_ERASE,
        MAILBOX_DEBUG_CHALLENGE, MAILBOX_DEBUG_TOKEN,    MAILBOX_READ_EVENTS};
    static const uint8_t misbehaviours[] = {HISTORY_TAMPER, HISTORY_REPLAY, HISTORY_OTHER_KEY,
                                            HISTORY_OTHER_PLACE};

    generated_step_begin(generated, HISTORY_MAILBOX, 0);
    generated->body[0] = random_chance(random, 75) ? often[random_below(random, sizeof often)]
                                                   : seldom[random_below(random, sizeof seldom)];
    generated->step.length = 1U + put_payload(random, generated->body[0], generated->body + 1);
    if (random_chance(random, 4)) {
        generated->step.length = 1U + random_below(random, MAILBOX_MAX_PAYLOAD);
    }
    if (random_chance(random, 20)) {
        generated->step.options |= misbehaviours[random_below(random, sizeof misbehaviours)];
    }
}

/* A whole TCP ADU of random bytes whose announced length lies on a limit. */
static void generate_limit_adu(struct random *random, struct generated_step *generated)
{
    static const uint16_t lengths[] = {0, 1, 2, 3, 8, 253, 254, 255, 256, 260, 0xFFFF};
    const uint16_t length = lengths[random_below(random, sizeof lengths / sizeof lengths[0])];
    const size_t size = 6U + (size_t)length;

    generated_step_begin(generated, HISTORY_RAW, size < STEP_MAX_BODY ? size : STEP_MAX_BODY);
    fill(random, generated->body, generated->step.length);
    memset(generated->body + 2, 0, 2);
    put_be16(generated->body + 4, length);
}

static void generate_raw(struct random *random, struct generated_step *generated)
{
    if (random_chance(random, 50)) {
        generate_limit_adu(random, generated);
        return;
    }
    generated_step_begin(generated, HISTORY_RAW, 1U + random_below(random, STEP_MAX_BODY - 1U));
    fill(random, generated->body, generated->step.length);
}

static void generate_wait(struct random *random, struct generated_step *generated)
{
    static const uint32_t durations[] = {1, 3, 999, 1000, 2000, 30000, 59999, 60000, 300000};

    generated_step_begin(generated, HISTORY_WAIT, 4);
    put_le32(generated->body,
             durations[random_below(random, sizeof durations / sizeof durations[0])]);
}

static void generate_fault(struct random *random, struct generated_step *generated)
{
    generated_step_begin(generated, HISTORY_FAULT, 4);
    generated->body[0] = (uint8_t)random_below(random, 2);
    generated->body[1] = (uint8_t)random_below(random, FAULT_MOMENT_COUNT);
    generated->body[2] = (uint8_t)random_below(random, 5);
    generated->body[3] = (uint8_t)random_below(random, 24);
}

static void generate_world(struct random *random, struct generated_step *generated)
{
    generated_step_begin(generated, HISTORY_WORLD, 3);
    put_le16(generated->body, (uint16_t)random_below(random, 400));
    generated->body[2] = random_chance(random, 30) ? (uint8_t)(1U << random_below(random, 3)) : 0;
}

void generate_failing_broadcast(struct random *random, struct generated_step steps[2])
{
    generate_fault(random, &steps[0]);
    steps[0].body[0] = 1; /* an error, no power cut */
    steps[0].body[2] = (uint8_t)random_below(random, 2);
    generated_step_begin(&steps[1], HISTORY_REQUEST, 5);
    steps[1].step.options = HISTORY_BROADCAST;
    steps[1].body[0] = MODBUS_WRITE_SINGLE_REGISTER;
    put_be16(steps[1].body + 3, (uint16_t)(50U + random_below(random, 250)));
}

void generate_step(struct random *random, struct generated_step *generated)
{
    size_t roll = random_below(random, 100);

    if (roll < 45) {
        generate_request(random, generated);
    } else if (roll < 75) {
        generate_message(random, generated);
    } else if (roll < 83) {
        generate_fault(random, generated);
    } else if (roll < 89) {
        generate_wait(random, generated);
    } else if (roll < 93) {
        generate_raw(random, generated);
    } else if (roll < 97) {
        generated_step_begin(generated, HISTORY_RESTART, 0);
    } else {
        generate_world(random, generated);
    }
}
