#include "target/console_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/console.h"
#include "base/interrupt.h"
#include "base/process.h"
#include "base/text.h"
#include "emulator/serial_bus.h"
#include "target/serial_port.h"

enum {
    RETRY_MS = 20, /* between two looks for a console that is not there */
};

struct console_stream {
    enum console_stream_kind kind;
    char *path;
    struct console *console;
    struct serial_bus *bus; /* of a PTY */
    int port;               /* of a TTY, so that it can be given back; -1 for none */
    bool attached;
};

static int no_memory(struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
}

/* What cannot be opened because it is not there (yet) is no error of the bench. */
static int refuse(const struct console_stream *self, int reason, struct diagnostic *diagnostic)
{
    const bool absent = reason == ENOENT || reason == ECONNREFUSED || reason == ENXIO ||
                        reason == EIO || reason == EAGAIN;
    return diagnostic_fail(diagnostic, absent ? RIG_ERROR_TIMEOUT : RIG_ERROR_BENCH,
                           "%s: cannot open the device's console: %s; %s", self->path,
                           strerror(reason),
                           absent ? "does the device run?" : "the device must make it there");
}

/* Looks for the pseudo-terminal of a LINK. */
static int open_link(struct console_stream *self, int *descriptor, struct diagnostic *diagnostic)
{
    int opened = open(self->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (opened < 0) {
        return refuse(self, errno, diagnostic);
    }
    if (serial_port_make_raw(opened) != RIG_OK) {
        int reason = errno;
        (void)close(opened);
        return refuse(self, reason, diagnostic);
    }
    *descriptor = opened;
    return RIG_OK;
}

static int open_socket(struct console_stream *self, int *descriptor, struct diagnostic *diagnostic)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (text_copy(address.sun_path, sizeof address.sun_path, self->path) != RIG_OK) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: a socket's path has at most %zu bytes; choose a shorter one",
                               self->path, sizeof address.sun_path - 1);
    }
    int opened = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (opened < 0 || connect(opened, (struct sockaddr *)&address, sizeof address) != 0) {
        int reason = errno;
        if (opened >= 0) {
            (void)close(opened);
        }
        return refuse(self, reason, diagnostic);
    }
    *descriptor = opened;
    return RIG_OK;
}

static int open_pty(struct console_stream *self, int *descriptor, struct diagnostic *diagnostic)
{
    int error = serial_bus_create(&self->bus, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    free(self->path);
    self->path = text_duplicate(serial_bus_path(self->bus));
    if (self->path == NULL) {
        return no_memory(diagnostic);
    }
    int master = fcntl(serial_bus_descriptor(self->bus), F_DUPFD_CLOEXEC, 0);
    if (master < 0 || fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK) != 0) {
        int reason = errno;
        if (master >= 0) {
            (void)close(master);
        }
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: cannot use it as a console: %s",
                               self->path, strerror(reason));
    }
    *descriptor = master;
    return RIG_OK;
}

static bool comes_and_goes(const struct console_stream *self)
{
    return self->kind == CONSOLE_STREAM_LINK || self->kind == CONSOLE_STREAM_SOCKET;
}

/* Opens what is not open. RIG_ERROR_TIMEOUT when it is not there now. */
static int attach(struct console_stream *self, uint64_t baud, struct diagnostic *diagnostic)
{
    int descriptor = -1;
    int error = RIG_OK;
    if (self->attached) {
        return RIG_OK;
    }
    switch (self->kind) {
    case CONSOLE_STREAM_PTY:
        error = open_pty(self, &descriptor, diagnostic);
        break;
    case CONSOLE_STREAM_LINK:
        error = open_link(self, &descriptor, diagnostic);
        break;
    case CONSOLE_STREAM_TTY:
        error = serial_port_open(self->path, baud, &descriptor, diagnostic);
        break;
    case CONSOLE_STREAM_SOCKET:
        error = open_socket(self, &descriptor, diagnostic);
        break;
    }
    if (error == RIG_OK) {
        console_attach(self->console, descriptor);
        self->attached = true;
        self->port = self->kind == CONSOLE_STREAM_TTY ? descriptor : -1;
    }
    return error;
}

static void detach(struct console_stream *self)
{
    if (self->port >= 0) {
        serial_port_give_back(self->port);
        self->port = -1;
    }
    console_detach(self->console);
    self->attached = false;
}

/* Reads once. A console that its other side closed is an error of the bench where it should stay. */
static int serve(struct console_stream *self, struct diagnostic *diagnostic)
{
    int error = attach(self, 0, diagnostic);
    if (error == RIG_OK) {
        error = console_serve(self->console, diagnostic);
    }
    if (error == RIG_OK && console_poll(self->console).fd < 0) {
        if (!comes_and_goes(self)) {
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                   "%s: the console hung up; is it still plugged in?", self->path);
        }
        detach(self);
    }
    return error;
}

/* Waits until there is something to do for the console, or the deadline. */
static int wait_ready(const struct console_stream *self, int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    struct pollfd polled[] = {console_poll(self->console), {interrupt_descriptor(), POLLIN, 0}};
    int timeout = process_poll_timeout(deadline_ms);
    if (!self->attached && (timeout < 0 || timeout > RETRY_MS)) {
        timeout = RETRY_MS;
    }
    if (poll(polled, 2, timeout) < 0 && errno != EINTR) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: cannot wait for the console: %s",
                               self->path, strerror(errno));
    }
    return interrupt_requested() ? diagnostic_fail(diagnostic, RIG_ERROR_INTERRUPTED, "interrupted")
                                 : RIG_OK;
}

static bool is_over(int64_t deadline_ms)
{
    return deadline_ms != PROCESS_NO_DEADLINE && process_clock_ms() >= deadline_ms;
}

static int pump(void *context, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct console_stream *self = context;
    const uint64_t before = console_position(self->console);
    for (;;) {
        int error = serve(self, diagnostic);
        if (console_position(self->console) > before && error != RIG_ERROR_BENCH) {
            return RIG_OK;
        }
        if (error == RIG_OK && is_over(deadline_ms)) {
            return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "%s: the console says nothing",
                                   self->path);
        }
        if ((error != RIG_OK && error != RIG_ERROR_TIMEOUT) || is_over(deadline_ms)) {
            return error;
        }
        error = wait_ready(self, deadline_ms, diagnostic);
        if (error != RIG_OK) {
            return error;
        }
    }
}

static int send_bytes(void *context, const void *bytes, size_t size, int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    struct console_stream *self = context;
    int error = attach(self, 0, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    if (console_send(self->console, bytes, size) != RIG_OK) {
        return no_memory(diagnostic);
    }
    while (error == RIG_OK && console_unsent(self->console) > 0) {
        error = is_over(deadline_ms)
                    ? diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT,
                                      "%s: the console takes no more bytes", self->path)
                    : wait_ready(self, deadline_ms, diagnostic);
        if (error == RIG_OK) {
            error = serve(self, diagnostic);
        }
    }
    console_drop_unsent(self->console);
    if (error == RIG_OK && !self->attached) {
        return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "%s: the device closed its console",
                               self->path);
    }
    return error;
}

static const char *text(void *context, uint64_t *position, size_t *size)
{
    const struct console_stream *self = context;
    return console_text(self->console, position, size);
}

static uint64_t position(void *context)
{
    const struct console_stream *self = context;
    return console_position(self->console);
}

static const struct console_driver driver = {pump, text, position, send_bytes};

static int open_console(struct console_stream *self, const struct console_stream_options *options,
                        struct diagnostic *diagnostic)
{
    self->path = text_duplicate(options->path == NULL ? "" : options->path);
    if (self->path == NULL) {
        return no_memory(diagnostic);
    }
    int error = console_create(options->log_path, &self->console, diagnostic);
    if (error == RIG_OK) {
        error = attach(self, options->baud, diagnostic);
    }
    return error;
}

int console_stream_create(const struct console_stream_options *options, struct console_port *port,
                          struct diagnostic *diagnostic)
{
    struct console_stream *self = calloc(1, sizeof *self);
    memset(port, 0, sizeof *port);
    if (self == NULL) {
        return no_memory(diagnostic);
    }
    *port = (struct console_port){&driver, self};
    self->kind = options->kind;
    self->port = -1;
    int error = open_console(self, options, diagnostic);
    if (error == RIG_ERROR_TIMEOUT && comes_and_goes(self)) {
        error = RIG_OK; /* it comes with the device */
    }
    if (error != RIG_OK) {
        console_stream_destroy(port);
    }
    return error;
}

void console_stream_destroy(struct console_port *port)
{
    struct console_stream *self = port->self;
    memset(port, 0, sizeof *port);
    if (self == NULL) {
        return;
    }
    if (self->console != NULL) {
        detach(self);
    }
    console_destroy(self->console);
    serial_bus_destroy(self->bus);
    free(self->path);
    free(self);
}

const char *console_stream_path(const struct console_port *port)
{
    const struct console_stream *self = port->self;
    return self->path;
}
