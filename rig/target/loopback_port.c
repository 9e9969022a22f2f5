/*
 * Method: a socket that is bound and does not listen keeps a port. Linux lets others bind to it only
 * if both sides asked for address reuse, and nobody while one of them listens. So the port is bound
 * without reuse, which fails when anybody has it, and reuse is allowed afterwards, for the server to
 * come.
 */
#include "target/loopback_port.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    /* Below what Linux gives to clients (ip_local_port_range), above what services have. */
    FIRST_PORT = 20000,
    PORTS = 10000,
    BACKLOG = 64,
};

static int open_socket(void)
{
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static int bind_to(int descriptor, uint16_t number)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(number)};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bind(descriptor, (const struct sockaddr *)&address, sizeof(address));
}

static int allow_reuse(int descriptor)
{
    const int yes = 1;

    return setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

/* Keeps exactly this port; -1 with errno. */
static int keep(struct loopback_port *port, uint16_t number)
{
    const int descriptor = open_socket();

    if (descriptor < 0) {
        return -1;
    }
    if (bind_to(descriptor, number) != 0 || allow_reuse(descriptor) != 0) {
        const int error = errno;

        (void)close(descriptor);
        errno = error;
        return -1;
    }
    port->descriptor = descriptor;
    port->number = number;
    return 0;
}

int loopback_port_keep(struct loopback_port *port, uint16_t number, struct diagnostic *diagnostic)
{
    const uint32_t first = (uint32_t)getpid() * 16U; /* rigs that run together start apart */

    if (number != 0) {
        return keep(port, number) == 0 ? RIG_OK
                                       : diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                                         "port %u of 127.0.0.1: %s; another "
                                                         "program uses it",
                                                         (unsigned)number, strerror(errno));
    }
    for (uint32_t step = 0; step < PORTS; step++) {
        if (keep(port, (uint16_t)(FIRST_PORT + (first + step) % PORTS)) == 0) {
            return RIG_OK;
        }
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                           "no port of 127.0.0.1 from %d to %d is free: %s", FIRST_PORT,
                           FIRST_PORT + PORTS - 1, strerror(errno));
}

void loopback_port_release(struct loopback_port *port)
{
    if (port->descriptor >= 0) {
        (void)close(port->descriptor);
    }
    *port = (struct loopback_port)LOOPBACK_PORT_NONE;
}

bool loopback_port_is_served(const struct loopback_port *port)
{
    const int descriptor = open_socket();
    bool served;

    if (descriptor < 0) {
        return false; /* for now: who waits for it has a deadline */
    }
    served = allow_reuse(descriptor) == 0 && bind_to(descriptor, port->number) != 0 &&
             errno == EADDRINUSE;
    (void)close(descriptor);
    return served;
}

int loopback_port_listen(uint16_t number, int *descriptor, struct diagnostic *diagnostic)
{
    const int made = open_socket();

    if (made < 0 || allow_reuse(made) != 0 || bind_to(made, number) != 0 ||
        listen(made, BACKLOG) != 0) {
        const int error = errno;

        if (made >= 0) {
            (void)close(made);
        }
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot listen on port %u: %s",
                               (unsigned)number, strerror(error));
    }
    *descriptor = made;
    return RIG_OK;
}
