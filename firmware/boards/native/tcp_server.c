#include "tcp_server.h"

#include "process_report.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#define BACKLOG 8

void tcp_server_init(struct tcp_server *server)
{
    memset(server, 0, sizeof *server);
    server->listener = -1;
    for (size_t i = 0; i < TCP_SERVER_CONNECTIONS; i++) {
        server->connections[i].socket = -1;
    }
}

static int bind_listener(struct tcp_server *server, uint16_t port)
{
    const int yes = 1;
    struct sockaddr_in address;
    socklen_t size = sizeof address;

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(server->listener, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(server->listener, BACKLOG) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &size) != 0) {
        return -1;
    }
    server->port = ntohs(address.sin_port);
    return 0;
}

static int make_private(int descriptor)
{
    return fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 ? fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                                                       : -1;
}

int tcp_server_open(struct tcp_server *server, uint16_t port)
{
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (server->listener < 0 || make_private(server->listener) != 0 ||
        bind_listener(server, port) != 0) {
        (void)process_refuse("--tcp %u: %s; 0 takes any free port", (unsigned)port,
                             strerror(errno));
        tcp_server_close(server);
        return -1;
    }
    return 0;
}

static bool is_sending(const struct tcp_connection *connection)
{
    return connection->out_sent < connection->out_used;
}

void tcp_server_prepare(const struct tcp_server *server, struct pollfd *entries)
{
    memset(entries, 0, TCP_SERVER_POLL_ENTRIES * sizeof *entries);
    entries[0].fd = server->listener; /* poll() passes over negative ones */
    entries[0].events = POLLIN;
    for (size_t i = 0; i < TCP_SERVER_CONNECTIONS; i++) {
        entries[1 + i].fd = server->connections[i].socket;
        entries[1 + i].events = is_sending(&server->connections[i]) ? POLLOUT : POLLIN;
    }
}

static void drop(struct tcp_connection *connection)
{
    if (connection->socket >= 0) {
        (void)close(connection->socket);
    }
    memset(connection, 0, sizeof *connection);
    connection->socket = -1;
}

static bool would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* Sends what the socket takes now. False when the connection is of no more use. */
static bool send_pending(struct tcp_connection *connection)
{
    ssize_t count;

    if (!is_sending(connection)) {
        return true;
    }
    count = send(connection->socket, connection->out + connection->out_sent,
                 connection->out_used - connection->out_sent, MSG_NOSIGNAL);
    if (count < 0) {
        return would_block();
    }
    connection->out_sent += (size_t)count;
    return true;
}

/* Only when everything received before has been handled. False: as send_pending(). */
static bool receive(struct tcp_connection *connection)
{
    ssize_t count = recv(connection->socket, connection->in, sizeof connection->in, 0);

    connection->in_taken = 0;
    connection->in_used = count > 0 ? (size_t)count : 0;
    return count > 0 || (count < 0 && would_block());
}

/* Answers requests until bytes run out or a response cannot be sent whole. */
static bool handle_received(struct tcp_connection *connection, struct device *device, uint64_t now)
{
    while (!is_sending(connection) && connection->in_taken < connection->in_used) {
        size_t length = connection->in_used - connection->in_taken;
        int size =
            modbus_tcp_receive(&connection->framing, device, connection->in + connection->in_taken,
                               &length, connection->out);
        connection->in_taken += length;
        if (size < 0) {
            return false;
        }
        connection->out_used = (size_t)size;
        connection->out_sent = 0;
        if (size > 0) {
            connection->last_active_ms = now;
        }
        if (!send_pending(connection)) {
            return false;
        }
    }
    return true;
}

static bool serve_connection(struct tcp_connection *connection, struct device *device,
                             short revents, uint64_t now)
{
    if (!send_pending(connection)) {
        return false;
    }
    if (!handle_received(connection, device, now)) {
        return false;
    }
    if (is_sending(connection) || (revents & (POLLIN | POLLHUP | POLLERR)) == 0) {
        return true;
    }
    return receive(connection) && handle_received(connection, device, now);
}

/* A free place, or that of the connection that has been without a request for longest. */
static struct tcp_connection *make_room(struct tcp_server *server)
{
    struct tcp_connection *oldest = &server->connections[0];

    for (size_t i = 0; i < TCP_SERVER_CONNECTIONS; i++) {
        if (server->connections[i].socket < 0) {
            return &server->connections[i];
        }
        if (server->connections[i].last_active_ms < oldest->last_active_ms) {
            oldest = &server->connections[i];
        }
    }
    drop(oldest);
    return oldest;
}

static void accept_connection(struct tcp_server *server, uint64_t now)
{
    const int yes = 1;
    struct sockaddr_in peer = {.sin_family = AF_INET};
    socklen_t peer_size = sizeof peer;
    struct tcp_connection *connection;
    int socket = accept(server->listener, (struct sockaddr *)&peer, &peer_size);

    if (socket < 0) {
        return; /* the client has gone again; anything else shows at the next turn */
    }
    if (make_private(socket) != 0 ||
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0) {
        (void)close(socket);
        return;
    }
    connection = make_room(server);
    connection->socket = socket;
    connection->last_active_ms = now;
    memcpy(connection->framing.peer, &peer.sin_addr, sizeof connection->framing.peer);
}

void tcp_server_serve(struct tcp_server *server, struct device *device,
                      const struct pollfd *entries, uint64_t now)
{
    for (size_t i = 0; i < TCP_SERVER_CONNECTIONS; i++) {
        struct tcp_connection *connection = &server->connections[i];
        if (connection->socket < 0) {
            continue;
        }
        if (!serve_connection(connection, device, entries[1 + i].revents, now) ||
            now - connection->last_active_ms >= TCP_SERVER_IDLE_MS) {
            drop(connection);
        }
    }
    /* Last, so that the entries above still belong to the connections they were made for. */
    if ((entries[0].revents & POLLIN) != 0) {
        accept_connection(server, now);
    }
}

void tcp_server_drop_connections(struct tcp_server *server)
{
    for (size_t i = 0; i < TCP_SERVER_CONNECTIONS; i++) {
        drop(&server->connections[i]);
    }
}

void tcp_server_close(struct tcp_server *server)
{
    tcp_server_drop_connections(server);
    if (server->listener >= 0) {
        (void)close(server->listener);
        server->listener = -1;
    }
}
