#include "mailbox_session.h"

#include "support.h"

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
    support_new_device(&session->device);
}

void session_new_open(struct mailbox_session *session)
{
    session_new(session);
    assert_int_equal(session_log_in(session, session_right_key()), MAILBOX_STATUS_OK);
}

static void transact(struct mailbox_session *session)
{
    struct device *device = &session->device;
    const struct mailbox_context context = {.mailbox = &device->mailbox,
                                            .settings = &device->settings,
                                            .access = &device->access,
                                            .factory = &device->factory};

    memset(session->answer, 0xEE, sizeof session->answer);
    session->answer_length =
        mailbox_handle(&context, support_at_edge(session->message, session->message_length),
                       session->message_length, session->answer);
    assert_in_range(session->answer_length, MAILBOX_HEADER_SIZE + 1U, MAILBOX_MAX_MESSAGE);
}

uint8_t session_send_again(struct mailbox_session *session)
{
    transact(session);
    return session->answer[1] == (MAILBOX_REFUSED | MAILBOX_ANSWER)
               ? session->answer[MAILBOX_HEADER_SIZE]
               : 0xFF;
}

uint8_t session_greet(struct mailbox_session *session)
{
    uint8_t nonce[MAILBOX_NONCE_SIZE] = {0};
    int taken;

    session->greetings++;
    nonce[0] = session->greetings;
    mailbox_client_start(&session->client, support_page()->device_id, nonce);
    session->message_length = mailbox_client_hello(&session->client, session->message);
    transact(session);
    taken = mailbox_client_take_hello(&session->client, session->answer, session->answer_length,
                                      &session->result);
    if (taken == MAILBOX_CLIENT_REFUSED) {
        return session->result.status;
    }
    assert_int_equal(taken, MAILBOX_CLIENT_OK);
    return MAILBOX_STATUS_OK;
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
