#include "mailbox_session.h"

#include "support.h"

#include "boot.h"
#include "byte_order.h"

#include <string.h>

const uint8_t *session_right_key(void)
{
    return support_page()->initial_password.key;
}

const uint8_t *session_wrong_key(void)
{
    static const uint8_t key[PASSWORD_KEY_SIZE] = {0xBA, 0xD0};

    return key;
}

void session_new(struct mailbox_session *session)
{
    memset(session, 0, sizeof *session);
    session->from.interface = EVENT_FROM_RTU;
    support_new_device(&session->device);
}

void session_new_open(struct mailbox_session *session)
{
    session_new(session);
    assert_int_equal(session_log_in(session, session_right_key()), MAILBOX_STATUS_OK);
}

static void transact(struct mailbox_session *session)
{
    memset(session->answer, 0xEE, sizeof session->answer);
    session->device.requester = session->from;
    session->answer_length =
        mailbox_handle(&session->device, support_at_edge(session->message, session->message_length),
                       session->message_length, session->answer);
    memset(&session->device.requester, 0, sizeof session->device.requester);
    assert_in_range(session->answer_length, MAILBOX_HEADER_SIZE + 1U, MAILBOX_MAX_MESSAGE);
}

uint8_t session_send_again(struct mailbox_session *session)
{
    transact(session);
    return session->answer[1] == (MAILBOX_REFUSED | MAILBOX_ANSWER)
               ? session->answer[MAILBOX_HEADER_SIZE]
               : 0xFF;
}

/* Builds HELLO with a nonce of its own. */
static void build_hello(struct mailbox_session *session)
{
    uint8_t nonce[MAILBOX_NONCE_SIZE] = {0};

    session->greetings++;
    nonce[0] = session->greetings;
    mailbox_client_start(&session->client, support_page()->device_id, nonce);
    session->message_length = mailbox_client_hello(&session->client, session->message);
}

static uint8_t take_hello(struct mailbox_session *session)
{
    int taken = mailbox_client_take_hello(&session->client, session->answer, session->answer_length,
                                          &session->result);
    if (taken == MAILBOX_CLIENT_REFUSED) {
        return session->result.status;
    }
    assert_int_equal(taken, MAILBOX_CLIENT_OK);
    return MAILBOX_STATUS_OK;
}

uint8_t session_greet(struct mailbox_session *session)
{
    build_hello(session);
    transact(session);
    return take_hello(session);
}

/* The client knows HELLO only: it gets to see that, and the transcript of what really went. */
uint8_t session_greet_label(struct mailbox_session *session)
{
    uint8_t transcript[CRYPTO_HASH_SIZE];
    uint8_t status;

    build_hello(session);
    session->message[1] = MAILBOX_HELLO_LABEL;
    transact(session);
    assert_int_equal(crypto_sha256(session->message, session->message_length, session->answer,
                                   session->answer_length, transcript),
                     CRYPTO_OK);
    if (session->answer[1] == (MAILBOX_HELLO_LABEL | MAILBOX_ANSWER)) {
        session->answer[1] = MAILBOX_HELLO | MAILBOX_ANSWER;
    }
    status = take_hello(session);
    memcpy(session->client.transcript, transcript, sizeof transcript);
    return status;
}

void session_build_login(struct mailbox_session *session, const uint8_t *key)
{
    assert_int_equal(
        mailbox_client_login(&session->client, key, session->message, &session->message_length),
        MAILBOX_CLIENT_OK);
}

uint8_t session_log_in(struct mailbox_session *session, const uint8_t *key)
{
    int taken;

    if (session->client.state != MAILBOX_CLIENT_GREETED) {
        uint8_t status = session_greet(session);

        if (status != MAILBOX_STATUS_OK) {
            return status;
        }
    }
    session_build_login(session, key);
    transact(session);
    taken = mailbox_client_take_answer(&session->client, session->answer, session->answer_length,
                                       &session->result);
    assert_true(taken == MAILBOX_CLIENT_REFUSED ||
                (taken == MAILBOX_CLIENT_OK && session->result.status == MAILBOX_STATUS_OK));
    return session->result.status;
}

uint8_t session_log_in_patiently(struct mailbox_session *session, const uint8_t *key)
{
    in_process_advance(access_wait_ms(&session->device.access));
    session->client.state = MAILBOX_CLIENT_STARTED; /* an old greeting may have ended meanwhile */
    return session_log_in(session, key);
}

void session_build(struct mailbox_session *session, uint8_t type, const uint8_t *payload,
                   size_t length)
{
    assert_int_equal(mailbox_client_request(&session->client, type, payload, length,
                                            session->message, &session->message_length),
                     MAILBOX_CLIENT_OK);
}

uint8_t session_call(struct mailbox_session *session, uint8_t type, const uint8_t *payload,
                     size_t length)
{
    session_build(session, type, payload, length);
    transact(session);
    assert_int_equal(mailbox_client_take_answer(&session->client, session->answer,
                                                session->answer_length, &session->result),
                     MAILBOX_CLIENT_OK);
    return session->result.status;
}

uint8_t session_set_point(struct mailbox_session *session, int16_t set_point)
{
    uint8_t payload[3] = {SETTING_SET_POINT};

    put_le16(payload + 1, (uint16_t)set_point);
    return session_call(session, MAILBOX_SET_SETTING, payload, sizeof payload);
}

int session_current_set_point(const struct mailbox_session *session)
{
    return session->device.settings.current.set_point;
}

void session_restart_device(struct mailbox_session *session)
{
    support_restart(&session->device);
}

void session_boot(struct mailbox_session *session, enum hal_reset_cause cause)
{
    struct boot_handover handover;

    if (cause == HAL_RESET_POWER_ON) {
        in_process_power_on();
    } else {
        in_process_reset(cause);
    }
    assert_int_equal(boot_run(&handover), BOOT_OK);
    assert_int_equal(device_start(&session->device, &handover), DEVICE_OK);
}
