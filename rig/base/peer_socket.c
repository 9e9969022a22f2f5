#include "base/peer_socket.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "base/descriptor_wait.h"

static bool is_transient(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static int fail(const struct peer_socket *socket, struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s is gone: %s", socket->name,
                           strerror(errno));
}

static int wait_for(const struct peer_socket *socket, short events, int64_t deadline_ms,
                    struct diagnostic *diagnostic)
{
    const int error = descriptor_wait(socket->descriptor, events, deadline_ms, diagnostic);

    if (error == RIG_ERROR_TIMEOUT) {
        diagnostic_set(diagnostic, "%s does not answer", socket->name);
    }
    return error;
}

int peer_socket_send(const struct peer_socket *socket, const void *bytes, size_t size,
                     int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const char *rest = bytes;

    while (size > 0) {
        const ssize_t sent = send(socket->descriptor, rest, size, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent > 0) {
            rest += sent;
            size -= (size_t)sent;
        } else if (!is_transient(errno)) {
            return fail(socket, diagnostic);
        } else {
            const int error = wait_for(socket, POLLOUT, deadline_ms, diagnostic);

            if (error != RIG_OK) {
                return error;
            }
        }
    }
    return RIG_OK;
}

int peer_socket_receive(const struct peer_socket *socket, void *bytes, size_t room, size_t *size,
                        int64_t deadline_ms, struct diagnostic *diagnostic)
{
    for (;;) {
        const ssize_t received = recv(socket->descriptor, bytes, room, MSG_DONTWAIT);
        int error;

        if (received > 0) {
            *size = (size_t)received;
            return RIG_OK;
        }
        if (received == 0) {
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s is gone", socket->name);
        }
        if (!is_transient(errno)) {
            return fail(socket, diagnostic);
        }
        error = wait_for(socket, POLLIN, deadline_ms, diagnostic);
        if (error != RIG_OK) {
            return error;
        }
    }
}
