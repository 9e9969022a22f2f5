/*
 * hearth-native - the Hearth firmware as a Linux process: see process_options.c for its options and
 * how it ends.
 *
 * One thread, one poll() for everything; the device itself never waits.
 */
#include "device.h"
#include "flash_file.h"
#include "process_hal.h"
#include "process_options.h"
#include "process_report.h"
#include "provision.h"
#include "pty_bus.h"
#include "tcp_server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* The loop turns at least this often, so that no rounding can starve the watchdog. */
#define LONGEST_WAIT_MS (DEVICE_WATCHDOG_MS / 4U)

enum poll_entry {
    POLL_SIGNALS,
    POLL_BUS,
    POLL_TCP,
    POLL_COUNT = POLL_TCP + TCP_SERVER_POLL_ENTRIES
};

/* Everything that the process has to give back. */
struct process {
    struct process_options options;
    struct provisioned_device factory_fresh;
    bool is_new;
    struct flash_file flash;
    struct pty_bus bus;
    struct tcp_server tcp;
    struct device device;
    int signals; /* readable when SIGINT or SIGTERM has come; -1 when closed */
};

/* From here on a request to end waits until the loop reads it; a lost reader is no reason to end.
 */
static int watch_signals(struct process *process)
{
    sigset_t ends;

    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || sigemptyset(&ends) != 0 ||
        sigaddset(&ends, SIGINT) != 0 || sigaddset(&ends, SIGTERM) != 0 ||
        sigprocmask(SIG_BLOCK, &ends, NULL) != 0) {
        return process_refuse("signals: %s", strerror(errno));
    }
    process->signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
    if (process->signals < 0) {
        return process_refuse("signals: %s", strerror(errno));
    }
    return 0;
}

static int open_flash(struct process *process)
{
    const struct process_options *options = &process->options;
    int exists = flash_file_exists(options->flash);

    if (exists < 0) {
        return -1;
    }
    if (exists > 0 && options->password != NULL) {
        return process_refuse(
            "--password is for a new device, and %s exists; leave one of them out", options->flash);
    }
    if (exists == 0) {
        process->is_new = true;
        if (provision_device(&process->factory_fresh, options->password) != 0 ||
            flash_file_create(options->flash, process->factory_fresh.flash) != 0) {
            return -1;
        }
    }
    return flash_file_open(&process->flash, options->flash);
}

static int open_interfaces(struct process *process)
{
    const struct process_options *options = &process->options;

    if (pty_bus_open(&process->bus, options->uart_link) != 0) {
        return -1;
    }
    return options->has_tcp ? tcp_server_open(&process->tcp, options->tcp_port) : 0;
}

/* Flash last: a new device must not be made when it could not be started and its label printed. */
static int open_board(struct process *process)
{
    struct process_board board = {.bus = &process->bus,
                                  .temperature = process->options.temperature,
                                  .flash_time_us = process->options.flash_time_us};

    if (open_interfaces(process) != 0 || open_flash(process) != 0) {
        return -1;
    }
    board.flash_bytes = process->flash.bytes;
    return process_hal_power_on(&board);
}

/* A new device whose label nobody could read is of no use: its file is taken back. */
static int announce(const struct process *process)
{
    const struct process_announcement announcement = {
        .uart = process->bus.name,
        .has_tcp = process->options.has_tcp,
        .tcp_port = process->tcp.port,
        .flash = process->options.flash,
        .is_new = process->is_new,
        .device_id = process->device.factory.device_id,
        .label_password = process->factory_fresh.label_password};

    if (process_announce(&announcement) != 0) {
        if (process->is_new) {
            (void)unlink(process->options.flash);
        }
        return -1;
    }
    return 0;
}

/* Milliseconds until something is due that no descriptor tells: control, or the end of a frame. */
static int wait_time_ms(const struct device *device)
{
    const uint64_t now = hal_time_ms();
    uint64_t due = now + LONGEST_WAIT_MS;

    if (device->thermostat.next_run_ms < due) {
        due = device->thermostat.next_run_ms;
    }
    if (process_hal_frame_end_ms() < due) {
        due = process_hal_frame_end_ms();
    }
    return due > now ? (int)(due - now) : 0;
}

/* Runs the device until somebody asks for its end. */
static int run(struct process *process)
{
    struct pollfd entries[POLL_COUNT];

    for (;;) {
        memset(entries, 0, sizeof entries);
        entries[POLL_SIGNALS].fd = process->signals;
        entries[POLL_SIGNALS].events = POLLIN;
        entries[POLL_BUS].fd = process->bus.master;
        entries[POLL_BUS].events = POLLIN;
        tcp_server_prepare(&process->tcp, &entries[POLL_TCP]);
        if (poll(entries, POLL_COUNT, wait_time_ms(&process->device)) < 0 && errno != EINTR) {
            return process_refuse("poll: %s", strerror(errno));
        }
        if ((entries[POLL_SIGNALS].revents & POLLIN) != 0) {
            return 0;
        }
        device_poll(&process->device);
        tcp_server_serve(&process->tcp, &process->device, &entries[POLL_TCP], hal_time_ms());
    }
}

static enum process_exit start_and_run(struct process *process)
{
    int result;

    if (watch_signals(process) != 0 || open_board(process) != 0) {
        return PROCESS_EXIT_CONFIGURATION;
    }
    result = device_start(&process->device);
    if (result != DEVICE_OK) {
        (void)process_refuse("--flash %s: %s; name a new file to make a device",
                             process->options.flash, device_strerror(result));
        return PROCESS_EXIT_NO_START;
    }
    if (announce(process) != 0 || run(process) != 0) {
        return PROCESS_EXIT_CONFIGURATION;
    }
    return PROCESS_EXIT_CLEAN;
}

static void close_all(struct process *process)
{
    tcp_server_close(&process->tcp);
    pty_bus_close(&process->bus);
    flash_file_close(&process->flash);
    if (process->signals >= 0) {
        (void)close(process->signals);
    }
}

int main(int argc, char **argv)
{
    static struct process process = {
        .flash = {.descriptor = -1}, .bus = PTY_BUS_CLOSED, .signals = -1};
    enum process_exit result;

    if (process_options_read(&process.options, argc, argv) != 0) {
        return PROCESS_EXIT_CONFIGURATION;
    }
    if (process.options.help) {
        process_options_print_help();
        return PROCESS_EXIT_CLEAN;
    }
    tcp_server_init(&process.tcp);
    result = start_and_run(&process);
    close_all(&process);
    return (int)result;
}
