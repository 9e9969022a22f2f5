#include "target/broker.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "target/broker_files.h"
#include "target/broker_keys.h"
#include "target/broker_state.h"
#include "target/broker_tool.h"

/* ---- made and freed ---- */

/* A file in its folder, for free(). */
static char *path_of(const struct broker *broker, const char *name)
{
    return broker->folder != NULL ? file_join(broker->folder, name) : NULL;
}

static int name_all(struct broker *broker, const struct broker_options *options)
{
    broker->folder = text_duplicate(options->folder);
    broker->product = text_duplicate(options->product);
    broker->authority = path_of(broker, BROKER_KEYS_AUTHORITY ".pem");
    broker->certificate = path_of(broker, BROKER_KEYS_DEVICE ".pem");
    broker->private_key = path_of(broker, BROKER_KEYS_DEVICE ".key");
    broker->log = path_of(broker, BROKER_FILES_LOG);
    broker->subscribed = text_format("Sending SUBACK to %s\n", options->product);
    return broker->product != NULL && broker->authority != NULL && broker->certificate != NULL &&
                   broker->private_key != NULL && broker->log != NULL && broker->subscribed != NULL
               ? RIG_OK
               : RIG_ERROR_NO_MEMORY;
}

/* A folder that was used before has nothing left in it that a start could take for its own. */
static int clean(const struct broker *broker, struct diagnostic *diagnostic)
{
    static const char *const names[] = {BROKER_FILES_SOCKET, BROKER_FILES_SESSIONS,
                                        BROKER_FILES_LOG};
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < sizeof(names) / sizeof(names[0]); i++) {
        error = broker_files_remove(broker->folder, names[i], diagnostic);
    }
    return error;
}

static int make(struct broker *broker, const struct broker_options *options,
                struct diagnostic *diagnostic)
{
    int error = name_all(broker, options);

    if (error == RIG_OK) {
        error = broker_tool_find(&broker_tool_server, &broker->program, diagnostic);
    }
    if (error == RIG_OK) {
        error = clean(broker, diagnostic);
    }
    if (error == RIG_OK) {
        error = broker_keys_make(broker->folder, options->host_name, diagnostic);
    }
    if (error == RIG_OK) {
        error = broker_files_write_access(broker->folder, broker->product, NULL, diagnostic);
    }
    return error == RIG_OK ? loopback_port_keep(&broker->port, options->port, diagnostic) : error;
}

int broker_create(const struct broker_options *options, struct broker **broker,
                  struct diagnostic *diagnostic)
{
    struct broker *made;
    int error;

    *broker = NULL;
    if (!text_is_name(options->product)) {
        return diagnostic_fail(
            diagnostic, RIG_ERROR_USAGE,
            "'%s' cannot begin a broker's topics: letters, digits, '.', '_', '-'",
            options->product);
    }
    made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    made->port = (struct loopback_port)LOOPBACK_PORT_NONE;
    error = make(made, options, diagnostic);
    if (error != RIG_OK) {
        broker_destroy(made);
        return error;
    }
    *broker = made;
    return RIG_OK;
}

void broker_destroy(struct broker *broker)
{
    if (broker == NULL) {
        return;
    }
    process_destroy(broker->process);
    broker_subscriber_destroy(broker->subscriber);
    loopback_port_release(&broker->port);
    free(broker->folder);
    free(broker->product);
    free(broker->topic);
    free(broker->program);
    free(broker->authority);
    free(broker->certificate);
    free(broker->private_key);
    free(broker->log);
    free(broker->subscribed);
    free(broker);
}

struct broker_credentials broker_credentials(const struct broker *broker)
{
    const struct broker_credentials credentials = {broker->authority, broker->certificate,
                                                   broker->private_key};

    return credentials;
}

const char *broker_folder(const struct broker *broker)
{
    return broker->folder;
}

uint16_t broker_port(const struct broker *broker)
{
    return broker->port.number;
}

const char *broker_log_path(const struct broker *broker)
{
    return broker->log;
}

int broker_log_count(const struct broker *broker, const char *text, size_t *count,
                     struct diagnostic *diagnostic)
{
    return broker_files_count(broker->log, text, count, diagnostic);
}

int broker_move(struct broker *broker, struct diagnostic *diagnostic)
{
    struct loopback_port other = LOOPBACK_PORT_NONE;
    int error;

    if (broker->process != NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "a broker that runs cannot take another port");
    }
    error = loopback_port_keep(&other, 0, diagnostic); /* while the old one is still kept */
    if (error == RIG_OK) {
        loopback_port_release(&broker->port);
        broker->port = other;
    }
    return error;
}

int broker_admit(struct broker *broker, const char *device_id, struct diagnostic *diagnostic)
{
    char *topic;
    int error;

    if (!text_is_name(device_id)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "a device's id '%s' is no name for a topic", device_id);
    }
    topic = text_format("%s/%s/telemetry", broker->product, device_id);
    if (topic == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    free(broker->topic);
    broker->topic = topic;
    error = broker_files_write_access(broker->folder, broker->product, device_id, diagnostic);
    if (error == RIG_OK && broker->subscriber != NULL) {
        error = broker_subscriber_expect(broker->subscriber, topic);
    }
    return error;
}

/* ---- use ---- */

int broker_publish(struct broker *broker, const char *topic, const void *payload, size_t size,
                   int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const char *const arguments[] = {"--unix",
                                     BROKER_FILES_SOCKET,
                                     "-q",
                                     "1",
                                     "-t",
                                     topic,
                                     size > 0 ? "-f" : "-n",
                                     size > 0 ? BROKER_FILES_PAYLOAD : NULL,
                                     NULL};
    const struct broker_tool_run run = {&broker_tool_publish, arguments, broker->folder};
    int error = broker_check(broker, diagnostic);

    if (error == RIG_OK && broker->process == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "the broker does not run");
    }
    if (error == RIG_OK) {
        error = broker_files_write_payload(broker->folder, payload, size, diagnostic);
    }
    return error == RIG_OK ? broker_tool_execute(&run, deadline_ms, diagnostic) : error;
}

int broker_readings(struct broker *broker, struct broker_readings *readings,
                    struct diagnostic *diagnostic)
{
    static const struct broker_readings none = {.first_malformed = ""};
    int error = broker_check(broker, diagnostic);

    *readings = broker->subscriber != NULL ? broker_subscriber_readings(broker->subscriber) : none;
    return error;
}
