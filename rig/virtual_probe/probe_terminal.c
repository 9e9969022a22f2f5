#define _GNU_SOURCE /* posix_openpt and its relatives, ptsname_r, cfmakeraw */
#include "virtual_probe/probe_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/process.h"

/* The settings stay with the pair when the slave is closed. */
static bool make_raw(const char *path)
{
    struct termios settings;
    const int slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    bool made;

    if (slave < 0) {
        return false;
    }
    made = tcgetattr(slave, &settings) == 0;
    if (made) {
        cfmakeraw(&settings);
        made = tcsetattr(slave, TCSANOW, &settings) == 0;
    }
    return close(slave) == 0 && made;
}

static bool open_pair(struct probe_terminal *terminal)
{
    terminal->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (terminal->master < 0 || grantpt(terminal->master) != 0 || unlockpt(terminal->master) != 0) {
        return false;
    }
    errno = ptsname_r(terminal->master, terminal->path, sizeof(terminal->path));
    return errno == 0 && make_raw(terminal->path);
}

int probe_terminal_open(struct probe_terminal *terminal, struct diagnostic *diagnostic)
{
    if (!open_pair(terminal)) {
        const int reason = errno;

        probe_terminal_close(terminal);
        return diagnostic_fail(
            diagnostic, RIG_ERROR_BENCH,
            "cannot open a pseudo-terminal for the virtual probe: %s; is /dev/pts "
            "mounted?",
            strerror(reason));
    }
    return RIG_OK;
}

void probe_terminal_close(struct probe_terminal *terminal)
{
    if (terminal->master >= 0) {
        (void)close(terminal->master);
        terminal->master = -1;
    }
}

bool probe_terminal_has_client(const struct probe_terminal *terminal)
{
    struct pollfd polled = {terminal->master, POLLIN, 0};

    return poll(&polled, 1, 0) >= 0 && (polled.revents & POLLHUP) == 0;
}

size_t probe_terminal_read(const struct probe_terminal *terminal, uint8_t *bytes, size_t room)
{
    const ssize_t size = read(terminal->master, bytes, room);

    return size > 0 ? (size_t)size : 0;
}

bool probe_terminal_write(const struct probe_terminal *terminal, const uint8_t *bytes, size_t size,
                          int64_t deadline_ms)
{
    while (size > 0) {
        const ssize_t written = write(terminal->master, bytes, size);
        struct pollfd polled = {terminal->master, POLLOUT, 0};

        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        } else if ((errno != EAGAIN && errno != EINTR) ||
                   poll(&polled, 1, process_poll_timeout(deadline_ms)) <= 0 ||
                   (polled.revents & POLLHUP) != 0) {
            return false;
        }
    }
    return true;
}
