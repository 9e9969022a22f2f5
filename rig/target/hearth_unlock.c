#include "target/hearth_unlock.h"

#include <string.h>

enum {
    /* firmware/app/mailbox.h and event_log.h */
    CHALLENGE_SIZE = 36,
    WAIT_SIZE = 4,
    EVENT_SIZE = 18,
    EVENT_TYPE = 4, /* its place */
    UNLOCK_REFUSED = 9,
    UNLOCKED = 10,
    EVENTS_MAX = 4096, /* that are read: a device may make up events for ever */
};

/* Logs in, and asks once. *reply counts when the device accepts. */
static int ask(struct hearth_device *device, const struct hearth_request *request,
               struct hearth_reply *reply, struct adapter_answer *answer, int64_t deadline_ms,
               struct diagnostic *diagnostic)
{
    const int error = hearth_device_log_in(device, hearth_device_channel(device), answer,
                                           deadline_ms, diagnostic);

    return error == RIG_OK && answer->outcome == ADAPTER_ACCEPTED
               ? hearth_device_ask(device, request, reply, answer, deadline_ms, diagnostic)
               : error;
}

int hearth_unlock_challenge(void *self, struct adapter_bytes *challenge,
                            struct adapter_answer *answer, int64_t deadline_ms,
                            struct diagnostic *diagnostic)
{
    const struct hearth_request request = {HEARTH_DEBUG_CHALLENGE, NULL, 0};
    struct hearth_reply reply = {0};
    int error = ask(self, &request, &reply, answer, deadline_ms, diagnostic);

    if (error == RIG_OK && answer->outcome == ADAPTER_ACCEPTED) {
        if (reply.size == CHALLENGE_SIZE) {
            challenge->size = reply.size;
            memcpy(challenge->bytes, reply.bytes, reply.size);
        } else {
            error = diagnostic_fail(diagnostic, RIG_ERROR_DEVICE,
                                    "a challenge of %zu bytes instead of %d", reply.size,
                                    CHALLENGE_SIZE);
        }
    }
    return hearth_device_end(self, error, deadline_ms);
}

static uint32_t get32(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* A device that takes the token restarts: there is no session to be ended. */
int hearth_unlock(void *self, const struct adapter_bytes *token, struct adapter_answer *answer,
                  int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct hearth_device *device = self;
    const struct hearth_request request = {HEARTH_DEBUG_TOKEN, token->bytes, token->size};
    struct hearth_reply reply = {0};
    int error;

    if (token->size > HEARTH_PAYLOAD) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "a token of %zu bytes does not fit into a message of Hearth's",
                               token->size);
    }
    error = ask(device, &request, &reply, answer, deadline_ms, diagnostic);
    if (error == RIG_OK && answer->outcome == ADAPTER_ACCEPTED) {
        hearth_device_drop(device);
        return RIG_OK;
    }
    if (error == RIG_OK && reply.size == WAIT_SIZE) {
        answer->wait_ms = get32(reply.bytes);
    }
    return hearth_device_end(device, error, deadline_ms);
}

/* Counts those of one answer. *after is the number of the last one. */
static void count(const struct hearth_reply *reply, struct adapter_unlock_log *log, uint32_t *after)
{
    for (size_t at = 0; at + EVENT_SIZE <= reply->size; at += EVENT_SIZE) {
        const uint8_t *event = reply->bytes + at;

        log->opened += event[EVENT_TYPE] == UNLOCKED;
        log->refused += event[EVENT_TYPE] == UNLOCK_REFUSED;
        *after = get32(event);
    }
}

int hearth_unlock_log(void *self, struct adapter_unlock_log *log, int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    struct hearth_device *device = self;
    uint32_t after = 0;
    size_t read = EVENT_SIZE;
    int error = hearth_device_must_log_in(device, deadline_ms, diagnostic);

    for (size_t total = 0; error == RIG_OK && read > 0 && total < EVENTS_MAX;
         total += read / EVENT_SIZE) {
        const uint8_t number[] = {(uint8_t)after, (uint8_t)(after >> 8), (uint8_t)(after >> 16),
                                  (uint8_t)(after >> 24)};
        const struct hearth_request request = {HEARTH_READ_EVENTS, number, sizeof number};
        struct adapter_answer answer = {ADAPTER_REFUSED, 0, ""};
        struct hearth_reply reply = {0};

        error = hearth_device_ask(device, &request, &reply, &answer, deadline_ms, diagnostic);
        if (error == RIG_OK && answer.outcome != ADAPTER_ACCEPTED) {
            error = diagnostic_fail(diagnostic, RIG_ERROR_DEVICE,
                                    "the device does not give its events: %s", answer.reason);
        }
        read = reply.size;
        count(&reply, log, &after);
    }
    return hearth_device_end(device, error, deadline_ms);
}
