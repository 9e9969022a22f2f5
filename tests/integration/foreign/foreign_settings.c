#include "foreign_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "foreign_store.h"

enum {
    FREE_ATTEMPTS = 3,
    FIRST_WAIT_MS = 500,
    DOUBLINGS_MAX = 7,
};

struct counters {
    uint32_t starts;
    uint32_t failures; /* log-ins since the last good one */
};

static struct store factory_store = {.first_page = 0};
static struct store counter_store = {.first_page = 2};
static struct store settings_store = {.first_page = 4};
static struct factory factory;
static struct counters counters;
static struct settings settings;
static bool erase_is_lazy;

static void make_factory(void)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    unsigned char random[8 + 16];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) {
        perror("foreign-device: no random numbers");
        exit(1);
    }
    for (size_t i = 0; i < 8; i++) {
        (void)snprintf(factory.device_id + 2 * i, 3, "%02x", random[i]);
    }
    for (size_t i = 0; i < 16; i++) {
        factory.password[i] = letters[random[8 + i] % (sizeof letters - 1)];
    }
    store_save(&factory_store, &factory, sizeof factory);
}

static void set_defaults(struct settings *made)
{
    memset(made, 0, sizeof *made);
    (void)snprintf(made->name, sizeof made->name, "timer");
    memcpy(made->password, factory.password, sizeof made->password);
    made->interval_s = 60;
    made->volume = 5;
}

bool settings_start(struct defects defects)
{
    const bool is_new = !store_load(&factory_store, &factory, sizeof factory);
    settings_store.in_place = defects.torn_settings;
    erase_is_lazy = defects.lazy_erase;
    if (is_new) {
        make_factory();
    }
    (void)store_load(&counter_store, &counters, sizeof counters); /* the first start finds none */
    counters.starts++;
    store_save(&counter_store, &counters, sizeof counters);
    if (!store_load(&settings_store, &settings, sizeof settings)) {
        set_defaults(&settings);
    } else if (settings.is_erasing != 0 && !erase_is_lazy) {
        store_erase_older(&settings_store);
    }
    return is_new;
}

const struct factory *settings_factory(void)
{
    return &factory;
}

const struct settings *settings_now(void)
{
    return &settings;
}

uint32_t settings_starts(void)
{
    return counters.starts;
}

void settings_change(const struct settings *changed)
{
    settings = *changed;
    settings.is_erasing = 0;
    store_save(&settings_store, &settings, sizeof settings);
}

/* Method: the new record says that the older one must go. Whichever of the two steps a cut hits, the
 * next start finds either all user data, or a record that makes it take the second step. */
void settings_erase(void)
{
    set_defaults(&settings);
    settings.is_erasing = 1;
    store_save(&settings_store, &settings, sizeof settings);
    if (!erase_is_lazy) {
        store_erase_older(&settings_store);
    }
}

uint32_t settings_wait_ms(void)
{
    uint32_t doublings;
    if (counters.failures < FREE_ATTEMPTS) {
        return 0;
    }
    doublings = counters.failures - FREE_ATTEMPTS;
    return (uint32_t)FIRST_WAIT_MS << (doublings < DOUBLINGS_MAX ? doublings : DOUBLINGS_MAX);
}

void settings_count_attempt(void)
{
    if (counters.failures < UINT32_MAX) {
        counters.failures++;
    }
    store_save(&counter_store, &counters, sizeof counters);
}

void settings_forgive(void)
{
    counters.failures = 0;
    store_save(&counter_store, &counters, sizeof counters);
}
