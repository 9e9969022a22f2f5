#include "target/modbus_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "base/descriptor_wait.h"
#include "base/process.h"
#include "base/text.h"
#include "target/tcp_connect.h"
#include "target/terminal_lock.h"

enum {
    PSEUDO_TERMINAL_BAUD = 115200, /* any will do */
    STALE_LIMIT = 65536, /* bytes dropped before a request; a device that goes on is flooding us */
};

/* ---- opening ---- */

/* A pseudo-terminal goes with the device that made it; one of the machine at most with the device's power. */
static bool went_with_device(const struct modbus_port *port, int number)
{
    return (number == ENOENT || number == EIO || number == ENXIO || number == ENODEV) &&
           (port->baud == 0 || (port->is_off != NULL && port->is_off(port->context)));
}

static int fail_terminal(const struct modbus_client *client, int number,
                         struct diagnostic *diagnostic)
{
    const char *remedy = "connect it, or correct the path of the target or bench file";

    if (went_with_device(&client->port, number)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT,
                               "%s: the device's terminal is gone: the device is off",
                               client->place);
    }
    if (number == EACCES || number == EPERM) {
        remedy = "give this user access to it (on Debian: the group dialout)";
    } else if (number == EBUSY) {
        remedy = "another program has it; end that program";
    } else if (number == ENOTTY || number == EISDIR) {
        remedy = "this is no terminal; correct the path of the target or bench file";
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: cannot open: %s; %s", client->place,
                           strerror(number), remedy);
}

/* libmodbus takes 9600 for each rate that it does not know. */
static bool has_rate(int descriptor, uint32_t baud)
{
    struct termios settings;

    return tcgetattr(descriptor, &settings) == 0 &&
           (cfgetospeed(&settings) != B9600 || baud == 9600);
}

static int open_terminal(struct modbus_client *client, struct diagnostic *diagnostic)
{
    const uint32_t baud = client->port.baud == 0 ? PSEUDO_TERMINAL_BAUD : client->port.baud;
    int error;

    client->modbus = modbus_new_rtu(client->port.path, (int)baud, 'N', 8, 1);
    if (client->modbus == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: cannot be used: %s", client->place,
                               modbus_strerror(errno));
    }
    if (modbus_set_slave(client->modbus, client->port.unit) != 0 ||
        modbus_connect(client->modbus) != 0) {
        return fail_terminal(client, errno, diagnostic);
    }
    client->descriptor = modbus_get_socket(client->modbus);
    if (fcntl(client->descriptor, F_SETFD, FD_CLOEXEC) != 0) {
        return fail_terminal(client, errno, diagnostic);
    }
    error = terminal_lock_take(client->descriptor, client->place, &client->lock, diagnostic);
    if (error == RIG_OK && !has_rate(client->descriptor, baud)) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                "%s: %u is no usual rate of a serial line; correct baud",
                                client->place, (unsigned)baud);
    }
    return error;
}

static int connect_tcp(struct modbus_client *client, int64_t deadline_ms,
                       struct diagnostic *diagnostic)
{
    int error = tcp_connect(client->port.host, client->port.port, deadline_ms, &client->descriptor,
                            diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    client->is_late = false;
    if (modbus_set_socket(client->modbus, client->descriptor) != 0) {
        (void)close(client->descriptor);
        client->descriptor = -1;
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: cannot be used: %s", client->place,
                               modbus_strerror(errno));
    }
    return RIG_OK;
}

/* The address that libmodbus is told is not used: it gets a socket. */
static int open_tcp(struct modbus_client *client, int64_t deadline_ms,
                    struct diagnostic *diagnostic)
{
    client->modbus = modbus_new_tcp("127.0.0.1", client->port.port);
    if (client->modbus == NULL || modbus_set_slave(client->modbus, client->port.unit) != 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: cannot be used: %s", client->place,
                               modbus_strerror(errno));
    }
    return connect_tcp(client, deadline_ms, diagnostic);
}

/* NULL when there is no memory. */
static struct modbus_client *create(const struct modbus_port *port)
{
    struct modbus_client *made = calloc(1, sizeof *made);

    if (made == NULL) {
        return NULL;
    }
    made->port = *port;
    made->port.path = text_duplicate(port->path);
    made->port.host = text_duplicate(port->host);
    made->descriptor = -1;
    made->lock = -1;
    made->place = port->kind == MODBUS_RTU
                      ? text_duplicate(port->path)
                      : text_format("%s port %u", port->host, (unsigned)port->port);
    if (made->place == NULL ||
        (port->kind == MODBUS_RTU ? made->port.path : made->port.host) == NULL) {
        modbus_client_close(made);
        return NULL;
    }
    return made;
}

int modbus_client_open(const struct modbus_port *port, int64_t deadline_ms,
                       struct modbus_client **client, struct diagnostic *diagnostic)
{
    struct modbus_client *made;
    int error;

    *client = NULL;
    if (!port->exists || (port->kind == MODBUS_RTU ? port->path : port->host) == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "the target has no such Modbus interface");
    }
    made = create(port);
    if (made == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
    }
    error = port->kind == MODBUS_RTU ? open_terminal(made, diagnostic)
                                     : open_tcp(made, deadline_ms, diagnostic);
    if (error != RIG_OK) {
        modbus_client_close(made);
        return error;
    }
    *client = made;
    return RIG_OK;
}

void modbus_wire_disconnect(struct modbus_client *client)
{
    if (client->descriptor >= 0) {
        modbus_close(client->modbus);
        client->descriptor = -1;
    }
}

void modbus_client_close(struct modbus_client *client)
{
    if (client == NULL) {
        return;
    }
    modbus_wire_disconnect(client);
    terminal_lock_release(client->lock);
    modbus_free(client->modbus);
    free(client->place);
    free((char *)(uintptr_t)client->port.path); /* a copy */
    free((char *)(uintptr_t)client->port.host);
    free(client);
}

/* ---- bytes ---- */

int modbus_wire_gone(struct modbus_client *client, struct diagnostic *diagnostic)
{
    client->closed = true;
    return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "%s: the connection is gone",
                           client->place);
}

int modbus_wire_silent(const struct modbus_client *client, struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "%s: no answer in time", client->place);
}

int modbus_wire_nonsense(const struct modbus_client *client, const char *what,
                         struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE, "%s: the device sent %s", client->place,
                           what);
}

/* Connects again after a time-out. */
int modbus_wire_prepare(struct modbus_client *client, int64_t deadline_ms,
                        struct diagnostic *diagnostic)
{
    if (client->closed) {
        return modbus_wire_gone(client, diagnostic);
    }
    return client->descriptor >= 0 ? RIG_OK : connect_tcp(client, deadline_ms, diagnostic);
}

static ssize_t write_some(const struct modbus_client *client, const uint8_t *bytes, size_t size)
{
    return client->port.kind == MODBUS_TCP ? send(client->descriptor, bytes, size, MSG_NOSIGNAL)
                                           : write(client->descriptor, bytes, size);
}

static ssize_t read_some(const struct modbus_client *client, uint8_t *bytes, size_t limit)
{
    return client->port.kind == MODBUS_TCP ? recv(client->descriptor, bytes, limit, MSG_DONTWAIT)
                                           : read(client->descriptor, bytes, limit);
}

static bool is_passing(int number)
{
    return number == EAGAIN || number == EWOULDBLOCK || number == EINTR;
}

int modbus_client_send_raw(struct modbus_client *client, const uint8_t *bytes, size_t size,
                           int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = modbus_wire_prepare(client, deadline_ms, diagnostic);

    while (error == RIG_OK && size > 0) {
        ssize_t count = write_some(client, bytes, size);

        if (count >= 0) {
            bytes += count;
            size -= (size_t)count;
        } else if (!is_passing(errno)) {
            return modbus_wire_gone(client, diagnostic);
        } else {
            error = descriptor_wait(client->descriptor, POLLOUT, deadline_ms, diagnostic);
        }
    }
    return error == RIG_ERROR_TIMEOUT && !client->closed && client->descriptor >= 0
               ? modbus_wire_silent(client, diagnostic)
               : error;
}

int modbus_client_receive_raw(struct modbus_client *client, uint8_t *bytes, size_t limit,
                              size_t *size, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = modbus_wire_prepare(client, deadline_ms, diagnostic);

    *size = 0;
    while (error == RIG_OK) {
        ssize_t count;

        error = descriptor_wait(client->descriptor, POLLIN, deadline_ms, diagnostic);
        if (error == RIG_ERROR_TIMEOUT) {
            return modbus_wire_silent(client, diagnostic);
        }
        if (error != RIG_OK) {
            return error;
        }
        count = read_some(client, bytes, limit);
        if (count > 0) {
            *size = (size_t)count;
            return RIG_OK;
        }
        if (count == 0 || !is_passing(errno)) {
            return modbus_wire_gone(client, diagnostic);
        }
    }
    return error;
}

/* Drops what has come, and what comes within `quiet_ms` of it. */
int modbus_wire_drop(struct modbus_client *client, int64_t quiet_ms, int64_t deadline_ms,
                     struct diagnostic *diagnostic)
{
    uint8_t dropped[MODBUS_ADU_LIMIT];
    size_t total = 0;

    while (total < STALE_LIMIT) {
        int64_t until = process_clock_ms() + quiet_ms;
        int error = descriptor_wait(client->descriptor, POLLIN,
                                    until < deadline_ms ? until : deadline_ms, diagnostic);
        ssize_t count;

        if (error != RIG_OK) {
            return error == RIG_ERROR_TIMEOUT ? RIG_OK : error;
        }
        count = read_some(client, dropped, sizeof dropped);
        if (count == 0 || (count < 0 && !is_passing(errno))) {
            return modbus_wire_gone(client, diagnostic);
        }
        total += count > 0 ? (size_t)count : 0;
    }
    return modbus_wire_nonsense(client, "bytes without end that nobody asked for", diagnostic);
}

bool modbus_client_is_closed(const struct modbus_client *client)
{
    uint8_t byte;

    return client->closed || (client->port.kind == MODBUS_TCP && client->descriptor >= 0 &&
                              recv(client->descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0);
}
