#include "history_run.h"

#include "byte_order.h"
#include "harness.h"
#include "history.h"
#include "login_model.h"
#include "settings_codec.h"
#include "test_client.h"

#include <setjmp.h>
#include <string.h>

/* The settings as bytes: equal values are equal bytes. */
struct settings_dump {
    uint8_t bytes[SETTINGS_RECORD_SIZE];
};

/* One run. */
struct experiment {
    enum live_bus bus;
    const char *clause; /* of input validation on this bus */
    struct test_client client;
    struct login_model login;
    struct fault fault; /* for the next step */
};

static struct settings_dump dump_settings(const struct settings *settings)
{
    struct settings_dump dump = {{0}};

    settings_encode(settings, dump.bytes);
    return dump;
}

static struct settings_dump dump_memory(void)
{
    return dump_settings(&live_device.settings.current);
}

static struct settings_dump dump_flash(void)
{
    const struct settings settings = live_settings_in_flash();

    return dump_settings(&settings);
}

static struct settings_dump dump_defaults(void)
{
    struct settings settings;

    settings_defaults(&settings);
    return dump_settings(&settings);
}

/* An erase that flash interrupted: the next start goes on with it, and then the defaults count. */
static bool erase_is_pending(void)
{
    return live_device.boot_state.current.erase_pending;
}

static bool same(const struct settings_dump *left, const struct settings_dump *right)
{
    return memcmp(left->bytes, right->bytes, sizeof left->bytes) == 0;
}

/* The same, but for what the local bus may change without log-in: set-point and mode. */
static bool same_but_comfort(const struct settings_dump *before)
{
    struct settings settings = live_device.settings.current;
    struct settings_dump dump;
    struct settings old;

    if (settings_decode(&old, before->bytes) != SETTINGS_OK) {
        return false;
    }
    settings.set_point = old.set_point;
    settings.mode = old.mode;
    dump = dump_settings(&settings);
    return same(&dump, before);
}

/* A write whose storage failed may have happened or not: that is no refusal. */
static bool is_refused(const struct test_outcome *outcome)
{
    const struct live_reply *reply = &outcome->reply;

    if (outcome->kind == HISTORY_MAILBOX && outcome->answered) {
        return outcome->status != MAILBOX_STATUS_OK && outcome->status != MAILBOX_STATUS_STORAGE;
    }
    return outcome->kind == HISTORY_REQUEST && reply->length == 2 &&
           (reply->pdu[0] & MODBUS_EXCEPTION_FLAG) != 0 && reply->pdu[1] != MODBUS_DEVICE_FAILURE;
}

static bool may_change_anything(const struct test_outcome *outcome)
{
    return outcome->kind == HISTORY_MAILBOX && outcome->genuine &&
           (outcome->message == MAILBOX_SET_SETTING || outcome->message == MAILBOX_SET_PASSWORD ||
            outcome->message == MAILBOX_ERASE);
}

static void check_reply(const struct experiment *experiment, const struct test_outcome *outcome)
{
    const struct live_reply *reply = &outcome->reply;

    if (reply->count == 0) {
        return;
    }
    ORACLE(experiment->clause, "broadcast-is-silent", !outcome->broadcast || !outcome->alone,
           "function code %u was broadcast and answered", outcome->function);
    harness_gate("framing");
    if (reply->length > 0 && (reply->pdu[0] & MODBUS_EXCEPTION_FLAG) == 0) {
        harness_gate("function");
    }
    if (outcome->kind == HISTORY_REQUEST && outcome->alone && reply->count == 1 &&
        reply->length > 0) {
        ORACLE(experiment->clause, "reply-fits-request",
               (reply->pdu[0] | MODBUS_EXCEPTION_FLAG) ==
                   (outcome->function | MODBUS_EXCEPTION_FLAG),
               "function code %u answered by %u", outcome->function, reply->pdu[0]);
    }
}

static void check_changes(const struct experiment *experiment, const struct test_outcome *outcome,
                          const struct settings_dump *before)
{
    const struct settings_dump after = dump_memory();

    if (same(before, &after)) {
        return;
    }
    ORACLE(experiment->clause, "settings-in-range", settings_valid(&live_device.settings.current),
           "settings out of range after function code %u", outcome->function);
    ORACLE(experiment->clause, "refused-changes-nothing", !is_refused(outcome),
           "function code %u was refused and changed the settings", outcome->function);
    if (may_change_anything(outcome)) {
        return;
    }
    ORACLE("5.5-5", "change-needs-login", experiment->bus == LIVE_RTU && same_but_comfort(before),
           "function code %u changed settings without log-in", outcome->function);
}

static void check_mailbox(const struct test_outcome *outcome)
{
    if (outcome->kind != HISTORY_MAILBOX || outcome->message == MAILBOX_HELLO ||
        outcome->message == MAILBOX_HELLO_LABEL) {
        return;
    }
    ORACLE("5.5-5", "proof-needed",
           outcome->genuine || !outcome->proven || outcome->status != MAILBOX_STATUS_OK,
           "message type %u was carried out without the right proof", outcome->message);
}

/* What the findings of this step are about; it decides which of them are the same. */
static void say_about(const struct test_outcome *outcome)
{
    if (outcome->kind == HISTORY_MAILBOX) {
        harness_about("message-%u", outcome->message);
    } else if (outcome->kind == HISTORY_REQUEST) {
        harness_about("function-%u", outcome->function);
    } else if (outcome->reply.length > 0) {
        harness_about("function-%u", outcome->reply.pdu[0] & ~MODBUS_EXCEPTION_FLAG);
    } else {
        harness_about("stream");
    }
}

static void judge(struct experiment *experiment, const struct test_outcome *outcome,
                  const struct settings_dump *before)
{
    say_about(outcome);
    check_reply(experiment, outcome);
    check_changes(experiment, outcome, before);
    check_mailbox(outcome);
    harness_about("log-in");
    login_model_step(&experiment->login, outcome);
}

static void restart(struct experiment *experiment, bool genuine_login)
{
    harness_about("storage");
    live_restart();
    test_client_forget(&experiment->client);
    login_model_restart(&experiment->login, genuine_login);
}

/* After a start that followed `before`: what was confirmed is there, or an erase has gone on. */
static void check_survived(const struct settings_dump *before, bool erasing)
{
    const struct settings_dump expected = erasing ? dump_defaults() : *before;
    const struct settings_dump after = dump_memory();

    ORACLE("5.9-1", "confirmed-settings-survive", same(&after, &expected),
           "settings differ after a restart");
}

static void step_restart(struct experiment *experiment)
{
    const struct settings_dump before = dump_memory();
    const bool erasing = erase_is_pending();

    restart(experiment, false);
    check_survived(&before, erasing);
}

/* A device that says that it will restart does so before the next step: after an erase that flash
 * refused, so that it goes on before anything else happens. */
static void restart_if_wanted(struct experiment *experiment)
{
    struct settings_dump before;
    bool erasing;

    if (live_device.restart_at_ms == 0) {
        return;
    }
    harness_about("storage");
    live_wait(DEVICE_RESTART_DELAY_MS);
    before = dump_memory();
    erasing = erase_is_pending();
    live_reset();
    test_client_forget(&experiment->client);
    login_model_restart(&experiment->login, false);
    check_survived(&before, erasing);
}

static void step_fault(struct experiment *experiment, const struct history_step *step)
{
    if (step->length < 4) {
        return;
    }
    experiment->fault.kind = step->body[0] % 2U == 0 ? FAULT_POWER_CUT : FAULT_FLASH_ERROR;
    experiment->fault.moment = (enum fault_moment)(step->body[1] % FAULT_MOMENT_COUNT);
    experiment->fault.operation = step->body[2] % 8U;
    experiment->fault.units = step->body[3];
}

/*
 * Method: the step is first run without the fault, to learn what it would have done; then
 * everything is put back and it runs again with the fault. Afterwards the settings must be the old
 * ones or those of the undisturbed run, in memory and in flash alike.
 */
static void step_with_fault(struct experiment *experiment, const struct history_step *step)
{
    static struct live_point start;
    static struct test_client client_at_start;
    static struct test_outcome outcome;
    static jmp_buf power_cut;
    const struct settings_dump before = dump_memory();
    const struct settings_dump resumed = erase_is_pending() ? dump_defaults() : before;
    struct settings_dump undisturbed;
    struct settings_dump after;
    struct settings_dump stored;
    bool genuine_login;

    live_take(&start);
    client_at_start = experiment->client;
    test_client_step(&experiment->client, step, &outcome);
    genuine_login = outcome.message == MAILBOX_LOGIN && outcome.genuine;
    undisturbed = dump_memory();
    live_return_to(&start);
    experiment->client = client_at_start;

    flash_model_arm(&in_process_board.flash, experiment->fault);
    in_process_board.power_cut = &power_cut;
    if (setjmp(power_cut) == 0) {
        test_client_step(&experiment->client, step, &outcome);
        in_process_board.power_cut = NULL;
        in_process_board.flash.fault.kind = FAULT_NONE;
        judge(experiment, &outcome, &before);
    } else {
        in_process_board.power_cut = NULL;
        restart(experiment, genuine_login);
    }
    harness_about("storage");
    after = dump_memory();
    stored = dump_flash();
    ORACLE("5.9-1", "old-or-new",
           same(&after, &before) || same(&after, &undisturbed) || same(&after, &resumed),
           "neither the old settings nor the new ones after a fault");
    ORACLE("5.9-1", "memory-equals-flash",
           same(&after, &stored) || live_device.boot_state.current.erase_pending,
           "the device runs on settings that flash does not hold");
}

static void run_step(struct experiment *experiment, const struct history_step *step)
{
    struct test_outcome outcome;
    struct settings_dump before;

    if (step->kind == HISTORY_RESTART) {
        step_restart(experiment);
        return;
    }
    if (step->kind == HISTORY_FAULT) {
        step_fault(experiment, step);
        return;
    }
    if (experiment->fault.kind != FAULT_NONE) {
        step_with_fault(experiment, step);
        experiment->fault.kind = FAULT_NONE;
    } else {
        before = dump_memory();
        test_client_step(&experiment->client, step, &outcome);
        judge(experiment, &outcome, &before);
    }
    restart_if_wanted(experiment);
}

static void check_still_answers(const struct experiment *experiment)
{
    static const uint8_t read_set_point[] = {MODBUS_READ_HOLDING_REGISTERS, 0, 0, 0, 1};
    uint8_t wire[LIVE_MAX_WIRE];
    struct live_reply reply;
    size_t size;

    harness_about("end");
    in_process_board.uart_fails = false;
    live_exchange(experiment->bus, wire, 0, 0, &reply); /* silence ends what was half sent */
    live_new_connection();
    size = live_frame(experiment->bus, read_set_point, sizeof read_set_point, false, wire);
    live_exchange(experiment->bus, wire, size, size, &reply);
    ORACLE(experiment->clause, "still-answers",
           reply.length == 4 && reply.pdu[0] == MODBUS_READ_HOLDING_REGISTERS &&
               get_be16(reply.pdu + 2) == (uint16_t)live_device.settings.current.set_point,
           "a read of the set-point got %zu bytes", reply.length);
}

int history_run(enum live_bus bus, const uint8_t *data, size_t size)
{
    static struct experiment experiment;
    struct history_step step;
    size_t position = 0;

    live_begin(LIVE_WITHOUT_IMAGES);
    memset(&experiment, 0, sizeof experiment);
    experiment.bus = bus;
    experiment.clause = live_input_clause(bus);
    test_client_start(&experiment.client, bus);
    login_model_start(&experiment.login);
    for (unsigned i = 0; i < HISTORY_MAX_STEPS && history_next(data, size, &position, &step); i++) {
        run_step(&experiment, &step);
    }
    check_still_answers(&experiment);
    return 0;
}
