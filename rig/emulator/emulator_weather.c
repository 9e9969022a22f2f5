#include "base/workspace.h"
#include "emulator/emulator_state.h"

enum { PERCENT_MAX = 100 };

static bool relay_has_answered(struct emulator *emulator, void *context)
{
    (void)context;
    return emulator->relay != NULL && link_relay_has_answered(emulator->relay);
}

/* Gives the relay an order and waits until it is carried out. */
static int order(struct emulator *emulator, const struct net_weather *weather, int64_t deadline_ms,
                 struct diagnostic *diagnostic)
{
    int error = link_relay_order(emulator->relay, weather, diagnostic);

    if (error == RIG_OK) {
        error = emulator_wait_until(emulator, relay_has_answered, NULL, deadline_ms, diagnostic);
    }
    if (error == RIG_ERROR_TIMEOUT) {
        diagnostic_set(diagnostic, "the link relay did not answer before the deadline");
    }
    return error;
}

static int check_option(const struct emulator *emulator, struct diagnostic *diagnostic)
{
    return emulator->options.relay != NULL
               ? RIG_OK
               : diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                                 "the emulated device has no link relay, and so no weather");
}

static void add(struct net_weather_counters *sum, const struct net_weather_counters *more)
{
    sum->frames += more->frames;
    sum->dropped += more->dropped;
    sum->corrupted += more->corrupted;
    sum->overrun += more->overrun;
}

int emulator_apply_weather(struct emulator *emulator, int64_t deadline_ms,
                           struct diagnostic *diagnostic)
{
    return order(emulator, &emulator->weather, deadline_ms, diagnostic);
}

int emulator_set_weather(struct emulator *emulator, const struct net_weather *weather,
                         int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = check_option(emulator, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    if (weather->loss_percent > PERCENT_MAX || weather->corruption_percent > PERCENT_MAX) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "%u %% loss and %u %% corruption: neither may be more than 100",
                               weather->loss_percent, weather->corruption_percent);
    }
    emulator->weather = *weather;
    return emulator_apply_unless_off(emulator, emulator_apply_weather, deadline_ms, diagnostic);
}

int emulator_weather_counters(struct emulator *emulator, struct net_weather_counters *counters,
                              int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = check_option(emulator, diagnostic);

    if (error == RIG_OK && emulator->state == EMULATOR_RUNNING) {
        error = order(emulator, NULL, deadline_ms, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    *counters = emulator->weather_before;
    if (emulator->relay != NULL) {
        add(counters, link_relay_counters(emulator->relay));
    }
    return RIG_OK;
}

void emulator_end_relay(struct emulator *emulator)
{
    if (emulator->relay == NULL) {
        return;
    }
    link_relay_finish(emulator->relay);
    add(&emulator->weather_before, link_relay_counters(emulator->relay));
    link_relay_destroy(emulator->relay);
    emulator->relay = NULL;
}

int emulator_find_relay(const char *program_folder, char **path, struct diagnostic *diagnostic)
{
    return workspace_find_helper(program_folder, "ordeal-link-relay", path, diagnostic);
}
