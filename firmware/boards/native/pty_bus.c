/* _GNU_SOURCE: posix_openpt and its relatives, cfmakeraw, ptsname_r. */
#define _GNU_SOURCE
#include "pty_bus.h"

#include "process_report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <termios.h>
#include <unistd.h>

#define TERMINALS "/dev/pts/"

/* The target of the symbolic link `path`. False if it is no symbolic link. */
static bool read_link(const char *path, char target[PTY_BUS_NAME_SIZE])
{
    ssize_t length = readlink(path, target, PTY_BUS_NAME_SIZE - 1U);

    if (length < 0) {
        return false;
    }
    target[length] = '\0';
    return true;
}

static int make_raw(int terminal)
{
    struct termios settings;

    if (tcgetattr(terminal, &settings) != 0) {
        return -1;
    }
    cfmakeraw(&settings);
    return tcsetattr(terminal, TCSANOW, &settings);
}

static int open_terminal(struct pty_bus *bus)
{
    bus->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (bus->master < 0 || grantpt(bus->master) != 0 || unlockpt(bus->master) != 0 ||
        ptsname_r(bus->master, bus->name, sizeof bus->name) != 0) {
        return -1;
    }
    bus->slave = open(bus->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (bus->slave < 0 || make_raw(bus->slave) != 0) {
        return -1;
    }
    return fcntl(bus->master, F_SETFL, O_NONBLOCK);
}

/* Whether the place of the link is free, or taken by one that a killed process left. */
static bool may_take(const char *link)
{
    char target[PTY_BUS_NAME_SIZE];
    struct stat status;

    if (lstat(link, &status) != 0) {
        return true;
    }
    return read_link(link, target) && strncmp(target, TERMINALS, strlen(TERMINALS)) == 0;
}

/* Makes the link beside its place first: a rename replaces what is stale in one step. */
static int make_link(struct pty_bus *bus, const char *link)
{
    char temporary[PATH_MAX];
    int length = snprintf(temporary, sizeof temporary, "%s.%ld", link, (long)getpid());

    if (length < 0 || (size_t)length >= sizeof temporary) {
        return process_refuse("--uart: the path is too long; give a shorter one");
    }
    if (!may_take(link)) {
        return process_refuse("--uart %s: there is something else; remove it, or name another link",
                              link);
    }
    if (symlink(bus->name, temporary) != 0) {
        return process_refuse("--uart %s: %s", link, strerror(errno));
    }
    if (rename(temporary, link) != 0) {
        (void)process_refuse("--uart %s: %s", link, strerror(errno));
        (void)unlink(temporary);
        return -1;
    }
    bus->link = link;
    return 0;
}

int pty_bus_open(struct pty_bus *bus, const char *link)
{
    bus->link = NULL;
    if (open_terminal(bus) != 0) {
        (void)process_refuse("no pseudo-terminal for the bus: %s", strerror(errno));
        pty_bus_close(bus);
        return -1;
    }
    if (link != NULL && make_link(bus, link) != 0) {
        pty_bus_close(bus);
        return -1;
    }
    return 0;
}

size_t pty_bus_read(const struct pty_bus *bus, uint8_t *buffer, size_t capacity)
{
    ssize_t count = read(bus->master, buffer, capacity);

    return count > 0 ? (size_t)count : 0;
}

int pty_bus_write(const struct pty_bus *bus, const uint8_t *data, size_t length)
{
    ssize_t count = write(bus->master, data, length);

    return count == (ssize_t)length ? HAL_OK : HAL_ERROR_BUS;
}

static void remove_link(const struct pty_bus *bus)
{
    char target[PTY_BUS_NAME_SIZE];

    if (bus->link != NULL && read_link(bus->link, target) && strcmp(target, bus->name) == 0) {
        (void)unlink(bus->link);
    }
}

void pty_bus_close(struct pty_bus *bus)
{
    remove_link(bus);
    bus->link = NULL;
    if (bus->slave >= 0) {
        (void)close(bus->slave);
        bus->slave = -1;
    }
    if (bus->master >= 0) {
        (void)close(bus->master);
        bus->master = -1;
    }
}
