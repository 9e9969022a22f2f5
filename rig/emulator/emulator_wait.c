/*
 * Method: emulator_pump() is the one place that waits. It polls QEMU's end, its output, the monitor
 * and the console, and serves what is ready. Each longer wait is a condition that is looked at
 * after each pump; when QEMU ends, the rest of what it said is read first, the condition looked at
 * once more, and only then is the end an error.
 */
#include <string.h>

#include "emulator/emulator_state.h"

enum {
    DRAIN_READS = 4096, /* far more reads than a socket's buffer needs; a bound all the same */
    EXCERPT = 100,      /* bytes of the console in a message */
};

int emulator_check_running(const struct emulator *emulator, struct diagnostic *diagnostic)
{
    switch (emulator->state) {
    case EMULATOR_RUNNING:
        return emulator->relay != NULL ? link_relay_check(emulator->relay, diagnostic) : RIG_OK;
    case EMULATOR_OFF:
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "the emulated device is off");
    case EMULATOR_GUEST_LOCKUP:
        *diagnostic = emulator->ended;
        return RIG_ERROR_DEVICE;
    case EMULATOR_DIED:
        break;
    }
    *diagnostic = emulator->ended;
    return RIG_ERROR_BENCH;
}

/* ---- the end of QEMU ---- */

/* Reads what QEMU said before it ended: its sockets hold it until their end. */
static int drain(struct emulator *emulator, struct diagnostic *diagnostic)
{
    struct diagnostic ignored; /* the monitor's last words matter less than why QEMU ended */
    int result = RIG_OK;

    for (int i = 0; i < DRAIN_READS && console_poll(emulator->console).fd >= 0; i++) {
        int error = console_serve(emulator->console, diagnostic);

        result = error != RIG_OK ? error : result;
    }
    for (int i = 0; i < DRAIN_READS && emulator->qmp != NULL && !qmp_ended(emulator->qmp); i++) {
        if (qmp_serve(emulator->qmp, &ignored) != RIG_OK) {
            break;
        }
    }
    return result;
}

static void note_end(struct emulator *emulator)
{
    const struct process_end *end = process_end(emulator->process);
    const struct emulator_stderr *errors = &emulator->errors;
    const char *lost =
        emulator->flash.place != 0 ? "; what it stored since it was switched on is lost" : "";
    char how[64];

    if (errors->lockup[0] != '\0') { /* also when the power was cut while QEMU was ending */
        emulator->state = EMULATOR_GUEST_LOCKUP;
        diagnostic_set(&emulator->ended, "the guest locked up: %s%s", errors->lockup, lost);
    } else if (end->outcome == PROCESS_STOPPED) {
        emulator->state = EMULATOR_OFF;
    } else {
        emulator->state = EMULATOR_DIED;
        process_end_describe(end, how, sizeof(how));
        diagnostic_set(&emulator->ended, "QEMU ended by itself, %s: %s%s", how,
                       errors->last[0] != '\0' ? errors->last : "it said nothing", lost);
    }
    emulator->flash.place = 0;
}

int emulator_settle(struct emulator *emulator, struct diagnostic *diagnostic)
{
    int drained = drain(emulator, diagnostic);
    int dropped = serial_bus_drop(emulator->bus, diagnostic);

    note_end(emulator);
    console_detach(emulator->console);
    process_destroy(emulator->process);
    emulator->process = NULL;
    emulator_end_relay(emulator);
    if (emulator->state != EMULATOR_OFF) {
        return emulator_check_running(emulator, diagnostic);
    }
    return drained != RIG_OK ? drained : dropped;
}

/* ---- waiting ---- */

int emulator_pump(struct emulator *emulator, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct pollfd watched[3] = {{-1, 0, 0}, {-1, 0, 0}, {-1, 0, 0}};
    int error = emulator_check_running(emulator, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    watched[0] = console_poll(emulator->console);
    watched[1] = qmp_poll(emulator->qmp);
    if (emulator->relay != NULL) {
        watched[2] = link_relay_poll(emulator->relay);
    }
    error = process_wait_ready(emulator->process, watched, 3, deadline_ms, diagnostic);
    if (error == RIG_ERROR_TIMEOUT) {
        diagnostic_set(diagnostic, "nothing happened in the emulator before the deadline");
    }
    if (error == RIG_OK && watched[0].revents != 0) {
        error = console_serve(emulator->console, diagnostic);
    }
    if (error == RIG_OK && watched[1].revents != 0) {
        error = qmp_serve(emulator->qmp, diagnostic);
    }
    if (error == RIG_OK && watched[2].revents != 0) {
        error = link_relay_serve(emulator->relay, diagnostic);
    }
    if (process_end(emulator->process)->outcome != PROCESS_RUNNING) {
        return emulator_settle(emulator, diagnostic);
    }
    return error;
}

int emulator_wait_until(struct emulator *emulator, emulator_condition *condition, void *context,
                        int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    for (;;) {
        if (condition(emulator, context)) {
            return RIG_OK;
        }
        if (error != RIG_OK) {
            return error;
        }
        error = emulator_pump(emulator, deadline_ms, diagnostic);
        if (error == RIG_OK && process_poll_timeout(deadline_ms) == 0) {
            error = RIG_ERROR_TIMEOUT; /* output without end must not extend it */
        }
    }
}

struct sought {
    const char *text;
    uint64_t *position;
};

static bool console_has(struct emulator *emulator, void *context)
{
    const struct sought *sought = context;

    return console_find(emulator->console, sought->text, sought->position);
}

static int console_timeout(const struct emulator *emulator, const struct sought *sought,
                           struct diagnostic *diagnostic)
{
    uint64_t position = console_position(emulator->console);
    size_t size = 0;
    const char *end;

    position = position > EXCERPT ? position - EXCERPT : 0;
    end = console_text(emulator->console, &position, &size);
    return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT,
                           "the device did not say '%s' on its console before the deadline; it "
                           "ends with '%.*s'",
                           sought->text, (int)size, end);
}

int emulator_wait_console(struct emulator *emulator, const char *text, uint64_t *position,
                          int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct sought sought = {text, position};
    int error = emulator_wait_until(emulator, console_has, &sought, deadline_ms, diagnostic);

    return error == RIG_ERROR_TIMEOUT ? console_timeout(emulator, &sought, diagnostic) : error;
}

static bool events_have(struct emulator *emulator, void *context)
{
    const struct sought *sought = context;

    return qmp_events_find(&emulator->events, sought->text, sought->position) != NULL;
}

int emulator_wait_event(struct emulator *emulator, const char *name, uint64_t *position,
                        int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct sought sought = {name, position};
    int error = emulator_wait_until(emulator, events_have, &sought, deadline_ms, diagnostic);

    if (error == RIG_ERROR_TIMEOUT) {
        diagnostic_set(diagnostic, "QEMU did not tell of %s before the deadline", name);
    }
    return error;
}

static bool all_is_sent(struct emulator *emulator, void *context)
{
    (void)context;
    return console_unsent(emulator->console) == 0;
}

int emulator_send_console(struct emulator *emulator, const void *bytes, size_t size,
                          int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = emulator_check_running(emulator, diagnostic);

    if (error == RIG_OK && emulator->options.no_console) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "the emulated device has no console");
    }
    if (error == RIG_OK) {
        error = console_send(emulator->console, bytes, size);
    }
    if (error == RIG_OK) {
        error = emulator_wait_until(emulator, all_is_sent, NULL, deadline_ms, diagnostic);
    }
    console_drop_unsent(emulator->console);
    if (error == RIG_ERROR_TIMEOUT) {
        diagnostic_set(diagnostic, "the device did not read its console before the deadline");
    }
    return error;
}
