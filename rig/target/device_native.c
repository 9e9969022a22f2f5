#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/console.h"
#include "base/file.h"
#include "base/process.h"
#include "base/process_freeze.h"
#include "target/bench_device.h"
#include "target/console_stream.h"
#include "target/cut_timer.h"
#include "target/kept_terminal.h"
#include "target/loopback_port.h"

/*
 * A device that is a Linux process. Its program is started with --flash FILE (storage), --uart LINK
 * (modbus.rtu), --tcp PORT (modbus.tcp) and --console LINK (a console of driver pty), as far as the
 * target's file names these, and --power-cut for a cut that was armed before the start. It prints
 * one JSON object on a line of standard output once it is up, and its console, if that is `stderr`,
 * on standard error. SIGUSR1 with a value arms a cut while it runs: operation * 4 + moment.
 */

enum {
    ARGUMENTS_MAX = 16,
    PORT_TEXT = 8,
    LINE_SIZE = 2048,
    CUT_MOMENTS = 4, /* of the value of SIGUSR1 */
    CUT_OPERATIONS_MAX = INT32_MAX / CUT_MOMENTS,
    GRACE_MS = 0, /* a power cut asks nobody */
};

struct native_device {
    struct bench *bench;
    char *program;
    char *folder;       /* of this device; a new one gets it empty */
    char *flash;        /* NULL: none */
    char *bus;          /* likewise: link to its terminal */
    char *console_link; /* likewise */
    struct kept_terminal kept_bus;
    struct kept_terminal kept_console;
    struct loopback_port port; /* kept for all its starts */
    char *console_log;
    struct console *console;
    struct process *process;      /* NULL: off */
    int said;                     /* eventfd: a line came, which ends a wait */
    char announcement[LINE_SIZE]; /* first line on stdout; empty until it came */
    struct power_cut cut;
    bool is_armed;
    bool is_timed; /* the timer runs */
};

static struct native_device *device_of(struct bench *bench)
{
    return bench->device_self;
}

/* ---- what it says ---- */

static void take_line(void *context, enum process_stream stream, const char *line, size_t size)
{
    struct native_device *device = context;
    const uint64_t one = 1;
    struct diagnostic unused;

    /* It is full only when a wait is about to end anyway. */
    (void)!write(device->said, &one, sizeof one);
    if (stream == PROCESS_STDERR) {
        /* A log that cannot be written is told by the next pump. */
        (void)console_append(device->console, line, size, &unused);
        (void)console_append(device->console, "\n", 1, &unused);
    } else if (device->announcement[0] == '\0' && size < sizeof device->announcement) {
        memcpy(device->announcement, line, size);
        device->announcement[size] = '\0';
    }
}

/* Until a line came, the process ended or the deadline. RIG_OK unless nothing happened. */
static int listen(struct native_device *device, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct pollfd watched = {.fd = device->said, .events = POLLIN};
    const int error = process_wait_ready(device->process, &watched, 1, deadline_ms, diagnostic);
    uint64_t lines;

    (void)!read(device->said, &lines, sizeof lines);
    return error;
}

static int console_pump(void *self, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct native_device *device = self;
    const uint64_t before = console_position(device->console);
    int error;

    if (device->process == NULL)
        return RIG_ERROR_TIMEOUT;
    do {
        error = listen(device, deadline_ms, diagnostic);
    } while (error == RIG_OK && console_position(device->console) == before &&
             process_end(device->process)->outcome == PROCESS_RUNNING);
    if (console_position(device->console) != before)
        return RIG_OK;
    return error == RIG_OK ? RIG_ERROR_TIMEOUT : error;
}

static const char *console_said(void *self, uint64_t *position, size_t *size)
{
    return console_text(((struct native_device *)self)->console, position, size);
}

static uint64_t console_at(void *self)
{
    return console_position(((struct native_device *)self)->console);
}

static const struct console_driver console_driver = {
    .pump = console_pump, .text = console_said, .position = console_at};

/* ---- supply ---- */

static int take_port(struct bench *bench, const json_t *root, struct diagnostic *diagnostic)
{
    const json_t *port = json_object_get(root, "tcp");

    if (!bench->tcp.exists)
        return RIG_OK;
    if (!json_is_integer(port) || json_integer_value(port) < 1 || json_integer_value(port) > 65535)
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "the device announces no TCP port: `tcp` in its JSON line");
    bench->tcp.port = (uint16_t)json_integer_value(port);
    return RIG_OK;
}

static int take_announcement(struct native_device *device, struct diagnostic *diagnostic)
{
    json_error_t json_error;
    json_t *root = json_loads(device->announcement, 0, &json_error);
    int error;

    if (!json_is_object(root)) {
        json_decref(root);
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "%s: its first line is no JSON object: '%.200s'", device->program,
                               device->announcement);
    }
    error = take_port(device->bench, root, diagnostic);
    json_decref(root);
    if (error != RIG_OK)
        return error;
    return bench_take_label(device->bench, device->announcement, strlen(device->announcement),
                            device->program, diagnostic);
}

static int tell_end(const struct native_device *device, struct diagnostic *diagnostic)
{
    char end[64];
    uint64_t from =
        console_position(device->console) > 300 ? console_position(device->console) - 300 : 0;
    size_t size = 0;
    const char *said = console_text(device->console, &from, &size);

    while (size > 0 && said[size - 1] == '\n')
        size--;
    process_end_describe(process_end(device->process), end, sizeof end);
    return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE, "the device ended by itself: %s; %.*s",
                           end, (int)size, size > 0 ? said : "");
}

/* Until it has announced itself. A cut that was armed may come before: then it is up no more. */
static int wait_announcement(struct native_device *device, int64_t deadline_ms,
                             struct diagnostic *diagnostic)
{
    while (device->announcement[0] == '\0') {
        const int error = listen(device, deadline_ms, diagnostic);

        if (error == RIG_ERROR_TIMEOUT)
            return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "%s does not say that it is up",
                                   device->program);
        if (error != RIG_OK)
            return error;
        if (process_end(device->process)->outcome != PROCESS_RUNNING &&
            device->announcement[0] == '\0')
            return device->is_armed ? RIG_OK : tell_end(device, diagnostic);
    }
    return take_announcement(device, diagnostic);
}

static size_t add(const char **arguments, size_t used, const char *option, const char *value)
{
    if (value == NULL)
        return used;
    arguments[used] = option;
    arguments[used + 1] = value;
    return used + 2;
}

static int start(struct native_device *device, struct diagnostic *diagnostic)
{
    const char *arguments[ARGUMENTS_MAX] = {device->program};
    const struct process_options options = {
        .argv = arguments, .on_line = take_line, .on_line_context = device};
    char cut[POWER_CUT_TEXT];
    char port[PORT_TEXT];
    size_t used = 1;

    power_cut_format(&device->cut, cut);
    used = add(arguments, used, "--flash", device->flash);
    used = add(arguments, used, "--uart", device->bus);
    (void)snprintf(port, sizeof port, "%u", (unsigned)device->port.number);
    used = add(arguments, used, "--tcp", device->bench->tcp.exists ? port : NULL);
    used = add(arguments, used, "--console", device->console_link);
    if (device->is_armed && device->cut.kind == POWER_CUT_OPERATION)
        (void)add(arguments, used, "--power-cut", cut + strlen("op:"));
    device->announcement[0] = '\0';
    return process_start(&options, &device->process, diagnostic);
}

static int start_timer(struct native_device *device, struct diagnostic *diagnostic)
{
    if (!device->is_armed || device->cut.kind != POWER_CUT_TIMED)
        return RIG_OK;
    device->is_timed = true;
    return cut_timer_start(process_id(device->process), CUT_TIMER_KILLS, device->cut.after_us,
                           diagnostic);
}

static void forget_cut(struct native_device *device)
{
    if (device->is_timed)
        cut_timer_stop();
    device->is_timed = false;
    device->is_armed = false;
}

/* A device that was killed leaves its links. */
static void remove_links(struct native_device *device)
{
    if (device->bus != NULL)
        (void)unlink(device->bus);
    if (device->console_link != NULL)
        (void)unlink(device->console_link);
    kept_terminal_close(&device->kept_bus);
    kept_terminal_close(&device->kept_console);
}

/* The links lead to this device's terminals as long as they stand: those of one that has ended already
 * are removed. */
static void keep_links(struct native_device *device)
{
    struct diagnostic unused;

    kept_terminal_open(&device->kept_bus, device->bus);
    kept_terminal_open(&device->kept_console, device->console_link);
    (void)listen(device, 0, &unused);
    if (process_end(device->process)->outcome != PROCESS_RUNNING)
        remove_links(device);
}

static int native_on(void *self, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct native_device *device = self;
    int error;

    if (device->process != NULL)
        return RIG_OK;
    error = start(device, diagnostic);
    if (error == RIG_OK)
        error = start_timer(device, diagnostic);
    if (error == RIG_OK)
        error = wait_announcement(device, deadline_ms, diagnostic);
    if (error == RIG_OK)
        keep_links(device);
    if (error != RIG_OK) {
        process_destroy(device->process);
        device->process = NULL;
        remove_links(device);
        forget_cut(device);
    }
    return error;
}

static bool native_has_fallen(void *self)
{
    struct native_device *device = self;
    struct diagnostic unused;

    if (device->process == NULL || !device->is_armed)
        return false;
    (void)listen(device, 0, &unused);
    return process_end(device->process)->outcome == PROCESS_SIGNALED &&
           process_end(device->process)->signal_number == SIGKILL;
}

static int native_off(void *self, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct native_device *device = self;
    int error = RIG_OK;

    (void)deadline_ms; /* SIGKILL takes a moment */
    if (device->process == NULL)
        return RIG_OK;
    (void)console_pump(device, 0, diagnostic);
    if (process_end(device->process)->outcome != PROCESS_RUNNING && !native_has_fallen(device))
        error = tell_end(device, diagnostic);
    else
        error = process_stop(device->process, GRACE_MS, diagnostic);
    forget_cut(device);
    process_destroy(device->process);
    device->process = NULL;
    remove_links(device);
    return error;
}

static int native_arm(void *self, const struct power_cut *cut, struct diagnostic *diagnostic)
{
    struct native_device *device = self;
    union sigval value = {.sival_int = 0};

    forget_cut(device);
    if (cut->kind == POWER_CUT_OPERATION && cut->operation >= CUT_OPERATIONS_MAX)
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "a cut at operation %" PRIu32 " is too far away", cut->operation);
    device->cut = *cut;
    device->is_armed = true;
    if (device->process == NULL)
        return RIG_OK;
    if (cut->kind == POWER_CUT_TIMED)
        return start_timer(device, diagnostic);
    value.sival_int = (int)(cut->operation * CUT_MOMENTS + (uint32_t)cut->moment);
    if (sigqueue(process_id(device->process), SIGUSR1, value) != 0)
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "the device cannot be told of a cut");
    return RIG_OK;
}

static const struct power_driver power_driver = {.counts_operations = true,
                                                 .on = native_on,
                                                 .off = native_off,
                                                 .arm = native_arm,
                                                 .has_fallen = native_has_fallen};

/* ---- opening ---- */

static bool has(const struct bench *bench, const char *section, const char *driver)
{
    const char *named = target_find_setting(bench->target, section, "driver");

    return named != NULL && strcmp(named, driver) == 0;
}

static int name_files(struct native_device *device, struct diagnostic *diagnostic)
{
    struct bench *bench = device->bench;

    device->console_log = file_join(bench->evidence, "console.log");
    device->folder = bench_file(bench, BENCH_DEVICE_FOLDER);
    if (device->console_log == NULL || device->folder == NULL)
        return RIG_ERROR_NO_MEMORY;
    if (has(bench, "storage", "file") &&
        (device->flash = file_join(device->folder, "flash.bin")) == NULL)
        return RIG_ERROR_NO_MEMORY;
    if (has(bench, "modbus.rtu", "pty") && (device->bus = file_join(device->folder, "bus")) == NULL)
        return RIG_ERROR_NO_MEMORY;
    if (has(bench, "console", "pty") &&
        (device->console_link = file_join(device->folder, BENCH_CONSOLE)) == NULL)
        return RIG_ERROR_NO_MEMORY;
    return file_make_directories(device->folder, diagnostic);
}

static void fill_ports(struct native_device *device)
{
    struct bench *bench = device->bench;
    uint64_t unit = 1;

    bench->power = (struct power){&power_driver, device};
    bench->storage = (struct storage){.path = device->flash};
    (void)target_find_number(bench->target, "modbus.rtu", "unit", &unit);
    if (device->bus != NULL)
        bench->rtu = (struct modbus_port){
            .exists = true, .kind = MODBUS_RTU, .unit = (uint8_t)unit, .path = device->bus};
    if (has(bench, "modbus.tcp", "loopback"))
        bench->tcp = (struct modbus_port){
            .exists = true, .kind = MODBUS_TCP, .unit = 255, .host = "127.0.0.1"};
    if (has(bench, "console", "stderr"))
        bench->console = (struct console_port){&console_driver, device};
}

/* A port of its own choice would be another device's as soon as this one has ended. */
static int keep_port(struct native_device *device, struct diagnostic *diagnostic)
{
    uint64_t number = 0; /* any */

    (void)target_find_number(device->bench->target, "modbus.tcp", "port", &number);
    return has(device->bench, "modbus.tcp", "loopback")
               ? loopback_port_keep(&device->port, (uint16_t)number, diagnostic)
               : RIG_OK;
}

/* A terminal has one reader: where the adapter's program is it, the bench has no console. */
static int open_console_link(struct native_device *device, struct diagnostic *diagnostic)
{
    const struct console_stream_options options = {
        .kind = CONSOLE_STREAM_LINK, .path = device->console_link, .log_path = device->console_log};

    if (device->console_link == NULL || has(device->bench, "adapter", "command"))
        return RIG_OK;
    return console_stream_create(&options, &device->bench->console, diagnostic);
}

static int native_open(struct bench *bench, struct diagnostic *diagnostic)
{
    struct native_device *device = calloc(1, sizeof *device);
    int error;

    if (device == NULL)
        return RIG_ERROR_NO_MEMORY;
    bench->device_self = device;
    device->bench = bench;
    device->port = (struct loopback_port)LOOPBACK_PORT_NONE;
    device->kept_bus = (struct kept_terminal)KEPT_TERMINAL_NONE;
    device->kept_console = (struct kept_terminal)KEPT_TERMINAL_NONE;
    device->said = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (device->said < 0)
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "no eventfd: %s", strerror(errno));
    error = bench_find_firmware(bench, "firmware", "program", &device->program, diagnostic);
    if (error == RIG_OK)
        error = name_files(device, diagnostic);
    if (error == RIG_OK)
        error = keep_port(device, diagnostic);
    if (error == RIG_OK)
        error = console_create(device->console_log, &device->console, diagnostic);
    if (error == RIG_OK)
        fill_ports(device);
    return error == RIG_OK ? open_console_link(device, diagnostic) : error;
}

/* A device without a flash file makes itself, and announces its label. Nothing of the one before is left
 * in its folder. */
static int native_make_new(struct bench *bench, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct native_device *device = device_of(bench);
    int error = native_off(device, deadline_ms, diagnostic);

    if (error == RIG_OK || error == RIG_ERROR_DEVICE)
        error = file_remove(device->folder, diagnostic);
    return error == RIG_OK ? file_make_directories(device->folder, diagnostic) : error;
}

static void native_close(struct bench *bench)
{
    struct native_device *device = device_of(bench);

    if (device == NULL)
        return;
    if (device->console_link != NULL && console_port_exists(&bench->console))
        console_stream_destroy(&bench->console);
    forget_cut(device);
    process_destroy(device->process);
    remove_links(device);
    loopback_port_release(&device->port);
    if (device->said >= 0)
        (void)close(device->said);
    console_destroy(device->console);
    free(device->program);
    free(device->folder);
    free(device->flash);
    free(device->bus);
    free(device->console_link);
    free(device->console_log);
    free(device);
    bench->device_self = NULL;
}

/* That it has ended, `off` tells. */
static int native_check(struct bench *bench, bool ask, struct diagnostic *diagnostic)
{
    const struct native_device *device = device_of(bench);

    (void)ask;
    return device->process == NULL || process_end(device->process)->outcome != PROCESS_RUNNING
               ? RIG_OK
               : process_refuse_frozen(process_id(device->process), "the device", diagnostic);
}

const struct device_driver device_native = {native_open, native_make_new, native_close, NULL,
                                            native_check};
