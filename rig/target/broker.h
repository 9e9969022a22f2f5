/**
 * The broker that a bench runs for a device: mosquitto on a loopback port, for MQTT 3.1.1 over TLS 1.2
 * with certificates on both sides. Scenarios stop it, freeze it, let it show a wrong certificate or
 * put another in its place (broker_peer.h, hostile_broker.h), and see in its log and by its subscriber
 * what the device did.
 *
 * The name in the device's certificate is its user at the broker, who may write
 * PRODUCT/DEVICE/telemetry, read PRODUCT/DEVICE/command, and nothing else. The rig's own clients come
 * over a socket in the broker's folder. Broker and subscriber die with the rig.
 *
 * Deadlines are of process_clock_ms(). Errors of all: RIG_ERROR_BENCH (a program is missing, the
 * broker has ended by itself, full disk) with one line that names the remedy or the broker's own last
 * words; RIG_ERROR_TIMEOUT; RIG_ERROR_INTERRUPTED; RIG_ERROR_NO_MEMORY.
 */
#ifndef RIG_TARGET_BROKER_H
#define RIG_TARGET_BROKER_H

#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/broker_reading.h"

/** Which certificate the broker shows. */
enum broker_identity {
    BROKER_GENUINE,
    BROKER_ROGUE_AUTHORITY, /**< right name, but signed by another authority of the same name */
    BROKER_OTHER_NAME,      /**< signed by the right authority, for another host */
};

struct broker;

struct broker_options {
    const char *folder;    /**< private, exists; keys, log and sessions are kept there */
    const char *host_name; /**< under which the device reaches this machine; broker_keys.h */
    const char *product;   /**< first level of its topics, e.g. "hearth"; text_is_name() */
    uint16_t port;         /**< of 127.0.0.1; 0: one that is free */
};

/** Paths of PEM files that the factory puts into the device. Owned by the broker. */
struct broker_credentials {
    const char *authority;   /**< by which the device knows its broker */
    const char *certificate; /**< the device's own */
    const char *private_key;
};

/**
 * Makes keys and certificates and keeps the port; nothing runs yet. RIG_ERROR_USAGE for names that
 * cannot be. On error *broker is NULL and nothing is left but files in the folder.
 */
int broker_create(const struct broker_options *options, struct broker **broker,
                  struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Ends what runs and gives the port back. The folder stays, as evidence. NULL is allowed. */
void broker_destroy(struct broker *broker);

struct broker_credentials broker_credentials(const struct broker *broker);

/** Where its files are, as it was named in the options. */
const char *broker_folder(const struct broker *broker);

/** The same for the broker's life, whoever listens on it. */
uint16_t broker_port(const struct broker *broker);

/** Takes another free port; the broker must be stopped, else RIG_ERROR_USAGE. */
int broker_move(struct broker *broker, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Whose topics the user with the device's certificate may use: `device_id` is text_is_name(). Until
 * this is called, a device may connect and do nothing. Holds from the next start on. RIG_ERROR_USAGE
 * for another text.
 */
int broker_admit(struct broker *broker, const char *device_id,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Starts the broker, stopping the one that runs, and returns once it listens and the subscriber is
 * there. It remembers the subscriber's session and nothing else: whatever it has acknowledged to a
 * device since the first start reaches broker_readings(), also if it was killed in between. (The
 * subscriber's pipe and socket hold some hundred readings: call broker_check() more often than that.)
 */
int broker_start(struct broker *broker, enum broker_identity identity, int64_t deadline_ms,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** SIGKILL, as a crash: connections are closed, calls refused. Nothing when it is stopped.
 * RIG_ERROR_BENCH when it had ended by itself before. */
int broker_stop(struct broker *broker, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** It stands still and never answers; the kernel goes on taking connections and bytes for it.
 * RIG_ERROR_USAGE when it does not run. */
int broker_freeze(struct broker *broker, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** It goes on where it stood. Likewise. */
int broker_thaw(struct broker *broker, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** RIG_OK when broker and subscriber run, or were stopped by the rig; RIG_ERROR_BENCH when one of
 * them ended by itself. */
int broker_check(struct broker *broker, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Publishes `size` bytes at QoS 1 and waits until the broker has acknowledged them.
 * RIG_ERROR_USAGE when it does not run. */
int broker_publish(struct broker *broker, const char *topic, const void *payload, size_t size,
                   int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What has reached the subscriber by now; does not wait. *readings is owned by the broker and good
 * until the next call with it. Errors as of broker_check(). */
int broker_readings(struct broker *broker, struct broker_readings *readings,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The log of all its starts: each packet and each connection is in it, hostile text of the device
 * as well. */
const char *broker_log_path(const struct broker *broker);

/** How often a text stands in the log. */
int broker_log_count(const struct broker *broker, const char *text, size_t *count,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
