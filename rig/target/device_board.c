#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "target/bench_device.h"
#include "target/board_lock.h"
#include "target/console_stream.h"
#include "target/power_command.h"

/*
 * A board that is attached to this machine. It cannot be made anew: identity and password come from the
 * target's or the bench's file, and whatever a trial leaves in it is there in the next.
 */

enum { UNIT = 1, UNIT_TCP = 255 };

struct board_device {
    char *console_log;
    char *power_log;
    bool has_power;
    bool has_console;
};

static const char *setting(const struct bench *bench, const char *section, const char *name)
{
    return target_find_setting(bench->target, section, name);
}

static uint64_t number(const struct bench *bench, const char *section, const char *name,
                       uint64_t otherwise)
{
    uint64_t value = otherwise;

    (void)target_find_number(bench->target, section, name, &value);
    return value;
}

static bool has(const struct bench *bench, const char *section, const char *driver)
{
    const char *named = setting(bench, section, "driver");

    return named != NULL && strcmp(named, driver) == 0;
}

static int open_power(struct bench *bench, struct board_device *device,
                      struct diagnostic *diagnostic)
{
    const struct power_command_options options = {
        .on = setting(bench, "power", "on"),
        .off = setting(bench, "power", "off"),
        .cycle = setting(bench, "power", "cycle"),
        .reset = setting(bench, "power", "reset"),
        .limit_ms = (int64_t)number(bench, "power", "deadline_ms", 0),
        .port = bench->rtu.path,
        .log_path = device->power_log,
    };
    int error;

    if (!has(bench, "power", "command"))
        return RIG_OK;
    error = power_command_create(&options, &bench->power, diagnostic);
    device->has_power = error == RIG_OK;
    if (device->has_power) {
        bench->rtu.is_off = power_command_is_off;
        bench->rtu.context = bench->power.self;
    }
    return error;
}

static int open_console(struct bench *bench, struct board_device *device,
                        struct diagnostic *diagnostic)
{
    struct console_stream_options options = {.path = setting(bench, "console", "path"),
                                             .baud = number(bench, "console", "baud", 0),
                                             .log_path = device->console_log};
    int error;

    if (has(bench, "console", "tty"))
        options.kind = CONSOLE_STREAM_TTY;
    else if (has(bench, "console", "socket"))
        options.kind = CONSOLE_STREAM_SOCKET;
    else if (has(bench, "console", "pty"))
        options.kind = CONSOLE_STREAM_PTY;
    else
        return RIG_OK;
    error = console_stream_create(&options, &bench->console, diagnostic);
    device->has_console = error == RIG_OK;
    return error;
}

static void fill_ports(struct bench *bench)
{
    if (has(bench, "modbus.rtu", "tty"))
        bench->rtu =
            (struct modbus_port){.exists = true,
                                 .kind = MODBUS_RTU,
                                 .unit = (uint8_t)number(bench, "modbus.rtu", "unit", UNIT),
                                 .path = setting(bench, "modbus.rtu", "path"),
                                 .baud = (uint32_t)number(bench, "modbus.rtu", "baud", 0)};
    if (has(bench, "modbus.tcp", "network"))
        bench->tcp = (struct modbus_port){.exists = true,
                                          .kind = MODBUS_TCP,
                                          .unit = UNIT_TCP,
                                          .host = setting(bench, "modbus.tcp", "host"),
                                          .port = (uint16_t)number(bench, "modbus.tcp", "port", 0)};
}

/* A serial port that is missing is told now, unless it may come with the power (power_command.h). */
static int check_rtu(const struct bench *bench, struct diagnostic *diagnostic)
{
    if (!bench->rtu.exists || has(bench, "power", "command") || file_exists(bench->rtu.path))
        return RIG_OK;
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                           "%s: there is no such device; attach it, or correct modbus.rtu.path in "
                           "the target's or the bench's file",
                           bench->rtu.path);
}

static int board_open(struct bench *bench, struct diagnostic *diagnostic)
{
    struct board_device *device = calloc(1, sizeof *device);
    int error;

    if (device == NULL)
        return RIG_ERROR_NO_MEMORY;
    bench->device_self = device;
    device->console_log = file_join(bench->evidence, "console.log");
    device->power_log = file_join(bench->evidence, "power.log");
    if (device->console_log == NULL || device->power_log == NULL)
        return RIG_ERROR_NO_MEMORY;
    error = board_lock_take(bench->target->name, &bench->lock, diagnostic);
    fill_ports(bench);
    if (error == RIG_OK)
        error = check_rtu(bench, diagnostic);
    if (error == RIG_OK)
        error = open_console(bench, device, diagnostic);
    return error == RIG_OK ? open_power(bench, device, diagnostic) : error;
}

static void board_close(struct bench *bench)
{
    struct board_device *device = bench->device_self;

    if (device == NULL)
        return;
    if (device->has_power)
        power_command_destroy(&bench->power);
    if (device->has_console)
        console_stream_destroy(&bench->console);
    board_lock_release(bench->lock);
    bench->lock = -1;
    free(device->console_log);
    free(device->power_log);
    free(device);
    bench->device_self = NULL;
}

const struct device_driver device_board = {board_open, NULL, board_close, NULL, NULL};
