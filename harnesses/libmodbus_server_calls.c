/*
 * The system calls of libmodbus (libmodbus/virtual_calls.h), answered by the virtual link. As on
 * Linux, select() takes the time that has passed off its timeout.
 */
#include "harness.h"
#include "libmodbus_server_link.h"

#include <errno.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <termios.h>
#include <time.h>

int virtual_accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);
int virtual_close(int descriptor);
int virtual_connect(int descriptor, const struct sockaddr *address, socklen_t length);
int virtual_ioctl(int descriptor, unsigned long request, ...);
int virtual_nanosleep(const struct timespec *duration, struct timespec *left);
int virtual_open(const char *path, int flags, ...);
ssize_t virtual_read(int descriptor, void *buffer, size_t size);
ssize_t virtual_recv(int descriptor, void *buffer, size_t size, int flags);
int virtual_select(int count, fd_set *readable, fd_set *writable, fd_set *failed,
                   struct timeval *timeout);
ssize_t virtual_send(int descriptor, const void *bytes, size_t size, int flags);
int virtual_setsockopt(int descriptor, int level, int name, const void *value, socklen_t length);
int virtual_shutdown(int descriptor, int how);
int virtual_socket(int domain, int type, int protocol);
int virtual_tcflush(int descriptor, int queue);
int virtual_tcgetattr(int descriptor, struct termios *settings);
int virtual_tcsetattr(int descriptor, int when, const struct termios *settings);
int virtual_usleep(unsigned microseconds);
ssize_t virtual_write(int descriptor, const void *bytes, size_t size);

static int fail(int error)
{
    errno = error;
    return -1;
}

static void count_call(void)
{
    server_link.calls++;
    if (server_link.calls > LINK_MAX_CALLS) {
        harness_hang("5.13-1B", "system-calls", "more than %u system calls for one input",
                     LINK_MAX_CALLS);
    }
}

/* ---- waiting ---- */

static uint64_t to_us(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000U + (uint64_t)time->tv_usec;
}

/* The peer is silent for a while. False if the time is up before it is over. */
static bool sit_out_silence(struct timeval *timeout)
{
    uint64_t pass = server_link.silence_us;

    if (timeout != NULL) {
        const uint64_t limit = to_us(timeout);

        pass = pass < limit ? pass : limit;
        timeout->tv_sec = (time_t)((limit - pass) / 1000000U);
        timeout->tv_usec = (suseconds_t)((limit - pass) % 1000000U);
    }
    server_link.now_us += pass;
    server_link.silence_us -= pass;
    return server_link.silence_us == 0;
}

static bool is_readable(void)
{
    return server_link.begin < server_link.arrived || server_link.closed || server_link.reset;
}

int virtual_select(int count, fd_set *readable, fd_set *writable, fd_set *failed,
                   struct timeval *timeout)
{
    (void)readable;
    (void)writable;
    (void)failed;
    count_call();
    if (count != LINK_DESCRIPTOR + 1) {
        return fail(EBADF);
    }
    for (;;) {
        if (server_link.interrupted) {
            server_link.interrupted = false;
            return fail(EINTR);
        }
        if (is_readable()) {
            return 1;
        }
        if (server_link.silence_us > 0 && !sit_out_silence(timeout)) {
            return 0;
        }
        if (server_link.arrived < server_link.end) {
            server_link.arrived = server_link.end;
        } else {
            link_go_on();
        }
    }
}

int virtual_nanosleep(const struct timespec *duration, struct timespec *left)
{
    (void)left;
    count_call();
    server_link.now_us +=
        (uint64_t)duration->tv_sec * 1000000U + (uint64_t)duration->tv_nsec / 1000U;
    return 0;
}

int virtual_usleep(unsigned microseconds)
{
    count_call();
    server_link.now_us += microseconds;
    return 0;
}

/* ---- reading ---- */

ssize_t virtual_recv(int descriptor, void *buffer, size_t size, int flags)
{
    size_t length = server_link.arrived - server_link.begin;

    count_call();
    if (descriptor != LINK_DESCRIPTOR) {
        return fail(EBADF);
    }
    if (server_link.reset) {
        server_link.reset = false;
        server_link.closed = true;
        return fail(ECONNRESET);
    }
    if (length == 0 && !server_link.closed) {
        return fail(EAGAIN);
    }
    length = length < size ? length : size;
    if (server_link.most_per_read > 0 && length > server_link.most_per_read &&
        (flags & MSG_DONTWAIT) == 0) {
        length = server_link.most_per_read;
    }
    memcpy(buffer, server_link.arriving + server_link.begin, length);
    server_link.begin += length;
    return (ssize_t)length;
}

ssize_t virtual_read(int descriptor, void *buffer, size_t size)
{
    return virtual_recv(descriptor, buffer, size, 0);
}

int virtual_tcflush(int descriptor, int queue)
{
    (void)queue;
    count_call();
    if (descriptor != LINK_DESCRIPTOR) {
        return fail(EBADF);
    }
    server_link.begin = server_link.arrived;
    return 0;
}

/* ---- sending ---- */

ssize_t virtual_send(int descriptor, const void *bytes, size_t size, int flags)
{
    (void)flags;
    count_call();
    server_link.sends++;
    if (descriptor != LINK_DESCRIPTOR) {
        return fail(EBADF);
    }
    if (server_link.sends_failing > 0) {
        server_link.sends_failing--;
        return fail(EPIPE);
    }
    if (server_link.send_short) {
        server_link.send_short = false;
        if (server_link.short_length < size) {
            return (ssize_t)server_link.short_length;
        }
    }
    server_link.sent_length = size < LINK_MAX_SENT ? size : LINK_MAX_SENT;
    memcpy(server_link.sent, bytes, server_link.sent_length);
    server_link.sent_whole++;
    return (ssize_t)size;
}

ssize_t virtual_write(int descriptor, const void *bytes, size_t size)
{
    return virtual_send(descriptor, bytes, size, 0);
}

/* ---- opening and closing ---- */

static int open_link(void)
{
    count_call();
    if (server_link.connects_failing > 0) {
        server_link.connects_failing--;
        return fail(ECONNREFUSED);
    }
    link_take_next_connection();
    return 0;
}

int virtual_accept4(int listener, struct sockaddr *address, socklen_t *length, int flags)
{
    (void)listener;
    (void)flags;
    memset(address, 0, *length);
    return open_link() == 0 ? LINK_DESCRIPTOR : -1;
}

int virtual_open(const char *path, int flags, ...)
{
    (void)path;
    (void)flags;
    return open_link() == 0 ? LINK_DESCRIPTOR : -1;
}

int virtual_socket(int domain, int type, int protocol)
{
    (void)domain;
    (void)type;
    (void)protocol;
    count_call();
    return LINK_DESCRIPTOR;
}

int virtual_connect(int descriptor, const struct sockaddr *address, socklen_t length)
{
    (void)descriptor;
    (void)address;
    (void)length;
    return open_link();
}

int virtual_close(int descriptor)
{
    (void)descriptor;
    count_call();
    return 0;
}

int virtual_shutdown(int descriptor, int how)
{
    (void)descriptor;
    (void)how;
    count_call();
    return 0;
}

/* ---- settings of the link, which has none ---- */

int virtual_setsockopt(int descriptor, int level, int name, const void *value, socklen_t length)
{
    (void)descriptor;
    (void)level;
    (void)name;
    (void)value;
    (void)length;
    count_call();
    return 0;
}

int virtual_ioctl(int descriptor, unsigned long request, ...)
{
    (void)descriptor;
    (void)request;
    count_call();
    return 0;
}

int virtual_tcgetattr(int descriptor, struct termios *settings)
{
    (void)descriptor;
    memset(settings, 0, sizeof *settings);
    count_call();
    return 0;
}

int virtual_tcsetattr(int descriptor, int when, const struct termios *settings)
{
    (void)descriptor;
    (void)when;
    (void)settings;
    count_call();
    return 0;
}
