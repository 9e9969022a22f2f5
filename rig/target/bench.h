/**
 * A target opened for use: its supply, console, interfaces, storage, network, broker and adapter. What
 * a target does not have is empty (power_exists() and its like), and `capabilities` says so at once.
 *
 * A bench has a private folder for the device's flash, logs and sockets; native and emulated devices
 * die with the rig. One target file is one device at a time; a board is locked against other rigs.
 */
#ifndef RIG_TARGET_BENCH_H
#define RIG_TARGET_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/file_hash.h"
#include "base/rig_error.h"
#include "base/workspace.h"
#include "target/adapter.h"
#include "target/capability.h"
#include "target/console_port.h"
#include "target/modbus_client.h"
#include "target/net_link.h"
#include "target/power.h"
#include "target/storage.h"
#include "target/target_file.h"

struct broker;

struct bench_options {
    const struct target *target;
    const struct workspace *workspace;
    const char *folder;   /**< private, exists; the bench writes its files there */
    const char *evidence; /**< exists; logs of the device and its peers are written there */
    unsigned needs; /**< enum capability: a broker, a relay for weather, and a virtual probe are
                               there only when they are needed */
};

struct device_driver;
struct bench_adapter_words;

struct bench {
    const struct target *target;
    const struct workspace *workspace;
    const char *folder;
    const char *evidence;
    unsigned capabilities; /**< enum capability, whether asked for in `needs` or not */
    unsigned needs;        /**< as in the options */
    struct power power;
    struct console_port console;
    struct net_link net;
    struct storage storage;
    struct modbus_port rtu;
    struct modbus_port tcp;
    struct adapter adapter;
    struct broker *broker;  /**< owned; NULL: none */
    const char *probe_path; /**< serial port of the virtual probe, while the device is
                                                  on; NULL: none */
    char firmware_hash[FILE_HASH_TEXT_SIZE]; /**< SHA-256 over all that the device runs */
    bool is_other_product; /**< than the one whose hash the target's file names: bench_firmware.h */
    char device_id[64];    /**< of the device as made or announced; "" unknown */
    bool is_starting;      /**< private: nobody has waited for it yet */
    uint64_t started_at;   /**< private: on the console */
    const struct device_driver *device;        /**< private: how the target's class is driven */
    void *device_self;                         /**< private, owned */
    struct bench_adapter_words *adapter_words; /**< private, owned */
    int lock;                                  /**< private: of a board; -1: none */
    bool
        debug_is_open; /**< set it before bench_make_new(): the device leaves the factory with its debug
                             port open, where it has a life cycle */
};

/**
 * Opens the target; nothing is switched on yet. RIG_OK; RIG_ERROR_CONFIGURATION (what the target's
 * file says cannot be); RIG_ERROR_BENCH (firmware that is not built, a device node that is missing,
 * a board that another run holds), each with one line that names place and remedy;
 * RIG_ERROR_NO_MEMORY. Call bench_close() in each case.
 */
int bench_open(struct bench *bench, const struct bench_options *options,
               struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Switches off what it switched on, ends its processes, gives the lock back. */
void bench_close(struct bench *bench);

/**
 * Makes the device as it leaves the factory, with another identity and password than any before, and
 * tells the adapter the password. The device must be off, and is off afterwards; on native the
 * device makes itself at the next power_on(). RIG_ERROR_USAGE without CAN_MAKE_NEW.
 */
int bench_make_new(struct bench *bench, int64_t deadline_ms,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Switches on, as power_on(). bench_wait_healthy() then asks nothing before the console says that the
 * device is ready (`console.ready` in the target's file), or `limits.boot_ms` are over.
 */
int bench_switch_on(struct bench *bench, int64_t deadline_ms,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Switches on, where the bench can, and waits until the adapter says that the device is healthy.
 * *health is what it says then. RIG_ERROR_TIMEOUT when it does not come up: the device's fault or the
 * bench's. Otherwise as bench_switch_on() and bench_wait_healthy().
 */
int bench_start(struct bench *bench, struct adapter_health *health, int64_t deadline_ms,
                struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Waits until the adapter reports health on that channel, or the deadline: RIG_ERROR_TIMEOUT. */
int bench_wait_healthy(struct bench *bench, enum adapter_channel channel,
                       struct adapter_health *health, int64_t deadline_ms,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Whether what the bench itself runs still works: QEMU, its relay and its virtual probe, the
 * process of a native device, the broker. RIG_OK, also when the device is off, or its power was cut
 * as it had been armed; RIG_ERROR_BENCH when one of them ended, is stopped or does not answer, with
 * a diagnostic that names it: what was measured meanwhile says nothing of the device.
 * RIG_ERROR_DEVICE when the device ended by its own fault; RIG_ERROR_INTERRUPTED,
 * RIG_ERROR_NO_MEMORY.
 */
int bench_check(struct bench *bench, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Lets time pass while the console is read. As process_pause_until(); errors of bench_check(), whose look
 * comes first. */
int bench_let_pass(struct bench *bench, int64_t pause_ms,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The channel that verbs use when any will do: the local one where there is one. */
enum adapter_channel bench_first_channel(const struct bench *bench);

/** Switches off and forgets sessions. */
int bench_stop(struct bench *bench, int64_t deadline_ms,
               struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** A number of `limits` in the target's file, or `otherwise`. */
uint64_t bench_limit(const struct bench *bench, const char *name, uint64_t otherwise);

#endif
