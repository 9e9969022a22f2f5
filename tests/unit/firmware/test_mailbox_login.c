/* mailbox.h: HELLO and LOGIN, right and wrong, and what else may come at that time. */
#include "support.h"

#include "byte_order.h"
#include "mailbox_session.h"
#include "modbus_pdu.h"

#include <string.h>

#define TAG_AT MAILBOX_HEADER_SIZE /* in LOGIN, which has no payload */

static struct mailbox_session session;

static void right_password_opens_a_session(void **state)
{
    uint8_t key[PASSWORD_KEY_SIZE];

    (void)state;
    session_new(&session);
    assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK);
    assert_int_equal(session.client.iterations, PASSWORD_MIN_ITERATIONS);
    assert_int_equal(
        mailbox_client_key(SUPPORT_PASSWORD, session.client.salt, session.client.iterations, key),
        MAILBOX_CLIENT_OK);
    assert_int_equal(session_log_in(&session, key), MAILBOX_STATUS_OK);
    assert_int_equal(session.client.state, MAILBOX_CLIENT_OPEN);
    assert_int_equal(session.device.mailbox.state, MAILBOX_OPEN);
    assert_int_equal(session_set_point(&session, 222), MAILBOX_STATUS_OK);
    assert_int_equal(session_current_set_point(&session), 222);
}

static void wrong_password_is_refused_and_delays_the_next(void **state)
{
    uint32_t delay = ACCESS_FIRST_DELAY_MS;

    (void)state;
    session_new(&session);
    for (int failures = 0; failures < 12; failures++) {
        assert_int_equal(session_log_in_patiently(&session, session_wrong_key()),
                         MAILBOX_STATUS_WRONG_PROOF);
        assert_int_equal(session.result.wait_ms, delay);
        assert_int_equal(session.device.mailbox.state, MAILBOX_IDLE);
        assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK);
        assert_int_equal(session.client.wait_ms, delay);
        assert_int_equal(session_log_in(&session, session_right_key()), MAILBOX_STATUS_WAIT);
        assert_int_equal(session.result.wait_ms, delay);
        delay = delay < ACCESS_MAX_DELAY_MS / 2U ? 2U * delay : ACCESS_MAX_DELAY_MS;
    }
    assert_int_equal(session_log_in_patiently(&session, session_right_key()), MAILBOX_STATUS_OK);
    assert_int_equal(access_wait_ms(&session.device.access), 0);
}

static void log_in_that_comes_too_early_may_come_again_in_time(void **state)
{
    (void)state;
    session_new(&session);
    assert_int_equal(session_log_in(&session, session_wrong_key()), MAILBOX_STATUS_WRONG_PROOF);
    assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK);
    session_build_login(&session, session_right_key());
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_WAIT);
    in_process_advance(ACCESS_FIRST_DELAY_MS);
    assert_int_equal(session_send_again(&session), 0xFF);
    assert_int_equal(session.device.mailbox.state, MAILBOX_OPEN);
}

/* Each bit of LOGIN: no session, and never more than one attempt counted. */
static void altered_log_in_is_refused(void **state)
{
    struct in_process_snapshot greeted;
    struct mailbox_session start;

    (void)state;
    session_new(&session);
    assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK);
    session_build_login(&session, session_right_key());
    in_process_take(&greeted, &session.device);
    start = session;
    for (size_t bit = 0; bit < 8U * start.message_length; bit++) {
        session = start;
        in_process_restore(&greeted, &session.device);
        session.message[bit / 8U] ^= (uint8_t)(1U << (bit % 8U));
        assert_int_not_equal(session_send_again(&session), 0xFF);
        assert_int_not_equal(session.device.mailbox.state, MAILBOX_OPEN);
        if (bit / 8U >= TAG_AT) {
            assert_int_equal(session.answer[MAILBOX_HEADER_SIZE], MAILBOX_STATUS_WRONG_PROOF);
            assert_int_equal(access_wait_ms(&session.device.access), ACCESS_FIRST_DELAY_MS);
        }
    }
    session = start;
    in_process_restore(&greeted, &session.device);
    assert_int_equal(session_send_again(&session), 0xFF);
}

/* Somebody in between changes what the client or the device said in the greeting. */
static void altered_greeting_fails_the_log_in(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        session_new(&session);
        assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK);
        if (i == 0) {
            session.client.transcript[31] ^= 1U; /* anything of either message */
        } else if (i == 1) {
            session.client.client_nonce[0] ^= 1U;
        } else {
            session.client.device_id[0] ^= 1U; /* another device's answer */
        }
        assert_int_equal(session_log_in(&session, session_right_key()), MAILBOX_STATUS_WRONG_PROOF);
    }
}

static void log_in_needs_a_greeting_of_its_own(void **state)
{
    (void)state;
    session_new(&session);
    assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK);
    session_build_login(&session, session_right_key());
    session_restart_device(&session);
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_NO_SESSION);
    /* A new greeting replaces the one before. */
    assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK);
    session_build_login(&session, session_right_key());
    session.client.state = MAILBOX_CLIENT_STARTED;
    {
        struct mailbox_session old = session;

        assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK);
        memcpy(session.message, old.message, sizeof old.message);
        session.message_length = old.message_length;
    }
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_NO_SESSION);
    assert_int_equal(access_wait_ms(&session.device.access), 0);
    assert_int_equal(session_log_in(&session, session_right_key()), MAILBOX_STATUS_OK);
}

static void log_in_works_once(void **state)
{
    (void)state;
    session_new_open(&session);
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_NO_SESSION);
    assert_int_equal(session.device.mailbox.state, MAILBOX_OPEN);
    assert_int_equal(session_set_point(&session, 111), MAILBOX_STATUS_OK);
}

/* Wrong form is not an attempt: nothing was compared. */
static void log_in_of_wrong_form_is_not_counted(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
    } rows[] = {{8, 0}, {8, 2}, {9, 1}, {11, 0x80}, {2, 1}};

    (void)state;
    session_new(&session);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK);
        session_build_login(&session, session_right_key());
        session.message[rows[i].at] = rows[i].value;
        session.message_length += 8; /* room for a payload that should not be there */
        assert_int_equal(session_send_again(&session), MAILBOX_STATUS_MALFORMED);
        assert_int_equal(access_wait_ms(&session.device.access), 0);
    }
    assert_int_equal(support_flash.count, 0);
}

static void each_greeting_is_fresh(void **state)
{
    uint8_t nonce[MAILBOX_NONCE_SIZE] = {0};
    uint32_t number = 0;

    (void)state;
    session_new(&session);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK);
        assert_memory_not_equal(session.client.device_nonce, nonce, sizeof nonce);
        assert_int_not_equal(session.client.session, number);
        assert_int_not_equal(session.client.session, 0);
        memcpy(nonce, session.client.device_nonce, sizeof nonce);
        number = session.client.session;
    }
}

static void greeting_ends_after_a_minute(void **state)
{
    (void)state;
    for (uint32_t early = 0; early <= 1; early++) {
        session_new(&session);
        assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK);
        in_process_advance(MAILBOX_IDLE_MS - early);
        assert_int_equal(session_log_in(&session, session_right_key()),
                         early != 0 ? MAILBOX_STATUS_OK : MAILBOX_STATUS_NO_SESSION);
    }
}

/* A seed that is in flash is enough; a device that has neither refuses to greet. */
static void greeting_without_anything_random_is_refused(void **state)
{
    (void)state;
    support_new_board();
    in_process_board.entropy_fails = true;
    support_restart(&session.device);
    assert_int_equal(session_greet(&session), MAILBOX_STATUS_UNAVAILABLE);
    assert_int_equal(session.device.mailbox.state, MAILBOX_IDLE);
    in_process_board.entropy_fails = false;
    support_restart(&session.device);
    assert_int_equal(session_log_in(&session, session_right_key()), MAILBOX_STATUS_OK);
    in_process_board.entropy_fails = true;
    support_restart(&session.device);
    assert_int_equal(session_log_in(&session, session_right_key()), MAILBOX_STATUS_OK);
}

static void greeting_of_wrong_form_is_refused(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
    } rows[] = {{0, 0}, {0, 2}, {2, 15}, {2, 17}, {3, 1}, {4, 1}, {7, 1}, {8, 1}, {11, 1}};

    (void)state;
    session_new(&session);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        session.message_length = mailbox_client_hello(&session.client, session.message) + 8U;
        session.message[rows[i].at] = rows[i].value;
        assert_int_equal(session_send_again(&session), MAILBOX_STATUS_MALFORMED);
        assert_int_equal(session.device.mailbox.state, MAILBOX_IDLE);
    }
}

/* Sends the message through FC 23 on the bus of `origin`, and takes its answer. */
static int by_modbus(enum modbus_origin origin)
{
    uint8_t request[MODBUS_MAX_PDU] = {MODBUS_READ_WRITE_REGISTERS, 0x10, 0, 0, 0x79, 0x10};
    uint8_t response[MODBUS_MAX_PDU];
    const size_t registers = (session.message_length + 1U) / 2U;

    request[8] = (uint8_t)registers;
    request[9] = (uint8_t)(2U * registers);
    memcpy(request + 10, session.message, session.message_length);
    assert_int_equal(
        modbus_pdu_handle(&session.device, origin, request, 10U + 2U * registers, response),
        2U + MAILBOX_MAX_MESSAGE);
    if (session.client.state == MAILBOX_CLIENT_HELLO_SENT) {
        return mailbox_client_take_hello(&session.client, response + 2, MAILBOX_MAX_MESSAGE,
                                         &session.result);
    }
    return mailbox_client_take_answer(&session.client, response + 2, MAILBOX_MAX_MESSAGE,
                                      &session.result);
}

/* A setting of even and of odd length: one byte of padding in the last register. */
static void whole_session_works_over_both_buses(void **state)
{
    static const enum modbus_origin origins[] = {MODBUS_FROM_TCP, MODBUS_FROM_RTU};
    static const uint8_t set_point[] = {SETTING_SET_POINT, 0xFA, 0x00};
    static const uint8_t consent[] = {SETTING_CONSENT, 1};
    const uint8_t nonce[MAILBOX_NONCE_SIZE] = {7};

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(origins); i++) {
        session_new(&session);
        mailbox_client_start(&session.client, support_page()->device_id, nonce);
        session.message_length = mailbox_client_hello(&session.client, session.message);
        assert_int_equal(by_modbus(origins[i]), MAILBOX_CLIENT_OK);
        session_build_login(&session, session_right_key());
        assert_int_equal(by_modbus(origins[i]), MAILBOX_CLIENT_OK);
        session_build(&session, MAILBOX_SET_SETTING, set_point, sizeof set_point);
        assert_int_equal(by_modbus(origins[i]), MAILBOX_CLIENT_OK);
        session_build(&session, MAILBOX_SET_SETTING, consent, sizeof consent);
        assert_int_equal(by_modbus(origins[i]), MAILBOX_CLIENT_OK);
        assert_int_equal(session.result.status, MAILBOX_STATUS_OK);
        assert_int_equal(session_current_set_point(&session), 250);
        assert_true(session.device.settings.current.telemetry_consent);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_password_opens_a_session),
        cmocka_unit_test(wrong_password_is_refused_and_delays_the_next),
        cmocka_unit_test(log_in_that_comes_too_early_may_come_again_in_time),
        cmocka_unit_test(altered_log_in_is_refused),
        cmocka_unit_test(altered_greeting_fails_the_log_in),
        cmocka_unit_test(log_in_needs_a_greeting_of_its_own),
        cmocka_unit_test(log_in_works_once),
        cmocka_unit_test(log_in_of_wrong_form_is_not_counted),
        cmocka_unit_test(each_greeting_is_fresh),
        cmocka_unit_test(greeting_ends_after_a_minute),
        cmocka_unit_test(greeting_without_anything_random_is_refused),
        cmocka_unit_test(greeting_of_wrong_form_is_refused),
        cmocka_unit_test(whole_session_works_over_both_buses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
