/*
 * Method: lwIP's MQTT asks for the bytes as soon as TLS stands, and offers no place in between. So its
 * callbacks are kept, and ours take their places.
 */
#include "broker_guard.h"

#include "mqtt_frame.h"

static struct {
    struct mqtt_frame frame;
    altcp_connected_fn connected; /* lwIP's */
    altcp_recv_fn received;       /* likewise */
} guard;

static bool is_bearable(const struct pbuf *bytes)
{
    for (const struct pbuf *piece = bytes; piece != NULL; piece = piece->next) {
        if (!mqtt_frame_take(&guard.frame, piece->payload, piece->len)) {
            return false;
        }
    }
    return true;
}

/* To lwIP a broker that sends nonsense is one that has hung up. */
static err_t on_bytes(void *argument, struct altcp_pcb *connection, struct pbuf *bytes, err_t error)
{
    if (error == ERR_OK && !is_bearable(bytes)) {
        altcp_recved(connection, bytes->tot_len);
        (void)pbuf_free(bytes);
        bytes = NULL;
    }
    return guard.received(argument, connection, bytes, error);
}

static err_t on_established(void *argument, struct altcp_pcb *connection, err_t error)
{
    const err_t result = guard.connected(argument, connection, error);

    if (error == ERR_OK && result == ERR_OK) {
        guard.received = connection->recv;
        altcp_recv(connection, on_bytes);
    }
    return result;
}

void broker_guard_start(struct altcp_pcb *connection)
{
    guard.frame = (struct mqtt_frame){0};
    guard.connected = connection->connected;
    connection->connected = on_established;
}
