#include "test_client.h"

#include "byte_order.h"
#include "harness.h"
#include "mailbox_message.h"
#include "registers.h"

#include <string.h>

#define FC23_HEADER 10U

void test_client_start(struct test_client *client, enum live_bus bus)
{
    memset(client, 0, sizeof *client);
    client->bus = bus;
    test_client_forget(client);
}

void test_client_forget(struct test_client *client)
{
    uint8_t nonce[MAILBOX_NONCE_SIZE];

    memset(nonce, 0xC0, sizeof nonce);
    nonce[0] = client->greetings;
    client->accepted = 0;
    mailbox_client_start(&client->mailbox, live_device.factory.device_id, nonce);
}

bool test_client_is_logged_in(const struct test_client *client)
{
    return client->mailbox.state == MAILBOX_CLIENT_OPEN;
}

static void exchange_pdu(const struct test_client *client, const uint8_t *pdu, size_t length,
                         uint8_t options, struct test_outcome *outcome)
{
    uint8_t wire[LIVE_MAX_WIRE];
    size_t size = live_frame(client->bus, pdu, length, outcome->broadcast, wire);

    live_exchange(client->bus, wire, size, (options & HISTORY_SPLIT) != 0 ? size / 2U : size,
                  &outcome->reply);
}

static void step_request(const struct test_client *client, const struct history_step *step,
                         struct test_outcome *outcome)
{
    static const uint8_t nothing[1];
    size_t length = step->length < MODBUS_MAX_PDU ? step->length : MODBUS_MAX_PDU;

    outcome->broadcast = client->bus == LIVE_RTU && (step->options & HISTORY_BROADCAST) != 0;
    outcome->function = length > 0 ? step->body[0] : 0;
    exchange_pdu(client, length > 0 ? step->body : nothing, length, step->options, outcome);
}

static void step_raw(const struct test_client *client, const struct history_step *step,
                     struct test_outcome *outcome)
{
    live_exchange(client->bus, step->body, step->length,
                  (step->options & HISTORY_SPLIT) != 0 ? step->length / 2U : step->length,
                  &outcome->reply);
}

/* A message from somebody without a session: right in form, wrong in all that needs a key. */
static size_t build_without_session(const struct test_client *client, uint8_t type,
                                    const uint8_t *payload, size_t length, uint8_t *message)
{
    const struct mailbox_header header = {.type = type,
                                          .length = (uint16_t)length,
                                          .session = client->mailbox.session,
                                          .sequence = client->mailbox.sequence + 1U};

    mailbox_header_encode(&header, message);
    memcpy(message + MAILBOX_HEADER_SIZE, payload, length);
    memset(message + MAILBOX_HEADER_SIZE + length, 0, CRYPTO_TAG_SIZE);
    return MAILBOX_HEADER_SIZE + length + CRYPTO_TAG_SIZE;
}

static bool is_greeting(uint8_t type)
{
    return type == MAILBOX_HELLO || type == MAILBOX_HELLO_LABEL;
}

static int build_login(struct test_client *client, uint8_t options, uint8_t *message,
                       size_t *length)
{
    uint8_t key[PASSWORD_KEY_SIZE];

    if (client->mailbox.greeting == MAILBOX_HELLO_LABEL) {
        memcpy(key, live_device.factory.initial_password.key, sizeof key);
    } else {
        memcpy(key, live_password_key(), sizeof key);
    }
    if ((options & HISTORY_OTHER_KEY) != 0) {
        key[0] ^= 1U;
    }
    return mailbox_client_login(&client->mailbox, key, message, length);
}

/* Builds the message; true if the device has every reason to accept it. */
static bool build_message(struct test_client *client, const struct history_step *step,
                          uint8_t *message, size_t *length)
{
    struct mailbox_client *mailbox = &client->mailbox;
    const uint8_t type = step->body[0];
    const uint8_t *payload = step->body + 1;
    size_t payload_length = step->length - 1U;
    int result;

    if (payload_length > MAILBOX_MAX_PAYLOAD) {
        payload_length = MAILBOX_MAX_PAYLOAD;
    }
    if (is_greeting(type)) {
        client->greetings++;
        test_client_forget(client);
        *length = type == MAILBOX_HELLO ? mailbox_client_hello(mailbox, message)
                                        : mailbox_client_hello_label(mailbox, message);
        return true;
    }
    if (type == MAILBOX_LOGIN) {
        result = build_login(client, step->options, message, length);
    } else {
        result = mailbox_client_request(mailbox, type, payload, payload_length, message, length);
    }
    if (result != MAILBOX_CLIENT_OK) {
        *length = build_without_session(client, type, payload, payload_length, message);
        return false;
    }
    if (type == MAILBOX_LOGIN) {
        return (step->options & HISTORY_OTHER_KEY) == 0 && !client->greeting_altered;
    }
    /* Used up by what the client knows, or by what the device has taken without being heard. */
    return mailbox->sequence > client->accepted &&
           mailbox->sequence > live_device.mailbox.last_sequence;
}

/* As build_message(), with the misbehaviour that the options ask for. */
static bool build_variation(struct test_client *client, const struct history_step *step,
                            uint8_t *message, size_t *length)
{
    struct mailbox_client *mailbox = &client->mailbox;
    const uint32_t session = mailbox->session;
    bool genuine;

    if ((step->options & HISTORY_REPLAY) != 0 && mailbox->sequence > 0) {
        mailbox->sequence--;
    }
    if ((step->options & HISTORY_OTHER_PLACE) != 0) {
        mailbox->session ^= 2U;
    }
    genuine = build_message(client, step, message, length);
    if ((step->options & HISTORY_OTHER_PLACE) != 0 && !is_greeting(step->body[0])) {
        mailbox->session = session;
        genuine = false;
    }
    if ((step->options & HISTORY_TAMPER) != 0) {
        size_t at = step->body[step->length - 1U] % *length;
        message[at] ^= (uint8_t)(1U << (step->length % 8U));
        genuine = false;
    }
    if (is_greeting(step->body[0])) {
        client->greeting_altered = !genuine;
    }
    return genuine;
}

static void take_answer(struct test_client *client, uint8_t meant, struct test_outcome *outcome)
{
    const struct live_reply *reply = &outcome->reply;
    struct mailbox_client_answer answer = {0};
    int result;

    if (reply->length < 2 || reply->pdu[0] != MODBUS_READ_WRITE_REGISTERS) {
        return;
    }
    if (is_greeting(meant)) {
        result = mailbox_client_take_hello(&client->mailbox, reply->pdu + 2, reply->length - 2U,
                                           &answer);
    } else {
        result = mailbox_client_take_answer(&client->mailbox, reply->pdu + 2, reply->length - 2U,
                                            &answer);
    }
    outcome->answered = result >= 0;
    outcome->proven = result == MAILBOX_CLIENT_OK && !is_greeting(meant);
    if (outcome->proven && outcome->genuine) {
        client->accepted = client->mailbox.sequence;
    }
    outcome->status = answer.status;
}

static void step_mailbox(struct test_client *client, const struct history_step *step,
                         struct test_outcome *outcome)
{
    uint8_t pdu[MODBUS_MAX_PDU] = {MODBUS_READ_WRITE_REGISTERS};
    uint8_t message[MAILBOX_MAX_MESSAGE + 1U] = {0};
    size_t length = 0;
    size_t registers;

    if (step->length == 0) {
        return;
    }
    outcome->function = MODBUS_READ_WRITE_REGISTERS;
    outcome->genuine = build_variation(client, step, message, &length);
    outcome->message = message[1]; /* tampering may have made it another than was meant */
    registers = (length + 1U) / 2U;
    put_be16(pdu + 1, REGISTERS_MAILBOX);
    put_be16(pdu + 3, REGISTERS_MAILBOX_COUNT);
    put_be16(pdu + 5, REGISTERS_MAILBOX);
    put_be16(pdu + 7, (uint16_t)registers);
    pdu[9] = (uint8_t)(2U * registers);
    memcpy(pdu + FC23_HEADER, message, 2U * registers);
    exchange_pdu(client, pdu, FC23_HEADER + 2U * registers, step->options & HISTORY_SPLIT, outcome);
    take_answer(client, step->body[0], outcome);
}

static void step_wait(const struct history_step *step)
{
    live_wait(step->length >= 4 ? get_le32(step->body) % HISTORY_MAX_WAIT_MS : 0);
}

static void step_world(const struct history_step *step)
{
    const uint8_t flags = step->length >= 3 ? step->body[2] : 0;

    if (step->length >= 2) {
        in_process_board.temperature = (int16_t)get_le16(step->body);
    }
    in_process_board.sensor_absent = (flags & HISTORY_WORLD_SENSOR_ABSENT) != 0;
    in_process_board.entropy_fails = (flags & HISTORY_WORLD_NO_ENTROPY) != 0;
    in_process_board.uart_fails = (flags & HISTORY_WORLD_BUS_FAILS) != 0;
}

void test_client_step(struct test_client *client, const struct history_step *step,
                      struct test_outcome *outcome)
{
    memset(outcome, 0, sizeof *outcome);
    harness_about("exchange");
    outcome->kind = step->kind;
    outcome->alone = live_between_requests();
    switch (step->kind) {
    case HISTORY_REQUEST:
        step_request(client, step, outcome);
        break;
    case HISTORY_RAW:
        step_raw(client, step, outcome);
        break;
    case HISTORY_MAILBOX:
        step_mailbox(client, step, outcome);
        break;
    case HISTORY_WAIT:
        step_wait(step);
        break;
    case HISTORY_WORLD:
        step_world(step);
        break;
    default:
        break;
    }
}
