/*
 * Method: the loop waits for bytes on the terminal, for what QEMU tells and for the rig's orders, and
 * serves what is ready. All that a debugger asks is done while its bytes are taken, so that the
 * answer is there when the last of them is. A terminal without a client hangs up for as long, and is
 * looked at again after a moment.
 */
#include "virtual_probe/probe_loop.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/process.h"
#include "virtual_probe/bus_pirate.h"
#include "virtual_probe/debug_chip.h"
#include "virtual_probe/probe_fault.h"
#include "virtual_probe/probe_terminal.h"

enum {
    SETUP_LIMIT_MS = 20000,
    WRITE_LIMIT_MS = 2000,
    CLIENT_LOOK_MS = 20, /* at a terminal without a client */
    RESUME_MS = 50,      /* for a debugger that lets the core run to reset it at once */
    READ_SIZE = 4096,
    LINE_ROOM = 1200,
    CPUID = (int)0xE000ED00,
};

enum { CONTROL, MONITOR, GDB, TERMINAL, POLLED };

struct probe {
    const struct probe_setup *setup;
    struct qmp_events events;
    struct qmp *qmp;
    struct gdb_client gdb;
    struct qtest_client qtest;
    struct guest_map map;
    struct guest_ram ram;
    struct debug_chip chip;
    struct probe_terminal terminal;
    struct faulty_pins pins;
    struct bus_pirate wire;
    bool has_client;
    bool has_told; /* that QEMU was given up */
    bool ended;
};

/* ---- setting up ---- */

static int read_map(struct probe *probe, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    json_t *value = NULL;
    const struct qmp_command command = {
        "human-monitor-command", json_pack("{s:s}", "command-line", "info mtree -f"), &value};
    int error = qmp_execute(probe->qmp, &command, deadline_ms, diagnostic);

    if (error == RIG_OK && !json_is_string(value)) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "QEMU does not list its memory");
    }
    if (error == RIG_OK) {
        error = guest_map_read(&probe->map, json_string_value(value), diagnostic);
    }
    json_decref(value);
    return error;
}

static int connect_qemu(struct probe *probe, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const struct qmp_options options = {.descriptor = probe->setup->monitor,
                                        .events = &probe->events};
    int error = qmp_create(&options, &probe->qmp);

    if (error == RIG_OK) {
        error = qmp_connect(probe->qmp, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        error = gdb_client_open(&probe->gdb, probe->setup->gdb, deadline_ms, diagnostic);
    }
    qtest_client_open(&probe->qtest, probe->setup->qtest);
    if (error == RIG_OK) {
        error = read_map(probe, deadline_ms, diagnostic);
    }
    return error == RIG_OK ? guest_ram_find(&probe->ram, &probe->map, probe->setup->process,
                                            &probe->gdb, deadline_ms, diagnostic)
                           : error;
}

static int make_chip(struct probe *probe, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct debug_chip_parts parts = {.gdb = &probe->gdb,
                                     .qtest = &probe->qtest,
                                     .qmp = probe->qmp,
                                     .events = &probe->events,
                                     .map = &probe->map,
                                     .ram = &probe->ram,
                                     .lock = probe->setup->lock,
                                     .profile = probe->setup->profile};
    struct debug_pins pins;
    uint32_t cpuid = 0;
    int error = qtest_client_read(&probe->qtest, (uint32_t)CPUID, sizeof(cpuid), &cpuid,
                                  deadline_ms, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    parts.kind = core_kind_find(cpuid);
    if (parts.kind == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "QEMU's core with CPUID 0x%08x is none that the virtual probe knows",
                               cpuid);
    }
    debug_chip_init(&probe->chip, &parts);
    probe->pins.pins = debug_chip_pins(&probe->chip);
    pins = faulty_pins(&probe->pins);
    bus_pirate_init(&probe->wire, &pins);
    return probe_terminal_open(&probe->terminal, diagnostic);
}

/* ---- the rig ---- */

static int say(const struct probe *probe, const char *word, const char *text,
               struct diagnostic *diagnostic)
{
    char line[LINE_ROOM];
    const int size =
        snprintf(line, sizeof(line), "%s%s%s\n", word, text[0] != '\0' ? " " : "", text);

    if (send(probe->setup->control, line, (size_t)size, MSG_NOSIGNAL) != size) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "the rig does not listen: %s",
                               strerror(errno));
    }
    return RIG_OK;
}

static void set_fault(struct probe *probe, enum probe_fault fault)
{
    struct debug_chip *chip = &probe->chip;

    probe->pins.fault = fault;
    chip->port.faults.waits = fault == PROBE_FAULT_WAIT;
    chip->port.faults.unpowered = fault == PROBE_FAULT_UNPOWERED;
    chip->access.identity.idr = fault == PROBE_FAULT_NO_ACCESS ? 0 : chip->run.kind->port_identity;
}

/* What QEMU has done, or why it has not. */
static int done(const struct probe *probe, bool is_done, struct diagnostic *diagnostic)
{
    if (!is_done) {
        *diagnostic = probe->chip.run.failure;
    }
    return is_done ? RIG_OK : RIG_ERROR_BENCH;
}

static int obey(struct probe *probe, const char *order, struct diagnostic *diagnostic)
{
    static const char fault_order[] = "fault ";
    const bool hold = strcmp(order, "hold") == 0;
    enum probe_fault fault;

    if (strcmp(order, "start") == 0) {
        return done(probe, debug_chip_start(&probe->chip), diagnostic);
    }
    if (hold || strcmp(order, "pass") == 0) {
        return done(probe, debug_chip_hold_at_opening(&probe->chip, hold), diagnostic);
    }
    if (strncmp(order, fault_order, strlen(fault_order)) == 0 &&
        probe_fault_find(order + strlen(fault_order), &fault)) {
        set_fault(probe, fault);
        return RIG_OK;
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "the rig orders what is no order");
}

/* An order is one line, and the rig waits for its answer: no more than one is ever there. */
static int serve_control(struct probe *probe, struct diagnostic *diagnostic)
{
    char line[LINE_ROOM];
    const ssize_t size = recv(probe->setup->control, line, sizeof(line) - 1, MSG_DONTWAIT);
    int error;

    if (size <= 0) {
        probe->ended = size == 0 || (errno != EAGAIN && errno != EINTR);
        return RIG_OK;
    }
    line[size] = '\0';
    line[strcspn(line, "\n")] = '\0';
    error = obey(probe, line, diagnostic);
    return error == RIG_OK ? say(probe, "done", "", diagnostic) : error;
}

/* It goes on serving, since a debugger is to see a chip that is dead; but a guest that stands still because of
 * this must not count as one that hangs. */
static int tell_loss(struct probe *probe, struct diagnostic *diagnostic)
{
    const struct core_run *run = &probe->chip.run;
    const char *why = run->failure.text;

    if (!run->gone || probe->has_told) {
        return RIG_OK;
    }
    probe->has_told = true;
    return say(probe, "lost", why[0] != '\0' ? why : "it does not answer in time", diagnostic);
}

/* ---- the debugger ---- */

static void drop_client(struct probe *probe)
{
    bus_pirate_reopen(&probe->wire);
    (void)debug_chip_settle(&probe->chip);
    (void)guest_memory_flush(&probe->chip.memory);
    probe->has_client = false;
}

/* That QEMU was given up is told before the debugger can know of it. */
static int serve_terminal(struct probe *probe, struct diagnostic *diagnostic)
{
    static uint8_t answer[READ_SIZE * BUS_PIRATE_REPLY_MAX];
    uint8_t bytes[READ_SIZE];
    const size_t size = probe_terminal_read(&probe->terminal, bytes, sizeof(bytes));
    size_t used = 0;
    int error;

    for (size_t i = 0; i < size; i++) {
        used += bus_pirate_take(&probe->wire, bytes[i], answer + used);
    }
    debug_port_settle(&probe->chip.port);
    error = tell_loss(probe, diagnostic);
    if (error == RIG_OK && !probe_terminal_write(&probe->terminal, answer, used,
                                                 process_clock_ms() + WRITE_LIMIT_MS)) {
        drop_client(probe);
    }
    return error;
}

static void look_for_client(struct probe *probe)
{
    const bool has_client = probe_terminal_has_client(&probe->terminal);

    if (probe->has_client && !has_client) {
        drop_client(probe);
    }
    probe->has_client = has_client;
}

/* ---- the loop ---- */

static int wait_limit(const struct probe *probe)
{
    if (probe->chip.bus.core.resume_due) {
        return RESUME_MS;
    }
    return probe->has_client ? -1 : CLIENT_LOOK_MS;
}

static int wait_ready(struct probe *probe, struct pollfd polled[POLLED],
                      struct diagnostic *diagnostic)
{
    const struct core_run *run = &probe->chip.run;
    const bool watches_gdb = !run->gone && core_run_is_running(run);

    polled[CONTROL] = (struct pollfd){probe->setup->control, POLLIN, 0};
    polled[MONITOR] = qmp_poll(probe->qmp);
    polled[GDB] = (struct pollfd){watches_gdb ? probe->setup->gdb : -1, POLLIN, 0};
    polled[TERMINAL] = (struct pollfd){probe->has_client ? probe->terminal.master : -1, POLLIN, 0};
    if (poll(polled, POLLED, wait_limit(probe)) < 0 && errno != EINTR) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "poll: %s", strerror(errno));
    }
    return RIG_OK;
}

static int serve(struct probe *probe, struct diagnostic *diagnostic)
{
    struct pollfd polled[POLLED];
    int error = wait_ready(probe, polled, diagnostic);

    if (error == RIG_OK && polled[CONTROL].revents != 0) {
        error = serve_control(probe, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    (void)debug_chip_poll(&probe->chip); /* a chip that is gone shows on the wire */
    if ((polled[TERMINAL].revents & POLLIN) != 0) {
        error = serve_terminal(probe, diagnostic);
    } else {
        (void)debug_chip_settle(&probe->chip); /* likewise */
    }
    look_for_client(probe);
    return error == RIG_OK ? tell_loss(probe, diagnostic) : error;
}

static int run(struct probe *probe, struct diagnostic *diagnostic)
{
    const int64_t deadline_ms = process_clock_ms() + SETUP_LIMIT_MS;
    int error = connect_qemu(probe, deadline_ms, diagnostic);

    if (error == RIG_OK) {
        error = make_chip(probe, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        error = say(probe, "ready", probe->terminal.path, diagnostic);
    }
    while (error == RIG_OK && !probe->ended) {
        error = serve(probe, diagnostic);
    }
    return error;
}

int probe_run(const struct probe_setup *setup, struct diagnostic *diagnostic)
{
    struct probe *probe = calloc(1, sizeof(*probe));
    struct diagnostic nobody = {""};
    int error;

    if (probe == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    probe->setup = setup;
    probe->terminal.master = -1;
    error = run(probe, diagnostic);
    if (error != RIG_OK) {
        (void)say(probe, "failed", diagnostic->text, &nobody);
    }
    probe_terminal_close(&probe->terminal);
    qmp_destroy(probe->qmp);
    qmp_events_clear(&probe->events);
    free(probe);
    return error;
}
