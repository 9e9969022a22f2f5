#include "target/hearth_update.h"

#include <string.h>

#include "base/descriptor_wait.h"
#include "base/file.h"
#include "base/process.h"

enum {
    IMAGE_LIMIT = 64 * 1024 * 1024, /* bytes of a file */
    IMAGE_HEADER = 128,
    CHUNK = 200,           /* bytes of the body in one message */
    CONFIRM_POLL_MS = 100, /* between two questions whether the self-test has passed */
};

/* An update under way. */
struct transfer {
    struct hearth_device *device;
    struct file_content image;
    size_t end; /* of what is to be sent of it */
    struct adapter_answer *answer;
    int64_t deadline_ms;
    struct diagnostic *diagnostic;
};

static void put32(uint8_t *bytes, size_t value)
{
    for (size_t i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

static size_t get32(const uint8_t *bytes)
{
    return (size_t)bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16 |
           (size_t)bytes[3] << 24;
}

static int step(const struct transfer *transfer, const struct hearth_request *request,
                struct hearth_reply *reply)
{
    return hearth_device_ask(transfer->device, request, reply, transfer->answer,
                             transfer->deadline_ms, transfer->diagnostic);
}

static bool goes_on(const struct transfer *transfer, int error)
{
    return error == RIG_OK && transfer->answer->outcome == ADAPTER_ACCEPTED;
}

static int send_plain(const struct transfer *transfer, enum hearth_type type)
{
    const struct hearth_request request = {type, NULL, 0};
    struct hearth_reply reply = {0};

    return step(transfer, &request, &reply);
}

/* A file that is shorter than a header is sent all the same: the device has to refuse it. */
static int send_header(const struct transfer *transfer)
{
    const struct hearth_request request = {
        HEARTH_UPDATE_BEGIN, transfer->image.bytes,
        transfer->image.size < IMAGE_HEADER ? transfer->image.size : IMAGE_HEADER};
    struct hearth_reply reply = {0};

    return step(transfer, &request, &reply);
}

/* One piece of the body, `size` bytes at `at` in the file. */
static int send_piece(const struct transfer *transfer, size_t at, size_t size)
{
    const size_t offset = at - IMAGE_HEADER;
    uint8_t payload[4 + CHUNK];
    const struct hearth_request request = {HEARTH_UPDATE_DATA, payload, 4 + size};
    struct hearth_reply reply = {0};
    int error;

    put32(payload, offset);
    memcpy(payload + 4, transfer->image.bytes + at, size);
    error = step(transfer, &request, &reply);
    if (goes_on(transfer, error) && (reply.size != 4 || get32(reply.bytes) != offset + size)) {
        error = diagnostic_fail(transfer->diagnostic, RIG_ERROR_DEVICE,
                                "the device took data of an update, and asks for others next");
    }
    return error;
}

static int send_body(const struct transfer *transfer)
{
    int error = RIG_OK;

    for (size_t at = IMAGE_HEADER; at < transfer->end && goes_on(transfer, error);) {
        const size_t left = transfer->end - at;
        const size_t size = left < CHUNK ? left : CHUNK;

        error = send_piece(transfer, at, size);
        at += size;
    }
    return error;
}

static int send_image(const struct transfer *transfer, bool activate)
{
    const bool whole = transfer->end == transfer->image.size;
    int error = RIG_OK;

    if (whole || transfer->end >= IMAGE_HEADER) {
        error = send_header(transfer);
    }
    if (goes_on(transfer, error)) {
        error = send_body(transfer);
    }
    if (goes_on(transfer, error) && whole) {
        error = send_plain(transfer, HEARTH_UPDATE_FINISH);
    }
    if (goes_on(transfer, error) && whole && activate) {
        error = send_plain(transfer, HEARTH_UPDATE_ACTIVATE);
        if (goes_on(transfer, error)) {
            hearth_device_drop(transfer->device); /* it restarts */
        }
    }
    return error;
}

int hearth_update(void *self, const struct adapter_update *update, struct adapter_answer *answer,
                  int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct transfer transfer = {self, {NULL, 0}, 0, answer, deadline_ms, diagnostic};
    int error = file_read(update->image, IMAGE_LIMIT, &transfer.image, diagnostic);

    if (error != RIG_OK) {
        return error == RIG_ERROR_NO_MEMORY ? error : RIG_ERROR_BENCH;
    }
    transfer.end =
        update->stop_after < transfer.image.size ? (size_t)update->stop_after : transfer.image.size;
    error = hearth_device_log_in(self, update->channel, answer, deadline_ms, diagnostic);
    if (goes_on(&transfer, error)) {
        error = send_image(&transfer, update->activate);
    }
    if (goes_on(&transfer, error) && transfer.end < transfer.image.size) {
        hearth_device_drop(self);
    }
    file_content_free(&transfer.image);
    return hearth_device_end(self, error, deadline_ms);
}

int hearth_update_confirm(void *self, struct adapter_answer *answer, int64_t deadline_ms,
                          struct diagnostic *diagnostic)
{
    struct hearth_device *device = self;
    const struct hearth_request confirm = {HEARTH_UPDATE_CONFIRM, NULL, 0};
    struct hearth_reply reply = {0};
    int error = hearth_device_log_in(device, hearth_device_channel(device), answer, deadline_ms,
                                     diagnostic);

    while (error == RIG_OK && answer->outcome == ADAPTER_ACCEPTED) {
        const int64_t until_ms = process_clock_ms() + CONFIRM_POLL_MS;

        error = hearth_device_ask(device, &confirm, &reply, answer, deadline_ms, diagnostic);
        if (error != RIG_OK || reply.status != HEARTH_STATUS_NOT_READY ||
            (deadline_ms != PROCESS_NO_DEADLINE && until_ms >= deadline_ms)) {
            break;
        }
        answer->outcome = ADAPTER_ACCEPTED; /* of the log-in: ask again */
        error = descriptor_pause(until_ms, diagnostic);
    }
    return hearth_device_end(device, error, deadline_ms);
}
