/*
 * device.h - the whole device: owns every part, and is what a board runs.
 *
 * A board calls device_start() once after a reset, then device_poll() for ever, and hands what
 * arrives on each TCP connection to modbus_tcp_receive(). The device holds no pointer to itself or
 * to anything outside, so that its bytes are its whole state.
 */
#ifndef APP_DEVICE_H
#define APP_DEVICE_H

#include "access.h"
#include "factory.h"
#include "mailbox.h"
#include "modbus_rtu.h"
#include "settings_store.h"
#include "thermostat.h"

#include <stdint.h>

#define DEVICE_VENDOR      "Ordeal"
#define DEVICE_PRODUCT     "Hearth"
#define DEVICE_VERSION     "0.1.0"
#define DEVICE_WATCHDOG_MS 2000U

enum device_error {
    DEVICE_OK = 0,
    DEVICE_ERROR_FACTORY = -1, /* no usable factory page: the device must not run */
    DEVICE_ERROR_STORAGE = -2, /* settings or attempts cannot be read */
};

const char *device_strerror(int error);

struct device {
    struct factory_page factory;
    struct settings_store settings;
    struct access access;
    struct mailbox mailbox;
    struct thermostat thermostat;
    struct modbus_rtu rtu;
};

/* Brings the device up from flash. `device` may hold anything before. Starts the watchdog. */
HAL_MUST_CHECK int device_start(struct device *device);

/* One turn of the main loop: control, bus, time-outs, watchdog. Returns within milliseconds. */
void device_poll(struct device *device);

#endif
