#include "scenarios/mailbox_user.h"

#include <stdbool.h>
#include <string.h>

#include "target/hearth_registers.h"

static void record(struct mailbox_user *user, const uint8_t *message, size_t size)
{
    if (user->count == MAILBOX_RECORDS_MAX)
        return;
    user->records[user->count].size = size;
    memcpy(user->records[user->count].bytes, message, size);
    user->count++;
}

static int carry(void *context, const uint8_t *message, size_t size, uint8_t answer[HEARTH_MESSAGE],
                 int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct mailbox_user *user = context;

    record(user, message, size);
    return hearth_registers_exchange(user->client, message, size, answer, deadline_ms, diagnostic);
}

int mailbox_user_begin(struct mailbox_user *user, const struct bench *bench, enum modbus_kind kind,
                       int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct hearth_reply reply = {.status = HEARTH_STATUS_OK};
    int error;

    *user = (struct mailbox_user){.port = kind == MODBUS_RTU ? &bench->rtu : &bench->tcp};
    user->mailbox.carry = carry;
    user->mailbox.context = user;
    error = hearth_mailbox_set_id(&user->mailbox, bench->device_id, diagnostic);
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
