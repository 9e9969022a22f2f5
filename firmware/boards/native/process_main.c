/*
 * hearth-native - the Hearth firmware as a Linux process: see process_options.c for its options and
 * how it ends.
 *
 * One thread, one poll() for everything; the device itself never waits.
 */
#include "boot.h"
#include "boot_line.h"
#include "demo_image.h"
#include "device.h"
#include "flash_file.h"
#include "image_signer.h"
#include "power_cut.h"
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
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* The loop turns at least this often, so that no rounding can starve the watchdog. */
#define LONGEST_WAIT_MS (DEVICE_WATCHDOG_MS / 4U)

#define FACTORY_IMAGE_LENGTH 32768U

enum poll_entry {
    POLL_SIGNALS,
    POLL_CUT,
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
    int signals;     /* SIGINT and SIGTERM are read from it; -1 when closed */
    int cut_signals; /* of power_cut_open(); likewise */
};

/* From here on what is asked for waits until the loop reads it; a lost reader is no reason to end.
 */
static int watch_signals(struct process *process)
{
    sigset_t watched;

    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || sigemptyset(&watched) != 0 ||
        sigaddset(&watched, SIGINT) != 0 || sigaddset(&watched, SIGTERM) != 0 ||
        sigprocmask(SIG_BLOCK, &watched, NULL) != 0) {
        return process_refuse("signals: %s", strerror(errno));
    }
    process->signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    if (process->signals < 0 || power_cut_open(&process->cut_signals) != 0) {
        return process_refuse("signals: %s", strerror(errno));
    }
    return 0;
}

/* What a new device runs: its code is this process, so the image is there to be told apart. */
static int install_image(struct provisioned_device *device)
{
    const struct demo_image image = {.slot = IMAGE_SLOT_A,
                                     .version = IMAGE_VERSION(1, 0, 0),
                                     .security_counter = 1,
                                     .body_length = FACTORY_IMAGE_LENGTH};
    int result = demo_image_make(&image, device->flash + image_slot_geometry(IMAGE_SLOT_A).offset);

    return result == 0 ? 0 : process_refuse("image of the new device: %s", signer_strerror(result));
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
            install_image(&process->factory_fresh) != 0 ||
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
                                  .flash_time_us = process->options.flash_time_us,
                                  .power_cut = process->options.power_cut,
                                  .cut_signals = process->cut_signals};

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
    if (device->restart_at_ms != 0 && device->restart_at_ms < due) {
        due = device->restart_at_ms;
    }
    if (process_hal_frame_end_ms() < due) {
        due = process_hal_frame_end_ms();
    }
    return due > now ? (int)(due - now) : 0;
}

static void print_decision(const struct boot_handover *decision)
{
    char line[BOOT_LINE_SIZE];

    boot_line(decision, line);
    process_console(line);
}

/* What follows a reset: the boot stage decides, and what it chose is started. */
static int start_device(struct process *process)
{
    struct boot_handover decision;
    int result = boot_run(&decision);

    if (result != BOOT_OK) {
        return process_refuse("--flash %s: %s", process->options.flash, boot_strerror(result));
    }
    print_decision(&decision);
    result = device_start(&process->device, &decision);
    if (result != DEVICE_OK) {
        return process_refuse("--flash %s: %s; name a new file to make a device",
                              process->options.flash, device_strerror(result));
    }
    return 0;
}

static int restart(struct process *process)
{
    tcp_server_drop_connections(&process->tcp);
    process_hal_reset(HAL_RESET_SOFTWARE);
    return start_device(process);
}

/* Runs the device until somebody asks for its end. */
static enum process_exit run(struct process *process)
{
    struct pollfd entries[POLL_COUNT];

    for (;;) {
        memset(entries, 0, sizeof entries);
        entries[POLL_SIGNALS].fd = process->signals;
        entries[POLL_SIGNALS].events = POLLIN;
        entries[POLL_CUT].fd = process->cut_signals;
        entries[POLL_CUT].events = POLLIN;
        entries[POLL_BUS].fd = process->bus.master;
        entries[POLL_BUS].events = POLLIN;
        tcp_server_prepare(&process->tcp, &entries[POLL_TCP]);
        if (poll(entries, POLL_COUNT, wait_time_ms(&process->device)) < 0 && errno != EINTR) {
            (void)process_refuse("poll: %s", strerror(errno));
            return PROCESS_EXIT_CONFIGURATION;
        }
        if (entries[POLL_SIGNALS].revents != 0) {
            return PROCESS_EXIT_CLEAN;
        }
        process_hal_take_cut();
        device_poll(&process->device);
        tcp_server_serve(&process->tcp, &process->device, &entries[POLL_TCP], hal_time_ms());
        if (device_wants_restart(&process->device) && restart(process) != 0) {
            return PROCESS_EXIT_NO_START;
        }
    }
}

static enum process_exit start_and_run(struct process *process)
{
    if (watch_signals(process) != 0 || open_board(process) != 0) {
        return PROCESS_EXIT_CONFIGURATION;
    }
    if (start_device(process) != 0) {
        return PROCESS_EXIT_NO_START;
    }
    return announce(process) == 0 ? run(process) : PROCESS_EXIT_CONFIGURATION;
}

static void close_all(struct process *process)
{
    tcp_server_close(&process->tcp);
    pty_bus_close(&process->bus);
    flash_file_close(&process->flash);
    if (process->signals >= 0) {
        (void)close(process->signals);
    }
    if (process->cut_signals >= 0) {
        (void)close(process->cut_signals);
    }
}

int main(int argc, char **argv)
{
    static struct process process = {
        .flash = {.descriptor = -1}, .bus = PTY_BUS_CLOSED, .signals = -1, .cut_signals = -1};
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
