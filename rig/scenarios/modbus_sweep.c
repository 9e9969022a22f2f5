#include "scenarios/modbus_sweep.h"

#include <string.h>

#include "base/random.h"
#include "scenarios/modbus_generator_state.h"
#include "target/hearth_mailbox.h"

enum {
    EXCHANGE = 23,
    SESSION_AT = 4,  /* in a message */
    MESSAGE_AT = 10, /* in the PDU */
    HELLO_LABEL = 0x07,
    COIL_ON = 0xFF00,
};

static struct modbus_frame *add(const struct modbus_bus *bus, const char *what,
                                const struct modbus_pdu *pdu, struct modbus_history *history)
{
    struct modbus_frame *frame;

    if (history->count == MODBUS_HISTORY_MAX)
        return NULL;
    frame = &history->frames[history->count];
    frame->what = what;
    modbus_frame_wrap(bus, bus->unit, (uint16_t)(history->count + 1), pdu->bytes, pdu->size, frame);
    history->count++;
    return frame;
}

/* ---- registers and coils ---- */

static void write_coil(const struct modbus_bus *bus, unsigned address, bool on,
                       struct modbus_history *history)
{
    struct modbus_pdu single = {{5}, 1};
    struct modbus_pdu several = {{15}, 1};

    modbus_pdu_put16(&single, address);
    modbus_pdu_put16(&single, on ? COIL_ON : 0);
    (void)add(bus, "FC 5", &single, history);
    modbus_pdu_put16(&several, address);
    modbus_pdu_put16(&several, 1);
    modbus_pdu_put8(&several, 1);
    modbus_pdu_put8(&several, on ? 0 : 1);
    (void)add(bus, "FC 15", &several, history);
}

/* By each function that writes registers; the values are `value` and so many times `step` more. */
static void write_register(const struct modbus_bus *bus, unsigned address, unsigned value,
                           unsigned step, struct modbus_history *history)
{
    struct modbus_pdu single = {{6}, 1};
    struct modbus_pdu several = {{16}, 1};
    struct modbus_pdu mask = {{22}, 1};
    struct modbus_pdu exchange = {{EXCHANGE, 0, 0, 0, 1}, 5};

    modbus_pdu_put16(&single, address);
    modbus_pdu_put16(&single, value);
    (void)add(bus, "FC 6", &single, history);
    modbus_pdu_put16(&several, address);
    modbus_pdu_put16(&several, 1);
    modbus_pdu_put8(&several, 2);
    modbus_pdu_put16(&several, value + step);
    (void)add(bus, "FC 16", &several, history);
    modbus_pdu_put16(&mask, address);
    modbus_pdu_put16(&mask, 0);
    modbus_pdu_put16(&mask, value + 2 * step);
    (void)add(bus, "FC 22", &mask, history);
    modbus_pdu_put16(&exchange, address);
    modbus_pdu_put16(&exchange, 1);
    modbus_pdu_put8(&exchange, 2);
    modbus_pdu_put16(&exchange, value + 3 * step);
    (void)add(bus, "FC 23", &exchange, history);
}

/* From open registers into those behind them, in one request. */
static void write_across(const struct modbus_bus *bus, const uint16_t *registers, unsigned count,
                         struct modbus_history *history)
{
    struct modbus_pdu several = {{16, 0, 0}, 3};
    struct modbus_pdu exchange = {{EXCHANGE, 0, 0, 0, 1, 0, 0}, 7};

    modbus_pdu_put16(&several, count);
    modbus_pdu_put8(&several, 2 * count);
    modbus_pdu_put16(&exchange, count);
    modbus_pdu_put8(&exchange, 2 * count);
    for (unsigned i = 0; i < count; i++) {
        modbus_pdu_put16(&several, registers[i] + (i == 1 ? 0u : 1u));
        modbus_pdu_put16(&exchange, registers[i] + (i == 1 ? 0u : 2u));
    }
    (void)add(bus, "FC 16 over all registers", &several, history);
    (void)add(bus, "FC 23 over all registers", &exchange, history);
}

void modbus_sweep_registers(const struct modbus_bus *bus, const uint16_t *registers,
                            struct modbus_history *history)
{
    const unsigned coils = bus->map != NULL ? bus->map->coils : 8;
    const unsigned holding = bus->map != NULL ? bus->map->holding : MODBUS_MAP_HOLDING_MAX;

    for (unsigned i = 0; i <= coils; i++) {
        write_coil(bus, i, false, history);
        write_coil(bus, i, true, history);
    }
    for (unsigned i = 0; i < holding; i++)
        write_register(bus, i, registers[i] + 1u, 1, history);
    write_register(bus, holding, 1, 1, history);
    write_register(bus, 0xFFFF, 0, 1, history);
    if (bus->map != NULL && bus->map->mailbox_count > 0)
        write_register(bus, bus->map->mailbox, 0x0101, 1, history);
    write_across(bus, registers, holding, history);
    for (unsigned i = bus->map != NULL ? bus->map->open_count : 0; i > 0; i--)
        write_register(bus, i - 1, registers[i - 1] + 5u, 1, history);
}

/* ---- ranges ---- */

static void write_beyond(const struct modbus_bus *bus, unsigned address,
                         struct modbus_history *history)
{
    const struct modbus_open_register *open = &bus->map->open[address];
    const int values[] = {open->low - 1, open->high + 1, 0x7FFF, -0x8000};

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        write_register(bus, address, (unsigned)values[i] & 0xFFFF, 0, history);
}

void modbus_sweep_ranges(const struct modbus_bus *bus, struct modbus_history *history)
{
    for (unsigned i = 0; bus->map != NULL && i < bus->map->open_count; i++) {
        const struct modbus_open_register *open = &bus->map->open[i];

        for (int value = open->low; value <= open->high && open->high - open->low < 8; value++) {
            write_register(bus, i, (unsigned)value & 0xFFFF, 0, history);
            for (unsigned j = 0; j < bus->map->open_count; j++)
                write_beyond(bus, j, history);
        }
    }
}

/* ---- functions ---- */

void modbus_sweep_functions(const struct modbus_bus *bus, struct modbus_history *history)
{
    static const uint8_t known[] = {1, 2, 3, 4, 5, 6, 8, 15, 16, 22, 23, 43};
    enum { DIAGNOSTICS = 8, LAST_DIAGNOSTIC = 21, LAST = 0x84 };

    for (unsigned code = 0; code <= LAST; code++) {
        struct modbus_pdu pdu = {{(uint8_t)code, 0, 1, 0, 0}, 5};

        if (memchr(known, (int)code, sizeof known) == NULL)
            (void)add(bus, "a function that is not there", &pdu, history);
    }
    for (unsigned code = 0; code <= LAST_DIAGNOSTIC; code++) {
        struct modbus_pdu pdu = {{DIAGNOSTICS, 0, (uint8_t)code, 0, 0}, 5};

        (void)add(bus, "FC 8", &pdu, history);
    }
}

/* ---- messages ---- */

static struct modbus_frame *add_message(const struct modbus_bus *bus, const char *what,
                                        const uint8_t *message, size_t size,
                                        struct modbus_history *history)
{
    const unsigned count = (unsigned)(size + 1) / 2;
    struct modbus_pdu pdu = {{EXCHANGE}, 1};

    modbus_pdu_put16(&pdu, bus->map->mailbox);
    modbus_pdu_put16(&pdu, bus->map->mailbox_count);
    modbus_pdu_put16(&pdu, bus->map->mailbox);
    modbus_pdu_put16(&pdu, count);
    modbus_pdu_put8(&pdu, 2 * count);
    memcpy(pdu.bytes + pdu.size, message, size);
    pdu.size += (size_t)2 * count;
    return add(bus, what, &pdu, history);
}

void modbus_sweep_message(const struct modbus_bus *bus, const char *what, const uint8_t *message,
                          size_t size, struct modbus_history *history)
{
    (void)add_message(bus, what, message, size, history);
}

/* A message of that type, payload and tag by chance. */
static size_t make_message(unsigned type, unsigned payload, unsigned sequence, uint64_t *random,
                           uint8_t message[HEARTH_MESSAGE])
{
    memset(message, 0, HEARTH_HEADER);
    message[0] = 1;
    message[1] = (uint8_t)type;
    message[2] = (uint8_t)payload;
    message[8] = (uint8_t)sequence;
    random_bytes(random, message + HEARTH_HEADER, payload + HEARTH_TAG);
    return HEARTH_HEADER + payload + HEARTH_TAG;
}

static void sweep_type(const struct modbus_bus *bus, unsigned type, unsigned payload,
                       uint64_t *random, struct modbus_history *history)
{
    uint8_t message[HEARTH_MESSAGE];
    const size_t size = make_message(type, payload, 2, random, message);
    struct modbus_frame *frame;

    (void)add_message(bus, "a message in no session", message, size, history);
    frame = add_message(bus, "a message that nobody sealed in a session of the device's", message,
                        size, history);
    if (frame != NULL)
        frame->session_at = modbus_frame_head(bus) + MESSAGE_AT + SESSION_AT;
    random_bytes(random, message + SESSION_AT, 4);
    (void)add_message(bus, "a message in a session made up", message, size, history);
}

static void sweep_greeting(const struct modbus_bus *bus, unsigned type, uint64_t *random,
                           struct modbus_history *history)
{
    uint8_t message[HEARTH_MESSAGE];

    (void)make_message(type, HEARTH_NONCE, 0, random, message);
    (void)add_message(bus, type == HEARTH_HELLO ? "HELLO" : "HELLO for the password on the label",
                      message, HEARTH_HEADER + HEARTH_NONCE, history);
}

static void sweep_guess(const struct modbus_bus *bus, uint64_t *random,
                        struct modbus_history *history)
{
    uint8_t message[HEARTH_MESSAGE];
    const size_t size = make_message(HEARTH_LOGIN, 0, 1, random, message);
    struct modbus_frame *frame =
        add_message(bus, "LOGIN with a wrong proof", message, size, history);

    if (frame != NULL)
        frame->session_at = modbus_frame_head(bus) + MESSAGE_AT + SESSION_AT;
}

void modbus_sweep_messages(const struct modbus_bus *bus, bool guess, struct modbus_history *history)
{
    static const struct {
        uint8_t type;
        uint8_t payload;
    } types[] = {
        {HEARTH_SET_SETTING, 3},
        {HEARTH_GET_SETTING, 1},
        {HEARTH_SET_PASSWORD, 52},
        {HEARTH_LOG_OUT, 0},
        {HEARTH_UPDATE_STATUS, 0},
        {HEARTH_UPDATE_BEGIN, 128},
        {HEARTH_UPDATE_DATA, 64},
        {HEARTH_UPDATE_FINISH, 0},
        {HEARTH_UPDATE_ACTIVATE, 0},
        {HEARTH_UPDATE_CONFIRM, 0},
        {HEARTH_ERASE, 0},
        {0x30, 0}, /* debug challenge */
        {0x31, 64},
        {0x40, 4},
        /* events */ {HEARTH_REFUSED, 5},
    };
    uint64_t random = 1;

    if (bus->map == NULL || bus->map->mailbox_count == 0)
        return;
    sweep_greeting(bus, HELLO_LABEL, &random, history);
    sweep_greeting(bus, HEARTH_HELLO, &random, history);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        sweep_type(bus, types[i].type, types[i].payload, &random, history);
    if (guess)
        sweep_guess(bus, &random, history);
}
