#include "target/hearth_device.h"

#include <stdio.h>
#include <string.h>

#include "base/descriptor_wait.h"
#include "base/process.h"
#include "target/hearth_registers.h"

enum {
    BUSY_POLL_MS = 1000, /* a session of somebody else may end before it has to */
    PAUSE_MIN_MS = 50,   /* whatever the device says */
    ATTEMPT_MS = 1000,   /* one with less than that left would look like a silent device */
    LOG_OUT_MS = 2000,   /* at most, for a verb that has its result */
    SETTLE_MOST = 12,    /* registers that every Hearth has */
    SETTLE_MS = 250,     /* for the first question, twice that for the next, and so on */
};

static const struct modbus_port *port_of(const struct hearth_device *device,
                                         enum adapter_channel channel)
{
    const struct modbus_port *port =
        channel == ADAPTER_LOCAL ? device->options.rtu : device->options.tcp;

    return port != NULL && port->exists ? port : NULL;
}

enum adapter_channel hearth_device_channel(const struct hearth_device *device)
{
    return port_of(device, ADAPTER_LOCAL) != NULL ? ADAPTER_LOCAL : ADAPTER_NETWORK;
}

int hearth_device_begin(struct hearth_device *device, enum adapter_channel channel,
                        struct diagnostic *diagnostic)
{
    if (port_of(device, channel) == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "the target has no %s interface",
                               channel == ADAPTER_LOCAL ? "local" : "network");
    }
    device->channel = channel;
    return RIG_OK;
}

/*
 * Method: nothing in a frame of the wired bus tells which request it answers, and an answer that
 * was given up may come at any time. So before the next request on that bus the device is asked for
 * registers, for another number of them each time: once such a question has its answer, none before
 * it is under way any more, since they are answered in their order.
 */
static int settle(struct hearth_device *device, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int64_t patience_ms = SETTLE_MS;

    for (;;) {
        const int64_t turn_ms = process_clock_ms() + patience_ms;
        const bool is_last = deadline_ms != PROCESS_NO_DEADLINE && turn_ms >= deadline_ms;
        uint16_t values[SETTLE_MOST];
        int error;

        device->settling = (uint16_t)(device->settling % SETTLE_MOST + 1);
        error = modbus_client_read_inputs(device->client,
                                          (struct modbus_registers){0, device->settling}, values,
                                          is_last ? deadline_ms : turn_ms, diagnostic);
        device->is_late = error != RIG_OK && modbus_client_exception(device->client) == 0;
        if (!device->is_late) {
            return RIG_OK;
        }
        if (is_last || (error != RIG_ERROR_TIMEOUT && error != RIG_ERROR_DEVICE)) {
            return error;
        }
        patience_ms *= 2;
    }
}

int hearth_device_connect(struct hearth_device *device, int64_t deadline_ms,
                          struct diagnostic *diagnostic)
{
    const bool is_local = device->channel == ADAPTER_LOCAL;
    int error = RIG_OK;

    if (device->client == NULL) {
        error = modbus_client_open(port_of(device, device->channel), deadline_ms, &device->client,
                                   diagnostic);
    }
    return error == RIG_OK && is_local && device->is_late ? settle(device, deadline_ms, diagnostic)
                                                          : error;
}

static void disconnect(struct hearth_device *device)
{
    if (device->client != NULL && modbus_client_is_late(device->client)) {
        device->is_late = true;
    }
    modbus_client_close(device->client);
    device->client = NULL;
}

static int carry(void *context, const uint8_t *message, size_t size, uint8_t answer[HEARTH_MESSAGE],
                 int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct hearth_device *device = context;
    const int error = hearth_device_connect(device, deadline_ms, diagnostic);

    return error == RIG_OK ? hearth_registers_exchange(device->client, message, size, answer,
                                                       deadline_ms, diagnostic)
                           : error;
}

/* ---- log-in ---- */

static void take_answer(const struct hearth_reply *reply, struct adapter_answer *answer)
{
    answer->outcome = reply->status == HEARTH_STATUS_OK     ? ADAPTER_ACCEPTED
                      : reply->status == HEARTH_STATUS_WAIT ? ADAPTER_WAIT
                      : reply->status == HEARTH_STATUS_BUSY ? ADAPTER_BUSY
                                                            : ADAPTER_REFUSED;
    answer->wait_ms = reply->wait_ms;
    (void)snprintf(answer->reason, sizeof answer->reason, "%s",
                   reply->status == HEARTH_STATUS_OK ? "" : hearth_status_text(reply->status));
}

/* Ends a session that a verb before could not end. */
static int end_leftover(struct hearth_device *device, int64_t deadline_ms,
                        struct diagnostic *diagnostic)
{
    const struct hearth_request log_out = {HEARTH_LOG_OUT, NULL, 0};
    struct hearth_reply reply = {0};
    int error = RIG_OK;

    if (device->mailbox.is_open) {
        error = hearth_mailbox_request(&device->mailbox, &log_out, &reply, deadline_ms, diagnostic);
    }
    if (error == RIG_OK || error == RIG_ERROR_DEVICE) { /* a device that forgot it has none */
        hearth_mailbox_forget(&device->mailbox);
        error = RIG_OK;
    }
    return error;
}

int hearth_device_attempt(struct hearth_device *device, const char *password, bool patient,
                          struct adapter_answer *answer, int64_t deadline_ms,
                          struct diagnostic *diagnostic)
{
    struct hearth_reply reply = {0};
    int error;

    device->mailbox.carry = carry;
    device->mailbox.context = device;
    error = hearth_mailbox_set_id(&device->mailbox, device->options.device_id, diagnostic);
    if (error == RIG_OK) {
        error = end_leftover(device, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        error = hearth_mailbox_hello(&device->mailbox, &reply, deadline_ms, diagnostic);
    }
    if (error == RIG_OK && reply.status == HEARTH_STATUS_OK && patient && reply.wait_ms > 0) {
        reply.status = HEARTH_STATUS_WAIT;
    } else if (error == RIG_OK && reply.status == HEARTH_STATUS_OK) {
        error = hearth_mailbox_login(&device->mailbox, password, &reply, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        take_answer(&reply, answer);
    }
    return error;
}

/* Whether to try again, and when. */
static bool may_wait(const struct adapter_answer *answer, int64_t deadline_ms, int64_t *until_ms)
{
    uint64_t wait = answer->wait_ms;

    if (answer->outcome != ADAPTER_WAIT && answer->outcome != ADAPTER_BUSY) {
        return false;
    }
    if (answer->outcome == ADAPTER_BUSY && wait > BUSY_POLL_MS) {
        wait = BUSY_POLL_MS;
    }
    *until_ms = process_clock_ms() + (int64_t)(wait < PAUSE_MIN_MS ? PAUSE_MIN_MS : wait);
    return deadline_ms == PROCESS_NO_DEADLINE || *until_ms + ATTEMPT_MS <= deadline_ms;
}

int hearth_device_log_in(struct hearth_device *device, enum adapter_channel channel,
                         struct adapter_answer *answer, int64_t deadline_ms,
                         struct diagnostic *diagnostic)
{
    const char *password = device->options.password;
    int64_t until_ms = 0;
    int error = hearth_device_begin(device, channel, diagnostic);

    if (error == RIG_OK && (password == NULL || password[0] == '\0')) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                "no password of the device is known, so that nobody can log in; "
                                "name it in the bench file");
    }
    while (error == RIG_OK) {
        error = hearth_device_attempt(device, password, true, answer, deadline_ms, diagnostic);
        if (error != RIG_OK || !may_wait(answer, deadline_ms, &until_ms)) {
            break;
        }
        error = descriptor_pause(until_ms, diagnostic);
    }
    return error;
}

int hearth_device_must_log_in(struct hearth_device *device, int64_t deadline_ms,
                              struct diagnostic *diagnostic)
{
    struct adapter_answer answer = {ADAPTER_REFUSED, 0, ""};
    int error = hearth_device_log_in(device, hearth_device_channel(device), &answer, deadline_ms,
                                     diagnostic);

    if (error == RIG_OK && answer.outcome != ADAPTER_ACCEPTED) {
        error = diagnostic_fail(
            diagnostic, answer.outcome == ADAPTER_REFUSED ? RIG_ERROR_DEVICE : RIG_ERROR_TIMEOUT,
            "the device does not let us log in: %s", answer.reason);
    }
    return error;
}

/* ---- verbs ---- */

int hearth_device_ask(struct hearth_device *device, const struct hearth_request *request,
                      struct hearth_reply *reply, struct adapter_answer *answer,
                      int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = hearth_mailbox_request(&device->mailbox, request, reply, deadline_ms, diagnostic);

    if (error == RIG_OK) {
        take_answer(reply, answer);
    }
    return error;
}

int hearth_device_end(struct hearth_device *device, int error, int64_t deadline_ms)
{
    /* What a log-out that fails leaves behind, the next verb ends; the verb itself has its result. */
    if (error == RIG_OK) {
        const int64_t soon_ms = process_clock_ms() + LOG_OUT_MS;

        (void)end_leftover(
            device,
            deadline_ms == PROCESS_NO_DEADLINE || soon_ms < deadline_ms ? soon_ms : deadline_ms,
            NULL);
    }
    disconnect(device);
    return error;
}

void hearth_device_drop(struct hearth_device *device)
{
    hearth_mailbox_forget(&device->mailbox);
    disconnect(device);
}
