#include "target/hearth_mailbox.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/hexadecimal.h"
#include "base/text.h"

enum {
    VERSION = 1,
    LOGIN_SEQUENCE = 1,
    TO_DEVICE = 0,
    TO_CLIENT = 1,
    HELLO_ANSWER = 1 + HEARTH_NONCE + HEARTH_SALT + 4 + 4,
    REFUSAL = 5,
};

/* A message's first twelve bytes, but for the version. */
struct header {
    uint8_t type;
    uint16_t size; /* of the payload */
    uint32_t session;
    uint32_t sequence;
};

const char *hearth_status_text(unsigned status)
{
    static const char *const texts[] = {"done",
                                        "malformed message",
                                        "no session",
                                        "wrong proof",
                                        "too many failed attempts",
                                        "somebody is logged in",
                                        "message replayed",
                                        "value refused",
                                        "no such setting",
                                        "storage failed",
                                        "password refused: weak or not fresh",
                                        "cryptography unavailable",
                                        "not allowed",
                                        "image refused: format",
                                        "image refused: signature",
                                        "image refused: product",
                                        "image refused: slot",
                                        "image refused: length",
                                        "image refused: older",
                                        "image refused: body",
                                        "image refused: truncated",
                                        "step not due",
                                        "self-test not passed yet",
                                        "token refused",
                                        "not in this life cycle"};

    return status < sizeof texts / sizeof texts[0] ? texts[status] : "unknown status";
}

static void put32(uint8_t *bytes, uint32_t value)
{
    for (size_t i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

static uint32_t get32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static void put_header(const struct hearth_mailbox *mailbox, uint8_t type, size_t size,
                       uint8_t *message)
{
    message[0] = VERSION;
    message[1] = type;
    message[2] = (uint8_t)size;
    message[3] = (uint8_t)(size >> 8);
    put32(message + 4, mailbox->session);
    put32(message + 8, mailbox->sequence);
}

static int malformed(struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE,
                           "the device sent no mailbox answer to the last message");
}

/* False when it is no header of an answer, or announces more than an answer can hold. */
static bool get_header(const uint8_t *answer, struct header *header)
{
    header->type = answer[1];
    header->size = (uint16_t)(answer[2] | answer[3] << 8);
    header->session = get32(answer + 4);
    header->sequence = get32(answer + 8);
    return answer[0] == VERSION && header->size >= 1 &&
           header->size <= HEARTH_MESSAGE - HEARTH_HEADER;
}

/* A refusal comes in clear and repeats the message's session and sequence; both are 0 when the device
 * could not read them. */
static bool take_refusal(const struct hearth_mailbox *mailbox, const struct header *header,
                         const uint8_t *answer, struct hearth_reply *reply)
{
    if (header->type != (HEARTH_REFUSED | HEARTH_ANSWER) || header->size != REFUSAL ||
        !((header->session == mailbox->session && header->sequence == mailbox->sequence) ||
          (header->session == 0 && header->sequence == 0)) ||
        answer[HEARTH_HEADER] == HEARTH_STATUS_OK) {
        return false;
    }
    reply->status = answer[HEARTH_HEADER];
    reply->wait_ms = get32(answer + HEARTH_HEADER + 1);
    return true;
}

/* ---- log-in ---- */

static bool decode_id(const char *text, uint8_t id[HEARTH_DEVICE_ID])
{
    size_t size = 0;

    return text != NULL && hexadecimal_read(text, id, HEARTH_DEVICE_ID, &size) &&
           size == HEARTH_DEVICE_ID;
}

int hearth_mailbox_set_id(struct hearth_mailbox *mailbox, const char *id,
                          struct diagnostic *diagnostic)
{
    return decode_id(id, mailbox->device_id)
               ? RIG_OK
               : diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                 "the device's id is not known as 32 hexadecimal digits, so that "
                                 "nobody can log in; correct `adapter.device_id` in the target's "
                                 "or the bench's file");
}

static int take_hello(struct hearth_mailbox *mailbox, const uint8_t *hello, const uint8_t *answer,
                      struct hearth_reply *reply, struct diagnostic *diagnostic)
{
    const struct hearth_transcript transcript = {hello, HEARTH_HEADER + HEARTH_NONCE, answer,
                                                 HEARTH_HEADER + HELLO_ANSWER};
    const uint8_t *salt = answer + HEARTH_HEADER + 1 + HEARTH_NONCE;
    const uint32_t iterations = get32(salt + HEARTH_SALT);
    struct header header;

    if (!get_header(answer, &header)) {
        return malformed(diagnostic);
    }
    if (take_refusal(mailbox, &header, answer, reply)) {
        return RIG_OK;
    }
    if (header.type != (HEARTH_HELLO | HEARTH_ANSWER) || header.size != HELLO_ANSWER ||
        header.session == 0 || header.sequence != 0 || answer[HEARTH_HEADER] != HEARTH_STATUS_OK) {
        return malformed(diagnostic);
    }
    mailbox->session = header.session;
    memcpy(mailbox->device_nonce, answer + HEARTH_HEADER + 1, HEARTH_NONCE);
    if (memcmp(mailbox->verifier.salt, salt, HEARTH_SALT) != 0 ||
        mailbox->verifier.iterations != iterations) {
        memcpy(mailbox->verifier.salt, salt, HEARTH_SALT);
        mailbox->verifier.iterations = iterations;
        mailbox->password[0] = '\0';
    }
    reply->wait_ms = get32(salt + HEARTH_SALT + 4);
    return hearth_transcript_hash(&transcript, mailbox->transcript, diagnostic);
}

int hearth_mailbox_hello(struct hearth_mailbox *mailbox, struct hearth_reply *reply,
                         int64_t deadline_ms, struct diagnostic *diagnostic)
{
    uint8_t hello[HEARTH_MESSAGE];
    uint8_t answer[HEARTH_MESSAGE];
    int error;

    memset(reply, 0, sizeof *reply);
    hearth_mailbox_forget(mailbox);
    if (getrandom(mailbox->client_nonce, HEARTH_NONCE, 0) != HEARTH_NONCE) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "no random bytes: %s", strerror(errno));
    }
    put_header(mailbox, HEARTH_HELLO, HEARTH_NONCE, hello);
    memcpy(hello + HEARTH_HEADER, mailbox->client_nonce, HEARTH_NONCE);
    error = mailbox->carry(mailbox->context, hello, HEARTH_HEADER + HEARTH_NONCE, answer,
                           deadline_ms, diagnostic);
    return error == RIG_OK ? take_hello(mailbox, hello, answer, reply, diagnostic) : error;
}

/* The password's key, unless it is known already. */
static int derive_key(struct hearth_mailbox *mailbox, const char *password,
                      struct diagnostic *diagnostic)
{
    int error;

    if (mailbox->password[0] != '\0' && strcmp(mailbox->password, password) == 0) {
        return RIG_OK;
    }
    mailbox->password[0] = '\0';
    error = hearth_verifier_derive(&mailbox->verifier, password, diagnostic);
    if (error == RIG_OK && text_copy(mailbox->password, sizeof mailbox->password, password) != 0) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                "the password has more than %d characters", ADAPTER_PASSWORD - 1);
    }
    return error;
}

/* Takes a sealed answer to a message of that type. */
static int open_answer(const struct hearth_mailbox *mailbox, uint8_t type, uint8_t *answer,
                       struct hearth_reply *reply, struct diagnostic *diagnostic)
{
    struct hearth_sealing sealing = {mailbox->keys.to_client, TO_CLIENT,
                                     type == HEARTH_LOGIN ? mailbox->transcript : NULL, answer, 0};
    struct header header;
    int error;

    if (!get_header(answer, &header)) {
        return malformed(diagnostic);
    }
    if (take_refusal(mailbox, &header, answer, reply)) {
        return RIG_OK;
    }
    if (header.type != (type | HEARTH_ANSWER) || header.size > HEARTH_PAYLOAD ||
        header.session != mailbox->session || header.sequence != mailbox->sequence) {
        return malformed(diagnostic);
    }
    sealing.size = header.size;
    error = hearth_open(&sealing, diagnostic);
    if (error == RIG_OK) {
        reply->status = answer[HEARTH_HEADER];
        reply->size = header.size - 1U;
        memcpy(reply->bytes, answer + HEARTH_HEADER + 1, reply->size);
    }
    return error;
}

/* Seals a message with the present sequence, carries it and takes the answer. */
static int exchange(struct hearth_mailbox *mailbox, const struct hearth_request *request,
                    struct hearth_reply *reply, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    uint8_t message[HEARTH_MESSAGE];
    uint8_t answer[HEARTH_MESSAGE];
    const uint8_t type = (uint8_t)request->type;
    const struct hearth_sealing sealing = {mailbox->keys.to_device, TO_DEVICE,
                                           type == HEARTH_LOGIN ? mailbox->transcript : NULL,
                                           message, request->size};
    int error;

    put_header(mailbox, type, request->size, message);
    if (request->size > 0) {
        memcpy(message + HEARTH_HEADER, request->payload, request->size);
    }
    error = hearth_seal(&sealing, diagnostic);
    if (error == RIG_OK) {
        error =
            mailbox->carry(mailbox->context, message, HEARTH_HEADER + request->size + HEARTH_TAG,
                           answer, deadline_ms, diagnostic);
    }
    return error == RIG_OK ? open_answer(mailbox, type, answer, reply, diagnostic) : error;
}

int hearth_mailbox_login(struct hearth_mailbox *mailbox, const char *password,
                         struct hearth_reply *reply, int64_t deadline_ms,
                         struct diagnostic *diagnostic)
{
    const struct hearth_request request = {HEARTH_LOGIN, NULL, 0};
    const struct hearth_session_secrets secrets = {mailbox->verifier.key, mailbox->client_nonce,
                                                   mailbox->device_nonce, mailbox->device_id};
    int error;

    memset(reply, 0, sizeof *reply);
    if (mailbox->session == 0 || mailbox->is_open) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "LOGIN without HELLO");
    }
    error = derive_key(mailbox, password, diagnostic);
    if (error == RIG_OK) {
        error = hearth_keys_derive(&secrets, &mailbox->keys, diagnostic);
    }
    if (error == RIG_OK) {
        mailbox->sequence = LOGIN_SEQUENCE;
        error = exchange(mailbox, &request, reply, deadline_ms, diagnostic);
    }
    mailbox->is_open = error == RIG_OK && reply->status == HEARTH_STATUS_OK;
    return error;
}

int hearth_mailbox_request(struct hearth_mailbox *mailbox, const struct hearth_request *request,
                           struct hearth_reply *reply, int64_t deadline_ms,
                           struct diagnostic *diagnostic)
{
    memset(reply, 0, sizeof *reply);
    if (!mailbox->is_open || request->size > HEARTH_PAYLOAD || mailbox->sequence == UINT32_MAX) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "a mailbox message without log-in, or of %zu bytes", request->size);
    }
    mailbox->sequence++;
    return exchange(mailbox, request, reply, deadline_ms, diagnostic);
}

void hearth_mailbox_forget(struct hearth_mailbox *mailbox)
{
    mailbox->is_open = false;
    mailbox->session = 0;
    mailbox->sequence = 0;
    hearth_wipe(&mailbox->keys, sizeof mailbox->keys);
}
