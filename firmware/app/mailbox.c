#include "mailbox.h"

#include "byte_order.h"
#include "mailbox_message.h"

#include <string.h>

#define HELLO_ANSWER_SIZE (1U + MAILBOX_NONCE_SIZE + PASSWORD_SALT_SIZE + 4U + 4U)
#define LOGIN_SEQUENCE    1U

/* One transaction: what came, and the answer in the making. */
struct exchange {
    const struct mailbox_context *context;
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

static const struct password_verifier *valid_password(const struct mailbox_context *context)
{
    const struct settings *settings = &context->settings->current;

    return settings->has_password ? &settings->password : &context->factory->initial_password;
}

/* A status byte and `length - 1` bytes that are in place already, sealed for the client. */
static size_t sealed_answer(const struct exchange *exchange, enum mailbox_status status,
                            uint16_t length)
{
    const struct mailbox *mailbox = exchange->context->mailbox;
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

/* Fresh session number and device nonce; keys and transcript follow from them. */
static int prepare_session(const struct exchange *exchange, uint8_t *device_nonce)
{
    struct mailbox *mailbox = exchange->context->mailbox;
    const struct mailbox_key_input input = {.key = valid_password(exchange->context)->key,
                                            .client_nonce = exchange->message + MAILBOX_HEADER_SIZE,
                                            .device_nonce = device_nonce,
                                            .device_id = exchange->context->factory->device_id};
    uint8_t session[4];

    if (hal_entropy(device_nonce, MAILBOX_NONCE_SIZE) != HAL_OK ||
        hal_entropy(session, sizeof session) != HAL_OK) {
        return CRYPTO_ERROR_INTERNAL;
    }
    mailbox->session = get_le32(session) | 1U; /* never 0, which stands for 'none' */
    return mailbox_derive_keys(&input, mailbox->to_device_key, mailbox->to_client_key);
}

static int hash_greeting(const struct exchange *exchange)
{
    return crypto_sha256(exchange->message, MAILBOX_HEADER_SIZE + MAILBOX_NONCE_SIZE,
                         exchange->answer, MAILBOX_HEADER_SIZE + HELLO_ANSWER_SIZE,
                         exchange->context->mailbox->transcript);
}

static size_t handle_hello(struct exchange *exchange)
{
    const struct mailbox_context *context = exchange->context;
    const struct password_verifier *password = valid_password(context);
    struct mailbox *mailbox = context->mailbox;
    uint8_t *payload = answer_payload(exchange);

    if (exchange->header.length != MAILBOX_NONCE_SIZE || exchange->header.session != 0 ||
        exchange->header.sequence != 0) {
        return refuse(exchange, MAILBOX_STATUS_MALFORMED, 0);
    }
    if (mailbox->state == MAILBOX_OPEN) {
        uint64_t silence = hal_time_ms() - mailbox->last_active_ms;
        return refuse(exchange, MAILBOX_STATUS_BUSY, (uint32_t)(MAILBOX_IDLE_MS - silence));
    }
    end_session(mailbox);
    if (prepare_session(exchange, payload + 1) != CRYPTO_OK) {
        return refuse(exchange, MAILBOX_STATUS_UNAVAILABLE, 0);
    }
    exchange->header.session = mailbox->session;
    begin_answer(exchange, MAILBOX_HELLO, HELLO_ANSWER_SIZE);
    payload[0] = MAILBOX_STATUS_OK;
    memcpy(payload + 17, password->salt, PASSWORD_SALT_SIZE);
    put_le32(payload + 33, password->iterations);
    put_le32(payload + 37, access_wait_ms(context->access));
    if (hash_greeting(exchange) != CRYPTO_OK) {
        return refuse(exchange, MAILBOX_STATUS_UNAVAILABLE, 0);
    }
    mailbox->state = MAILBOX_GREETED;
    mailbox->last_active_ms = hal_time_ms();
    return MAILBOX_HEADER_SIZE + HELLO_ANSWER_SIZE;
}

static int open_message(struct exchange *exchange)
{
    const struct mailbox *mailbox = exchange->context->mailbox;
    const struct mailbox_seal seal = {
        .key = mailbox->to_device_key,
        .direction = MAILBOX_TO_DEVICE,
        .extra = exchange->header.type == MAILBOX_LOGIN ? mailbox->transcript : NULL};

    return mailbox_open(&seal, exchange->message);
}

static size_t handle_login(struct exchange *exchange)
{
    const struct mailbox_context *context = exchange->context;
    struct mailbox *mailbox = context->mailbox;
    int counted;

    if (mailbox->state != MAILBOX_GREETED || exchange->header.session != mailbox->session) {
        return refuse(exchange, MAILBOX_STATUS_NO_SESSION, 0);
    }
    if (exchange->header.length != 0 || exchange->header.sequence != LOGIN_SEQUENCE) {
        return refuse(exchange, MAILBOX_STATUS_MALFORMED, 0);
    }
    /* Counted first, judged afterwards: a power cut in between must not give a free guess. */
    counted = access_begin_attempt(context->access);
    if (counted == ACCESS_ERROR_WAIT) {
        return refuse(exchange, MAILBOX_STATUS_WAIT, access_wait_ms(context->access));
    }
    if (counted != ACCESS_OK) {
        return refuse(exchange, MAILBOX_STATUS_STORAGE, access_wait_ms(context->access));
    }
    if (open_message(exchange) != CRYPTO_OK) {
        end_session(mailbox);
        return refuse(exchange, MAILBOX_STATUS_WRONG_PROOF, access_wait_ms(context->access));
    }
    if (access_succeed(context->access) != ACCESS_OK) {
        end_session(mailbox);
        return refuse(exchange, MAILBOX_STATUS_STORAGE, 0);
    }
    mailbox->state = MAILBOX_OPEN;
    mailbox->last_sequence = LOGIN_SEQUENCE;
    mailbox->last_active_ms = hal_time_ms();
    return sealed_answer(exchange, MAILBOX_STATUS_OK, 1);
}

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

static enum mailbox_status set_setting(const struct exchange *exchange)
{
    const uint8_t *payload = exchange->message + MAILBOX_HEADER_SIZE;
    struct settings draft = exchange->context->settings->current;
    int result;

    if (exchange->header.length < 1) {
        return MAILBOX_STATUS_VALUE;
    }
    result = settings_set(&draft, payload[0], payload + 1, exchange->header.length - 1U);
    if (result == SETTINGS_OK) {
        result = settings_commit(exchange->context->settings, &draft);
    }
    return status_from_settings(result);
}

static size_t get_setting(const struct exchange *exchange)
{
    const uint8_t *payload = exchange->message + MAILBOX_HEADER_SIZE;
    int length;

    if (exchange->header.length != 1) {
        return sealed_answer(exchange, MAILBOX_STATUS_VALUE, 1);
    }
    length = settings_get(&exchange->context->settings->current, payload[0],
                          answer_payload(exchange) + 1);
    if (length < 0) {
        return sealed_answer(exchange, status_from_settings(length), 1);
    }
    return sealed_answer(exchange, MAILBOX_STATUS_OK, (uint16_t)(1 + length));
}

/* A password that stays the same in salt or key has not been replaced (5.1-4). */
static bool verifier_is_fresh(const struct mailbox_context *context,
                              const struct password_verifier *verifier)
{
    const struct password_verifier *now = valid_password(context);
    const struct password_verifier *initial = &context->factory->initial_password;

    return memcmp(verifier->salt, now->salt, PASSWORD_SALT_SIZE) != 0 &&
           memcmp(verifier->salt, initial->salt, PASSWORD_SALT_SIZE) != 0 &&
           !crypto_equal(verifier->key, now->key, PASSWORD_KEY_SIZE) &&
           !crypto_equal(verifier->key, initial->key, PASSWORD_KEY_SIZE);
}

static enum mailbox_status set_password(const struct exchange *exchange)
{
    struct settings draft = exchange->context->settings->current;

    if (exchange->header.length != PASSWORD_VERIFIER_SIZE) {
        return MAILBOX_STATUS_VALUE;
    }
    password_verifier_decode(&draft.password, exchange->message + MAILBOX_HEADER_SIZE);
    draft.has_password = true;
    if (!settings_valid(&draft) || !verifier_is_fresh(exchange->context, &draft.password)) {
        return MAILBOX_STATUS_WEAK;
    }
    return status_from_settings(settings_commit(exchange->context->settings, &draft));
}

static size_t log_out(const struct exchange *exchange)
{
    size_t length = sealed_answer(exchange, MAILBOX_STATUS_OK, 1);

    end_session(exchange->context->mailbox);
    return length;
}

static size_t handle_in_session(struct exchange *exchange)
{
    struct mailbox *mailbox = exchange->context->mailbox;

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
    switch (exchange->header.type) {
    case MAILBOX_SET_SETTING:
        return sealed_answer(exchange, set_setting(exchange), 1);
    case MAILBOX_GET_SETTING:
        return get_setting(exchange);
    case MAILBOX_SET_PASSWORD:
        return sealed_answer(exchange, set_password(exchange), 1);
    case MAILBOX_LOG_OUT:
        return log_out(exchange);
    default:
        return sealed_answer(exchange, MAILBOX_STATUS_MALFORMED, 1);
    }
}

size_t mailbox_handle(const struct mailbox_context *context, const uint8_t *message, size_t length,
                      uint8_t answer[MAILBOX_MAX_MESSAGE])
{
    struct exchange exchange = {.context = context, .answer = answer};
    const size_t tag_size = length > 1 && message[1] == MAILBOX_HELLO ? 0 : CRYPTO_TAG_SIZE;
    size_t answer_length;

    mailbox_poll(context->mailbox);
    if (length > sizeof exchange.message ||
        !mailbox_header_decode(&exchange.header, message, length, tag_size)) {
        return refuse(&exchange, MAILBOX_STATUS_MALFORMED, 0);
    }
    memcpy(exchange.message, message, length);
    switch (exchange.header.type) {
    case MAILBOX_HELLO:
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
