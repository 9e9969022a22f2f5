#include "target/adapter_hearth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "target/hearth_device.h"
#include "target/hearth_setting.h"
#include "target/hearth_unlock.h"
#include "target/hearth_update.h"

/* firmware/app/registers.h */
enum {
    INPUT_UPTIME = 2, /* seconds, high word first */
    INPUT_CAUSE = 6,
    INPUT_LINK = 7,
    INPUT_UPLINK = 8,
    INPUT_QUEUED = 9,
    INPUT_DROPPED = 10,
    INPUT_ACKNOWLEDGED = 11,
    INPUT_STARTS = 12, /* high word first; devices before it have only the others */
    INPUTS_BEFORE_STARTS = 12,
    INPUTS = 14,
    UPLINK_IDLE = 4, /* connected */
    UPLINK_PUBLISHING = 5,
    DISCRETE_SENSOR_FAULT = 1,
    ILLEGAL_ADDRESS = 2, /* exception */
    UPDATE_STATUS_SIZE = 19,
    UPDATE_TRIAL = 0x01,
    UPDATE_RECOVERY = 0x02,
    VERIFIER_SIZE = HEARTH_SALT + 4 + HEARTH_PASSWORD_KEY,
};

/* ---- identity ---- */

static void take_status(const struct hearth_reply *reply, struct adapter_identity *identity)
{
    const uint8_t *bytes = reply->bytes;

    identity->on_trial = (bytes[0] & UPDATE_TRIAL) != 0;
    if ((bytes[0] & UPDATE_RECOVERY) == 0) {
        (void)snprintf(identity->slot, sizeof identity->slot, "%s",
                       bytes[1] == 0   ? "a"
                       : bytes[1] == 1 ? "b"
                                       : "");
        (void)snprintf(identity->version, sizeof identity->version, "%u.%u.%u", bytes[6], bytes[5],
                       (unsigned)(bytes[3] | bytes[4] << 8));
    }
}

static int ask_status(struct hearth_device *device, struct adapter_identity *identity,
                      int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const struct hearth_request request = {HEARTH_UPDATE_STATUS, NULL, 0};
    struct adapter_answer answer = {ADAPTER_REFUSED, 0, ""};
    struct hearth_reply reply = {0};
    int error = hearth_device_must_log_in(device, deadline_ms, diagnostic);

    if (error == RIG_OK) {
        error = hearth_device_ask(device, &request, &reply, &answer, deadline_ms, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    if (answer.outcome != ADAPTER_ACCEPTED || reply.size != UPDATE_STATUS_SIZE) {
        return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE,
                               "the device does not say which software it runs: %s",
                               hearth_status_text(reply.status));
    }
    take_status(&reply, identity);
    return RIG_OK;
}

/* Without a password there is only the question whether anybody is there. */
static int ask_anything(struct hearth_device *device, int64_t deadline_ms,
                        struct diagnostic *diagnostic)
{
    const struct modbus_registers first = {0, 1};
    uint16_t value;
    int error = hearth_device_begin(device, hearth_device_channel(device), diagnostic);

    if (error == RIG_OK) {
        error = hearth_device_connect(device, deadline_ms, diagnostic);
    }
    return error == RIG_OK
               ? modbus_client_read_inputs(device->client, first, &value, deadline_ms, diagnostic)
               : error;
}

static int identity(void *self, struct adapter_identity *identity, int64_t deadline_ms,
                    struct diagnostic *diagnostic)
{
    struct hearth_device *device = self;
    const char *password = device->options.password;
    int error;

    (void)snprintf(identity->product, sizeof identity->product, "hearth");
    if (device->options.device_id != NULL) {
        (void)snprintf(identity->device_id, sizeof identity->device_id, "%s",
                       device->options.device_id);
    }
    error = password == NULL || password[0] == '\0'
                ? ask_anything(device, deadline_ms, diagnostic)
                : ask_status(device, identity, deadline_ms, diagnostic);
    return hearth_device_end(device, error, deadline_ms);
}

/* ---- health ---- */

static uint32_t pair(const uint16_t *inputs)
{
    return (uint32_t)inputs[0] << 16 | inputs[1];
}

static void take_inputs(const uint16_t *inputs, struct adapter_health *health)
{
    static const char *const causes[] = {"power-on", "pin", "software", "watchdog", "fault"};
    const uint16_t cause = inputs[INPUT_CAUSE];

    health->ok = true; /* it has no word of its own */
    health->uptime_s = pair(inputs + INPUT_UPTIME);
    health->has_link = true;
    health->link_up = inputs[INPUT_LINK] != 0;
    health->has_uplink = true;
    health->uplink_connected =
        inputs[INPUT_UPLINK] == UPLINK_IDLE || inputs[INPUT_UPLINK] == UPLINK_PUBLISHING;
    health->queued = inputs[INPUT_QUEUED];
    health->dropped = inputs[INPUT_DROPPED];
    health->acknowledged = inputs[INPUT_ACKNOWLEDGED];
    (void)snprintf(health->reset_cause, sizeof health->reset_cause, "%s",
                   cause < sizeof causes / sizeof causes[0] ? causes[cause] : "");
}

static int ask_health(struct hearth_device *device, struct adapter_health *health,
                      int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const struct modbus_registers all = {0, INPUTS};
    const struct modbus_registers before = {0, INPUTS_BEFORE_STARTS};
    const struct modbus_registers fault = {DISCRETE_SENSOR_FAULT, 1};
    uint16_t inputs[INPUTS] = {0};
    bool sensor_fault = false;
    int error = modbus_client_read_inputs(device->client, all, inputs, deadline_ms, diagnostic);

    health->has_starts = error == RIG_OK;
    if (error == RIG_ERROR_DEVICE && modbus_client_exception(device->client) == ILLEGAL_ADDRESS) {
        error = modbus_client_read_inputs(device->client, before, inputs, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        error = modbus_client_read_discrete(device->client, fault, &sensor_fault, deadline_ms,
                                            diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    take_inputs(inputs, health);
    health->starts = health->has_starts ? pair(inputs + INPUT_STARTS) : 0;
    health->function_ok = !sensor_fault;
    return RIG_OK;
}

static int health(void *self, enum adapter_channel channel, struct adapter_health *health,
                  int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct hearth_device *device = self;
    int error = hearth_device_begin(device, channel, diagnostic);

    if (error == RIG_OK) {
        error = hearth_device_connect(device, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        error = ask_health(device, health, deadline_ms, diagnostic);
    }
    return hearth_device_end(device, error, deadline_ms);
}

/* ---- settings ---- */

static int dump_setting(struct hearth_device *device, const struct hearth_setting *setting,
                        struct adapter_setting *dumped, int64_t deadline_ms,
                        struct diagnostic *diagnostic)
{
    const struct hearth_request request = {HEARTH_GET_SETTING, &setting->id, 1};
    struct adapter_answer answer = {ADAPTER_REFUSED, 0, ""};
    struct hearth_reply reply = {0};
    int error = hearth_device_ask(device, &request, &reply, &answer, deadline_ms, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    if (answer.outcome != ADAPTER_ACCEPTED ||
        !hearth_setting_decode(setting, reply.bytes, reply.size, dumped->value)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE,
                               "the device gives no value of its setting %s: %s", setting->name,
                               answer.outcome == ADAPTER_ACCEPTED ? "malformed" : answer.reason);
    }
    (void)snprintf(dumped->name, sizeof dumped->name, "%s", setting->name);
    dumped->is_open = setting->is_open;
    return RIG_OK;
}

static int dump(void *self, struct adapter_dump *dump, int64_t deadline_ms,
                struct diagnostic *diagnostic)
{
    struct hearth_device *device = self;
    int error = hearth_device_must_log_in(device, deadline_ms, diagnostic);

    for (size_t i = 0; error == RIG_OK && i < hearth_setting_count(); i++) {
        error =
            dump_setting(device, hearth_setting_at(i), &dump->settings[i], deadline_ms, diagnostic);
        dump->count = i + (error == RIG_OK ? 1 : 0);
    }
    return hearth_device_end(device, error, deadline_ms);
}

static int login(void *self, enum adapter_channel channel, const char *password,
                 struct adapter_answer *answer, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct hearth_device *device = self;
    int error = hearth_device_begin(device, channel, diagnostic);

    if (error == RIG_OK) {
        error = hearth_device_attempt(device, password, false, answer, deadline_ms, diagnostic);
    }
    return hearth_device_end(device, error, deadline_ms);
}

/* Logs in, asks once, logs out. */
static int ask_once(struct hearth_device *device, const struct hearth_request *request,
                    struct adapter_answer *answer, int64_t deadline_ms,
                    struct diagnostic *diagnostic)
{
    struct hearth_reply reply = {0};
    int error = hearth_device_log_in(device, hearth_device_channel(device), answer, deadline_ms,
                                     diagnostic);

    if (error == RIG_OK && answer->outcome == ADAPTER_ACCEPTED) {
        error = hearth_device_ask(device, request, &reply, answer, deadline_ms, diagnostic);
    }
    return error;
}

static int set(void *self, const char *name, const char *value, struct adapter_answer *answer,
               int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const struct hearth_setting *setting = hearth_setting_find(name);
    uint8_t payload[1 + HEARTH_SETTING_VALUE];
    struct hearth_request request = {HEARTH_SET_SETTING, payload, 0};
    size_t size = 0;

    if (setting == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "Hearth has no setting '%s'", name);
    }
    if (!hearth_setting_encode(setting, value, payload + 1, &size)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "'%s' is no value of the setting %s",
                               value, name);
    }
    payload[0] = setting->id;
    request.size = 1 + size;
    return hearth_device_end(self, ask_once(self, &request, answer, deadline_ms, diagnostic),
                             deadline_ms);
}

/* ---- password, erase ---- */

static int make_verifier(const struct hearth_device *device, const char *password,
                         uint8_t payload[VERIFIER_SIZE], struct diagnostic *diagnostic)
{
    struct hearth_verifier verifier = {.iterations = device->mailbox.verifier.iterations};
    int error;

    if (verifier.iterations < HEARTH_ITERATIONS_MIN) {
        verifier.iterations = HEARTH_ITERATIONS_MIN;
    }
    if (getrandom(verifier.salt, sizeof verifier.salt, 0) != sizeof verifier.salt) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "no random bytes");
    }
    error = hearth_verifier_derive(&verifier, password, diagnostic);
    memcpy(payload, verifier.salt, HEARTH_SALT);
    for (size_t i = 0; i < 4; i++) {
        payload[HEARTH_SALT + i] = (uint8_t)(verifier.iterations >> (8 * i));
    }
    memcpy(payload + HEARTH_SALT + 4, verifier.key, HEARTH_PASSWORD_KEY);
    hearth_wipe(&verifier, sizeof verifier);
    return error;
}

static int set_password(void *self, const char *password, struct adapter_answer *answer,
                        int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct hearth_device *device = self;
    uint8_t payload[VERIFIER_SIZE];
    const struct hearth_request request = {HEARTH_SET_PASSWORD, payload, sizeof payload};
    struct hearth_reply reply = {0};
    int error;

    if (strlen(password) >= ADAPTER_PASSWORD) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "the password has more than %d characters", ADAPTER_PASSWORD - 1);
    }
    error = hearth_device_log_in(device, hearth_device_channel(device), answer, deadline_ms,
                                 diagnostic);
    if (error == RIG_OK && answer->outcome == ADAPTER_ACCEPTED) {
        error = make_verifier(device, password, payload, diagnostic);
        if (error == RIG_OK) {
            error = hearth_device_ask(device, &request, &reply, answer, deadline_ms, diagnostic);
        }
    }
    hearth_wipe(payload, sizeof payload);
    return hearth_device_end(device, error, deadline_ms);
}

static int erase(void *self, struct adapter_answer *answer, int64_t deadline_ms,
                 struct diagnostic *diagnostic)
{
    struct hearth_device *device = self;
    const struct hearth_request request = {HEARTH_ERASE, NULL, 0};
    int error = ask_once(device, &request, answer, deadline_ms, diagnostic);

    if (error == RIG_OK && answer->outcome == ADAPTER_ACCEPTED) {
        hearth_mailbox_forget(&device->mailbox); /* the session is over */
    }
    return hearth_device_end(device, error, deadline_ms);
}

/* ---- the driver ---- */

static void forget(void *self)
{
    hearth_device_drop(self);
}

static void destroy(void *self)
{
    hearth_device_drop(self);
    hearth_wipe(self, sizeof(struct hearth_device));
    free(self);
}

static const struct adapter_driver driver = {
    .verbs = ADAPTER_CAN_DUMP | ADAPTER_CAN_LOGIN | ADAPTER_CAN_SET | ADAPTER_CAN_SET_PASSWORD |
             ADAPTER_CAN_UPDATE | ADAPTER_CAN_ERASE | ADAPTER_CAN_UNLOCK | ADAPTER_CAN_UNLOCK_LOG,
    .identity = identity,
    .health = health,
    .dump = dump,
    .login = login,
    .set = set,
    .set_password = set_password,
    .update = hearth_update,
    .confirm = hearth_update_confirm,
    .erase = erase,
    .challenge = hearth_unlock_challenge,
    .unlock = hearth_unlock,
    .unlock_log = hearth_unlock_log,
    .forget = forget,
    .destroy = destroy,
};

int hearth_adapter_create(const struct hearth_adapter_options *options, struct adapter *adapter,
                          struct diagnostic *diagnostic)
{
    struct hearth_device *device;

    if ((options->rtu == NULL || !options->rtu->exists) &&
        (options->tcp == NULL || !options->tcp->exists)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "the adapter hearth needs a section modbus in the target file");
    }
    device = calloc(1, sizeof *device);
    if (device == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
    }
    device->options = *options;
    adapter->driver = &driver;
    adapter->self = device;
    return RIG_OK;
}
