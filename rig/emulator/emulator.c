/*
 * Method: QEMU is started halted (-S), so that port, link and temperature are in place before the
 * guest's first instruction, and so that whatever ends QEMU before `cont` is the bench's fault and
 * never the guest's. Flash in QEMU's own memory is filled then as well, and the board reset, so
 * that its core takes its vectors from it. What outlives a power cut (bus, console, events, the
 * room's temperature, the cable, the weather) is the emulator's; what does not (process, monitor,
 * link relay) is made anew at each start.
 */
#include "emulator/emulator.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process_freeze.h"
#include "emulator/emulator_state.h"
#include "emulator/flash_file.h"
#include "emulator/port_forward.h"

static const struct emulator_debug_lines no_debug_lines = {-1, -1, -1};

int emulator_create(const struct emulator_options *options, struct emulator **emulator,
                    struct diagnostic *diagnostic)
{
    struct emulator *made = calloc(1, sizeof(*made));
    int error;

    if (made == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    made->options = *options;
    made->debug = no_debug_lines;
    error = serial_bus_create(&made->bus, diagnostic);
    if (error == RIG_OK) {
        error = console_create(options->console_log, &made->console, diagnostic);
    }
    if (error != RIG_OK) {
        emulator_destroy(made);
        return error;
    }
    *emulator = made;
    return RIG_OK;
}

void emulator_destroy(struct emulator *emulator)
{
    struct diagnostic ignored; /* a QEMU stuck in the kernel cannot be helped from here */

    if (emulator == NULL) {
        return;
    }
    (void)!emulator_power_off(emulator, &ignored);
    qmp_destroy(emulator->qmp);
    process_destroy(emulator->process);
    link_relay_destroy(emulator->relay);
    qmp_events_clear(&emulator->events);
    console_destroy(emulator->console);
    serial_bus_destroy(emulator->bus);
    free(emulator);
}

/* ---- on ---- */

static int check_files(const struct emulator_options *options, struct diagnostic *diagnostic)
{
    if (options->kernel != NULL && !file_is_regular(options->kernel)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: is no file; build the firmware, or name its boot stage",
                               options->kernel);
    }
    return flash_file_check(options->flash, options->flash_size, diagnostic);
}

static int open_port(struct emulator *emulator, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct port_forward forward = {EMULATOR_NETWORK, emulator->options.tcp_port,
                                   emulator->tcp_port};
    int error = port_forward_open(emulator->qmp, &forward, deadline_ms, diagnostic);

    if (error == RIG_OK) {
        emulator->tcp_port = forward.port;
    }
    return error;
}

/* Flash that is in QEMU's own memory. */
static int load_flash(struct emulator *emulator, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error;

    if (emulator->options.flash_kind != EMULATOR_FLASH_NVMC) {
        return RIG_OK;
    }
    emulator->flash = (struct nvmc_flash){.process = process_id(emulator->process),
                                          .size = emulator->options.flash_size};
    error = nvmc_flash_load(&emulator->flash, emulator->debug.qtest, emulator->options.flash,
                            deadline_ms, diagnostic);
    return error == RIG_OK ? emulator_reset(emulator, deadline_ms, diagnostic) : error;
}

/* What is to be in place before the guest's first instruction. */
static int prepare_guest(struct emulator *emulator, int64_t deadline_ms,
                         struct diagnostic *diagnostic)
{
    int error = load_flash(emulator, deadline_ms, diagnostic);

    if (error == RIG_OK && emulator->options.tcp_port != 0) {
        error = open_port(emulator, deadline_ms, diagnostic);
    }
    if (error == RIG_OK && emulator->link_down) {
        error = emulator_apply_link(emulator, deadline_ms, diagnostic);
    }
    if (error == RIG_OK && emulator->temperature_set) {
        error = emulator_apply_temperature(emulator, deadline_ms, diagnostic);
    }
    if (error == RIG_OK && emulator->relay != NULL) {
        error = emulator_apply_weather(emulator, deadline_ms, diagnostic);
    }
    return error;
}

static int run_guest(struct emulator *emulator, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const struct qmp_command run = {"cont", NULL, NULL};
    int error = qmp_execute(emulator->qmp, &run, deadline_ms, diagnostic);

    return error == RIG_ERROR_DEVICE ? RIG_OK
                                     : error; /* it ran: the next call tells how it ended */
}

int emulator_power_on(struct emulator *emulator, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error;

    if (emulator->state == EMULATOR_RUNNING) {
        return RIG_OK;
    }
    error = emulator_power_off(emulator, diagnostic);
    if (error == RIG_OK) {
        error = check_files(&emulator->options, diagnostic);
    }
    if (error == RIG_OK) {
        error = serial_bus_drop(emulator->bus, diagnostic); /* what came while it was off */
    }
    if (error == RIG_OK) {
        error = emulator_start(emulator, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        error = prepare_guest(emulator, deadline_ms, diagnostic);
    }
    if (error == RIG_OK && !emulator->options.debug) {
        error = run_guest(emulator, deadline_ms, diagnostic);
    }
    if (error != RIG_OK) {
        struct diagnostic ignored; /* the first error is the one to tell */

        (void)!emulator_power_off(emulator, &ignored);
    }
    return error;
}

/* ---- off ---- */

static void close_debug_lines(struct emulator *emulator)
{
    const int lines[] = {emulator->debug.gdb, emulator->debug.qtest, emulator->debug.monitor};

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (lines[i] >= 0) {
            (void)close(lines[i]);
        }
    }
    emulator->debug = no_debug_lines;
}

/* Takes the flash from a QEMU that is about to be killed. One that has ended has none any more. */
static int take_flash(struct emulator *emulator, struct diagnostic *diagnostic)
{
    int error;

    if (emulator->flash.place == 0) {
        return RIG_OK;
    }
    error = process_freeze(emulator->flash.process, diagnostic);
    if (error == RIG_OK) {
        error = nvmc_flash_save(&emulator->flash, emulator->options.flash, diagnostic);
    }
    if (error == RIG_OK) {
        emulator->flash.place = 0;
    }
    return error == RIG_ERROR_NOT_FOUND ? RIG_OK : error;
}

static int end_process(struct emulator *emulator, struct diagnostic *diagnostic)
{
    const int taken = take_flash(emulator, diagnostic);
    struct diagnostic *rest = taken == RIG_OK ? diagnostic : &(struct diagnostic){""};
    int error = process_stop(emulator->process, 0, rest);

    if (process_end(emulator->process)->outcome != PROCESS_RUNNING) {
        error = emulator_settle(emulator, rest);
    }
    return taken != RIG_OK ? taken : error;
}

int emulator_power_off(struct emulator *emulator, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    if (emulator->process != NULL) {
        error = end_process(emulator, diagnostic);
    }
    if (emulator->process != NULL) {
        return error; /* it does not end */
    }
    emulator_end_relay(emulator); /* that of a QEMU which did not start */
    close_debug_lines(emulator);
    qmp_destroy(emulator->qmp);
    emulator->qmp = NULL;
    emulator->state = EMULATOR_OFF;
    return error;
}

int emulator_save_flash(struct emulator *emulator, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    if (emulator->options.flash_kind == EMULATOR_FLASH_NVMC && emulator->state != EMULATOR_OFF) {
        error = emulator_check_running(emulator, diagnostic);
        if (error == RIG_OK) {
            error = nvmc_flash_save(&emulator->flash, emulator->options.flash, diagnostic);
        }
    }
    return error;
}

/* ---- what it is ---- */

const char *emulator_bus_path(const struct emulator *emulator)
{
    return serial_bus_path(emulator->bus);
}

uint16_t emulator_tcp_port(const struct emulator *emulator)
{
    return emulator->tcp_port;
}

struct emulator_debug_lines emulator_debug_lines(const struct emulator *emulator)
{
    return emulator->debug;
}

pid_t emulator_process_id(const struct emulator *emulator)
{
    return emulator->process != NULL ? process_id(emulator->process) : 0;
}

enum emulator_state emulator_state(const struct emulator *emulator)
{
    return emulator->state;
}

uint64_t emulator_console_position(const struct emulator *emulator)
{
    return console_position(emulator->console);
}

const char *emulator_console_text(const struct emulator *emulator, uint64_t *position, size_t *size)
{
    return console_text(emulator->console, position, size);
}

uint64_t emulator_event_position(const struct emulator *emulator)
{
    return emulator->events.count;
}
