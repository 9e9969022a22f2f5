/*
 * device_uplink.h - the uplink as part of the device, for whoever drives the network: a board's
 * transport. The policy, and what each action and event means, is in uplink.h; the address to
 * connect to is broker_address_parse() of device->uplink.broker.
 *
 * The driver polls, does what it is told without waiting, and reports. A board without a network
 * never calls any of this; then no reading is ever taken. A link that is gone needs no special
 * report: what was under way fails, and that is UPLINK_LOST.
 */
#ifndef APP_DEVICE_UPLINK_H
#define APP_DEVICE_UPLINK_H

#include "device.h"
#include "telemetry.h"
#include "uplink.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether there is a network link, as the driver sees it. Down after a start. It is shown in the
 * input registers and nothing hangs on it. */
void device_set_link(struct device *device, bool up);

/* What to do next. Call in each turn of the main loop, and again after anything but
 * UPLINK_NOTHING, which is the answer in recovery. After an erase, as after any withdrawal, it is
 * the next call that empties the queue and asks for UPLINK_CLOSE. */
enum uplink_action device_uplink_poll(struct device *device);

/* Tells what has happened to the transport, now. */
void device_uplink_report(struct device *device, enum uplink_event event);

/*
 * The reading to publish, as text, zero-terminated. Returns its length without the zero; 0 (and an
 * empty text) if there is none. Take it when UPLINK_PUBLISH is asked for, and keep it until the
 * acknowledgement: by then another one may be the oldest.
 */
size_t device_uplink_reading(const struct device *device, char text[TELEMETRY_MAX_TEXT]);

/*
 * Obeys a command of `length` bytes, of any content, that came over the connection asked for last.
 * What is refused changes nothing, and is one line on the console and no event. Returns an enum
 * telemetry_error, for information: there is nothing left to do about it. Any command is refused
 * with TELEMETRY_ERROR_NO_BROKER unless the uplink is connecting or connected to the broker that
 * the settings want now.
 */
int device_uplink_command(struct device *device, const uint8_t *text, size_t length);

#endif
