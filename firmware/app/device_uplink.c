#include "device_uplink.h"

#include "hal.h"

void device_set_link(struct device *device, bool up)
{
    device->link_up = up;
}

enum uplink_action device_uplink_poll(struct device *device)
{
    const struct uplink_context context = {.now_ms = hal_time_ms(),
                                           .settings = &device->settings.current,
                                           .thermostat = &device->thermostat,
                                           .drbg = &device->drbg};

    return device->running.recovery ? UPLINK_NOTHING : uplink_poll(&device->uplink, &context);
}

void device_uplink_report(struct device *device, enum uplink_event event)
{
    uplink_report(&device->uplink, event, hal_time_ms());
}

size_t device_uplink_reading(const struct device *device, char text[TELEMETRY_MAX_TEXT])
{
    const struct telemetry_reading *oldest = uplink_oldest(&device->uplink);

    if (oldest == NULL) {
        text[0] = '\0';
        return 0;
    }
    return telemetry_encode(oldest, text);
}

int device_uplink_command(struct device *device, const uint8_t *text, size_t length)
{
    int result = TELEMETRY_ERROR_NO_BROKER;

    if (uplink_serves(&device->uplink, &device->settings.current)) {
        result = telemetry_command_apply(&device->settings, text, length);
    }
    /* No event: a broker that is a nuisance must not push the other events out of the log. */
    if (result != TELEMETRY_OK) {
        hal_console_line("uplink: a command was refused");
    }
    return result;
}
