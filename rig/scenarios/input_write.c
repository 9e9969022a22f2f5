#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "scenarios/families.h"
#include "scenarios/input_history.h"
#include "scenarios/input_moves.h"
#include "scenarios/mailbox_user.h"
#include "scenarios/modbus_player.h"
#include "scenarios/modbus_sweep.h"
#include "scenarios/moves.h"
#include "scenarios/word.h"
#include "target/hearth_setting.h"

/*
 * Changes without log-in (5.5-5).
 *
 * Method: on each interface, somebody without log-in tries each writing function on each register and
 * coil, and each type of message for the mailbox: while nobody is logged in, and while a genuine user is,
 * whose session's number and messages the stranger has heard and sends again. Only what the target's
 * adapter calls open may change, and only by the local interface: the dump at the end says so, whatever
 * the device answered.
 *
 * That the attempts came to the device is its own word: it refuses them one by one. That the user was
 * logged in meanwhile is proven by the answers to the user's sealed requests before and after.
 */

enum { USER_MS = 10000 };

static const char *const clauses[] = {"5.5-5", NULL};

static const struct check_spec checks[] = {
    {"answers-within", "ms", CHECK_AT_MOST, INPUT_LIMIT_MS, NULL, "5.5-5", FINDING_HANG,
     SEVERITY_HIGH, "attempts without log-in silence the device"},
    {"accepted-without-login", "requests", CHECK_EQUALS, 0, NULL, "5.5-5", FINDING_ORACLE,
     SEVERITY_CRITICAL, "the device accepts a change without log-in"},
    {"changed-without-login", "settings", CHECK_EQUALS, 0, NULL, "5.5-5", FINDING_SILENT,
     SEVERITY_CRITICAL, "settings change without log-in"},
    {.name = NULL},
};

/* ---- words ---- */

enum attempt { REGISTERS, MESSAGES, SESSION, ATTEMPTS };

static const char *const attempt_names[ATTEMPTS] = {"registers", "messages", "session"};
static const char *const kind_names[] = {[MODBUS_RTU] = "rtu", [MODBUS_TCP] = "tcp"};

static bool has_interface(const struct bench *bench, enum modbus_kind kind)
{
    return (bench->capabilities & (kind == MODBUS_RTU ? CAN_RTU : CAN_TCP)) != 0;
}

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    const bool has_mailbox = modbus_map_of(bench->target) != NULL;
    int error = RIG_OK;

    (void)options;
    (void)diagnostic;
    for (unsigned kind = MODBUS_RTU; kind <= MODBUS_TCP; kind++) {
        for (unsigned i = 0; error == RIG_OK && i < ATTEMPTS; i++) {
            if (!has_interface(bench, (enum modbus_kind)kind) || (i != REGISTERS && !has_mailbox))
                continue;
            error = word_append(words, "%s:%s", kind_names[kind], attempt_names[i]);
        }
    }
    return error;
}

static bool read_word(const char *word, enum modbus_kind *kind, enum attempt *attempt)
{
    for (unsigned i = 0; i < 2U * ATTEMPTS; i++) {
        char known[SCENARIO_WORD_MAX + 1];

        *kind = i < ATTEMPTS ? MODBUS_RTU : MODBUS_TCP;
        *attempt = (enum attempt)(i % ATTEMPTS);
        (void)snprintf(known, sizeof known, "%s:%s", kind_names[*kind], attempt_names[*attempt]);
        if (strcmp(word, known) == 0)
            return true;
    }
    return false;
}

/* ---- measuring ---- */

static void measure(struct trial *trial, const struct input_outcome *outcome)
{
    static const char *const names[INPUT_CHECKS] = {[INPUT_ANSWERS] = "answers-within",
                                                    [INPUT_ACCEPTED] = "accepted-without-login",
                                                    [INPUT_CHANGED] = "changed-without-login"};

    (void)trial_proof(trial, outcome->refused + outcome->done > 0 || outcome->is_dead,
                      "%zu attempts without log-in: the device answered %u itself, %u of them with "
                      "an exception",
                      outcome->played, outcome->refused + outcome->done, outcome->refused);
    for (enum input_check check = INPUT_ANSWERS; check < INPUT_CHECKS; check++) {
        if (names[check] == NULL || (outcome->is_dead && check == INPUT_CHANGED))
            continue;
        (void)trial_measure(trial, names[check], outcome->values[check], "%s",
                            outcome->why[check][0] == '\0' ? "none" : outcome->why[check]);
    }
}

/* The registers as they are: what is written has to be something else. */
static int sweep_registers(const struct input_device *device, const struct modbus_bus *bus,
                           struct modbus_history *history, struct diagnostic *diagnostic)
{
    struct modbus_player player;
    const int error =
        modbus_player_begin(&player, device->bench, device->kind, INPUT_LIMIT_MS, diagnostic);

    modbus_player_end(&player);
    if (error == RIG_OK)
        modbus_sweep_registers(bus, player.registers, history);
    return error;
}

/* ---- a user's session, and who hears it ---- */

struct session {
    struct trial *trial;
    struct mailbox_user user;
};

/* A setting one more than it is, and back: the first of the two messages, sent again, would show. */
static int change_and_back(struct session *session, const struct adapter_dump *dump,
                           struct diagnostic *diagnostic)
{
    const struct hearth_setting *setting = hearth_setting_find("hysteresis");
    const char *text = adapter_dump_value(dump, "hysteresis");
    const long before = text != NULL ? strtol(text, NULL, 10) : 0;
    bool accepted = true;
    int error = RIG_OK;

    for (int step = 1; setting != NULL && error == RIG_OK && accepted && step >= 0; step--) {
        uint8_t payload[1 + HEARTH_SETTING_VALUE] = {setting->id};
        struct hearth_request request = {HEARTH_SET_SETTING, payload, 0};
        char value[ADAPTER_TEXT];
        size_t size = 0;

        (void)snprintf(value, sizeof value, "%ld", before + step);
        accepted = hearth_setting_encode(setting, value, payload + 1, &size);
        request.size = 1 + size;
        if (accepted)
            error = mailbox_user_ask(&session->user, &request, &accepted,
                                     process_clock_ms() + USER_MS, diagnostic);
    }
    if (error == RIG_OK)
        (void)trial_control(session->trial, accepted,
                            "the user, who is logged in, changes a setting and changes it back");
    return error;
}

/* The device is asked in the session once more: it was open all the time. Then it is logged out. */
static int end_session(void *context, struct diagnostic *diagnostic)
{
    struct session *session = context;
    const uint8_t id = 1;
    const struct hearth_request read = {HEARTH_GET_SETTING, &id, 1};
    const struct hearth_request log_out = {HEARTH_LOG_OUT, NULL, 0};
    bool accepted = false;
    int error = mailbox_user_ask(&session->user, &read, &accepted, process_clock_ms() + USER_MS,
                                 diagnostic);

    if (error == RIG_OK || error == RIG_ERROR_DEVICE)
        (void)trial_proof(session->trial, accepted,
                          "a user is logged in meanwhile: the device answers the user's sealed "
                          "request behind the last frame");
    if (error == RIG_OK)
        error = mailbox_user_ask(&session->user, &log_out, &accepted, process_clock_ms() + USER_MS,
                                 diagnostic);
    return error;
}

static void add_replays(const struct modbus_bus *bus, const struct mailbox_user *user,
                        struct modbus_history *history)
{
    for (size_t i = 0; i < user->count; i++)
        modbus_sweep_message(bus, i == 0 ? "the user's HELLO again" : "a message of the user again",
                             user->records[i].bytes, user->records[i].size, history);
}

/* And again, now that the user is gone. */
static int replay_later(struct trial *trial, struct input_device *device,
                        const struct modbus_bus *bus, const struct mailbox_user *user,
                        struct modbus_history *history, struct diagnostic *diagnostic)
{
    struct input_outcome outcome;
    int error = input_dump(trial->bench, &device->dump, diagnostic);

    history->count = 0;
    add_replays(bus, user, history);
    if (error == RIG_OK)
        error = input_history_play(device, history, NULL, &outcome, diagnostic);
    if (error == RIG_OK)
        measure(trial, &outcome);
    return error;
}

static int run_session(struct trial *trial, struct input_device *device,
                       const struct modbus_bus *bus, struct modbus_history *history,
                       struct diagnostic *diagnostic)
{
    struct session session = {.trial = trial};
    struct input_device watched = *device;
    struct input_outcome outcome = {.is_dead = false};
    int error = sweep_registers(device, bus, history, diagnostic);

    if (error == RIG_OK)
        error = mailbox_user_begin(&session.user, trial->bench, device->kind,
                                   process_clock_ms() + USER_MS, diagnostic);
    if (error == RIG_OK)
        error = change_and_back(&session, &device->dump, diagnostic);
    if (error == RIG_OK) {
        modbus_sweep_messages(bus, false, history);
        add_replays(bus, &session.user, history);
        watched.session = session.user.mailbox.session;
        watched.between = end_session;
        watched.context = &session;
        error = input_history_play(&watched, history, NULL, &outcome, diagnostic);
    }
    if (error == RIG_OK)
        measure(trial, &outcome);
    if (error == RIG_OK && !outcome.is_dead)
        error = replay_later(trial, device, bus, &session.user, history, diagnostic);
    mailbox_user_end(&session.user);
    return error;
}

/* ---- a trial ---- */

static int run_alone(struct trial *trial, struct input_device *device, const struct modbus_bus *bus,
                     enum attempt attempt, struct modbus_history *history,
                     struct diagnostic *diagnostic)
{
    struct input_outcome outcome;
    int error = RIG_OK;

    if (attempt == REGISTERS)
        error = sweep_registers(device, bus, history, diagnostic);
    else
        modbus_sweep_messages(bus, true, history);
    if (error == RIG_OK)
        error = input_history_play(device, history, NULL, &outcome, diagnostic);
    if (error == RIG_OK)
        measure(trial, &outcome);
    return error;
}

static int run(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct input_device device = {.bench = trial->bench};
    struct modbus_history *history;
    struct modbus_bus bus;
    enum attempt attempt;
    int error;

    if (!read_word(word, &device.kind, &attempt) || !has_interface(trial->bench, device.kind))
        return RIG_ERROR_USAGE;
    bus = (struct modbus_bus){
        device.kind, device.kind == MODBUS_RTU ? trial->bench->rtu.unit : trial->bench->tcp.unit,
        modbus_map_of(trial->bench->target)};
    history = calloc(1, sizeof *history);
    if (history == NULL)
        return RIG_ERROR_NO_MEMORY;
    error = input_device_start(&device, trial, diagnostic);
    if (error == RIG_OK)
        error = input_control_change(trial, &device.dump, diagnostic);
    if (error == RIG_OK)
        error = attempt == SESSION ? run_session(trial, &device, &bus, history, diagnostic)
                                   : run_alone(trial, &device, &bus, attempt, history, diagnostic);
    if (error == RIG_OK)
        error = input_control_silence(trial, diagnostic);
    free(history);
    return error;
}

const struct scenario input_unauthenticated_write = {
    .id = "input.unauthenticated-write",
    .title = "each way of writing is tried without log-in",
    .clauses = clauses,
    .network_clauses = clauses,
    .needs = CAN_ADAPTER | CAN_DUMP | CAN_SET,
    .checks = checks,
    .plan = plan,
    .run = run,
};
