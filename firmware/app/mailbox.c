#include "mailbox.h"

#include "byte_order.h"
#include "device.h"
#include "mailbox_commands.h"
#include "mailbox_message.h"

#include <string.h>

#define HELLO_ANSWER_SIZE (1U + MAILBOX_NONCE_SIZE + PASSWORD_SALT_SIZE + 4U + 4U)
#define LOGIN_SEQUENCE    1U

/* One transaction: what came, and the answer in the making. */
struct exchange {
    struct device *device;
    struct mailbox_header header;
    uint8_t message[MAILBOX_MAX_MESSAGE]; /* a copy: opened in place */
    uint8_t *answer;
};

static uint8_t *answer_payload(const struct exchange *exchange)
{
    return exchange->answer + MAILBOX_HEADER_SIZE;
}

static void begin_answer(const struct exchange *exchange, uint8_t type, uint16_t length)
{
    struct mailbox_header header = exchange->header;

    header.type = (uint8_t)(type | MAILBOX_ANSWER);
    header.length = length;
    mailbox_header_encode(&header, exchange->answer);
}

static size_t refuse(const struct exchange *exchange, enum mailbox_status status, uint32_t wait_ms)
{
    begin_answer(exchange, MAILBOX_REFUSED, 5);
    answer_payload(exchange)[0] = (uint8_t)status;
    put_le32(answer_payload(exchange) + 1, wait_ms);
    return MAILBOX_HEADER_SIZE + 5U;
}

static void end_session(struct mailbox *mailbox)
{
    crypto_wipe(mailbox, sizeof *mailbox);
    mailbox->state = MAILBOX_IDLE;
}

void mailbox_start(struct mailbox *mailbox)
{
    end_session(mailbox);
}

void mailbox_poll(struct mailbox *mailbox)
{
    if (mailbox->state != MAILBOX_IDLE &&
        hal_time_ms() - mailbox->last_active_ms >= MAILBOX_IDLE_MS) {
        end_session(mailbox);
    }
}

/* A status byte and `length - 1` bytes that are in place already, sealed for the client. */
static size_t sealed_answer(const struct exchange *exchange, enum mailbox_status status,
                            uint16_t length)
{
    const struct mailbox *mailbox = &exchange->device->mailbox;
    const struct mailbox_seal seal = {
        .key = mailbox->to_client_key,
        .direction = MAILBOX_TO_CLIENT,
        .extra = exchange->header.type == MAILBOX_LOGIN ? mailbox->transcript : NULL};

    begin_answer(exchange, exchange->header.type, length);
    answer_payload(exchange)[0] = (uint8_t)status;
    if (mailbox_seal(&seal, exchange->answer) != CRYPTO_OK) {
        return refuse(exchange, MAILBOX_STATUS_UNAVAILABLE, 0);
    }
    return MAILBOX_HEADER_SIZE + (size_t)length + CRYPTO_TAG_SIZE;
}

/* The password that the session is opened with. */
static const struct password_verifier *session_password(const struct device *device)
{
    return device->mailbox.label ? &device->factory.initial_password : device_password(device);
}

/* Fresh session number and device nonce; keys and transcript follow from them. */
static int prepare_session(const struct exchange *exchange, uint8_t *device_nonce)
{
    struct mailbox *mailbox = &exchange->device->mailbox;
    const struct mailbox_key_input input = {.key = session_password(exchange->device)->key,
                                            .client_nonce = exchange->message + MAILBOX_HEADER_SIZE,
                                            .device_nonce = device_nonce,
                                            .device_id = exchange->device->factory.device_id};
    uint8_t session[4];

    if (drbg_read(&exchange->device->drbg, device_nonce, MAILBOX_NONCE_SIZE) != DRBG_OK ||
        drbg_read(&exchange->device->drbg, session, sizeof session) != DRBG_OK) {
        return CRYPTO_ERROR_INTERNAL;
    }
    mailbox->session = get_le32(session) | 1U; /* never 0, which stands for 'none' */
    return mailbox_derive_keys(&input, mailbox->to_device_key, mailbox->to_client_key);
}

static int hash_greeting(const struct exchange *exchange)
{
    return crypto_sha256(exchange->message, MAILBOX_HEADER_SIZE + MAILBOX_NONCE_SIZE,
                         exchange->answer, MAILBOX_HEADER_SIZE + HELLO_ANSWER_SIZE,
                         exchange->device->mailbox.transcript);
}

static size_t handle_hello(struct exchange *exchange)
{
    struct device *device = exchange->device;
    struct mailbox *mailbox = &device->mailbox;
    const bool label = exchange->header.type == MAILBOX_HELLO_LABEL;
    uint8_t *payload = answer_payload(exchange);
    const struct password_verifier *password;

    if (exchange->header.length != MAILBOX_NONCE_SIZE || exchange->header.session != 0 ||
        exchange->header.sequence != 0) {
        return refuse(exchange, MAILBOX_STATUS_MALFORMED, 0);
    }
    if (label && device->requester.interface != EVENT_FROM_RTU) {
        return refuse(exchange, MAILBOX_STATUS_NOT_ALLOWED, 0);
    }
    if (mailbox->state == MAILBOX_OPEN) {
        uint64_t silence = hal_time_ms() - mailbox->last_active_ms;
        return refuse(exchange, MAILBOX_STATUS_BUSY, (uint32_t)(MAILBOX_IDLE_MS - silence));
    }
    end_session(mailbox);
    mailbox->label = label;
    password = session_password(device);
    if (prepare_session(exchange, payload + 1) != CRYPTO_OK) {
        return refuse(exchange, MAILBOX_STATUS_UNAVAILABLE, 0);
    }
    exchange->header.session = mailbox->session;
    begin_answer(exchange, exchange->header.type, HELLO_ANSWER_SIZE);
    payload[0] = MAILBOX_STATUS_OK;
    memcpy(payload + 17, password->salt, PASSWORD_SALT_SIZE);
    put_le32(payload + 33, password->iterations);
    put_le32(payload + 37, access_wait_ms(&device->access));
    if (hash_greeting(exchange) != CRYPTO_OK) {
        return refuse(exchange, MAILBOX_STATUS_UNAVAILABLE, 0);
    }
    mailbox->state = MAILBOX_GREETED;
    mailbox->last_active_ms = hal_time_ms();
    return MAILBOX_HEADER_SIZE + HELLO_ANSWER_SIZE;
}

static int open_message(struct exchange *exchange)
{
    const struct mailbox *mailbox = &exchange->device->mailbox;
    const struct mailbox_seal seal = {
        .key = mailbox->to_device_key,
        .direction = MAILBOX_TO_DEVICE,
        .extra = exchange->header.type == MAILBOX_LOGIN ? mailbox->transcript : NULL};

    return mailbox_open(&seal, exchange->message);
}

static size_t handle_login(struct exchange *exchange)
{
    struct device *device = exchange->device;
    struct mailbox *mailbox = &device->mailbox;
    int counted;

    if (mailbox->state != MAILBOX_GREETED || exchange->header.session != mailbox->session) {
        return refuse(exchange, MAILBOX_STATUS_NO_SESSION, 0);
    }
    if (exchange->header.length != 0 || exchange->header.sequence != LOGIN_SEQUENCE) {
        return refuse(exchange, MAILBOX_STATUS_MALFORMED, 0);
    }
    /* Counted first, judged afterwards: a power cut in between must not give a free guess. */
    counted = access_begin_attempt(&device->access);
    if (counted == ACCESS_ERROR_WAIT) {
        return refuse(exchange, MAILBOX_STATUS_WAIT, access_wait_ms(&device->access));
    }
    if (counted != ACCESS_OK) {
        return refuse(exchange, MAILBOX_STATUS_STORAGE, access_wait_ms(&device->access));
    }
    if (open_message(exchange) != CRYPTO_OK) {
        end_session(mailbox);
        device_log_event(device, EVENT_LOGIN_FAILED, device->access.failures);
        return refuse(exchange, MAILBOX_STATUS_WRONG_PROOF, access_wait_ms(&device->access));
    }
    if (access_succeed(&device->access) != ACCESS_OK) {
        end_session(mailbox);
        return refuse(exchange, MAILBOX_STATUS_STORAGE, 0);
    }
    mailbox->state = MAILBOX_OPEN;
    mailbox->last_sequence = LOGIN_SEQUENCE;
    mailbox->last_active_ms = hal_time_ms();
    device_log_event(device, EVENT_LOGGED_IN, 0);
    return sealed_answer(exchange, MAILBOX_STATUS_OK, 1);
}

/* Runs the command; its answer is sealed before a session that it ended is wiped. */
static size_t run_command(const struct exchange *exchange)
{
    struct mailbox_command command = {.device = exchange->device,
                                      .type = exchange->header.type,
                                      .payload = exchange->message + MAILBOX_HEADER_SIZE,
                                      .length = exchange->header.length,
                                      .result = answer_payload(exchange) + 1};
    const enum mailbox_status status = mailbox_command_run(&command);
    const size_t length = sealed_answer(exchange, status, (uint16_t)(1U + command.result_length));

    if (command.ends_session) {
        end_session(&exchange->device->mailbox);
    }
    return length;
}

static size_t handle_in_session(struct exchange *exchange)
{
    struct mailbox *mailbox = &exchange->device->mailbox;

    if (mailbox->state != MAILBOX_OPEN || exchange->header.session != mailbox->session) {
        return refuse(exchange, MAILBOX_STATUS_NO_SESSION, 0);
    }
    if (exchange->header.sequence <= mailbox->last_sequence) {
        return refuse(exchange, MAILBOX_STATUS_REPLAYED, 0);
    }
    /* A wrong tag does not end the session: else anybody on the network could end it. */
    if (open_message(exchange) != CRYPTO_OK) {
        return refuse(exchange, MAILBOX_STATUS_WRONG_PROOF, 0);
    }
    mailbox->last_sequence = exchange->header.sequence;
    mailbox->last_active_ms = hal_time_ms();
    return run_command(exchange);
}

static bool is_greeting(uint8_t type)
{
    return type == MAILBOX_HELLO || type == MAILBOX_HELLO_LABEL;
}

size_t mailbox_handle(struct device *device, const uint8_t *message, size_t length,
                      uint8_t answer[MAILBOX_MAX_MESSAGE])
{
    struct exchange exchange = {.device = device, .answer = answer};
    const size_t tag_size = length > 1 && is_greeting(message[1]) ? 0 : CRYPTO_TAG_SIZE;
    size_t answer_length;

    mailbox_poll(&device->mailbox);
    if (length > sizeof exchange.message ||
        !mailbox_header_decode(&exchange.header, message, length, tag_size)) {
        return refuse(&exchange, MAILBOX_STATUS_MALFORMED, 0);
    }
    memcpy(exchange.message, message, length);
    switch (exchange.header.type) {
    case MAILBOX_HELLO:
    case MAILBOX_HELLO_LABEL:
        answer_length = handle_hello(&exchange);
        break;
    case MAILBOX_LOGIN:
        answer_length = handle_login(&exchange);
        break;
    default:
        answer_length = handle_in_session(&exchange);
        break;
    }
    crypto_wipe(exchange.message, sizeof exchange.message);
    return answer_length;
}
