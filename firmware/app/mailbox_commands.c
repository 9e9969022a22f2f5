#include "mailbox_commands.h"

#include "byte_order.h"
#include "device.h"
#include "erase.h"
#include "mailbox_update.h"

#include <string.h>

static enum mailbox_status status_from_settings(int error)
{
    switch (error) {
    case SETTINGS_OK:
        return MAILBOX_STATUS_OK;
    case SETTINGS_ERROR_UNKNOWN:
        return MAILBOX_STATUS_UNKNOWN;
    case SETTINGS_ERROR_STORAGE:
        return MAILBOX_STATUS_STORAGE;
    default:
        return MAILBOX_STATUS_VALUE;
    }
}

static enum mailbox_status set_setting(struct mailbox_command *command)
{
    struct settings draft = command->device->settings.current;
    int result = settings_set(&draft, command->payload[0], command->payload + 1,
                              (size_t)command->length - 1U);

    if (result == SETTINGS_OK) {
        result = settings_commit(&command->device->settings, &draft);
    }
    return status_from_settings(result);
}

static enum mailbox_status get_setting(struct mailbox_command *command)
{
    int length =
        settings_get(&command->device->settings.current, command->payload[0], command->result);

    if (length < 0) {
        return status_from_settings(length);
    }
    command->result_length = (uint16_t)length;
    return MAILBOX_STATUS_OK;
}

/* A password that stays the same in salt or key has not been replaced (5.1-4). */
static bool verifier_is_fresh(const struct device *device, const struct password_verifier *verifier)
{
    const struct password_verifier *now = device_password(device);
    const struct password_verifier *initial = &device->factory.initial_password;

    return memcmp(verifier->salt, now->salt, PASSWORD_SALT_SIZE) != 0 &&
           memcmp(verifier->salt, initial->salt, PASSWORD_SALT_SIZE) != 0 &&
           !crypto_equal(verifier->key, now->key, PASSWORD_KEY_SIZE) &&
           !crypto_equal(verifier->key, initial->key, PASSWORD_KEY_SIZE);
}

static enum mailbox_status set_password(struct mailbox_command *command)
{
    struct settings draft = command->device->settings.current;
    int result;

    password_verifier_decode(&draft.password, command->payload);
    draft.has_password = true;
    if (!settings_valid(&draft) || !verifier_is_fresh(command->device, &draft.password)) {
        return MAILBOX_STATUS_WEAK;
    }
    result = settings_commit(&command->device->settings, &draft);
    if (result == SETTINGS_OK) {
        device_log_event(command->device, EVENT_PASSWORD_CHANGED, 0);
    }
    return status_from_settings(result);
}

static enum mailbox_status log_out(struct mailbox_command *command)
{
    command->ends_session = true;
    return MAILBOX_STATUS_OK;
}

static enum mailbox_status erase(struct mailbox_command *command)
{
    command->ends_session = true;
    if (device_erase(command->device) == DEVICE_OK) {
        return MAILBOX_STATUS_OK;
    }
    device_restart_soon(command->device); /* the next start goes on with it, before anything else */
    return MAILBOX_STATUS_STORAGE;
}

static enum mailbox_status debug_challenge(struct mailbox_command *command)
{
    if (debug_lock_challenge(&command->device->drbg, command->result) != DEBUG_LOCK_OK) {
        return MAILBOX_STATUS_UNAVAILABLE;
    }
    put_le32(command->result + DEBUG_LOCK_NONCE_SIZE,
             command->device->boot_state.current.unlock_epoch);
    command->result_length = DEBUG_LOCK_NONCE_SIZE + 4U;
    return MAILBOX_STATUS_OK;
}

static enum mailbox_status status_from_debug_lock(int error)
{
    switch (error) {
    case DEBUG_LOCK_OK:
        return MAILBOX_STATUS_OK;
    case DEBUG_LOCK_ERROR_WAIT:
        return MAILBOX_STATUS_WAIT;
    case DEBUG_LOCK_ERROR_NO_NONCE:
        return MAILBOX_STATUS_ORDER;
    case DEBUG_LOCK_ERROR_LIFE_CYCLE:
        return MAILBOX_STATUS_LIFE_CYCLE;
    case DEBUG_LOCK_ERROR_STORAGE:
        return MAILBOX_STATUS_STORAGE;
    default:
        return MAILBOX_STATUS_TOKEN;
    }
}

static enum mailbox_status debug_token(struct mailbox_command *command)
{
    struct device *device = command->device;
    int result = debug_lock_offer(&device->access, &device->factory, &device->boot_state.current,
                                  command->payload);

    if (result == DEBUG_LOCK_OK) {
        device_restart_soon(device);
    } else if (result == DEBUG_LOCK_ERROR_TOKEN) {
        device_log_event(device, EVENT_UNLOCK_REFUSED, (uint32_t)-result);
    }
    put_le32(command->result, access_wait_ms(&device->access));
    command->result_length = 4;
    return status_from_debug_lock(result);
}

static void put_event(uint8_t *bytes, const struct event *event)
{
    put_le32(bytes, event->number);
    bytes[4] = (uint8_t)event->type;
    put_le32(bytes + 5, event->detail);
    put_le32(bytes + 9, event->uptime_s);
    bytes[13] = (uint8_t)event->user.interface;
    memcpy(bytes + 14, event->user.address, sizeof event->user.address);
}

static enum mailbox_status read_events(struct mailbox_command *command)
{
    uint32_t after = get_le32(command->payload);
    struct event event;
    int result = EVENT_LOG_OK;

    while (command->result_length + MAILBOX_EVENT_SIZE <= MAILBOX_MAX_RESULT) {
        result = event_log_next(&command->device->events, after, &event);
        if (result != EVENT_LOG_OK) {
            break;
        }
        put_event(command->result + command->result_length, &event);
        command->result_length = (uint16_t)(command->result_length + MAILBOX_EVENT_SIZE);
        after = event.number;
    }
    return result < 0 ? MAILBOX_STATUS_STORAGE : MAILBOX_STATUS_OK;
}

/* Where a command may be used, beside an ordinary session. */
enum permission { IN_SESSION = 0, IN_LABEL_SESSION = 1, IN_RECOVERY = 2 };

struct command_entry {
    uint8_t type;
    uint8_t also; /* enum permission, combined */
    uint16_t least_length;
    uint16_t greatest_length;
    enum mailbox_status (*run)(struct mailbox_command *command);
};

static const struct command_entry commands[] = {
    {MAILBOX_SET_SETTING, IN_SESSION, 1, 1 + SETTINGS_MAX_VALUE, set_setting},
    {MAILBOX_GET_SETTING, IN_SESSION, 1, 1, get_setting},
    {MAILBOX_SET_PASSWORD, IN_SESSION, PASSWORD_VERIFIER_SIZE, PASSWORD_VERIFIER_SIZE,
     set_password},
    {MAILBOX_LOG_OUT, IN_LABEL_SESSION | IN_RECOVERY, 0, 0, log_out},
    {MAILBOX_UPDATE_STATUS, IN_RECOVERY, 0, 0, mailbox_update_status},
    {MAILBOX_UPDATE_BEGIN, IN_RECOVERY, IMAGE_HEADER_SIZE, IMAGE_HEADER_SIZE, mailbox_update_begin},
    {MAILBOX_UPDATE_DATA, IN_RECOVERY, 5, MAILBOX_MAX_PAYLOAD, mailbox_update_data},
    {MAILBOX_UPDATE_FINISH, IN_RECOVERY, 0, 0, mailbox_update_finish},
    {MAILBOX_UPDATE_ACTIVATE, IN_RECOVERY, 0, 0, mailbox_update_activate},
    {MAILBOX_UPDATE_CONFIRM, IN_SESSION, 0, 0, mailbox_update_confirm},
    {MAILBOX_ERASE, IN_LABEL_SESSION, 0, 0, erase},
    {MAILBOX_DEBUG_CHALLENGE, IN_SESSION, 0, 0, debug_challenge},
    {MAILBOX_DEBUG_TOKEN, IN_SESSION, DEBUG_LOCK_TOKEN_SIZE, DEBUG_LOCK_TOKEN_SIZE, debug_token},
    {MAILBOX_READ_EVENTS, IN_SESSION, 4, 4, read_events},
};

static const struct command_entry *find(uint8_t type)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (commands[i].type == type) {
            return &commands[i];
        }
    }
    return NULL;
}

static bool allowed(const struct device *device, const struct command_entry *entry)
{
    return (!device->mailbox.label || (entry->also & IN_LABEL_SESSION) != 0) &&
           (!device->running.recovery || (entry->also & IN_RECOVERY) != 0);
}

enum mailbox_status mailbox_command_run(struct mailbox_command *command)
{
    const struct command_entry *entry = find(command->type);

    if (entry == NULL) {
        return MAILBOX_STATUS_MALFORMED;
    }
    if (!allowed(command->device, entry)) {
        return MAILBOX_STATUS_NOT_ALLOWED;
    }
    if (command->length < entry->least_length || command->length > entry->greatest_length) {
        return MAILBOX_STATUS_VALUE;
    }
    return entry->run(command);
}
