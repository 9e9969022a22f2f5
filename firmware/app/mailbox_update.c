#include "mailbox_update.h"

#include "byte_order.h"
#include "device.h"
#include "update.h"

#define STATUS_SIZE 19U

static const struct {
    int error;
    enum mailbox_status status;
} statuses[] = {
    {UPDATE_OK, MAILBOX_STATUS_OK},
    {IMAGE_ERROR_FLASH, MAILBOX_STATUS_STORAGE},
    {IMAGE_ERROR_FORMAT, MAILBOX_STATUS_IMAGE_FORMAT},
    {IMAGE_ERROR_SIGNATURE, MAILBOX_STATUS_IMAGE_SIGNATURE},
    {IMAGE_ERROR_PRODUCT, MAILBOX_STATUS_IMAGE_PRODUCT},
    {IMAGE_ERROR_SLOT, MAILBOX_STATUS_IMAGE_SLOT},
    {IMAGE_ERROR_LENGTH, MAILBOX_STATUS_IMAGE_LENGTH},
    {IMAGE_ERROR_OLDER, MAILBOX_STATUS_IMAGE_OLDER},
    {IMAGE_ERROR_BODY, MAILBOX_STATUS_IMAGE_BODY},
    {UPDATE_ERROR_TOO_LONG, MAILBOX_STATUS_IMAGE_LENGTH},
    {UPDATE_ERROR_TRUNCATED, MAILBOX_STATUS_TRUNCATED},
    {UPDATE_ERROR_ORDER, MAILBOX_STATUS_ORDER},
};

static enum mailbox_status status_from_update(int error)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (statuses[i].error == error) {
            return statuses[i].status;
        }
    }
    return MAILBOX_STATUS_STORAGE;
}

/* An image that was refused for what it is, not for when it came, is an event (5.10-1). */
static enum mailbox_status judged(struct device *device, int error)
{
    if (error <= IMAGE_ERROR_FORMAT && error >= IMAGE_ERROR_BODY) {
        device_log_event(device, EVENT_IMAGE_REFUSED, (uint32_t)-error);
    }
    return status_from_update(error);
}

/* Not yet confirmed; whether or not the boot stage could write down that the trial has started. */
static bool on_trial(const struct device *device)
{
    return device->running.trial && device->boot_state.current.trial != BOOT_NO_TRIAL;
}

static uint8_t flags(const struct device *device)
{
    unsigned result = 0;

    if (on_trial(device)) {
        result |= MAILBOX_UPDATE_TRIAL;
    }
    if (device->running.recovery) {
        result |= MAILBOX_UPDATE_RECOVERY;
    }
    if (device->running.reverted) {
        result |= MAILBOX_UPDATE_REVERTED;
    }
    if (device_self_test_passed(device)) {
        result |= MAILBOX_UPDATE_TESTED;
    }
    return (uint8_t)result;
}

/* In recovery any slot will do; the first is named. */
static enum image_slot slot_to_write(const struct device *device)
{
    return device->running.recovery || device->running.slot == IMAGE_SLOT_B ? IMAGE_SLOT_A
                                                                            : IMAGE_SLOT_B;
}

enum mailbox_status mailbox_update_status(struct mailbox_command *command)
{
    const struct device *device = command->device;
    uint8_t *result = command->result;

    result[0] = flags(device);
    result[1] = (uint8_t)device->running.slot;
    result[2] = (uint8_t)device->update.phase;
    put_le32(result + 3, device->running.image.version);
    put_le32(result + 7, device->boot_state.current.security_counter);
    put_le32(result + 11, device->update.received);
    put_le32(result + 15, image_slot_geometry(slot_to_write(device)).offset);
    command->result_length = STATUS_SIZE;
    return MAILBOX_STATUS_OK;
}

enum mailbox_status mailbox_update_begin(struct mailbox_command *command)
{
    struct device *device = command->device;

    return judged(device, update_begin(&device->update, &device->running,
                                       &device->boot_state.current, command->payload));
}

enum mailbox_status mailbox_update_data(struct mailbox_command *command)
{
    struct device *device = command->device;
    int result = update_data(&device->update, get_le32(command->payload), command->payload + 4,
                             (size_t)command->length - 4U);

    put_le32(command->result, device->update.received);
    command->result_length = 4;
    return judged(device, result);
}

enum mailbox_status mailbox_update_finish(struct mailbox_command *command)
{
    return judged(command->device, update_finish(&command->device->update));
}

enum mailbox_status mailbox_update_activate(struct mailbox_command *command)
{
    struct device *device = command->device;
    int result = update_activate(&device->update, &device->boot_state);

    if (result == UPDATE_OK) {
        device_log_event(device, EVENT_TRIAL_ASKED, device->update.image.version);
        device_restart_soon(device);
    }
    return judged(device, result);
}

enum mailbox_status mailbox_update_confirm(struct mailbox_command *command)
{
    struct device *device = command->device;
    const bool trial = on_trial(device);
    int result;

    if (!device_self_test_passed(device)) {
        return MAILBOX_STATUS_NOT_READY;
    }
    result = update_confirm(&device->update, &device->running, &device->boot_state);
    if (result == UPDATE_OK && trial) {
        device_log_event(device, EVENT_TRIAL_CONFIRMED, device->running.image.version);
    }
    return status_from_update(result);
}
