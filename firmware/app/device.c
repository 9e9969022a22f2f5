#include "device.h"

#include "erase.h"

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

/* What belongs to nobody: started before anything that can fail, so that the device is safe. */
static void start_volatile_parts(struct device *device, const struct boot_handover *running)
{
    memset(device, 0, sizeof *device);
    device->running = *running;
    hal_watchdog_start(DEVICE_WATCHDOG_MS);
    thermostat_start(&device->thermostat);
    mailbox_start(&device->mailbox);
    modbus_rtu_start(&device->rtu);
    update_start(&device->update);
    uplink_start(&device->uplink);
}

/* An erase that was interrupted goes on before any of the user's data is read. */
static int load(struct device *device)
{
    if (boot_state_start(&device->boot_state) != BOOT_STATE_OK ||
        erase_resume(&device->boot_state) != ERASE_OK ||
        settings_start(&device->settings) != SETTINGS_OK ||
        access_start(&device->access) != ACCESS_OK) {
        return DEVICE_ERROR_STORAGE;
    }
    return DEVICE_OK;
}

/* Without these the device heats on, but keeps no events, or lets nobody log in. */
static void start_services(struct device *device)
{
    if (event_log_start(&device->events) != EVENT_LOG_OK) {
        hal_console_line("start: event log cannot be read");
    }
    if (drbg_start(&device->drbg, device->factory.device_id, sizeof device->factory.device_id) !=
        DRBG_OK) {
        hal_console_line("start: no random numbers, so no log-in");
    }
}

/* Whether the event is in the log now; if not, the console tells. */
static bool keep_event(struct device *device, enum event_type type, uint32_t detail)
{
    const struct event_user *user =
        device->requester.interface == EVENT_FROM_NOBODY ? NULL : &device->requester;

    if (event_log_add(&device->events, type, detail, user) != EVENT_LOG_OK) {
        hal_console_line("events: an event could not be kept");
        return false;
    }
    return true;
}

/* What the boot stage did is the first that the application can write down. */
static void log_start(struct device *device)
{
    if (keep_event(device, EVENT_RESET, (uint32_t)hal_reset_cause())) {
        device->start_number = event_log_newest(&device->events);
    }
    if (device->running.reverted) {
        device_log_event(device, EVENT_TRIAL_REVERTED, device->running.image.version);
    }
    for (size_t i = 0; i < IMAGE_SLOT_COUNT; i++) {
        /* A slot without an image is no event. */
        if (device->running.refused[i] < IMAGE_ERROR_FORMAT) {
            device_log_event(device, EVENT_IMAGE_REFUSED, (uint32_t)-device->running.refused[i]);
        }
    }
}

int device_start(struct device *device, const struct boot_handover *running)
{
    start_volatile_parts(device, running);
    if (factory_load(&device->factory) != FACTORY_OK) {
        hal_console_line("start: no usable factory page");
        return DEVICE_ERROR_FACTORY;
    }
    if (load(device) != DEVICE_OK) {
        hal_console_line("start: stored state cannot be read");
        return DEVICE_ERROR_STORAGE;
    }
    start_services(device);
    log_start(device);
    hal_console_line(running->recovery ? "start: recovery, waiting for an update"
                                       : "start: " DEVICE_PRODUCT);
    return DEVICE_OK;
}

void device_poll(struct device *device)
{
    if (!device->running.recovery) {
        thermostat_poll(&device->thermostat, &device->settings.current);
    }
    mailbox_poll(&device->mailbox);
    modbus_rtu_poll(&device->rtu, device);
    hal_watchdog_kick();
}

bool device_wants_restart(const struct device *device)
{
    return device->restart_at_ms != 0 && hal_time_ms() >= device->restart_at_ms;
}

void device_restart_soon(struct device *device)
{
    device->restart_at_ms = hal_time_ms() + DEVICE_RESTART_DELAY_MS;
}

const struct password_verifier *device_password(const struct device *device)
{
    const struct settings *settings = &device->settings.current;

    return settings->has_password ? &settings->password : &device->factory.initial_password;
}

void device_log_event(struct device *device, enum event_type type, uint32_t detail)
{
    (void)keep_event(device, type, detail);
}

int device_erase(struct device *device)
{
    if (erase_user_data(&device->boot_state) != ERASE_OK ||
        settings_start(&device->settings) != SETTINGS_OK) {
        return DEVICE_ERROR_STORAGE;
    }
    if (event_log_start(&device->events) != EVENT_LOG_OK) {
        hal_console_line("erase: event log cannot be read");
    }
    memset(&device->requester, 0, sizeof device->requester);
    device_log_event(device, EVENT_ERASED, 0);
    return DEVICE_OK;
}

bool device_self_test_passed(const struct device *device)
{
    return !device->running.recovery && !device->thermostat.sensor_fault;
}

void device_version(const struct device *device, char text[DEVICE_VERSION_SIZE])
{
    (void)version_text(device->running.image.version, text);
}
