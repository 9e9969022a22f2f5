/*
 * tcp_server.h - Modbus TCP on the loopback interface, in the device's own loop: nothing here
 * blocks, whatever a client does or leaves undone.
 *
 * Four connections are served. The one that has been without a request for longest makes room for
 * a fifth (Modbus Messaging on TCP/IP Implementation Guide V1.0b, 4.2.1), and one without a request
 * for five minutes is closed. A client that does not read its responses is not read from.
 */
#ifndef BOARDS_NATIVE_TCP_SERVER_H
#define BOARDS_NATIVE_TCP_SERVER_H

#include "hal.h"
#include "modbus_tcp.h"

#include <poll.h>
#include <stdint.h>

#define TCP_SERVER_CONNECTIONS  4U
#define TCP_SERVER_POLL_ENTRIES (1U + TCP_SERVER_CONNECTIONS)
#define TCP_SERVER_IDLE_MS      300000U

/* Fields are private. */
struct tcp_connection {
    int socket;              /* -1: none */
    uint64_t last_active_ms; /* of the last request, on the clock of hal_time_ms() */
    struct modbus_tcp framing;
    uint8_t in[512]; /* received, not yet handled */
    size_t in_used;
    size_t in_taken;
    uint8_t out[MODBUS_TCP_MAX_ADU]; /* response under way; no request is taken meanwhile */
    size_t out_used;
    size_t out_sent;
};

struct tcp_server {
    int listener;  /* -1: not open */
    uint16_t port; /* that it listens on */
    struct tcp_connection connections[TCP_SERVER_CONNECTIONS];
};

/* A server that is not open: serves nobody, polls nothing. */
void tcp_server_init(struct tcp_server *server);

/* Listens on 127.0.0.1:`port`; 0: any free port. Returns 0, or -1 after saying why. */
HAL_MUST_CHECK int tcp_server_open(struct tcp_server *server, uint16_t port);

/* Fills TCP_SERVER_POLL_ENTRIES entries for poll(). */
void tcp_server_prepare(const struct tcp_server *server, struct pollfd *entries);

/* Serves what poll() found in these entries. `now` is on the clock of hal_time_ms(). */
void tcp_server_serve(struct tcp_server *server, struct device *device,
                      const struct pollfd *entries, uint64_t now);

/* Closes all connections, as a reset of the device does, and goes on listening. */
void tcp_server_drop_connections(struct tcp_server *server);

void tcp_server_close(struct tcp_server *server);

#endif
