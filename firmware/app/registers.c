#include "registers.h"

#define MS_PER_SECOND   1000U
#define MS_PER_MINUTE   60000U
#define MINUTES_PER_DAY 1440U

bool registers_coil(const struct device *device, uint16_t address)
{
    uint16_t mode = device->settings.current.mode;

    return address == 0 ? mode != HEATING_OFF : mode == HEATING_SCHEDULE;
}

bool registers_discrete_input(const struct device *device, uint16_t address)
{
    const bool inputs[REGISTERS_DISCRETE_INPUTS] = {
        device->thermostat.relay_closed,
        device->thermostat.sensor_fault,
        device->thermostat.frost,
        device->mailbox.state == MAILBOX_OPEN,
    };

    return inputs[address];
}

static uint16_t saturated(uint32_t number)
{
    return number < UINT16_MAX ? (uint16_t)number : UINT16_MAX;
}

uint16_t registers_input(const struct device *device, uint16_t address)
{
    const uint64_t now = hal_time_ms();
    const uint32_t uptime_s = (uint32_t)(now / MS_PER_SECOND);
    const uint16_t minute = (uint16_t)(now / MS_PER_MINUTE % MINUTES_PER_DAY);
    const uint16_t inputs[REGISTERS_INPUTS] = {
        (uint16_t)device->thermostat.temperature,
        (uint16_t)thermostat_target(&device->settings.current, minute),
        (uint16_t)(uptime_s >> 16),
        (uint16_t)(uptime_s & 0xFFFFU),
        (uint16_t)((access_wait_ms(&device->access) + MS_PER_SECOND - 1U) / MS_PER_SECOND),
        device->settings.current.telemetry_consent ? 1 : 0,
        (uint16_t)hal_reset_cause(),
        device->link_up ? 1 : 0,
        (uint16_t)device->uplink.state,
        (uint16_t)device->uplink.count,
        saturated(device->uplink.dropped),
        saturated(device->uplink.acknowledged),
        (uint16_t)(device->start_number >> 16),
        (uint16_t)(device->start_number & 0xFFFFU),
    };

    return inputs[address];
}

uint16_t registers_holding(const struct device *device, uint16_t address)
{
    const struct settings *settings = &device->settings.current;
    const uint16_t first_of_schedule = 4;
    const struct schedule_entry *entry;

    switch (address) {
    case 0:
        return (uint16_t)settings->set_point;
    case 1:
        return settings->mode;
    case 2:
        return (uint16_t)settings->hysteresis;
    case 3:
        return (uint16_t)settings->frost_limit;
    default:
        entry = &settings->schedule[(address - first_of_schedule) / 2];
        return (address - first_of_schedule) % 2 == 0 ? entry->minute : (uint16_t)entry->set_point;
    }
}

void registers_draft_coils(struct settings *draft, uint16_t address, uint16_t count,
                           const uint8_t *bits)
{
    bool coils[REGISTERS_COILS] = {draft->mode != HEATING_OFF, draft->mode == HEATING_SCHEDULE};

    for (uint16_t i = 0; i < count; i++) {
        coils[address + i] = ((bits[i / 8] >> (i % 8)) & 1U) != 0;
    }
    if (!coils[0]) {
        draft->mode = HEATING_OFF;
    } else {
        draft->mode = coils[1] ? HEATING_SCHEDULE : HEATING_ON;
    }
}

enum modbus_exception registers_draft_holding(struct settings *draft, uint16_t address,
                                              uint16_t value)
{
    if (address >= REGISTERS_WRITABLE) {
        return MODBUS_ILLEGAL_ADDRESS;
    }
    if (address == 0) {
        draft->set_point = (int16_t)value;
    } else {
        draft->mode = value;
    }
    return MODBUS_OK;
}

enum modbus_exception registers_commit(struct device *device, const struct settings *draft)
{
    switch (settings_commit(&device->settings, draft)) {
    case SETTINGS_OK:
        return MODBUS_OK;
    case SETTINGS_ERROR_VALUE:
        return MODBUS_ILLEGAL_VALUE;
    default:
        return MODBUS_DEVICE_FAILURE;
    }
}
