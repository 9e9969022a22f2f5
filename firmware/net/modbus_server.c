/*
 * Method: what arrives is handled at once, as far as the responses fit into the send buffer. The rest is
 * given back to lwIP, which keeps it, takes nothing more from this client meanwhile, and offers it again
 * within a quarter of a second. So a client that does not read its responses holds one frame of the
 * common pool and no more.
 */
#include "modbus_server.h"

#include "modbus_tcp.h"
#include "network.h"

#include "lwip/pbuf.h"
#include "lwip/tcp.h"

#include <string.h>

struct connection {
    struct tcp_pcb *pcb;     /* NULL: free */
    uint64_t last_active_ms; /* of the last request */
    struct modbus_tcp framing;
    uint16_t taken; /* bytes of what lwIP keeps for us that were handled already */
};

static struct {
    struct device *device;
    struct connection connections[MODBUS_SERVER_CONNECTIONS];
} server;

/* ---- The end of a connection ---- */

static void forget(struct connection *connection)
{
    memset(connection, 0, sizeof *connection);
}

static struct tcp_pcb *detach(struct connection *connection)
{
    struct tcp_pcb *pcb = connection->pcb;

    tcp_arg(pcb, NULL);
    tcp_recv(pcb, NULL);
    tcp_err(pcb, NULL);
    forget(connection);
    return pcb;
}

/* Outside lwIP's callbacks for this connection. */
static void drop(struct connection *connection)
{
    tcp_abort(detach(connection));
}

/* Inside them: the result is the callback's. */
static err_t end(struct connection *connection)
{
    struct tcp_pcb *pcb = detach(connection);

    if (tcp_close(pcb) == ERR_OK) {
        return ERR_OK;
    }
    tcp_abort(pcb);
    return ERR_ABRT;
}

static void on_error(void *argument, err_t error)
{
    (void)error; /* lwIP has freed its part already */
    if (argument != NULL) {
        forget(argument);
    }
}

/* ---- Requests ---- */

/* Whether the largest response fits: else nothing is handled until the client has read some. */
static bool can_answer(const struct connection *connection)
{
    return tcp_sndbuf(connection->pcb) >= MODBUS_TCP_MAX_ADU &&
           tcp_sndqueuelen(connection->pcb) < TCP_SND_QUEUELEN - 2;
}

/* Handles `length` bytes; returns how many were, or -1 when the connection is of no more use. */
static int handle_bytes(struct connection *connection, const uint8_t *bytes, size_t length)
{
    size_t done = 0;

    while (done < length && can_answer(connection)) {
        uint8_t response[MODBUS_TCP_MAX_ADU];
        size_t part = length - done;
        const int size =
            modbus_tcp_receive(&connection->framing, server.device, bytes + done, &part, response);

        done += part;
        if (size < 0 || (size > 0 && tcp_write(connection->pcb, response, (uint16_t)size,
                                               TCP_WRITE_FLAG_COPY) != ERR_OK)) {
            return -1;
        }
        if (size > 0) {
            connection->last_active_ms = hal_time_ms();
        }
    }
    return (int)done;
}

/* Handles a packet from where it was left, as far as responses fit. False when the connection is of no
 * more use. */
static bool handle_packet(struct connection *connection, const struct pbuf *packet)
{
    while (connection->taken < packet->tot_len && can_answer(connection)) {
        uint8_t bytes[128];
        const uint16_t count = pbuf_copy_partial(packet, bytes, sizeof bytes, connection->taken);
        const int done = handle_bytes(connection, bytes, count);

        if (done < 0) {
            return false;
        }
        connection->taken = (uint16_t)(connection->taken + done);
        tcp_recved(connection->pcb, (uint16_t)done);
    }
    return true;
}

/* ERR_MEM: the packet stays lwIP's, and comes again. */
static err_t on_received(void *argument, struct tcp_pcb *pcb, struct pbuf *packet, err_t error)
{
    struct connection *connection = argument;
    err_t result = ERR_OK;

    if (packet == NULL || error != ERR_OK || !handle_packet(connection, packet)) {
        if (packet != NULL) {
            (void)pbuf_free(packet);
        }
        return end(connection);
    }
    if (connection->taken < packet->tot_len) {
        result = ERR_MEM;
    } else {
        connection->taken = 0;
        (void)pbuf_free(packet);
    }
    (void)tcp_output(pcb); /* what does not leave now is sent by lwIP's timer */
    return result;
}

/* ---- Connections ---- */

/* A free place, or that of the connection that has been without a request for longest. */
static struct connection *make_room(void)
{
    struct connection *oldest = &server.connections[0];

    for (size_t i = 0; i < MODBUS_SERVER_CONNECTIONS; i++) {
        if (server.connections[i].pcb == NULL) {
            return &server.connections[i];
        }
        if (server.connections[i].last_active_ms < oldest->last_active_ms) {
            oldest = &server.connections[i];
        }
    }
    drop(oldest);
    return oldest;
}

static err_t on_accepted(void *argument, struct tcp_pcb *pcb, err_t error)
{
    struct connection *connection;

    (void)argument;
    if (error != ERR_OK || pcb == NULL) {
        return ERR_VAL;
    }
    connection = make_room();
    connection->pcb = pcb;
    connection->last_active_ms = hal_time_ms();
    memcpy(connection->framing.peer, &ip_2_ip4(&pcb->remote_ip)->addr,
           sizeof connection->framing.peer);
    tcp_arg(pcb, connection);
    tcp_recv(pcb, on_received);
    tcp_err(pcb, on_error);
    tcp_nagle_disable(pcb);
    return ERR_OK;
}

int modbus_server_start(struct device *device)
{
    struct tcp_pcb *pcb = tcp_new();
    struct tcp_pcb *listener;

    server.device = device;
    if (pcb == NULL || tcp_bind(pcb, IP_ADDR_ANY, MODBUS_SERVER_PORT) != ERR_OK) {
        return NETWORK_ERROR_MEMORY;
    }
    listener = tcp_listen(pcb);
    if (listener == NULL) {
        return NETWORK_ERROR_MEMORY;
    }
    tcp_accept(listener, on_accepted);
    return NETWORK_OK;
}

void modbus_server_poll(void)
{
    const uint64_t now = hal_time_ms();

    for (size_t i = 0; i < MODBUS_SERVER_CONNECTIONS; i++) {
        struct connection *connection = &server.connections[i];

        if (connection->pcb != NULL && now - connection->last_active_ms >= MODBUS_SERVER_IDLE_MS) {
            drop(connection);
        }
    }
}
