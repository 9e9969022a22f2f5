/*
 * Messages for the mailbox of somebody who has no session: firmware/app/mailbox.h describes them.
 */
#include <string.h>

#include "base/random.h"
#include "scenarios/modbus_generator_state.h"
#include "target/hearth_mailbox.h"

enum {
    EXCHANGE = 23,
    MESSAGE_AT = 10, /* in the PDU */
    SESSION_AT = 4,  /* in the message */
    HELLO_LABEL = 0x07,
};

struct message {
    uint8_t bytes[HEARTH_MESSAGE];
    size_t size;
};

static void put_le(uint8_t *bytes, uint32_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

/* Header and `payload` random bytes; the caller says what the header claims. */
static void begin(struct modbus_making *making, unsigned type, unsigned claimed, size_t payload,
                  struct message *message)
{
    memset(message, 0, sizeof *message);
    message->bytes[0] = 1;
    message->bytes[1] = (uint8_t)type;
    put_le(message->bytes + 2, claimed, 2);
    message->size = HEARTH_HEADER + payload;
    random_bytes(&making->random, message->bytes + HEARTH_HEADER, payload);
}

static struct modbus_frame *add(struct modbus_making *making, const char *what,
                                const struct message *message)
{
    struct modbus_pdu pdu = {{EXCHANGE}, 1};
    const unsigned registers = (unsigned)(message->size + 1) / 2;

    modbus_pdu_put16(&pdu, making->map->mailbox);
    modbus_pdu_put16(&pdu, making->map->mailbox_count);
    modbus_pdu_put16(&pdu, making->map->mailbox);
    modbus_pdu_put16(&pdu, registers);
    modbus_pdu_put8(&pdu, 2 * registers);
    memcpy(pdu.bytes + pdu.size, message->bytes, message->size);
    pdu.size += (size_t)2 * registers;
    return modbus_making_add(making, what, &pdu);
}

/* A message in the session that the device gave last. */
static void add_in_session(struct modbus_making *making, const char *what,
                           const struct message *message)
{
    struct modbus_frame *frame = add(making, what, message);

    if (frame != NULL)
        frame->session_at = modbus_frame_head(making->bus) + MESSAGE_AT + SESSION_AT;
}

static void make_hello(struct modbus_making *making)
{
    struct message message;

    begin(making, HEARTH_HELLO, HEARTH_NONCE, HEARTH_NONCE, &message);
    (void)add(making, "mailbox: HELLO", &message);
}

static void make_bogus_hello(struct modbus_making *making)
{
    static const uint16_t claims[] = {0, 1, 15, 17, 214, 230, 0x7FFF, 0xFFFF};
    struct message message;

    begin(making, modbus_making_below(making, 3) == 0 ? HELLO_LABEL : HEARTH_HELLO,
          claims[modbus_making_below(making, 8)], modbus_making_below(making, 230), &message);
    if (modbus_making_below(making, 2) == 0)
        random_bytes(&making->random, message.bytes + SESSION_AT, 8);
    (void)add(making, "mailbox: HELLO with a length that lies", &message);
}

/* LOGIN with a proof that is none, in a session that was begun or in none. */
static void make_guess(struct modbus_making *making)
{
    struct message message;

    begin(making, HEARTH_LOGIN, 0, HEARTH_TAG, &message);
    put_le(message.bytes + 8, 1, 4);
    if (making->has_guessed || modbus_making_below(making, 4) != 0) {
        (void)add(making, "mailbox: LOGIN without a session", &message);
        return;
    }
    making->has_guessed = true;
    make_hello(making);
    add_in_session(making, "mailbox: LOGIN with a wrong proof", &message);
    add_in_session(making, "mailbox: the same LOGIN again", &message);
}

/* Sealed rubbish of each type. */
static void make_rubbish(struct modbus_making *making)
{
    static const uint8_t types[] = {0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x13, 0x14,
                                    0x15, 0x20, 0x30, 0x31, 0x40, 0x7F, 0x83, 0x00, 0xFF};
    const unsigned size = modbus_making_below(making, HEARTH_PAYLOAD + 1);
    struct message message;

    begin(making, types[modbus_making_below(making, sizeof types)], size, size + HEARTH_TAG,
          &message);
    put_le(message.bytes + 8, 1 + modbus_making_below(making, 4), 4);
    if (modbus_making_below(making, 2) == 0)
        make_hello(making);
    add_in_session(making, "mailbox: a message that nobody sealed", &message);
}

/* Header fields at random, tag missing, message cut short. */
static void make_broken(struct modbus_making *making)
{
    struct message message;
    const unsigned size = modbus_making_below(making, HEARTH_MESSAGE - HEARTH_HEADER + 1);

    begin(making, modbus_making_below(making, 256), modbus_making_below(making, 0x10000), size,
          &message);
    if (modbus_making_below(making, 2) == 0)
        message.bytes[0] = (uint8_t)modbus_making_below(making, 256);
    if (modbus_making_below(making, 2) == 0)
        message.size = 1 + modbus_making_below(making, HEARTH_HEADER + 4);
    (void)add(making, "mailbox: a message in disorder", &message);
}

/* The mailbox's addresses, and others with it. */
static void make_beside(struct modbus_making *making)
{
    const unsigned mailbox = making->map->mailbox;
    const unsigned count = making->map->mailbox_count;
    const unsigned ranges[][4] = {
        {mailbox, count - 1, mailbox, 14},
        {mailbox, count + 1, mailbox, 14},
        {mailbox, 125, mailbox, 121},
        {mailbox + 1, count - 1, mailbox, 14},
        {0, 12, mailbox, 14},
        {mailbox, count, 0, 1},
        {mailbox, count, mailbox + 1, 14},
        {mailbox, count, mailbox - 1, 14},
        {mailbox, 1, mailbox, 1},
    };
    const unsigned *range = ranges[modbus_making_below(making, sizeof ranges / sizeof *ranges)];
    struct modbus_pdu pdu = {{EXCHANGE}, 1};

    for (size_t i = 0; i < 4; i++)
        modbus_pdu_put16(&pdu, range[i]);
    modbus_pdu_put8(&pdu, 2 * range[3]);
    random_bytes(&making->random, pdu.bytes + pdu.size, (size_t)2 * range[3]);
    pdu.bytes[pdu.size] = 1;
    pdu.bytes[pdu.size + 1] = HEARTH_HELLO;
    pdu.size += (size_t)2 * range[3];
    (void)modbus_making_add(making, "FC 23: beside the mailbox", &pdu);
}

void modbus_make_messages(struct modbus_making *making)
{
    static void (*const shapes[])(struct modbus_making *) = {
        make_hello, make_bogus_hello, make_guess, make_rubbish, make_broken, make_beside,
    };

    shapes[modbus_making_below(making, sizeof shapes / sizeof shapes[0])](making);
}
