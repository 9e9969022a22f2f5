#include <string.h>

#include "base/process_freeze.h"
#include "emulator/emulator_state.h"

enum {
    SENSOR_LIMIT = 1280, /* tenths of a degree: TMP105 measures -128.0 to 127.9 (hw/sensor) */
    THOUSANDTHS_IN_TENTH = 100, /* QEMU's property is in thousandths of a degree */
};

/* Runs a command that gives back nothing of interest. Takes over the arguments. */
static int command(struct emulator *emulator, const char *name, json_t *arguments,
                   int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const struct qmp_command made = {name, arguments, NULL};

    return arguments != NULL ? qmp_execute(emulator->qmp, &made, deadline_ms, diagnostic)
                             : RIG_ERROR_NO_MEMORY;
}

/* Whether the event is the reset that was asked for, and not the guest's own. */
static bool is_our_reset(const struct qmp_event *event)
{
    const char *reason =
        event != NULL ? json_string_value(json_object_get(event->data, "reason")) : NULL;

    return reason != NULL && strcmp(reason, "host-qmp-system-reset") == 0;
}

int emulator_reset(struct emulator *emulator, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    uint64_t position = emulator->events.count;
    int error = emulator_check_running(emulator, diagnostic);

    if (error == RIG_OK) {
        error = command(emulator, "system_reset", json_object(), deadline_ms, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    do {
        error = emulator_wait_event(emulator, "RESET", &position, deadline_ms, diagnostic);
    } while (error == RIG_OK && !is_our_reset(qmp_events_at(&emulator->events, position - 1)));
    return error;
}

/* ---- whether it works ---- */

static int ask_monitor(struct emulator *emulator, int64_t deadline_ms,
                       struct diagnostic *diagnostic)
{
    const struct qmp_command question = {"query-status", NULL, NULL};
    const int error = emulator_execute(emulator, &question, deadline_ms, diagnostic);

    return error == RIG_ERROR_TIMEOUT
               ? diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                 "QEMU (process %ld) does not answer any more",
                                 (long)emulator_process_id(emulator))
               : error;
}

int emulator_check(struct emulator *emulator, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error;

    if (emulator->state == EMULATOR_OFF) {
        return RIG_OK;
    }
    error = emulator_pump(emulator, 0, diagnostic); /* which sees that it has ended */
    if (error == RIG_ERROR_TIMEOUT) {
        error = RIG_OK;
    }
    if (error == RIG_OK) {
        error = process_refuse_frozen(emulator_process_id(emulator), "QEMU", diagnostic);
    }
    if (error == RIG_OK && emulator->relay != NULL) {
        error = process_refuse_frozen(link_relay_process_id(emulator->relay), "the link relay",
                                      diagnostic);
    }
    return error == RIG_OK && process_poll_timeout(deadline_ms) != 0
               ? ask_monitor(emulator, deadline_ms, diagnostic)
               : error;
}

bool emulator_is_mute(const struct emulator *emulator)
{
    return emulator->process != NULL && process_is_mute(process_id(emulator->process));
}

/* ---- what is around the device ---- */

int emulator_apply_unless_off(struct emulator *emulator, emulator_apply_function *apply,
                              int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    if (emulator->state != EMULATOR_OFF) {
        error = emulator_check_running(emulator, diagnostic);
        if (error == RIG_OK) {
            error = apply(emulator, deadline_ms, diagnostic);
        }
    }
    return error;
}

int emulator_apply_link(struct emulator *emulator, int64_t deadline_ms,
                        struct diagnostic *diagnostic)
{
    json_t *arguments =
        json_pack("{s:s, s:b}", "name", EMULATOR_NETWORK, "up", emulator->link_down ? 0 : 1);

    return command(emulator, "set_link", arguments, deadline_ms, diagnostic);
}

int emulator_set_link(struct emulator *emulator, bool up, int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    if (emulator->options.no_network) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "the emulated device has no network");
    }
    emulator->link_down = !up;
    return emulator_apply_unless_off(emulator, emulator_apply_link, deadline_ms, diagnostic);
}

int emulator_apply_temperature(struct emulator *emulator, int64_t deadline_ms,
                               struct diagnostic *diagnostic)
{
    json_t *arguments =
        json_pack("{s:s, s:s, s:i}", "path", "/machine/peripheral/" EMULATOR_SENSOR, "property",
                  "temperature", "value", emulator->temperature * THOUSANDTHS_IN_TENTH);

    return command(emulator, "qom-set", arguments, deadline_ms, diagnostic);
}

int emulator_set_temperature(struct emulator *emulator, int tenths, int64_t deadline_ms,
                             struct diagnostic *diagnostic)
{
    if (emulator->options.sensor == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "the emulated device has no temperature sensor");
    }
    if (tenths < -SENSOR_LIMIT || tenths >= SENSOR_LIMIT) {
        return diagnostic_fail(
            diagnostic, RIG_ERROR_USAGE,
            "%d tenths of a degree is more than the sensor measures: -1280 to 1279", tenths);
    }
    emulator->temperature = tenths;
    emulator->temperature_set = true;
    return emulator_apply_unless_off(emulator, emulator_apply_temperature, deadline_ms, diagnostic);
}

/* ---- all else ---- */

int emulator_execute(struct emulator *emulator, const struct qmp_command *command,
                     int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = emulator_check_running(emulator, diagnostic);

    if (error != RIG_OK) {
        json_decref(command->arguments);
        return error;
    }
    return qmp_execute(emulator->qmp, command, deadline_ms, diagnostic);
}
