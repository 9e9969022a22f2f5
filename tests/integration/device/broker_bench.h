/*
 * broker_bench.h - a mosquitto broker with a folder of its own, for a test.
 *
 * It listens on a loopback port, for TLS 1.2 with certificates on both sides; the name in a client's
 * certificate is its user, who may write hearth/ID/telemetry and read hearth/ID/command and nothing
 * else. A socket in the folder is the test's own way in. The broker dies with the test program. A
 * failed expectation fails the running cmocka test; broker_bench_destroy() belongs in its teardown.
 */
#ifndef TESTS_BROKER_BENCH_H
#define TESTS_BROKER_BENCH_H

#include "device_process.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BROKER_BENCH_PATH_SIZE 256U
#define BROKER_BENCH_SOCKET    "socket" /* of the test, in the folder */

/* The name under which a device on the emulated board reaches this machine. */
#define BROKER_BENCH_HOST "10.0.2.2"

/* The client name of telemetry_subscriber.h. The broker's access list knows it. */
#define BROKER_BENCH_SUBSCRIBER "hearth"

struct process;

/* Which certificate the broker shows: target/broker_keys.h of the rig. */
enum broker_identity { BROKER_GENUINE, BROKER_OF_ROGUE_AUTHORITY, BROKER_OF_ANOTHER_NAME };

struct broker_bench {
    char folder[BROKER_BENCH_PATH_SIZE]; /* empty: none made yet */
    char authority[BROKER_BENCH_PATH_SIZE];
    char certificate[BROKER_BENCH_PATH_SIZE]; /* of the device, as the next */
    char private_key[BROKER_BENCH_PATH_SIZE];
    char device_id[2U * DEVICE_PROCESS_ID_SIZE + 1U];
    struct process *process; /* NULL: stopped */
    uint16_t port;           /* 0: never started */
};

/* Makes the folder, in the current one, and the certificates. Nothing runs yet. */
void broker_bench_create(struct broker_bench *bench);

/* The device's, for device_process.h. They point into `bench`. */
struct device_credentials broker_bench_credentials(const struct broker_bench *bench);

/* Whose topics the user with the device's certificate may use. Before the first start. */
void broker_bench_admit(struct broker_bench *bench,
                        const uint8_t device_id[DEVICE_PROCESS_ID_SIZE]);

/* Starts a broker on another port than before, which remembers nothing and has an empty log, and
 * waits until the port accepts. Stops the one that runs. */
void broker_bench_start(struct broker_bench *bench, enum broker_identity identity);

/* Starts it once more as it was, on the same port, with the sessions that it had saved. */
void broker_bench_start_again(struct broker_bench *bench);

/* Makes it save the sessions of its clients, and waits until it has. */
void broker_bench_save_sessions(const struct broker_bench *bench);

/* It stands still, and answers nothing any more; the system goes on taking connections for it. */
void broker_bench_freeze(const struct broker_bench *bench);

/* SIGKILL: as a crash. What it had not saved is gone. */
void broker_bench_stop(struct broker_bench *bench);

/* Publishes `length` bytes at QoS 1, and waits until the broker has acknowledged them. */
void broker_bench_publish(const struct broker_bench *bench, const char *topic, const char *payload,
                          size_t length);

/* How often a text stands in its log. */
size_t broker_bench_logged(const struct broker_bench *bench, const char *text);

/* Fails the test if the broker has ended by itself. */
void broker_bench_check(const struct broker_bench *bench);

/* Ends what runs and removes the folder. Never fails the test. */
void broker_bench_destroy(struct broker_bench *bench);

/* A port of 127.0.0.1 that is free at this moment. The system gives none of its kind to clients, so
 * that it stays free while the broker is stopped. */
uint16_t broker_bench_free_port(void);

#endif
