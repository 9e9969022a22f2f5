/*
 * device.h - the whole device: owns every part, and is what a board runs.
 *
 * A board calls boot_run() after a reset, then device_start() with what came of it, then
 * device_poll() until device_wants_restart(), and hands what arrives on each TCP connection to
 * modbus_tcp_receive(). One with a network also drives the uplink (device_uplink.h). The device
 * holds no pointer to itself or to anything outside, so that its bytes are its whole state.
 */
#ifndef APP_DEVICE_H
#define APP_DEVICE_H

#include "access.h"
#include "boot.h"
#include "boot_state.h"
#include "debug_lock.h"
#include "drbg.h"
#include "event_log.h"
#include "factory.h"
#include "mailbox.h"
#include "modbus_rtu.h"
#include "settings_store.h"
#include "thermostat.h"
#include "update.h"
#include "uplink.h"
#include "version_text.h"

#include <stdbool.h>
#include <stdint.h>

#define DEVICE_VENDOR           "Ordeal"
#define DEVICE_PRODUCT          "Hearth"
#define DEVICE_VERSION_SIZE     VERSION_TEXT_SIZE
#define DEVICE_WATCHDOG_MS      2000U
#define DEVICE_RESTART_DELAY_MS 200U /* time for the answer to leave */

enum device_error {
    DEVICE_OK = 0,
    DEVICE_ERROR_FACTORY = -1, /* no usable factory page: the device must not run */
    DEVICE_ERROR_STORAGE = -2, /* boot state, settings or attempts cannot be read, or an erase that
                                  is under way cannot go on */
};

const char *device_strerror(int error);

struct device {
    struct boot_handover running; /* what the boot stage started */
    struct factory_page factory;
    struct boot_state_store boot_state;
    struct settings_store settings;
    struct access access;
    struct event_log events;
    struct drbg drbg;
    struct update update;
    struct mailbox mailbox;
    struct thermostat thermostat;
    struct modbus_rtu rtu;
    struct uplink uplink;        /* as device_uplink.h drives it */
    bool link_up;                /* there is a network link: device_set_link() */
    struct event_user requester; /* who sent the request that is being handled */
    uint32_t start_number;       /* of the EVENT_RESET of this start; 0: it could not be kept */
    uint64_t restart_at_ms;      /* on the clock of hal_time_ms(); 0: no restart is due */
};

/*
 * Brings the device up from flash. `device` may hold anything before. Starts the watchdog.
 * With running->recovery there is no image to run: the device offers its mailbox on the local bus,
 * for an update, and nothing else (reference: boot.h).
 */
HAL_MUST_CHECK int device_start(struct device *device, const struct boot_handover *running);

/* One turn of the main loop: control, bus, time-outs, watchdog. Returns within milliseconds. */
void device_poll(struct device *device);

/* The board is to reset now: an image was activated, or a token waits for the boot stage. */
bool device_wants_restart(const struct device *device);

/* What follows is for the device's own parts. */

/* Restarts when the answer under way has left. */
void device_restart_soon(struct device *device);

/* The password that logs in: the user's, else the one on the label. */
const struct password_verifier *device_password(const struct device *device);

/* Adds a security event by device->requester, or by nobody. Says so on the console if it cannot. */
void device_log_event(struct device *device, enum event_type type, uint32_t detail);

/* The user's erase, and all that was read from what it erased read again. With the settings goes
 * the consent: the uplink ends in its next turn. */
HAL_MUST_CHECK int device_erase(struct device *device);

/*
 * Whether this image has shown that it works: the control loop has a plausible temperature and the
 * settings could be read. That the bus works is shown by whoever asks, in a session over it.
 */
bool device_self_test_passed(const struct device *device);

/* The running version as "major.minor.patch". */
void device_version(const struct device *device, char text[DEVICE_VERSION_SIZE]);

#endif
