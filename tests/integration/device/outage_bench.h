/*
 * outage_bench.h - a device that is written to without a pause until its power is cut.
 *
 * Method: two channels write values that all differ, so that any mixture or loss shows: set-point
 * and mode in one FC 16 on the local bus, and the room's name through the mailbox, over TCP where
 * there is a network. A timer cuts the power of the device while one channel writes; what was
 * confirmed before is judged after a restart.
 */
#ifndef TESTS_OUTAGE_BENCH_H
#define TESTS_OUTAGE_BENCH_H

#include "device_process.h"
#include "mailbox_link.h"
#include "outage_history.h"

#include <stdint.h>

#define OUTAGE_LABEL       "label-password-of-an-outage"
#define OUTAGE_NOT_A_VALUE UINT32_MAX /* what no write of ours can have left */

enum outage_channel { OUTAGE_BY_BUS, OUTAGE_BY_MAILBOX, OUTAGE_CHANNELS };

struct outage_bench {
    struct device_process device;
    modbus_t *by[2]; /* by enum modbus_link_kind */
    struct mailbox_link mailbox;
    struct outage_history history[OUTAGE_CHANNELS];
    uint32_t next_value;
};

/*
 * Makes a new device, starts it, logs in, and writes a first value by each channel. `flash_time_us`
 * is what --flash-time takes (NULL: none): with it most cuts tear a flash operation.
 */
void outage_bench_create(struct outage_bench *bench, const char *flash_time_us);
void outage_bench_destroy(struct outage_bench *bench);

/* Writes one fresh value. Returns whether the device confirmed it. */
bool outage_bench_write(struct outage_bench *bench, enum outage_channel channel);

/*
 * Writes by `channel` without a pause; the device is killed `after_us` microseconds after the
 * beginning. Returns how many writes were confirmed until then. The device is reaped.
 */
uint32_t outage_bench_write_until_cut(struct outage_bench *bench, enum outage_channel channel,
                                      uint32_t after_us);

/* Kills the device now, and reaps it. */
void outage_bench_cut(struct outage_bench *bench);

/* Starts it again, connects, logs in. */
void outage_bench_restart(struct outage_bench *bench);

/* Reads what a channel's setting holds; OUTAGE_NOT_A_VALUE for what was never written. */
uint32_t outage_bench_read(struct outage_bench *bench, enum outage_channel channel);

#endif
