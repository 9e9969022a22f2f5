#include "target/tcp_connect.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/descriptor_wait.h"

enum { PORT_TEXT = 8 };

static int look_up(const char *host, uint16_t port, struct sockaddr_in *address,
                   struct diagnostic *diagnostic)
{
    const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char service[PORT_TEXT];
    int result;

    (void)snprintf(service, sizeof service, "%u", (unsigned)port);
    result = getaddrinfo(host, service, &hints, &found);
    if (result != 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "%s: no address of that name: %s; correct the host of the target",
                               host, gai_strerror(result));
    }
    memcpy(address, found->ai_addr, sizeof *address);
    freeaddrinfo(found);
    return RIG_OK;
}

/* A connection to a free port of this machine may come out at itself (RFC 9293, 3.5: simultaneous
 * open), when the kernel happens to choose that port as its source. */
static bool is_own_end(int descriptor)
{
    struct sockaddr_in here;
    struct sockaddr_in there;
    socklen_t here_size = sizeof here;
    socklen_t there_size = sizeof there;

    return getsockname(descriptor, (struct sockaddr *)&here, &here_size) == 0 &&
           getpeername(descriptor, (struct sockaddr *)&there, &there_size) == 0 &&
           here.sin_port == there.sin_port && here.sin_addr.s_addr == there.sin_addr.s_addr;
}

static int no_answer(const char *host, uint16_t port, int number, struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "%s port %u: nobody accepts: %s", host,
                           (unsigned)port, strerror(number));
}

static int finish(int descriptor, const char *host, uint16_t port, int64_t deadline_ms,
                  struct diagnostic *diagnostic)
{
    const int on = 1;
    int number = 0;
    socklen_t size = sizeof number;
    int error = descriptor_wait(descriptor, POLLOUT, deadline_ms, diagnostic);

    if (error == RIG_ERROR_TIMEOUT) {
        return no_answer(host, port, ETIMEDOUT, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size) != 0) {
        number = errno;
    }
    if (number == 0 && is_own_end(descriptor)) {
        number = ECONNREFUSED;
    }
    if (number == 0 && setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
        number = errno;
    }
    return number == 0 ? RIG_OK : no_answer(host, port, number, diagnostic);
}

int tcp_connect(const char *host, uint16_t port, int64_t deadline_ms, int *descriptor,
                struct diagnostic *diagnostic)
{
    struct sockaddr_in address;
    int error = look_up(host, port, &address, diagnostic);
    int made;

    *descriptor = -1;
    if (error != RIG_OK) {
        return error;
    }
    made = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (made < 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot make a socket: %s",
                               strerror(errno));
    }
    if (connect(made, (const struct sockaddr *)&address, sizeof address) != 0 &&
        errno != EINPROGRESS && errno != EINTR) {
        error = no_answer(host, port, errno, diagnostic);
    } else {
        error = finish(made, host, port, deadline_ms, diagnostic);
    }
    if (error != RIG_OK) {
        (void)close(made);
        return error;
    }
    *descriptor = made;
    return RIG_OK;
}
