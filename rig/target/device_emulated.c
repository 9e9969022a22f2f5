#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/descriptor_wait.h"
#include "base/file.h"
#include "base/process.h"
#include "emulator/emulator.h"
#include "target/bench_device.h"
#include "target/cut_timer.h"
#include "target/emulated_factory.h"
#include "target/firmware_fit.h"
#include "target/probe_chip.h"
#include "target/probe_lock.h"
#include "virtual_probe/virtual_probe.h"

/*
 * A device in QEMU. What its machine has follows from the sections of the target's file alone:
 * console, network, sensor, and where its flash is (`storage`), hence whether its boot stage is
 * QEMU's kernel or lies in flash.
 */

enum {
    ROOM_TEMPERATURE = 215, /* tenths of a degree: a sensor that works, nothing to heat */
    ANSWER_MS = 10000,      /* for QEMU's monitor; with nothing else to do it takes one */
};

struct emulated_device {
    struct bench *bench;
    char *boot;
    char *image;
    char *provision;
    char *flash;
    char *console_log;
    char *relay;                     /* NULL: no weather is wanted */
    char *probe_program;             /* NULL: no debugger is wanted */
    struct virtual_probe *probe;     /* while it is on */
    struct chip_lock_model lock;     /* that it plays */
    const struct chip_profile *chip; /* likewise */
    enum probe_fault fault;          /* that it has, on purpose */
    struct emulator *emulator;
    struct power_cut cut;
    bool is_armed;    /* the cut waits for the start, or its timer runs */
    bool keeps_flash; /* QEMU does, in its own memory */
};

static struct emulated_device *device_of(struct bench *bench)
{
    return bench->device_self;
}

/* Ports may be others after each start. */
static void fill_places(struct emulated_device *device)
{
    struct bench *bench = device->bench;

    bench->tcp.port = emulator_tcp_port(device->emulator);
    bench->rtu.path = emulator_bus_path(device->emulator);
    bench->probe_path = device->probe != NULL ? virtual_probe_path(device->probe) : NULL;
}

/* ---- debug probe ---- */

static int read_fault(struct emulated_device *device, struct diagnostic *diagnostic)
{
    const struct target *target = device->bench->target;
    const char *name = target_find_setting(target, "probe", "fault");

    if (name == NULL || probe_fault_find(name, &device->fault))
        return RIG_OK;
    return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                           "%s: probe.fault: '%s' is no fault of a virtual probe", target->path,
                           name);
}

/* The probe is there before the first instruction, and lets the guest run. */
static int start_probe(struct emulated_device *device, int64_t deadline_ms,
                       struct diagnostic *diagnostic)
{
    int error;

    if (device->probe_program == NULL || device->probe != NULL)
        return RIG_OK;
    error = virtual_probe_start(device->probe_program, device->emulator, &device->lock,
                                device->chip, &device->probe, deadline_ms, diagnostic);
    if (error == RIG_OK && device->fault != PROBE_FAULT_NONE)
        error = virtual_probe_set_fault(device->probe, device->fault, deadline_ms, diagnostic);
    return error == RIG_OK ? virtual_probe_run_guest(device->probe, deadline_ms, diagnostic)
                           : error;
}

static void stop_probe(struct emulated_device *device)
{
    virtual_probe_stop(device->probe);
    device->probe = NULL;
    device->bench->probe_path = NULL;
}

/* ---- supply ---- */

static bool emulated_has_fallen(void *self)
{
    const struct emulated_device *device = self;

    return device->is_armed && cut_timer_has_fallen();
}

/* A cut that is armed may come while QEMU is asked: then it would not answer. */
static int emulated_check(struct bench *bench, bool ask, struct diagnostic *diagnostic)
{
    struct emulated_device *device = device_of(bench);
    int error =
        emulator_check(device->emulator,
                       ask && !device->is_armed ? process_clock_ms() + ANSWER_MS : 0, diagnostic);

    if (error == RIG_OK && device->probe != NULL)
        error = virtual_probe_check(device->probe, diagnostic);
    if (error == RIG_OK && device->probe != NULL)
        error = virtual_probe_check_qemu(device->probe, diagnostic);
    return error == RIG_ERROR_BENCH && emulated_has_fallen(device) ? RIG_OK : error;
}

/* For waits: see descriptor_wait_ask(). */
static bool is_lost(void *self)
{
    const struct emulated_device *device = self;

    return emulator_is_mute(device->emulator) && !emulated_has_fallen(self);
}

static int start_timer(struct emulated_device *device, struct diagnostic *diagnostic)
{
    if (!device->is_armed)
        return RIG_OK;
    return cut_timer_start(emulator_process_id(device->emulator),
                           device->keeps_flash ? CUT_TIMER_STOPS : CUT_TIMER_KILLS,
                           device->cut.after_us, diagnostic);
}

static void forget_cut(struct emulated_device *device)
{
    if (device->is_armed)
        cut_timer_stop();
    device->is_armed = false;
}

/* A device that the timer has stopped is off from then on, for everybody: what is left of it, its flash,
 * is taken. */
static int collect(struct emulated_device *device, struct diagnostic *diagnostic)
{
    if (!device->keeps_flash || !emulated_has_fallen(device) ||
        emulator_state(device->emulator) != EMULATOR_RUNNING)
        return RIG_OK;
    stop_probe(device);
    return emulator_power_off(device->emulator, diagnostic);
}

static int emulated_on(void *self, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct emulated_device *device = self;
    int error = collect(device, diagnostic);

    if (error == RIG_OK && target_find_setting(device->bench->target, "sensor", "bus") != NULL)
        error =
            emulator_set_temperature(device->emulator, ROOM_TEMPERATURE, deadline_ms, diagnostic);
    if (error == RIG_OK)
        error = emulator_power_on(device->emulator, deadline_ms, diagnostic);
    if (error == RIG_OK)
        error = start_probe(device, deadline_ms, diagnostic);
    if (error != RIG_OK) /* the guest has no part in it yet: who is silent is not the device */
        return error == RIG_ERROR_TIMEOUT ? RIG_ERROR_BENCH : error;
    fill_places(device);
    return start_timer(device, diagnostic);
}

/* The emulator takes a cut by the timer for an accident: it is none. What had ended or stood still before
 * is told: the device was off by then, and nobody knew. */
static int emulated_off(void *self, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct emulated_device *device = self;
    struct diagnostic broken = {""};
    struct diagnostic ended = {""};
    bool has_fallen;
    int state;
    int error;

    (void)deadline_ms; /* SIGKILL takes a moment */
    if (device->is_armed)
        cut_timer_stop();
    has_fallen = emulated_has_fallen(device);
    state = emulated_check(device->bench, false, &broken);
    stop_probe(device);
    error = emulator_power_off(device->emulator, &ended);
    forget_cut(device);
    if (state == RIG_ERROR_BENCH || state == RIG_ERROR_DEVICE) {
        *diagnostic = broken;
        return state;
    }
    if (error == RIG_ERROR_BENCH && has_fallen)
        return RIG_OK;
    if (error != RIG_OK)
        *diagnostic = ended;
    return error;
}

static int emulated_arm(void *self, const struct power_cut *cut, struct diagnostic *diagnostic)
{
    struct emulated_device *device = self;

    forget_cut(device);
    device->cut = *cut;
    device->is_armed = true;
    return emulator_state(device->emulator) == EMULATOR_RUNNING ? start_timer(device, diagnostic)
                                                                : RIG_OK;
}

static int emulated_reset(void *self, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct emulated_device *device = self;
    const int error = collect(device, diagnostic);

    return error == RIG_OK ? emulator_reset(device->emulator, deadline_ms, diagnostic) : error;
}

static const struct power_driver power_driver = {.on = emulated_on,
                                                 .off = emulated_off,
                                                 .arm = emulated_arm,
                                                 .has_fallen = emulated_has_fallen,
                                                 .reset = emulated_reset};

/* ---- console and link ---- */

static int console_pump(void *self, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct emulated_device *device = self;
    const uint64_t before = emulator_console_position(device->emulator);
    int error = collect(device, diagnostic);

    if (error != RIG_OK)
        return error;
    if (emulator_state(device->emulator) == EMULATOR_OFF)
        return RIG_ERROR_TIMEOUT;
    if (device->probe != NULL)
        error = virtual_probe_check(device->probe, diagnostic);
    if (error != RIG_OK)
        return error;
    do {
        error = emulator_pump(device->emulator, deadline_ms, diagnostic);
    } while (error == RIG_OK && emulator_console_position(device->emulator) == before);
    if (error == RIG_ERROR_BENCH && emulated_has_fallen(device))
        return RIG_ERROR_TIMEOUT;
    return error;
}

static const char *console_said(void *self, uint64_t *position, size_t *size)
{
    return emulator_console_text(((struct emulated_device *)self)->emulator, position, size);
}

static uint64_t console_at(void *self)
{
    return emulator_console_position(((struct emulated_device *)self)->emulator);
}

static int console_send(void *self, const void *bytes, size_t size, int64_t deadline_ms,
                        struct diagnostic *diagnostic)
{
    return emulator_send_console(((struct emulated_device *)self)->emulator, bytes, size,
                                 deadline_ms, diagnostic);
}

static const struct console_driver console_driver = {
    .pump = console_pump, .text = console_said, .position = console_at, .send = console_send};

static int set_link(void *self, bool up, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    return emulator_set_link(((struct emulated_device *)self)->emulator, up, deadline_ms,
                             diagnostic);
}

static int set_weather(void *self, const struct net_weather *weather, int64_t deadline_ms,
                       struct diagnostic *diagnostic)
{
    return emulator_set_weather(((struct emulated_device *)self)->emulator, weather, deadline_ms,
                                diagnostic);
}

static int count_weather(void *self, struct net_weather_counters *counters, int64_t deadline_ms,
                         struct diagnostic *diagnostic)
{
    return emulator_weather_counters(((struct emulated_device *)self)->emulator, counters,
                                     deadline_ms, diagnostic);
}

static const struct net_driver net_driver = {
    .set_link = set_link, .set_weather = set_weather, .count_weather = count_weather};

/* ---- storage ---- */

static int refresh_flash(void *self, struct diagnostic *diagnostic)
{
    struct emulated_device *device = self;
    const int error = collect(device, diagnostic);

    return error == RIG_OK ? emulator_save_flash(device->emulator, diagnostic) : error;
}

static int open_storage(struct emulated_device *device, struct emulator_options *options,
                        struct diagnostic *diagnostic)
{
    const struct target *target = device->bench->target;
    const char *driver = target_find_setting(target, "storage", "driver");

    if (!target_find_number(target, "storage", "size", &options->flash_size))
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: an emulated target needs storage with its size", target->path);
    device->keeps_flash = driver != NULL && strcmp(driver, "nvmc") == 0;
    options->flash = device->flash;
    if (device->keeps_flash)
        options->flash_kind = EMULATOR_FLASH_NVMC;
    else
        options->kernel = device->boot;
    device->bench->storage = (struct storage){.path = device->flash,
                                              .size = options->flash_size,
                                              .refresh = refresh_flash,
                                              .self = device};
    return RIG_OK;
}

/* ---- factory ---- */

static int emulated_make_new(struct bench *bench, int64_t deadline_ms,
                             struct diagnostic *diagnostic)
{
    struct emulated_device *device = device_of(bench);
    const struct emulated_factory factory = {
        device->provision, device->image, device->keeps_flash ? device->boot : NULL, device->flash};
    int error = emulated_off(device, deadline_ms, diagnostic);

    if (error == RIG_OK || error == RIG_ERROR_DEVICE)
        error = file_remove(device->flash, diagnostic);
    return error == RIG_OK ? emulated_factory_make(&factory, bench, deadline_ms, diagnostic)
                           : error;
}

/* ---- opening ---- */

static int find_files(struct emulated_device *device, struct diagnostic *diagnostic)
{
    struct bench *bench = device->bench;
    int error = bench_find_firmware(bench, "firmware", "boot", &device->boot, diagnostic);

    if (error == RIG_OK)
        error = bench_find_firmware(bench, "firmware", "image_a", &device->image, diagnostic);
    if (error == RIG_OK)
        error = bench_find_firmware(bench, "firmware", "provision", &device->provision, diagnostic);
    if (error == RIG_OK)
        error = firmware_fit(bench->target, "boot", device->boot, diagnostic);
    if (error == RIG_OK)
        error = firmware_fit(bench->target, "image_a", device->image, diagnostic);
    device->flash = bench_file(bench, "flash.bin");
    device->console_log = file_join(bench->evidence, "console.log");
    if (error == RIG_OK && (bench->needs & CAN_WEATHER) != 0 &&
        target_find_setting(bench->target, "net", "driver") != NULL)
        error = emulator_find_relay(workspace_program_folder(bench->workspace), &device->relay,
                                    diagnostic);
    if (error == RIG_OK && (bench->needs & CAN_PROBE) != 0)
        error = virtual_probe_find(workspace_program_folder(bench->workspace),
                                   &device->probe_program, diagnostic);
    if (error == RIG_OK)
        error = probe_lock_read(bench->target, &device->lock, diagnostic);
    if (error == RIG_OK)
        error = probe_chip_read(bench->target, &device->chip, diagnostic);
    if (error == RIG_OK)
        error = read_fault(device, diagnostic);
    if (error == RIG_OK && (device->flash == NULL || device->console_log == NULL))
        error = RIG_ERROR_NO_MEMORY;
    return error;
}

/* Guest time follows what the guest has done, 8 ns an instruction, not the host's clock: on a host with
 * other work to do a TLS handshake would else outlast the watchdog. */
static const char *const steady_pace[] = {"-icount", "shift=3,sleep=on,align=off", NULL};

static int create(struct emulated_device *device, struct diagnostic *diagnostic)
{
    const struct target *target = device->bench->target;
    uint64_t port = 0;
    struct emulator_options options = {
        .machine = target_find_setting(target, "power", "machine"),
        .sensor = target_find_setting(target, "sensor", "bus"),
        .relay = device->relay,
        .debug = device->probe_program != NULL,
        .no_console = target_find_setting(target, "console", "driver") == NULL,
        .no_network = target_find_setting(target, "net", "driver") == NULL,
    };
    int error = open_storage(device, &options, diagnostic);

    if (error != RIG_OK)
        return error;
    options.console_log = options.no_console ? NULL : device->console_log;
    (void)target_find_number(target, "modbus.tcp", "port", &port);
    if ((device->bench->needs & CAN_BROKER) != 0)
        options.extra = steady_pace;
    options.tcp_port = (uint16_t)port;
    return emulator_create(&options, &device->emulator, diagnostic);
}

static void fill_ports(struct emulated_device *device)
{
    struct bench *bench = device->bench;
    uint64_t unit = 1;

    bench->power = (struct power){&power_driver, device};
    if (target_find_setting(bench->target, "console", "driver") != NULL)
        bench->console = (struct console_port){&console_driver, device};
    if (target_find_setting(bench->target, "net", "driver") != NULL)
        bench->net = (struct net_link){&net_driver, device};
    if (target_find_setting(bench->target, "modbus.rtu", "driver") != NULL) {
        (void)target_find_number(bench->target, "modbus.rtu", "unit", &unit);
        bench->rtu = (struct modbus_port){.exists = true, .unit = (uint8_t)unit};
    }
    if (target_find_setting(bench->target, "modbus.tcp", "driver") != NULL)
        bench->tcp = (struct modbus_port){
            .exists = true, .kind = MODBUS_TCP, .unit = 255, .host = "127.0.0.1"};
    fill_places(device);
}

static int emulated_open(struct bench *bench, struct diagnostic *diagnostic)
{
    struct emulated_device *device = calloc(1, sizeof *device);
    int error;

    if (device == NULL)
        return RIG_ERROR_NO_MEMORY;
    bench->device_self = device;
    device->bench = bench;
    descriptor_wait_ask(is_lost, device);
    error = find_files(device, diagnostic);
    if (error == RIG_OK)
        error = create(device, diagnostic);
    if (error == RIG_OK)
        fill_ports(device);
    return error;
}

static void emulated_close(struct bench *bench)
{
    struct emulated_device *device = device_of(bench);

    if (device == NULL)
        return;
    descriptor_wait_ask(NULL, NULL);
    forget_cut(device);
    stop_probe(device);
    emulator_destroy(device->emulator);
    free(device->boot);
    free(device->image);
    free(device->provision);
    free(device->flash);
    free(device->console_log);
    free(device->relay);
    free(device->probe_program);
    free(device);
    bench->device_self = NULL;
}

static int emulated_hold(struct bench *bench, bool hold, int64_t deadline_ms,
                         struct diagnostic *diagnostic)
{
    return virtual_probe_hold_at_opening(device_of(bench)->probe, hold, deadline_ms, diagnostic);
}

const struct device_driver device_emulated = {emulated_open, emulated_make_new, emulated_close,
                                              emulated_hold, emulated_check};
