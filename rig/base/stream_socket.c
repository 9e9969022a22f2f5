#include "base/stream_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void stream_socket_open(struct stream_socket *socket, int descriptor)
{
    *socket = (struct stream_socket)STREAM_SOCKET_NONE;
    socket->descriptor = descriptor;
}

void stream_socket_close(struct stream_socket *socket)
{
    stream_socket_drop(socket);
    if (socket->descriptor >= 0) {
        (void)close(socket->descriptor);
        socket->descriptor = -1;
    }
}

/* Whether a call that failed may work later. */
static bool is_transient(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/* recv(2) and send(2) are for sockets alone, but they alone take MSG_NOSIGNAL; a terminal raises no
 * SIGPIPE. */
static ssize_t receive(int descriptor, void *bytes, size_t size)
{
    ssize_t count = recv(descriptor, bytes, size, MSG_DONTWAIT);

    return count < 0 && errno == ENOTSOCK ? read(descriptor, bytes, size) : count;
}

static ssize_t transmit(int descriptor, const void *bytes, size_t size)
{
    ssize_t count = send(descriptor, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);

    return count < 0 && errno == ENOTSOCK ? write(descriptor, bytes, size) : count;
}

size_t stream_socket_read(struct stream_socket *socket, void *bytes, size_t size)
{
    ssize_t count;

    if (socket->descriptor < 0) {
        return 0;
    }
    count = receive(socket->descriptor, bytes, size);
    if (count == 0 || (count < 0 && !is_transient(errno))) {
        socket->closed = true;
    }
    return count > 0 ? (size_t)count : 0;
}

void stream_socket_flush(struct stream_socket *socket)
{
    ssize_t count;

    if (socket->descriptor < 0 || socket->unsent == NULL) {
        return;
    }
    count = transmit(socket->descriptor, socket->unsent + socket->unsent_from,
                     socket->unsent_size - socket->unsent_from);
    if (count < 0) {
        return; /* for now, or for ever: then the next read tells that it is closed */
    }
    socket->unsent_from += (size_t)count;
    if (socket->unsent_from == socket->unsent_size) {
        stream_socket_drop(socket);
    }
}

int stream_socket_send(struct stream_socket *socket, const void *bytes, size_t size)
{
    size_t left = socket->unsent_size - socket->unsent_from;
    char *grown;

    if (size == 0) {
        return RIG_OK;
    }
    grown = malloc(left + size);
    if (grown == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    if (left > 0) {
        memcpy(grown, socket->unsent + socket->unsent_from, left);
    }
    memcpy(grown + left, bytes, size);
    stream_socket_drop(socket);
    socket->unsent = grown;
    socket->unsent_size = left + size;
    stream_socket_flush(socket);
    return RIG_OK;
}

void stream_socket_drop(struct stream_socket *socket)
{
    free(socket->unsent);
    socket->unsent = NULL;
    socket->unsent_size = 0;
    socket->unsent_from = 0;
}

struct pollfd stream_socket_poll(const struct stream_socket *socket)
{
    const short events = socket->unsent != NULL ? POLLIN | POLLOUT : POLLIN;

    return (struct pollfd){socket->closed ? -1 : socket->descriptor, events, 0};
}
