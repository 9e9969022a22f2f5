#include "scenarios/scenario.h"

#include <string.h>

#include "scenarios/families.h"

static const char *const depth_names[DEPTH_COUNT] = {
    [DEPTH_QUICK] = "quick", [DEPTH_STANDARD] = "standard", [DEPTH_DEEP] = "deep"};

/* In the order in which they run: what is quick and broad first. */
static const struct scenario *const scenarios[] = {
    &input_modbus_rtu,
    &input_modbus_tcp,
    &input_mqtt_commands,
    &input_mqtt_broker,
    &input_unauthenticated_write,
    &input_settings,
    &outage_power_idle,
    &outage_power_start,
    &outage_power_settings,
    &outage_link,
    &outage_broker,
    &outage_weather,
    &outage_reconnect,
    &outage_reconnect_start,
    &access_guessing_local,
    &access_guessing_network,
    &access_guessing_parallel,
    &access_guessing_link,
    &access_unique,
    &access_unique_storage,
    &access_password,
    &erase_canaries,
    &erase_power,
    &erase_refused,
    &update_genuine,
    &update_tampered,
    &update_at_rest,
    &update_revert,
    &update_crash_loop,
    &update_protocol,
    &update_power_cut,
    &debug_lock_closed,
    &debug_lock_reset,
    &debug_lock_token,
    &debug_lock_unlock,
    &debug_lock_recover,
};

size_t scenario_count(void)
{
    return sizeof scenarios / sizeof scenarios[0];
}

const struct scenario *scenario_at(size_t index)
{
    return scenarios[index];
}

const struct scenario *scenario_find(const char *id)
{
    for (size_t i = 0; i < scenario_count(); i++) {
        if (strcmp(scenarios[i]->id, id) == 0)
            return scenarios[i];
    }
    return NULL;
}

bool scenario_is_selected(const struct scenario *scenario, const char *selector)
{
    const size_t length = strlen(selector);

    return strcmp(scenario->id, selector) == 0 ||
           (strncmp(scenario->id, selector, length) == 0 && scenario->id[length] == '.');
}

bool scenario_has_clause(const struct scenario *scenario, const char *clause)
{
    for (size_t i = 0; scenario->clauses[i] != NULL; i++) {
        if (strcmp(scenario->clauses[i], clause) == 0)
            return true;
    }
    return false;
}

const char *depth_name(enum depth depth)
{
    return depth_names[depth];
}
