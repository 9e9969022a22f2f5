/*
 * Method: a shape is one kind of mischief, a table of them is drawn from again and again until the
 * history is long enough. Most shapes build function code and data of their own and have them framed
 * well, so that they get past the framing; some spoil the framing of a frame that was sound.
 */
#include "scenarios/modbus_generator.h"

#include <string.h>

#include "base/random.h"
#include "scenarios/modbus_generator_state.h"

enum { MBAP_PROTOCOL = 2, MBAP_LENGTH = 4, COIL_ON = 0xFF00, IDENTIFICATION = 14, MEI = 43 };

static const struct modbus_map small_device = {
    .coils = 8, .discrete_inputs = 8, .inputs = 16, .holding = 16};

/* Numbers at which 8, 15 and 16 bits end, and the limits of the functions (V1.1b3, 6). */
static const uint16_t edges[] = {0,   1,    2,    7,    8,    120,    121,    122,    123,
                                 124, 125,  126,  127,  128,  129,    255,    256,    257,
                                 384, 1968, 1969, 2000, 2001, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF};

unsigned modbus_making_below(struct modbus_making *making, unsigned limit)
{
    return (unsigned)random_below(&making->random, limit);
}

static unsigned pick_edge(struct modbus_making *making)
{
    return edges[modbus_making_below(making, sizeof edges / sizeof edges[0])];
}

void modbus_pdu_put8(struct modbus_pdu *pdu, unsigned value)
{
    pdu->bytes[pdu->size] = (uint8_t)value;
    pdu->size++;
}

void modbus_pdu_put16(struct modbus_pdu *pdu, unsigned value)
{
    modbus_pdu_put8(pdu, value >> 8 & 0xFF);
    modbus_pdu_put8(pdu, value & 0xFF);
}

static struct modbus_frame *next_frame(struct modbus_making *making, const char *what)
{
    struct modbus_history *history = making->history;

    if (history->count == making->limit)
        return NULL;
    history->frames[history->count].what = what;
    history->count++;
    return &history->frames[history->count - 1];
}

static struct modbus_frame *add_to(struct modbus_making *making, const char *what, unsigned unit,
                                   const struct modbus_pdu *pdu)
{
    struct modbus_frame *frame = next_frame(making, what);

    if (frame != NULL)
        modbus_frame_wrap(making->bus, (uint8_t)unit,
                          (uint16_t)modbus_making_below(making, MODBUS_GENERATED_TRANSACTIONS),
                          pdu->bytes, pdu->size, frame);
    return frame;
}

struct modbus_frame *modbus_making_add(struct modbus_making *making, const char *what,
                                       const struct modbus_pdu *pdu)
{
    return add_to(making, what, making->bus->unit, pdu);
}

/* ---- requests ---- */

static void sound_read(struct modbus_making *making, struct modbus_pdu *pdu)
{
    const struct modbus_map *map = making->map;
    const unsigned have[] = {map->coils, map->discrete_inputs, map->holding, map->inputs};
    const unsigned table = modbus_making_below(making, 4);
    /* Not all holding registers at once: that is the player's. */
    const unsigned address = table == 2 ? 1 + modbus_making_below(making, have[table] - 1)
                                        : modbus_making_below(making, have[table]);

    *pdu = (struct modbus_pdu){{(uint8_t)(table + 1)}, 1};
    modbus_pdu_put16(pdu, address);
    modbus_pdu_put16(pdu, 1 + modbus_making_below(making, have[table] - address));
}

/* A value that an open register may have, or one at the edges of what it may. */
static unsigned pick_value(struct modbus_making *making, unsigned address, bool sound)
{
    const struct modbus_open_register *open = making->map->open;

    if (address >= making->map->open_count)
        return pick_edge(making);
    open += address;
    if (!sound) {
        const int beyond[] = {open->low - 1,     open->high + 1, 0x7FFF, -0x8000, -1,
                              open->high + 0x100};

        return (unsigned)beyond[modbus_making_below(making, 6)] & 0xFFFF;
    }
    return (unsigned)(open->low +
                      (int)modbus_making_below(making, (unsigned)(open->high - open->low + 1)));
}

static void put_values(struct modbus_making *making, struct modbus_pdu *pdu, unsigned address,
                       unsigned count, bool sound)
{
    const unsigned spoilt = modbus_making_below(making, count);

    modbus_pdu_put8(pdu, 2 * count);
    for (unsigned i = 0; i < count; i++)
        modbus_pdu_put16(pdu, pick_value(making, address + i, sound || i != spoilt));
}

/* A write by one of the functions that write, from `address` on; `sound`: of values in range. */
static void write_to(struct modbus_making *making, unsigned address, unsigned count, bool sound,
                     struct modbus_pdu *pdu)
{
    static const uint8_t functions[] = {5, 6, 15, 16, 22, 23};
    const uint8_t function = functions[modbus_making_below(making, 6)];

    *pdu = (struct modbus_pdu){{function}, 1};
    if (function == 23) {
        modbus_pdu_put16(pdu, 0);
        modbus_pdu_put16(pdu, 1 + modbus_making_below(making, making->map->holding));
    }
    modbus_pdu_put16(pdu, address);
    if (function == 5) {
        modbus_pdu_put16(pdu, modbus_making_below(making, 2) == 0 ? 0 : COIL_ON);
    } else if (function == 6) {
        modbus_pdu_put16(pdu, pick_value(making, address, sound));
    } else if (function == 22) {
        modbus_pdu_put16(pdu, 0); /* all bits are written */
        modbus_pdu_put16(pdu, pick_value(making, address, sound));
    } else if (function == 15) {
        modbus_pdu_put16(pdu, count);
        modbus_pdu_put8(pdu, (count + 7) / 8);
        random_bytes(&making->random, pdu->bytes + pdu->size, (count + 7) / 8);
        pdu->size += (count + 7) / 8;
    } else {
        modbus_pdu_put16(pdu, count);
        put_values(making, pdu, address, count, sound);
    }
}

static void sound_write(struct modbus_making *making, struct modbus_pdu *pdu)
{
    const unsigned open = making->map->open_count > 0 ? making->map->open_count : 4;
    const unsigned address = modbus_making_below(making, open);

    write_to(making, address, 1 + modbus_making_below(making, open - address), true, pdu);
}

static void sound_request(struct modbus_making *making, struct modbus_pdu *pdu)
{
    if (modbus_making_below(making, 2) == 0)
        sound_read(making, pdu);
    else
        sound_write(making, pdu);
}

/* ---- shapes that are framed well ---- */

static void make_read(struct modbus_making *making)
{
    struct modbus_pdu pdu;

    sound_read(making, &pdu);
    (void)modbus_making_add(making, "read", &pdu);
}

static void make_write(struct modbus_making *making)
{
    struct modbus_pdu pdu;

    sound_write(making, &pdu);
    (void)modbus_making_add(making, "write", &pdu);
}

static void make_beyond_range(struct modbus_making *making)
{
    struct modbus_pdu pdu;
    const unsigned open = making->map->open_count > 0 ? making->map->open_count : 4;
    const unsigned address = modbus_making_below(making, open);

    write_to(making, address, 1 + modbus_making_below(making, open - address), false, &pdu);
    (void)modbus_making_add(making, "write of a value beyond its range", &pdu);
}

static void make_beyond_open(struct modbus_making *making)
{
    const unsigned holding = making->map->holding;
    const unsigned addresses[] = {
        making->map->open_count, holding - 1, holding,
        making->map->mailbox,    0xFFFF,      modbus_making_below(making, holding)};
    struct modbus_pdu pdu;

    write_to(making, addresses[modbus_making_below(making, 6)],
             1 + modbus_making_below(making, holding), true, &pdu);
    (void)modbus_making_add(making, "write of a register that is not open", &pdu);
}

/* A write in range, and a read that is not: one request, which must not be done by half. */
static void make_half_exchange(struct modbus_making *making)
{
    struct modbus_pdu pdu = {{23}, 1};

    modbus_pdu_put16(&pdu, pick_edge(making));
    modbus_pdu_put16(&pdu, pick_edge(making));
    modbus_pdu_put16(&pdu, 0);
    modbus_pdu_put16(&pdu, 1);
    modbus_pdu_put8(&pdu, 2);
    modbus_pdu_put16(&pdu, pick_value(making, 0, true));
    (void)modbus_making_add(making, "FC 23: a write and a read at the edges", &pdu);
}

static void make_edge_read(struct modbus_making *making)
{
    struct modbus_pdu pdu = {{(uint8_t)(1 + modbus_making_below(making, 4))}, 1};

    modbus_pdu_put16(&pdu, pick_edge(making));
    modbus_pdu_put16(&pdu, pick_edge(making));
    (void)modbus_making_add(making, "read of a range at the edges", &pdu);
}

/* Counts that do not fit the bytes that follow: also such that do in 8 bits only. */
static void make_lying_count(struct modbus_making *making)
{
    static const uint8_t functions[] = {15, 16, 23};
    struct modbus_pdu pdu = {{functions[modbus_making_below(making, 3)]}, 1};
    const unsigned count = pick_edge(making);
    const unsigned bytes = modbus_making_below(making, 2) == 0 ? 2 * count : pick_edge(making);
    size_t follow =
        modbus_making_below(making, 3) == 0 ? modbus_making_below(making, 64) : bytes & 0xFF;

    if (pdu.bytes[0] == 23) {
        modbus_pdu_put16(&pdu, 0);
        modbus_pdu_put16(&pdu, modbus_making_below(making, 2) == 0 ? 1 : pick_edge(making));
    }
    modbus_pdu_put16(&pdu, modbus_making_below(making, 3));
    modbus_pdu_put16(&pdu, count);
    modbus_pdu_put8(&pdu, bytes & 0xFF);
    follow = follow < sizeof pdu.bytes - pdu.size ? follow : sizeof pdu.bytes - pdu.size;
    random_bytes(&making->random, pdu.bytes + pdu.size, follow);
    pdu.size += follow;
    (void)modbus_making_add(making, "write with a count that lies", &pdu);
}

static void make_cut(struct modbus_making *making)
{
    struct modbus_pdu pdu;

    sound_request(making, &pdu);
    pdu.size = 1 + modbus_making_below(making, (unsigned)pdu.size);
    (void)modbus_making_add(making, "a request cut short", &pdu);
}

static void make_long(struct modbus_making *making)
{
    const unsigned more[] = {1, 2, 8, MODBUS_PDU_MAX};
    struct modbus_pdu pdu;
    size_t extra = more[modbus_making_below(making, 4)];

    sound_request(making, &pdu);
    extra = extra < sizeof pdu.bytes - pdu.size ? extra : sizeof pdu.bytes - pdu.size;
    random_bytes(&making->random, pdu.bytes + pdu.size, extra);
    pdu.size += extra;
    (void)modbus_making_add(making, "a request with bytes behind it", &pdu);
}

static void make_function(struct modbus_making *making)
{
    static const uint8_t functions[] = {0,  7,  8,  9,   11,  12,  14,  17,  20,   21,   24,  42,
                                        65, 72, 99, 100, 110, 126, 127, 128, 0x83, 0xAB, 0xFF};
    struct modbus_pdu pdu = {{functions[modbus_making_below(making, sizeof functions)]}, 1};
    const size_t data = modbus_making_below(making, 12);

    random_bytes(&making->random, pdu.bytes + 1, data);
    pdu.size += data;
    (void)modbus_making_add(making, "a function that is not there", &pdu);
}

/* Diagnostics (6.8): among them a restart, listening only, and clearing counters. */
static void make_diagnostics(struct modbus_making *making)
{
    struct modbus_pdu pdu = {{8}, 1};

    modbus_pdu_put16(&pdu, modbus_making_below(making, 22));
    modbus_pdu_put16(&pdu, modbus_making_below(making, 2) == 0 ? 0 : COIL_ON);
    (void)modbus_making_add(making, "FC 8", &pdu);
}

static void make_identification(struct modbus_making *making)
{
    static const uint8_t codes[] = {0, 1, 2, 3, 4, 5, 0x7F, 0xFF};
    struct modbus_pdu pdu = {{MEI}, 1};

    modbus_pdu_put8(&pdu, modbus_making_below(making, 4) == 0 ? pick_edge(making) & 0xFF
                                                              : IDENTIFICATION);
    modbus_pdu_put8(&pdu, codes[modbus_making_below(making, sizeof codes)]);
    modbus_pdu_put8(&pdu, modbus_making_below(making, 2) == 0 ? modbus_making_below(making, 4)
                                                              : pick_edge(making) & 0xFF);
    if (modbus_making_below(making, 4) == 0)
        pdu.size = 1 + modbus_making_below(making, 4);
    (void)modbus_making_add(making, "FC 43", &pdu);
}

/* Bits turned in function code and data. */
static void make_turned(struct modbus_making *making)
{
    struct modbus_pdu pdu;

    sound_request(making, &pdu);
    for (unsigned i = 0; i < 3; i++)
        pdu.bytes[modbus_making_below(making, (unsigned)pdu.size)] ^=
            (uint8_t)(1u << modbus_making_below(making, 8));
    if (pdu.bytes[0] == 3 && pdu.bytes[2] == 0)
        pdu.bytes[2] = 1; /* not the player's read */
    (void)modbus_making_add(making, "a request with bits turned", &pdu);
}

/* On a bus: to all, or to somebody else; on TCP: another unit in the header. */
static void make_other_unit(struct modbus_making *making)
{
    static const uint8_t units[] = {0, 0, 0, 2, 17, 247, 248, 255};
    struct modbus_pdu pdu;

    sound_request(making, &pdu);
    (void)add_to(making, "to all or to another unit",
                 units[modbus_making_below(making, sizeof units)], &pdu);
}

/* ---- shapes whose framing is broken ---- */

static void make_noise(struct modbus_making *making)
{
    struct modbus_frame *frame = next_frame(making, "noise");
    static const uint16_t sizes[] = {1, 3, 7, 64, 255, 256, 257, 260, 300, 512, MODBUS_FRAME_MAX};

    if (frame == NULL)
        return;
    *frame =
        (struct modbus_frame){.what = frame->what, .size = sizes[modbus_making_below(making, 11)]};
    random_bytes(&making->random, frame->bytes, frame->size);
    if (modbus_making_below(making, 2) == 0) /* so that it begins like a frame */
        frame->bytes[0] = making->bus->unit;
}

static void make_split(struct modbus_making *making)
{
    struct modbus_pdu pdu;
    struct modbus_frame *frame;

    sound_request(making, &pdu);
    frame = modbus_making_add(making, "a request with a pause in it", &pdu);
    if (frame != NULL)
        frame->split = 1 + modbus_making_below(making, (unsigned)frame->size - 1);
}

static void spoil_serial(struct modbus_making *making, struct modbus_frame *frame)
{
    const size_t cut = 1 + modbus_making_below(making, (unsigned)frame->size - 1);
    const size_t behind = 1 + modbus_making_below(making, 40);

    switch (modbus_making_below(making, 3)) {
    case 0:
        frame->what = "a wrong checksum";
        frame->bytes[frame->size - 1 - modbus_making_below(making, 2)] ^=
            (uint8_t)(1u << modbus_making_below(making, 8));
        break;
    case 1:
        frame->what = "a frame cut short";
        frame->size -= cut;
        break;
    default:
        frame->what = "a frame with noise behind it";
        random_bytes(&making->random, frame->bytes + frame->size, behind);
        frame->size += behind;
        break;
    }
}

static void spoil_header(struct modbus_making *making, struct modbus_frame *frame)
{
    static const uint16_t lengths[] = {0, 1, 2, 3, 5, 7, 254, 255, 256, 260, 0x7FFF, 0xFFFF};
    const uint16_t length = lengths[modbus_making_below(making, 12)];

    if (modbus_making_below(making, 3) == 0) {
        frame->what = "a header of another protocol";
        frame->bytes[MBAP_PROTOCOL + modbus_making_below(making, 2)] = 1;
        return;
    }
    frame->what = "a header with a length that lies";
    frame->bytes[MBAP_LENGTH] = (uint8_t)(length >> 8);
    frame->bytes[MBAP_LENGTH + 1] = (uint8_t)length;
}

static void make_spoilt(struct modbus_making *making)
{
    struct modbus_pdu pdu;
    struct modbus_frame *frame;

    sound_request(making, &pdu);
    frame = modbus_making_add(making, "spoilt", &pdu);
    if (frame == NULL)
        return;
    if (making->bus->kind == MODBUS_RTU)
        spoil_serial(making, frame);
    else
        spoil_header(making, frame);
}

/* TCP: several requests in one segment, the last one sometimes cut. On a bus: like make_split(). */
static void make_several(struct modbus_making *making)
{
    struct modbus_frame *first;
    struct modbus_pdu pdu;

    if (making->bus->kind == MODBUS_RTU) {
        make_split(making);
        return;
    }
    sound_request(making, &pdu);
    first = modbus_making_add(making, "several requests at once", &pdu);
    for (unsigned i = modbus_making_below(making, 5); first != NULL && i > 0; i--) {
        struct modbus_frame more;

        sound_request(making, &pdu);
        modbus_frame_wrap(making->bus, making->bus->unit,
                          (uint16_t)modbus_making_below(making, MODBUS_GENERATED_TRANSACTIONS),
                          pdu.bytes, pdu.size, &more);
        memcpy(first->bytes + first->size, more.bytes, more.size);
        first->size += more.size;
    }
    if (first != NULL && modbus_making_below(making, 4) == 0)
        first->size -= 1 + modbus_making_below(making, 6);
}

/* ---- histories ---- */

static void (*const shapes[])(struct modbus_making *making) = {
    make_read,
    make_write,
    make_write,
    make_beyond_range,
    make_beyond_range,
    make_beyond_open,
    make_beyond_open,
    make_half_exchange,
    make_edge_read,
    make_lying_count,
    make_lying_count,
    make_cut,
    make_long,
    make_function,
    make_diagnostics,
    make_identification,
    make_turned,
    make_other_unit,
    make_noise,
    make_split,
    make_spoilt,
    make_spoilt,
    make_several,
    modbus_make_messages,
    modbus_make_messages,
    modbus_make_messages,
};

enum { SHAPES = sizeof shapes / sizeof shapes[0], MESSAGE_SHAPES = 3 };

void modbus_history_generate(const struct modbus_bus *bus, uint64_t seed, size_t count,
                             struct modbus_history *history)
{
    struct modbus_making making = {.bus = bus,
                                   .map = bus->map != NULL ? bus->map : &small_device,
                                   .random = seed,
                                   .limit = count,
                                   .history = history};
    const unsigned limit =
        making.map->mailbox_count > 0 ? SHAPES : (unsigned)SHAPES - MESSAGE_SHAPES;

    history->count = 0;
    while (history->count < count)
        shapes[modbus_making_below(&making, limit)](&making);
}
