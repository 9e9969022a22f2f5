#include "broker_listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define BACKLOG 16

void broker_listener_open(struct broker_listener *listener, uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    const int yes = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener->call = -1;
    listener->calls = 0;
    listener->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(listener->listening >= 0);
    if (setsockopt(listener->listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(listener->listening, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener->listening, BACKLOG) != 0) {
        fail_msg("cannot listen on port %u: %s", port, strerror(errno));
    }
}

void broker_listener_hang_up(struct broker_listener *listener)
{
    if (listener->call >= 0) {
        (void)close(listener->call);
    }
    listener->call = -1;
}

bool broker_listener_take(struct broker_listener *listener)
{
    const int call = accept(listener->listening, NULL, NULL);

    if (call < 0) {
        assert_true(errno == EAGAIN || errno == EINTR || errno == ECONNABORTED);
        return false;
    }
    broker_listener_hang_up(listener);
    listener->call = call;
    listener->calls++;
    assert_int_equal(fcntl(call, F_SETFD, FD_CLOEXEC), 0);
    assert_int_equal(fcntl(call, F_SETFL, O_NONBLOCK), 0);
    return true;
}

bool broker_listener_say(const struct broker_listener *listener, const uint8_t *bytes,
                         size_t length)
{
    return send(listener->call, bytes, length, MSG_NOSIGNAL) == (ssize_t)length;
}

int broker_listener_hear(const struct broker_listener *listener, uint8_t *bytes, size_t size)
{
    const ssize_t count = recv(listener->call, bytes, size, 0);

    if (count >= 0) {
        return (int)count;
    }
    return errno == EAGAIN || errno == EINTR ? -1 : 0; /* a reset is an end, too */
}

void broker_listener_close(struct broker_listener *listener)
{
    broker_listener_hang_up(listener);
    if (listener->listening >= 0) {
        (void)close(listener->listening);
    }
    listener->listening = -1;
}
