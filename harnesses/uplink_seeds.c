#include "uplink_seeds.h"

#include "byte_order.h"
#include "history.h"
#include "uplink.h"
#include "uplink_input.h"

#include <stdlib.h>

#define MAX_SEED 512U

/* The seed in the making. */
static uint8_t seed[MAX_SEED];
static size_t seed_size;

static void add(enum uplink_step kind, const uint8_t *body, size_t length)
{
    const struct history_step step = {
        .kind = (enum history_kind)kind, .body = body, .length = length};

    if (!history_append(seed, &seed_size, sizeof seed, &step)) {
        abort(); /* a mistake below: MAX_SEED is too small */
    }
}

static void wait(uint32_t milliseconds)
{
    uint8_t body[4];

    put_le32(body, milliseconds);
    add(UPLINK_WAIT, body, sizeof body);
}

static void broker(enum uplink_broker behaviour)
{
    const uint8_t body = (uint8_t)behaviour;

    add(UPLINK_BROKER, &body, 1);
}

static void user(uint8_t consent, uint8_t name)
{
    const uint8_t body[2] = {consent, name};

    add(UPLINK_USER, body, sizeof body);
}

static void world(int16_t temperature, uint16_t set_point, uint8_t flags)
{
    uint8_t body[5];

    put_le16(body, (uint16_t)temperature);
    put_le16(body + 2, set_point);
    body[4] = flags;
    add(UPLINK_WORLD, body, sizeof body);
}

static void tell(enum uplink_event event)
{
    const uint8_t body = (uint8_t)event;

    add(UPLINK_TELL, &body, 1);
}

static void cuts(uint8_t count)
{
    add(UPLINK_CUTS, &count, 1);
}

static void add_outages(void)
{
    user(1, 1);
    broker(UPLINK_BROKER_REFUSES);
    wait(3900000);
    broker(UPLINK_BROKER_WELL);
    wait(400000);
    world(-12, 215, UPLINK_WORLD_HEATING);
    wait(10000);
    tell(UPLINK_LOST);
    wait(2000);
}

static void add_mute_broker(void)
{
    user(1, 1);
    broker(UPLINK_BROKER_SILENT);
    wait(100000);
    broker(UPLINK_BROKER_MUTE);
    wait(3900000);
    tell(UPLINK_ACKNOWLEDGED);
    wait(1000);
}

static void add_slow_broker(void)
{
    user(1, 1);
    broker(UPLINK_BROKER_REFUSES);
    world(195, 200, UPLINK_WORLD_RESTLESS);
    wait(900000);
    broker(UPLINK_BROKER_SLOW);
    wait(600000);
}

static void add_withdrawals(void)
{
    user(1, 1);
    broker(UPLINK_BROKER_WELL);
    wait(20000);
    broker(UPLINK_BROKER_MUTE);
    wait(60000);
    user(0, 1);
    wait(60000);
    user(1, 1);
    wait(5000);
    user(1, 2);
    wait(70000);
    user(1, 0);
    user(1, 3);
    wait(1000);
}

static void add_unsteady_connections(void)
{
    user(1, 1);
    broker(UPLINK_BROKER_DROPS);
    wait(1000000);
    broker(UPLINK_BROKER_MUTE);
    wait(59999);
    tell(UPLINK_LOST);
    wait(300000);
}

static void add_starts(void)
{
    user(1, 1);
    cuts(30);
    add(UPLINK_RESTART, NULL, 0);
    world(200, 50, UPLINK_WORLD_NO_RANDOM | UPLINK_WORLD_FAULT | UPLINK_WORLD_FROST);
    add(UPLINK_RESTART, NULL, 0);
    wait(10000);
    broker(UPLINK_BROKER_REFUSES);
    wait(700000);
}

void uplink_seeds(void (*save)(const char *harness, const char *name, const uint8_t *data,
                               size_t size))
{
    static const struct {
        const char *name;
        void (*make)(void);
    } seeds[] = {{"outages", add_outages},
                 {"mute-broker", add_mute_broker},
                 {"slow-broker", add_slow_broker},
                 {"withdrawals", add_withdrawals},
                 {"unsteady-connections", add_unsteady_connections},
                 {"starts", add_starts}};

    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        seed_size = 0;
        seeds[i].make();
        save("uplink", seeds[i].name, seed, seed_size);
    }
}
