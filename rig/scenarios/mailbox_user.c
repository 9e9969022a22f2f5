#include "scenarios/mailbox_user.h"

#include <stdbool.h>
#include <string.h>

enum { MAILBOX = 0x1000, MAILBOX_COUNT = HEARTH_MESSAGE / 2 };

static void record(struct mailbox_user *user, const uint8_t *message, size_t size)
{
    if (user->count == MAILBOX_RECORDS_MAX)
        return;
    user->records[user->count].size = size;
    memcpy(user->records[user->count].bytes, message, size);
    user->count++;
}

/* As the adapter does it: two bytes a register, the first in the high half. */
static int carry(void *context, const uint8_t *message, size_t size, uint8_t answer[HEARTH_MESSAGE],
                 int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct mailbox_user *user = context;
    const struct modbus_registers written = {MAILBOX, (uint16_t)((size + 1) / 2)};
    const struct modbus_registers read = {MAILBOX, MAILBOX_COUNT};
    uint16_t out[MAILBOX_COUNT] = {0};
    uint16_t in[MAILBOX_COUNT];
    int error;

    record(user, message, size);
    for (size_t i = 0; i < size; i++)
        out[i / 2] |= (uint16_t)(i % 2 == 0 ? message[i] << 8 : message[i]);
    error = modbus_client_exchange(user->client, written, out, read, in, deadline_ms, diagnostic);
    for (size_t i = 0; error == RIG_OK && i < HEARTH_MESSAGE; i++)
        answer[i] = (uint8_t)(i % 2 == 0 ? in[i / 2] >> 8 : in[i / 2]);
    return error;
}

static bool take_digit(char digit, uint8_t *byte)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = digit == '\0' ? NULL : strchr(digits, digit);

    if (found == NULL)
        return false;
    *byte = (uint8_t)(*byte << 4 | (found - digits));
    return true;
}

static int take_id(struct mailbox_user *user, const char *text, struct diagnostic *diagnostic)
{
    bool is_id = strlen(text) == (size_t)2 * HEARTH_DEVICE_ID;

    for (size_t i = 0; is_id && text[i] != '\0'; i++)
        is_id = take_digit(text[i], &user->mailbox.device_id[i / 2]);
    return is_id ? RIG_OK
                 : diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                   "the device's id is not known as 32 hexadecimal digits, so that "
                                   "nobody can log in; correct the target or bench file");
}

int mailbox_user_begin(struct mailbox_user *user, const struct bench *bench, enum modbus_kind kind,
                       int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct hearth_reply reply = {.status = HEARTH_STATUS_OK};
    int error;

    *user = (struct mailbox_user){.port = kind == MODBUS_RTU ? &bench->rtu : &bench->tcp};
    user->mailbox.carry = carry;
    user->mailbox.context = user;
    error = take_id(user, bench->device_id, diagnostic);
    if (error == RIG_OK)
        error = modbus_client_open(user->port, deadline_ms, &user->client, diagnostic);
    if (error == RIG_OK)
        error = hearth_mailbox_hello(&user->mailbox, &reply, deadline_ms, diagnostic);
    if (error == RIG_OK && reply.status == HEARTH_STATUS_OK)
        error = hearth_mailbox_login(&user->mailbox, bench->adapter.password, &reply, deadline_ms,
                                     diagnostic);
    if (error == RIG_OK && reply.status != HEARTH_STATUS_OK)
        return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE, "the user cannot log in: %s",
                               hearth_status_text(reply.status));
    return error;
}

int mailbox_user_ask(struct mailbox_user *user, const struct hearth_request *request,
                     bool *accepted, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct hearth_reply reply;
    const int error =
        hearth_mailbox_request(&user->mailbox, request, &reply, deadline_ms, diagnostic);

    *accepted = error == RIG_OK && reply.status == HEARTH_STATUS_OK;
    return error;
}

void mailbox_user_end(struct mailbox_user *user)
{
    hearth_mailbox_forget(&user->mailbox);
    hearth_wipe(user->mailbox.password, sizeof user->mailbox.password);
    modbus_client_close(user->client);
    user->client = NULL;
}
