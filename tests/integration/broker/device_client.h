/*
 * device_client.h - a broker of the rig for one test, and a device that is mosquitto's own clients with
 * the device's certificate. A failed expectation fails the running cmocka test.
 */
#ifndef TESTS_DEVICE_CLIENT_H
#define TESTS_DEVICE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/process.h"
#include "target/broker.h"

#define DEVICE_ID        "00112233aabb"
#define DEVICE_TELEMETRY "hearth/" DEVICE_ID "/telemetry"
#define DEVICE_COMMAND   "hearth/" DEVICE_ID "/command"

enum { LIMIT_MS = 30000 };

struct fixture {
    char *folder;
    struct broker *broker;
};

/* cmocka's setup and teardown: a broker with an admitted device, that does not run yet. *state is a
 * struct fixture. */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);

int64_t in_time(void); /* a deadline */

/* Fails the test when `error` is not RIG_OK, with the diagnostic. */
void expect_ok(int error, const struct diagnostic *diagnostic);

void start_broker(struct broker *broker, enum broker_identity identity);
void stop_broker(struct broker *broker);

/* Publishes a text as the device, over TLS, with the name in the certificate verified. Waits at most
 * that long. True when the client says that the broker took it. */
bool device_says(const struct broker *broker, const char *topic, const char *text,
                 int64_t limit_ms);

/* The same with the lines of a text, one message each. */
bool device_says_lines(const struct broker *broker, const char *topic, const char *lines);

/* Publishes a text again and again until a broker takes it, and ends then. */
struct process *device_insists(const struct broker *broker, const char *topic, const char *text);

/* A device that waits for one command and then ends with it on stdout; it has subscribed. */
struct process *device_listen(struct broker *broker);

/* Waits until so many readings have arrived; fails the test when they do not. */
void wait_for_readings(struct broker *broker, size_t count, struct broker_readings *readings);

/* The child of this program that runs `program`, of which there is one. */
pid_t find_child(const char *program);

size_t logged(const struct broker *broker, const char *text);

#endif
