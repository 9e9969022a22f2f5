#define _GNU_SOURCE /* posix_openpt and its relatives, ptsname_r, cfmakeraw */
#include "emulator/serial_bus.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

struct serial_bus {
    int master;
    int slave; /* never read: while it is open, a client that closes is no hang-up for the device */
    char path[64];
};

static bool open_terminal(struct serial_bus *bus)
{
    struct termios settings;

    bus->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (bus->master < 0 || grantpt(bus->master) != 0 || unlockpt(bus->master) != 0) {
        return false;
    }
    errno = ptsname_r(bus->master, bus->path, sizeof(bus->path));
    if (errno != 0) {
        return false;
    }
    bus->slave = open(bus->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (bus->slave < 0 || tcgetattr(bus->slave, &settings) != 0) {
        return false;
    }
    cfmakeraw(&settings);
    return tcsetattr(bus->slave, TCSANOW, &settings) == 0;
}

int serial_bus_create(struct serial_bus **bus, struct diagnostic *diagnostic)
{
    struct serial_bus *made = calloc(1, sizeof(*made));

    if (made == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    made->master = -1;
    made->slave = -1;
    if (!open_terminal(made)) {
        int reason = errno;

        serial_bus_destroy(made);
        return diagnostic_fail(
            diagnostic, RIG_ERROR_BENCH,
            "cannot open a pseudo-terminal for the device's bus: %s; is /dev/pts "
            "mounted?",
            strerror(reason));
    }
    *bus = made;
    return RIG_OK;
}

void serial_bus_destroy(struct serial_bus *bus)
{
    if (bus == NULL) {
        return;
    }
    if (bus->slave >= 0) {
        (void)close(bus->slave);
    }
    if (bus->master >= 0) {
        (void)close(bus->master);
    }
    free(bus);
}

const char *serial_bus_path(const struct serial_bus *bus)
{
    return bus->path;
}

int serial_bus_descriptor(const struct serial_bus *bus)
{
    return bus->master;
}

int serial_bus_drop(struct serial_bus *bus, struct diagnostic *diagnostic)
{
    /* Each side holds what it has not read yet. */
    if (tcflush(bus->slave, TCIOFLUSH) != 0 || tcflush(bus->master, TCIOFLUSH) != 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot empty the device's bus %s: %s",
                               bus->path, strerror(errno));
    }
    return RIG_OK;
}
