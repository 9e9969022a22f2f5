#include "device.h"

#include <string.h>

const char *device_strerror(int error)
{
    switch (error) {
    case DEVICE_OK:
        return "no error";
    case DEVICE_ERROR_FACTORY:
        return "no usable factory page";
    case DEVICE_ERROR_STORAGE:
        return "stored state cannot be read";
    default:
        return "unknown device error";
    }
}

int device_start(struct device *device)
{
    memset(device, 0, sizeof *device);
    hal_watchdog_start(DEVICE_WATCHDOG_MS);
    thermostat_start(&device->thermostat);
    mailbox_start(&device->mailbox);
    modbus_rtu_start(&device->rtu);
    if (factory_load(&device->factory) != FACTORY_OK) {
        hal_console_line("start: no usable factory page");
        return DEVICE_ERROR_FACTORY;
    }
    if (settings_start(&device->settings) != SETTINGS_OK ||
        access_start(&device->access) != ACCESS_OK) {
        hal_console_line("start: stored state cannot be read");
        return DEVICE_ERROR_STORAGE;
    }
    hal_console_line("start: " DEVICE_PRODUCT " " DEVICE_VERSION);
    return DEVICE_OK;
}

void device_poll(struct device *device)
{
    thermostat_poll(&device->thermostat, &device->settings.current);
    mailbox_poll(&device->mailbox);
    modbus_rtu_poll(&device->rtu, device);
    hal_watchdog_kick();
}
