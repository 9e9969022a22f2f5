/*
 * uplink_bench.h - a device on the emulated board whose uplink is tested, with the broker that its
 * credentials are for, a subscriber there, and a Modbus client on the device's wired bus.
 *
 * All waits are for a condition and have a limit. While one waits, the bus is asked again and again,
 * so that a device whose bus does not answer meanwhile fails the test, too.
 */
#ifndef TESTS_UPLINK_BENCH_H
#define TESTS_UPLINK_BENCH_H

#include "broker_bench.h"
#include "broker_listener.h"
#include "device_process.h"
#include "mailbox_link.h"
#include "modbus_link.h"
#include "telemetry_subscriber.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Input registers of registers.h. */
enum uplink_input {
    UPLINK_INPUT_UPTIME = 3, /* its low word */
    UPLINK_INPUT_LINK = 7,
    UPLINK_INPUT_STATE = 8, /* enum uplink_state */
    UPLINK_INPUT_QUEUED = 9,
    UPLINK_INPUT_DROPPED = 10,
    UPLINK_INPUT_ACKNOWLEDGED = 11,
};

struct uplink_bench {
    struct device_process device;
    struct broker_bench broker;
    struct telemetry_subscriber subscriber;
    struct broker_listener listener; /* closed, unless the test opens it */
    modbus_t *bus;
    modbus_t *network;           /* NULL, unless the test opens it */
    struct mailbox_link mailbox; /* on the bus */
    uint16_t set_point;          /* the last one of uplink_bench_switch() */
};

/* The device runs, without a broker and without consent; no broker runs. Without credentials: the
 * factory has given it none. */
void uplink_bench_create(struct uplink_bench *bench, bool with_credentials);
void uplink_bench_destroy(struct uplink_bench *bench);

/* Lets a moment pass in which the test's children and the emulator are listened to; whatever of
 * them has ended fails the test, as does an interrupt. */
void uplink_bench_turn(struct uplink_bench *bench);

/* ---- What the user does, through the mailbox and on the wall panel ---- */

/* Names this machine's `port` as the broker's. */
void uplink_bench_name_broker(struct uplink_bench *bench, uint16_t port);
void uplink_bench_consent(struct uplink_bench *bench, bool consent);

/* Another set-point, for a reading that is due as soon as the last one is 10 s old. Nothing else
 * follows from it: the relay stays as it is. */
void uplink_bench_switch(struct uplink_bench *bench);

/* ---- What the device says ---- */

uint16_t uplink_bench_input(struct uplink_bench *bench, enum uplink_input address);
uint16_t uplink_bench_set_point(struct uplink_bench *bench);
bool uplink_bench_is_connected(struct uplink_bench *bench);

/* How often a text stands on its console. */
size_t uplink_bench_said(struct uplink_bench *bench, const char *text);

/* Each waits until it is so; `what` says what has not come about after `limit_ms`. */
void uplink_bench_wait_input(struct uplink_bench *bench, enum uplink_input address, uint16_t value,
                             unsigned limit_ms, const char *what);
void uplink_bench_wait_set_point(struct uplink_bench *bench, uint16_t value, unsigned limit_ms,
                                 const char *what);
void uplink_bench_wait_said(struct uplink_bench *bench, const char *text, size_t count,
                            unsigned limit_ms, const char *what);

/* All readings from 1 to `number` have come to the subscriber. */
void uplink_bench_wait_reading(struct uplink_bench *bench, uint32_t number, unsigned limit_ms,
                               const char *what);

/* Connects another Modbus client, over the network. */
void uplink_bench_open_network(struct uplink_bench *bench);

/* Plugs the cable in or out. */
void uplink_bench_set_link(struct uplink_bench *bench, bool up);

#endif
