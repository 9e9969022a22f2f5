#include "thermostat.h"

#include "hal.h"

#include <string.h>

#define SENSOR_ADDRESS     0x48U /* TMP105, address pins low */
#define SENSOR_TEMPERATURE 0x00U /* its register: 12 bits, left-aligned, 1/16 degree */
#define MS_PER_MINUTE      60000U
#define MINUTES_PER_DAY    1440U
#define STEPS_PER_DEGREE   16
#define TENTHS_PER_DEGREE  10

void thermostat_start(struct thermostat *thermostat)
{
    memset(thermostat, 0, sizeof *thermostat);
    thermostat->sensor_fault = true;
    hal_relay_set(false);
}

int16_t thermostat_target(const struct settings *settings, uint16_t minute)
{
    const struct schedule_entry *schedule = settings->schedule;
    /* Before the first entry of a day the last one of the day before holds. */
    int16_t target = schedule[SETTINGS_SCHEDULE_ENTRIES - 1U].set_point;

    if (settings->mode == HEATING_OFF) {
        return settings->frost_limit;
    }
    if (settings->mode == HEATING_ON) {
        return settings->set_point;
    }
    for (uint32_t i = 0; i < SETTINGS_SCHEDULE_ENTRIES && schedule[i].minute <= minute; i++) {
        target = schedule[i].set_point;
    }
    return target;
}

static bool read_sensor(int16_t *temperature)
{
    const uint8_t which = SENSOR_TEMPERATURE;
    uint8_t raw[2];
    int steps;

    if (hal_i2c_transfer(SENSOR_ADDRESS, &which, 1, raw, sizeof raw) != HAL_OK) {
        return false;
    }
    steps = (int16_t)((raw[0] << 8) | raw[1]) / STEPS_PER_DEGREE;
    steps = steps * TENTHS_PER_DEGREE / STEPS_PER_DEGREE;
    if (steps < THERMOSTAT_MIN_PLAUSIBLE || steps > THERMOSTAT_MAX_PLAUSIBLE) {
        return false;
    }
    *temperature = (int16_t)steps;
    return true;
}

static void update_temperature(struct thermostat *thermostat)
{
    if (read_sensor(&thermostat->temperature)) {
        thermostat->bad_reads = 0;
        thermostat->sensor_fault = false;
    } else if (thermostat->bad_reads < THERMOSTAT_FAULT_READS) {
        thermostat->bad_reads++;
        thermostat->sensor_fault =
            thermostat->sensor_fault || thermostat->bad_reads == THERMOSTAT_FAULT_READS;
    }
}

/* On below target minus hysteresis, off at the target, unchanged in between. */
static void switch_relay(struct thermostat *thermostat, int target, int hysteresis)
{
    if (thermostat->sensor_fault || thermostat->temperature >= target) {
        thermostat->relay_closed = false;
    } else if (thermostat->temperature < target - hysteresis) {
        thermostat->relay_closed = true;
    }
    hal_relay_set(thermostat->relay_closed);
}

void thermostat_poll(struct thermostat *thermostat, const struct settings *settings)
{
    uint64_t now = hal_time_ms();
    uint16_t minute = (uint16_t)(now / MS_PER_MINUTE % MINUTES_PER_DAY);
    int target;

    if (now < thermostat->next_run_ms) {
        return;
    }
    thermostat->next_run_ms = now + THERMOSTAT_PERIOD_MS;
    update_temperature(thermostat);
    target = thermostat_target(settings, minute);
    thermostat->frost =
        !thermostat->sensor_fault && thermostat->temperature < settings->frost_limit;
    /* The relay closes at target minus hysteresis: that must not be below the frost limit. */
    if (target < settings->frost_limit + settings->hysteresis) {
        target = settings->frost_limit + settings->hysteresis;
    }
    switch_relay(thermostat, target, settings->hysteresis);
}
