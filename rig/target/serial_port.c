#define _GNU_SOURCE /* cfmakeraw, cfsetspeed, flock */
#include "target/serial_port.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static const struct {
    uint64_t baud;
    speed_t speed;
} speeds[] = {
    {300, B300},         {600, B600},         {1200, B1200},       {2400, B2400},
    {4800, B4800},       {9600, B9600},       {19200, B19200},     {38400, B38400},
    {57600, B57600},     {115200, B115200},   {230400, B230400},   {460800, B460800},
    {500000, B500000},   {576000, B576000},   {921600, B921600},   {1000000, B1000000},
    {1500000, B1500000}, {2000000, B2000000}, {3000000, B3000000}, {4000000, B4000000},
};

static bool find_speed(uint64_t baud, speed_t *speed)
{
    for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++) {
        if (speeds[i].baud == baud) {
            *speed = speeds[i].speed;
            return true;
        }
    }
    return false;
}

static const char *remedy(int reason)
{
    switch (reason) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
        return "is it plugged in? The bench file names this machine's ports";
    case EACCES:
    case EPERM:
        return "give this user access, e.g. by the group `dialout`";
    case EBUSY:
    case EWOULDBLOCK:
        return "another program holds it; end that first (`fuser` names it)";
    case ENOTTY:
        return "name a serial port";
    default:
        return "check the port";
    }
}

static int refuse(const char *path, const char *action, struct diagnostic *diagnostic)
{
    const int reason = errno;
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: cannot %s this serial port: %s; %s",
                           path, action, strerror(reason), remedy(reason));
}

/* Sets the line up. False with errno. */
static bool set_up(int descriptor, speed_t speed)
{
    struct termios settings;
    if (tcgetattr(descriptor, &settings) != 0) {
        return false;
    }
    cfmakeraw(&settings);
    settings.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS);
    settings.c_cflag |= CLOCAL | CREAD;
    return cfsetspeed(&settings, speed) == 0 && tcsetattr(descriptor, TCSANOW, &settings) == 0;
}

int serial_port_make_raw(int descriptor)
{
    struct termios settings;
    if (tcgetattr(descriptor, &settings) != 0) {
        return RIG_ERROR_BENCH;
    }
    cfmakeraw(&settings);
    return tcsetattr(descriptor, TCSANOW, &settings) == 0 ? RIG_OK : RIG_ERROR_BENCH;
}

int serial_port_open(const char *path, uint64_t baud, int *descriptor,
                     struct diagnostic *diagnostic)
{
    speed_t speed = B9600;
    int error = RIG_OK;
    *descriptor = -1;
    if (!find_speed(baud, &speed)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: this system has no baud rate %" PRIu64
                               "; write 9600, 19200, 115200 or another usual one",
                               path, baud);
    }
    int port = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (port < 0) {
        return refuse(path, "open", diagnostic);
    }
    if (isatty(port) == 0) {
        error = refuse(path, "use", diagnostic);
    } else if (flock(port, LOCK_EX | LOCK_NB) != 0) {
        error = refuse(path, "lock", diagnostic);
    } else if (ioctl(port, TIOCEXCL) != 0 || !set_up(port, speed)) {
        error = refuse(path, "set up", diagnostic);
    }
    if (error != RIG_OK) {
        (void)close(port);
        return error;
    }
    *descriptor = port;
    return RIG_OK;
}

void serial_port_give_back(int descriptor)
{
    (void)ioctl(descriptor, TIOCNXCL); /* one that is unplugged has nothing to give back */
}
