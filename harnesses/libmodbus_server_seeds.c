#include "libmodbus_server_seeds.h"

#include "history.h"
#include "libmodbus_server_input.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_SEED 1024U

/* The seed in the making, and who takes it. */
static void (*take)(const char *name, const uint8_t *data, size_t size);
static uint8_t seed[MAX_SEED];
static size_t seed_size;

static void add(unsigned kind, uint8_t options, const uint8_t *body, size_t length)
{
    const struct history_step step = {
        .kind = (enum history_kind)kind, .options = options, .body = body, .length = length};

    if (!history_append(seed, &seed_size, sizeof seed, &step)) {
        (void)fprintf(stderr, "libmodbus_server: a seed is too long\n");
        exit(2);
    }
}

static void save(const char *name)
{
    take(name, seed, seed_size);
    seed_size = 0;
}

/* The bytes after `options` are the body. */
#define STEP(kind, options, ...)                                                                   \
    do {                                                                                           \
        static const uint8_t body_[] = {__VA_ARGS__};                                              \
        add((kind), (uint8_t)(options), body_, sizeof body_);                                      \
    } while (0)
#define REQUEST(...)      STEP(PEER_REQUEST, 0, __VA_ARGS__)
#define SETUP(flags, ...) STEP(SERVER_SETUP, 0, (flags), 0, __VA_ARGS__)

/* Areas of 16 values from address 0, as with no setup. */
#define SMALL 0, 0, 0, 0, 0, 0, 0, 0
/* All areas as large as they can be. */
#define LARGE 0, 15, 0, 15, 0, 15, 0, 15

static void add_reads(void)
{
    REQUEST(1, 0, 0, 0, 16);
    REQUEST(2, 0, 3, 0, 9);
    REQUEST(3, 0, 0, 0, 16);
    REQUEST(4, 0, 15, 0, 1);
}

static void add_writes(void)
{
    REQUEST(5, 0, 1, 0xFF, 0);
    REQUEST(6, 0, 2, 0x12, 0x34);
    REQUEST(15, 0, 4, 0, 10, 2, 0x55, 0x02);
    REQUEST(16, 0, 0, 0, 2, 4, 0, 1, 0xFF, 0xFF);
    REQUEST(22, 0, 4, 0x0F, 0xF0, 0x12, 0x34);
    REQUEST(23, 0, 0, 0, 4, 0, 2, 0, 1, 2, 0xAB, 0xCD);
}

static void everyday(void)
{
    add_reads();
    save("tcp-reads");
    SETUP(SETUP_ROOMY, SMALL);
    add_writes();
    save("tcp-writes");
    SETUP(SETUP_RTU | SETUP_ROOMY, SMALL);
    add_reads();
    REQUEST(17);
    save("rtu-reads");
    SETUP(SETUP_RTU, SMALL);
    add_writes();
    save("rtu-writes");
}

static void limits(void)
{
    SETUP(0, LARGE);
    REQUEST(1, 0, 0, 0x07, 0xD0);
    REQUEST(1, 0, 0, 0x07, 0xD1);
    REQUEST(3, 0x07, 0x83, 0, 125);
    REQUEST(3, 0x07, 0x84, 0, 125);
    REQUEST(4, 0, 0, 0, 126);
    save("tcp-longest-reads");
    SETUP(SETUP_RTU, LARGE);
    REQUEST(2, 0x00, 0x30, 0x07, 0xD0);
    REQUEST(3, 0xFF, 0xFF, 0, 2);
    REQUEST(6, 0x08, 0x00, 0, 0);
    REQUEST(23, 0, 0, 0, 125, 0x07, 0xFF, 0, 1, 2, 1, 2);
    save("rtu-longest-reads");
}

static void areas(void)
{
    SETUP(0, 3, 10, 3, 10, 3, 10, 3, 10); /* 125 values from 0x130 */
    REQUEST(3, 0x01, 0x2F, 0, 1);
    REQUEST(3, 0x01, 0x30, 0, 125);
    REQUEST(6, 0x01, 0xAC, 0, 7);
    REQUEST(23, 0x01, 0x30, 0, 1, 0, 0, 0, 1, 2, 1, 2);
    save("tcp-shifted");
    SETUP(0, 0, 1, 0, 1, 0, 1, 0, 1); /* no values at all */
    REQUEST(1, 0, 0, 0, 1);
    REQUEST(6, 0, 0, 0, 1);
    save("tcp-nothing-there");
}

static void refusals(void)
{
    REQUEST(5, 0, 0, 1, 0);
    REQUEST(15, 0, 0, 0, 10, 1, 0xFF);
    REQUEST(16, 0, 0, 0, 2, 3, 0, 1, 0);
    REQUEST(23, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0);
    REQUEST(65);
    STEP(PEER_REQUEST, PEER_REFUSED, 3, 0, 0, 0, 1);
    save("tcp-refused");
    SETUP(SETUP_RTU | SETUP_PROTOCOL_RECOVERY, SMALL);
    STEP(PEER_REQUEST, PEER_BROADCAST, 6, 0, 0, 0, 9);
    STEP(PEER_REQUEST, PEER_OTHER_UNIT, 6, 0, 0, 0, 9);
    STEP(PEER_REQUEST, PEER_OTHER_UNIT, 6, 0, 0, 0, 9);
    STEP(PEER_BYTES, 0, 1, 3, 0, 0, 0, 1, 0, 0);
    REQUEST(3, 0, 0, 0, 1);
    save("rtu-addresses");
}

static void pieces(void)
{
    SETUP(SETUP_INDICATION_TIMEOUT, SMALL);
    STEP(PEER_REQUEST, HISTORY_SPLIT, 16, 0, 0, 0, 2, 4, 0, 1, 0, 2);
    STEP(LINK_EVENT, 0, LINK_DRIBBLES, 0);
    STEP(PEER_REQUEST, PEER_JOINED, 3, 0, 0, 0, 1);
    REQUEST(3, 0, 1, 0, 1);
    STEP(PEER_SILENCE, 0, 0xD0, 0x07);
    REQUEST(3, 0, 2, 0, 1);
    save("tcp-pieces");
}

static void broken_links(void)
{
    SETUP(SETUP_LINK_RECOVERY, SMALL);
    STEP(LINK_EVENT, 0, LINK_SEND_FAILS, 1);
    REQUEST(3, 0, 0, 0, 1);
    STEP(LINK_EVENT, 0, LINK_CLOSED, 2);
    REQUEST(3, 0, 0, 0, 1);
    STEP(LINK_EVENT, 0, LINK_RESET, 0);
    REQUEST(3, 0, 0, 0, 1);
    save("tcp-recovery");
    SETUP(SETUP_RTU | SETUP_LINK_RECOVERY | SETUP_SERIAL_RTS, SMALL);
    STEP(LINK_EVENT, 0, LINK_INTERRUPTED, 0);
    STEP(LINK_EVENT, 0, LINK_SEND_SHORT, 3);
    REQUEST(3, 0, 0, 0, 1);
    STEP(PEER_BYTES, 0, 1, 3, 0);
    STEP(PEER_SILENCE, 0, 0xD0, 0x07);
    REQUEST(3, 0, 0, 0, 1);
    save("rtu-recovery");
}

void libmodbus_server_make_seeds(void (*keep)(const char *name, const uint8_t *data, size_t size))
{
    take = keep;
    everyday();
    limits();
    areas();
    refusals();
    pieces();
    broken_links();
}
