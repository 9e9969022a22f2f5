#include "mailbox_client.h"

#include "byte_order.h"
#include "crypto.h"
#include "mailbox_message.h"

#include <string.h>

#define HELLO_SIZE          (MAILBOX_HEADER_SIZE + MAILBOX_NONCE_SIZE)
#define HELLO_ANSWER_SIZE   (1U + MAILBOX_NONCE_SIZE + PASSWORD_SALT_SIZE + 4U + 4U)
#define REFUSED_ANSWER_SIZE 5U
#define LOGIN_SEQUENCE      1U

const char *mailbox_client_strerror(int error)
{
    switch (error) {
    case MAILBOX_CLIENT_OK:
        return "ok";
    case MAILBOX_CLIENT_REFUSED:
        return "refused by the device";
    case MAILBOX_CLIENT_ERROR_MALFORMED:
        return "not an answer to the last mailbox message";
    case MAILBOX_CLIENT_ERROR_TAG:
        return "the answer's tag is wrong";
    case MAILBOX_CLIENT_ERROR_ORDER:
        return "the mailbox session is not at that step";
    case MAILBOX_CLIENT_ERROR_TOO_LONG:
        return "payload too long for a mailbox message";
    case MAILBOX_CLIENT_ERROR_CRYPTO:
        return "key parameters refused, or cryptography failed";
    default:
        return "unknown mailbox client error";
    }
}

void mailbox_client_start(struct mailbox_client *client,
                          const uint8_t device_id[FACTORY_DEVICE_ID_SIZE],
                          const uint8_t client_nonce[MAILBOX_NONCE_SIZE])
{
    memset(client, 0, sizeof *client);
    memcpy(client->device_id, device_id, sizeof client->device_id);
    memcpy(client->client_nonce, client_nonce, sizeof client->client_nonce);
    client->state = MAILBOX_CLIENT_STARTED;
}

static void encode_header(struct mailbox_client *client, uint8_t type, size_t payload_length,
                          uint8_t *message)
{
    const struct mailbox_header header = {.type = type,
                                          .length = (uint16_t)payload_length,
                                          .session = client->session,
                                          .sequence = client->sequence};

    client->last_type = type;
    mailbox_header_encode(&header, message);
}

static size_t greet(struct mailbox_client *client, uint8_t greeting, uint8_t *message)
{
    client->session = 0;
    client->sequence = 0;
    client->greeting = greeting;
    encode_header(client, greeting, MAILBOX_NONCE_SIZE, message);
    memcpy(message + MAILBOX_HEADER_SIZE, client->client_nonce, MAILBOX_NONCE_SIZE);
    client->state = MAILBOX_CLIENT_HELLO_SENT;
    return HELLO_SIZE;
}

size_t mailbox_client_hello(struct mailbox_client *client, uint8_t message[MAILBOX_MAX_MESSAGE])
{
    return greet(client, MAILBOX_HELLO, message);
}

size_t mailbox_client_hello_label(struct mailbox_client *client,
                                  uint8_t message[MAILBOX_MAX_MESSAGE])
{
    return greet(client, MAILBOX_HELLO_LABEL, message);
}

/* Reads a REFUSED answer. False if it is none. */
static bool take_refusal(const struct mailbox_header *header, const uint8_t *answer,
                         struct mailbox_client_answer *result)
{
    const uint8_t *payload = answer + MAILBOX_HEADER_SIZE;

    if (header->type != (MAILBOX_REFUSED | MAILBOX_ANSWER) ||
        header->length != REFUSED_ANSWER_SIZE) {
        return false;
    }
    result->status = payload[0];
    result->wait_ms = get_le32(payload + 1);
    return true;
}

/* The transcript binds log-in to both messages of the greeting, without padding. */
static int hash_greeting(struct mailbox_client *client, const uint8_t *answer)
{
    uint8_t hello[MAILBOX_MAX_MESSAGE];
    struct mailbox_client copy = *client; /* the greeting again, without touching the session */
    size_t hello_length = greet(&copy, client->greeting, hello);
    int result = crypto_sha256(hello, hello_length, answer, MAILBOX_HEADER_SIZE + HELLO_ANSWER_SIZE,
                               client->transcript);

    crypto_wipe(&copy, sizeof copy);
    return result == CRYPTO_OK ? MAILBOX_CLIENT_OK : MAILBOX_CLIENT_ERROR_CRYPTO;
}

int mailbox_client_take_hello(struct mailbox_client *client, const uint8_t *answer, size_t length,
                              struct mailbox_client_answer *refused)
{
    const uint8_t *payload = answer + MAILBOX_HEADER_SIZE;
    struct mailbox_header header;

    memset(refused, 0, sizeof *refused);
    if (client->state != MAILBOX_CLIENT_HELLO_SENT) {
        return MAILBOX_CLIENT_ERROR_ORDER;
    }
    if (!mailbox_header_decode(&header, answer, length, 0)) {
        return MAILBOX_CLIENT_ERROR_MALFORMED;
    }
    if (take_refusal(&header, answer, refused)) {
        client->state = MAILBOX_CLIENT_STARTED;
        return MAILBOX_CLIENT_REFUSED;
    }
    if (header.type != (client->greeting | MAILBOX_ANSWER) || header.length != HELLO_ANSWER_SIZE ||
        header.sequence != 0 || header.session == 0 || payload[0] != MAILBOX_STATUS_OK) {
        return MAILBOX_CLIENT_ERROR_MALFORMED;
    }
    client->session = header.session;
    memcpy(client->device_nonce, payload + 1, MAILBOX_NONCE_SIZE);
    memcpy(client->salt, payload + 1 + MAILBOX_NONCE_SIZE, PASSWORD_SALT_SIZE);
    client->iterations = get_le32(payload + 1 + MAILBOX_NONCE_SIZE + PASSWORD_SALT_SIZE);
    client->wait_ms = get_le32(payload + HELLO_ANSWER_SIZE - 4U);
    client->state = MAILBOX_CLIENT_GREETED;
    return hash_greeting(client, answer);
}

int mailbox_client_key(const char *password, const uint8_t salt[PASSWORD_SALT_SIZE],
                       uint32_t iterations, uint8_t key[PASSWORD_KEY_SIZE])
{
    const struct crypto_pbkdf2_input input = {.password = (const uint8_t *)password,
                                              .password_length = strlen(password),
                                              .salt = salt,
                                              .salt_length = PASSWORD_SALT_SIZE,
                                              .iterations = iterations};

    if (iterations < PASSWORD_MIN_ITERATIONS || iterations > PASSWORD_MAX_ITERATIONS ||
        crypto_pbkdf2_sha256(&input, key) != CRYPTO_OK) {
        return MAILBOX_CLIENT_ERROR_CRYPTO;
    }
    return MAILBOX_CLIENT_OK;
}

/* Seals what is in place behind the header. Log-in and its answer carry the transcript. */
static int seal(const struct mailbox_client *client, uint8_t *message, size_t payload_length,
                size_t *length)
{
    const struct mailbox_seal parameters = {
        .key = client->to_device_key,
        .direction = MAILBOX_TO_DEVICE,
        .extra = client->last_type == MAILBOX_LOGIN ? client->transcript : NULL};

    if (mailbox_seal(&parameters, message) != CRYPTO_OK) {
        return MAILBOX_CLIENT_ERROR_CRYPTO;
    }
    *length = MAILBOX_HEADER_SIZE + payload_length + CRYPTO_TAG_SIZE;
    return MAILBOX_CLIENT_OK;
}

int mailbox_client_login(struct mailbox_client *client, const uint8_t key[PASSWORD_KEY_SIZE],
                         uint8_t message[MAILBOX_MAX_MESSAGE], size_t *length)
{
    const struct mailbox_key_input input = {.key = key,
                                            .client_nonce = client->client_nonce,
                                            .device_nonce = client->device_nonce,
                                            .device_id = client->device_id};

    if (client->state != MAILBOX_CLIENT_GREETED) {
        return MAILBOX_CLIENT_ERROR_ORDER;
    }
    if (mailbox_derive_keys(&input, client->to_device_key, client->to_client_key) != CRYPTO_OK) {
        return MAILBOX_CLIENT_ERROR_CRYPTO;
    }
    client->sequence = LOGIN_SEQUENCE;
    client->state = MAILBOX_CLIENT_LOGIN_SENT;
    encode_header(client, MAILBOX_LOGIN, 0, message);
    return seal(client, message, 0, length);
}

int mailbox_client_request(struct mailbox_client *client, uint8_t type, const uint8_t *payload,
                           size_t payload_length, uint8_t message[MAILBOX_MAX_MESSAGE],
                           size_t *length)
{
    if (client->state != MAILBOX_CLIENT_OPEN || client->sequence == UINT32_MAX) {
        return MAILBOX_CLIENT_ERROR_ORDER;
    }
    if (payload_length > MAILBOX_MAX_PAYLOAD) {
        return MAILBOX_CLIENT_ERROR_TOO_LONG;
    }
    client->sequence++;
    encode_header(client, type, payload_length, message);
    if (payload_length > 0) {
        memcpy(message + MAILBOX_HEADER_SIZE, payload, payload_length);
    }
    return seal(client, message, payload_length, length);
}

int mailbox_client_set_setting(struct mailbox_client *client, uint8_t id, const uint8_t *value,
                               size_t value_length, uint8_t message[MAILBOX_MAX_MESSAGE],
                               size_t *length)
{
    uint8_t payload[MAILBOX_MAX_PAYLOAD];

    if (value_length > sizeof payload - 1U) {
        return MAILBOX_CLIENT_ERROR_TOO_LONG;
    }
    payload[0] = id;
    if (value_length > 0) {
        memcpy(payload + 1, value, value_length);
    }
    return mailbox_client_request(client, MAILBOX_SET_SETTING, payload, 1U + value_length, message,
                                  length);
}

int mailbox_client_get_setting(struct mailbox_client *client, uint8_t id,
                               uint8_t message[MAILBOX_MAX_MESSAGE], size_t *length)
{
    return mailbox_client_request(client, MAILBOX_GET_SETTING, &id, 1, message, length);
}

int mailbox_client_set_password(struct mailbox_client *client,
                                const struct password_verifier *verifier,
                                uint8_t message[MAILBOX_MAX_MESSAGE], size_t *length)
{
    uint8_t payload[PASSWORD_VERIFIER_SIZE];
    int result;

    memcpy(payload, verifier->salt, PASSWORD_SALT_SIZE);
    put_le32(payload + PASSWORD_SALT_SIZE, verifier->iterations);
    memcpy(payload + PASSWORD_SALT_SIZE + 4, verifier->key, PASSWORD_KEY_SIZE);
    result = mailbox_client_request(client, MAILBOX_SET_PASSWORD, payload, sizeof payload, message,
                                    length);
    crypto_wipe(payload, sizeof payload);
    return result;
}

int mailbox_client_log_out(struct mailbox_client *client, uint8_t message[MAILBOX_MAX_MESSAGE],
                           size_t *length)
{
    return mailbox_client_request(client, MAILBOX_LOG_OUT, NULL, 0, message, length);
}

/* Opens a sealed answer to the last message; the first byte of every one is its status. */
static int open_answer(const struct mailbox_client *client, const struct mailbox_header *header,
                       const uint8_t *answer, struct mailbox_client_answer *result)
{
    const struct mailbox_seal parameters = {
        .key = client->to_client_key,
        .direction = MAILBOX_TO_CLIENT,
        .extra = client->last_type == MAILBOX_LOGIN ? client->transcript : NULL};
    uint8_t copy[MAILBOX_MAX_MESSAGE];

    if (header->type != (client->last_type | MAILBOX_ANSWER) || header->length < 1 ||
        header->length > MAILBOX_MAX_PAYLOAD || header->session != client->session ||
        header->sequence != client->sequence) {
        return MAILBOX_CLIENT_ERROR_MALFORMED;
    }
    memcpy(copy, answer, MAILBOX_HEADER_SIZE + (size_t)header->length + CRYPTO_TAG_SIZE);
    if (mailbox_open(&parameters, copy) != CRYPTO_OK) {
        return MAILBOX_CLIENT_ERROR_TAG;
    }
    result->status = copy[MAILBOX_HEADER_SIZE];
    result->length = header->length - 1U;
    memcpy(result->payload, copy + MAILBOX_HEADER_SIZE + 1, result->length);
    crypto_wipe(copy, sizeof copy);
    return MAILBOX_CLIENT_OK;
}

/* A log-in that failed ends the session on the device, but for one that came too early. */
static void follow_login(struct mailbox_client *client, int taken, uint8_t status)
{
    if (taken == MAILBOX_CLIENT_OK && status == MAILBOX_STATUS_OK) {
        client->state = MAILBOX_CLIENT_OPEN;
    } else if (taken == MAILBOX_CLIENT_REFUSED && status == MAILBOX_STATUS_WAIT) {
        client->state = MAILBOX_CLIENT_GREETED;
    } else {
        client->state = MAILBOX_CLIENT_STARTED;
    }
}

static void follow_state(struct mailbox_client *client, int taken, uint8_t status)
{
    if (client->last_type == MAILBOX_LOGIN) {
        follow_login(client, taken, status);
    } else if (taken == MAILBOX_CLIENT_OK &&
               (status == MAILBOX_STATUS_OK || status == MAILBOX_STATUS_STORAGE) &&
               (client->last_type == MAILBOX_ERASE || client->last_type == MAILBOX_LOG_OUT)) {
        client->state = MAILBOX_CLIENT_STARTED;
    }
}

int mailbox_client_take_answer(struct mailbox_client *client, const uint8_t *answer, size_t length,
                               struct mailbox_client_answer *result)
{
    struct mailbox_header header;
    int taken;

    memset(result, 0, sizeof *result);
    if (client->state != MAILBOX_CLIENT_LOGIN_SENT && client->state != MAILBOX_CLIENT_OPEN) {
        return MAILBOX_CLIENT_ERROR_ORDER;
    }
    if (!mailbox_header_decode(&header, answer, length, 0)) {
        return MAILBOX_CLIENT_ERROR_MALFORMED;
    }
    if (take_refusal(&header, answer, result)) {
        taken = MAILBOX_CLIENT_REFUSED;
    } else if (!mailbox_header_decode(&header, answer, length, CRYPTO_TAG_SIZE)) {
        taken = MAILBOX_CLIENT_ERROR_MALFORMED;
    } else {
        taken = open_answer(client, &header, answer, result);
    }
    follow_state(client, taken, result->status);
    return taken;
}
