/*
 * Method: uplink.h decides; this file carries out one action at a time. A connection comes in steps,
 * each of which ends in a callback of lwIP: the name is resolved, TCP and TLS are set up, MQTT is
 * welcomed, the commands are subscribed to. Only then is the uplink told that it is connected.
 * An answer of DNS to an attempt that was given up is told by `attempt`, which has moved on; MQTT and TLS
 * call nobody back for a connection that was ended.
 */
#include "broker_link.h"

#include "broker_address.h"
#include "broker_guard.h"
#include "broker_tls.h"
#include "device_uplink.h"
#include "telemetry.h"

#include "lwip/apps/mqtt.h"
#include "lwip/apps/mqtt_priv.h"
#include "lwip/dns.h"

#include <string.h>

#define KEEP_ALIVE_S 30U
#define TOPIC_SIZE   64U
#define ID_TEXT_SIZE (2U * FACTORY_DEVICE_ID_SIZE + 1U)
#define QOS          1U

static struct {
    struct device *device;
    bool has_credentials;
    struct broker_address address;
    char id[ID_TEXT_SIZE];
    char telemetry_topic[TOPIC_SIZE];
    char command_topic[TOPIC_SIZE];
    mqtt_client_t client;
    uintptr_t attempt; /* number of the present connection, for late answers of DNS */
    uint8_t command[TELEMETRY_MAX_COMMAND + 1U];
    size_t command_used;
    const char *give_up; /* why the connection is to be ended, outside lwIP's callbacks; or NULL */
    bool command_wanted; /* of the topic that we subscribed to */
} broker;

static void lost(const char *why)
{
    hal_console_line(why);
    device_uplink_report(broker.device, UPLINK_LOST);
}

/* ---- Commands ---- */

static void on_publish(void *argument, const char *topic, u32_t length)
{
    (void)argument;
    broker.command_used = 0;
    broker.command_wanted = strcmp(topic, broker.command_topic) == 0 && length > 0;
}

/* Collects one byte more than the longest command, so that a longer one is seen to be too long. */
static void on_data(void *argument, const u8_t *data, u16_t length, u8_t flags)
{
    const size_t room = sizeof broker.command - broker.command_used;
    const size_t count = length < room ? length : room;

    (void)argument;
    memcpy(broker.command + broker.command_used, data, count);
    broker.command_used += count;
    if ((flags & MQTT_DATA_FLAG_LAST) != 0 && broker.command_wanted) {
        broker.command_wanted = false;
        (void)device_uplink_command(broker.device, broker.command, broker.command_used);
    }
}

/* ---- Connecting ---- */

static void on_subscribed(void *argument, err_t error)
{
    (void)argument;
    if (error != ERR_OK) {
        broker.give_up = "uplink: the broker refuses the subscription";
        return;
    }
    hal_console_line("uplink: connected");
    device_uplink_report(broker.device, UPLINK_CONNECTED);
}

static void on_connection(mqtt_client_t *client, void *argument, mqtt_connection_status_t status)
{
    (void)argument;
    if (status != MQTT_CONNECT_ACCEPTED) {
        lost(status == MQTT_CONNECT_DISCONNECTED ? "uplink: connection lost or refused"
                                                 : "uplink: the broker does not welcome us");
        return;
    }
    mqtt_set_inpub_callback(client, on_publish, on_data, NULL);
    if (mqtt_subscribe(client, broker.command_topic, QOS, on_subscribed, NULL) != ERR_OK) {
        broker.give_up = "uplink: no memory to subscribe";
    }
}

static void connect_to(const ip_addr_t *address)
{
    const struct mqtt_connect_client_info_t info = {
        .client_id = broker.id, .keep_alive = KEEP_ALIVE_S, .tls_config = broker_tls_config()};

    if (mqtt_client_connect(&broker.client, address, broker.address.port, on_connection, NULL,
                            &info) != ERR_OK) {
        lost("uplink: no memory to connect");
        return;
    }
    if (broker_tls_expect_name(broker.client.conn, broker.address.host) != 0) {
        mqtt_disconnect(&broker.client);
        lost("uplink: no memory for TLS");
        return;
    }
    broker_guard_start(broker.client.conn);
}

static void on_resolved(const char *name, const ip_addr_t *address, void *argument)
{
    (void)name;
    if ((uintptr_t)argument != broker.attempt) {
        return; /* of an attempt that was given up */
    }
    if (address == NULL) {
        lost("uplink: the broker's name is not known");
        return;
    }
    connect_to(address);
}

static void begin_connection(void)
{
    ip_addr_t address;
    err_t error;

    broker.attempt++;
    broker.give_up = NULL;
    if (!broker.has_credentials || !broker.device->link_up) {
        device_uplink_report(broker.device, UPLINK_LOST);
        return;
    }
    if (!broker_address_parse(&broker.address, broker.device->uplink.broker)) {
        lost("uplink: the broker's address makes no sense");
        return;
    }
    error = dns_gethostbyname(broker.address.host, &address, on_resolved, (void *)broker.attempt);
    if (error == ERR_OK) {
        connect_to(&address);
    } else if (error != ERR_INPROGRESS) {
        lost("uplink: names cannot be resolved now");
    }
}

static void end_connection(void)
{
    broker.attempt++;
    broker.give_up = NULL;
    mqtt_disconnect(&broker.client);
}

/* ---- Publishing ---- */

static void on_acknowledged(void *argument, err_t error)
{
    (void)argument;
    if (error == ERR_OK) {
        device_uplink_report(broker.device, UPLINK_ACKNOWLEDGED);
    }
    /* Otherwise the connection ends, or the uplink's own time-out does it. */
}

static void publish(void)
{
    char text[TELEMETRY_MAX_TEXT];
    const size_t length = device_uplink_reading(broker.device, text);

    if (mqtt_publish(&broker.client, broker.telemetry_topic, text, (u16_t)length, QOS, 0,
                     on_acknowledged, NULL) != ERR_OK) {
        end_connection();
        lost("uplink: a reading cannot be sent");
    }
}

/* ---- */

static void put_topic(char topic[TOPIC_SIZE], const char *last)
{
    static const char first[] = "hearth/";
    char *end = topic;

    memcpy(end, first, sizeof first - 1U);
    end += sizeof first - 1U;
    memcpy(end, broker.id, sizeof broker.id - 1U);
    end += sizeof broker.id - 1U;
    memcpy(end, last, strlen(last) + 1U);
}

static void put_id(const uint8_t id[FACTORY_DEVICE_ID_SIZE])
{
    for (size_t i = 0; i < FACTORY_DEVICE_ID_SIZE; i++) {
        broker.id[2 * i] = "0123456789abcdef"[id[i] >> 4];
        broker.id[2 * i + 1] = "0123456789abcdef"[id[i] & 0xFU];
    }
}

void broker_link_start(struct device *device)
{
    broker.device = device;
    put_id(device->factory.device_id);
    put_topic(broker.telemetry_topic, "/telemetry");
    put_topic(broker.command_topic, "/command");
    broker.has_credentials = broker_tls_start();
    if (!broker.has_credentials) {
        hal_console_line("uplink: no usable credentials in the factory page");
    }
}

/* A link that has gone takes the connection with it: TCP would notice much later. */
static void follow_link(void)
{
    if (!broker.device->link_up && broker.device->uplink.state >= UPLINK_CONNECTING) {
        end_connection();
        lost("uplink: the link is down");
    }
}

/* lwIP goes on with a connection after its callbacks: it must not be gone by then. */
static void end_hopeless_connection(void)
{
    const char *why = broker.give_up;

    if (why != NULL) {
        end_connection();
        lost(why);
    }
}

void broker_link_poll(void)
{
    follow_link();
    end_hopeless_connection();
    switch (device_uplink_poll(broker.device)) {
    case UPLINK_CONNECT:
        begin_connection();
        break;
    case UPLINK_PUBLISH:
        publish();
        break;
    case UPLINK_CLOSE:
        end_connection();
        break;
    case UPLINK_NOTHING:
        break;
    }
}
