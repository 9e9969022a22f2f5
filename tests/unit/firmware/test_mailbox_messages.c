/* mailbox.h: messages within a session: order, time, forgery, settings, password, log-out. */
#include "support.h"

#include "byte_order.h"
#include "mailbox_session.h"

#include <string.h>

static struct mailbox_session session;

/* Builds SET_SETTING of the set-point without sending it. */
static void build_set_point(int16_t set_point)
{
    uint8_t payload[3] = {SETTING_SET_POINT};

    put_le16(payload + 1, (uint16_t)set_point);
    session_build(&session, MAILBOX_SET_SETTING, payload, sizeof payload);
}

static void message_is_taken_once(void **state)
{
    (void)state;
    session_new_open(&session);
    build_set_point(111);
    assert_int_equal(session_send_again(&session), 0xFF);
    assert_int_equal(session_current_set_point(&session), 111);
    assert_int_equal(session_set_point(&session, 222), MAILBOX_STATUS_OK);
    session.client.sequence -= 2U;
    build_set_point(111); /* the very same bytes as before */
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_REPLAYED);
    assert_int_equal(session_current_set_point(&session), 222);
}

/* Gaps forward are lost messages; everything at or below the last sequence is refused. */
static void sequence_may_only_rise(void **state)
{
    static const struct {
        uint32_t sequence;
        uint8_t status; /* 0xFF: taken */
    } rows[] = {{2, 0xFF},
                {100, 0xFF},
                {100, MAILBOX_STATUS_REPLAYED},
                {99, MAILBOX_STATUS_REPLAYED},
                {3, MAILBOX_STATUS_REPLAYED},
                {1, MAILBOX_STATUS_REPLAYED},
                {101, 0xFF},
                {UINT32_MAX, 0xFF},
                {UINT32_MAX, MAILBOX_STATUS_REPLAYED},
                {102, MAILBOX_STATUS_REPLAYED}};
    int16_t taken = 200;

    (void)state;
    session_new_open(&session);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        session.client.sequence = rows[i].sequence - 1U;
        build_set_point((int16_t)(60 + (int)i));
        assert_int_equal(session_send_again(&session), rows[i].status);
        taken = rows[i].status == 0xFF ? (int16_t)(60 + (int)i) : taken;
        assert_int_equal(session_current_set_point(&session), taken);
    }
}

/* Refused forgeries do not move the sequence: the client's next message is still good. */
static void each_altered_bit_is_refused_and_the_session_goes_on(void **state)
{
    uint8_t genuine[MAILBOX_MAX_MESSAGE];

    (void)state;
    session_new_open(&session);
    build_set_point(123);
    memcpy(genuine, session.message, sizeof genuine);
    for (size_t bit = 0; bit < 8U * session.message_length; bit++) {
        memcpy(session.message, genuine, sizeof genuine);
        session.message[bit / 8U] ^= (uint8_t)(1U << (bit % 8U));
        assert_int_not_equal(session_send_again(&session), 0xFF);
        assert_int_equal(session_current_set_point(&session), 200);
    }
    memcpy(session.message, genuine, sizeof genuine);
    assert_int_equal(session_send_again(&session), 0xFF);
    assert_int_equal(session_current_set_point(&session), 123);
}

static void messages_of_an_earlier_session_are_refused(void **state)
{
    uint8_t old[MAILBOX_MAX_MESSAGE];
    size_t old_length;

    (void)state;
    session_new_open(&session);
    session.client.sequence = 50;
    build_set_point(111);
    memcpy(old, session.message, sizeof old);
    old_length = session.message_length;
    assert_int_equal(session_call(&session, MAILBOX_LOG_OUT, NULL, 0), MAILBOX_STATUS_OK);
    assert_int_equal(session_log_in(&session, session_right_key()), MAILBOX_STATUS_OK);
    memcpy(session.message, old, sizeof old);
    session.message_length = old_length;
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_NO_SESSION);
    put_le32(session.message + 4, session.client.session);
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_WRONG_PROOF);
    assert_int_equal(session_current_set_point(&session), 200);
}

static void nothing_is_done_before_log_in(void **state)
{
    struct mailbox_session other;

    (void)state;
    session_new_open(&session);
    build_set_point(111);
    other = session;
    session_restart_device(&session);
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_NO_SESSION);
    assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK);
    memcpy(session.message, other.message, sizeof session.message);
    session.message_length = other.message_length;
    put_le32(session.message + 4, session.client.session);
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_NO_SESSION);
    assert_int_equal(session_current_set_point(&session), 200);
}

static void session_ends_after_a_minute_of_silence(void **state)
{
    (void)state;
    session_new_open(&session);
    for (int16_t i = 0; i < 5; i++) {
        in_process_advance(MAILBOX_IDLE_MS - 1U);
        assert_int_equal(session_set_point(&session, (int16_t)(100 + i)), MAILBOX_STATUS_OK);
    }
    in_process_advance(MAILBOX_IDLE_MS);
    build_set_point(222);
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_NO_SESSION);
    assert_int_equal(session_current_set_point(&session), 104);
}

/* Only who knows the keys keeps the session open. */
static void forgeries_do_not_keep_a_session_open(void **state)
{
    (void)state;
    session_new_open(&session);
    build_set_point(222);
    session.message[session.message_length - 1U] ^= 1U;
    for (int second = 0; second < 59; second++) {
        in_process_advance(1000);
        assert_int_equal(session_send_again(&session), MAILBOX_STATUS_WRONG_PROOF);
    }
    in_process_advance(1000);
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_NO_SESSION);
}

static void main_loop_ends_a_silent_session(void **state)
{
    (void)state;
    session_new_open(&session);
    in_process_advance(MAILBOX_IDLE_MS - 1U);
    device_poll(&session.device);
    assert_int_equal(session.device.mailbox.state, MAILBOX_OPEN);
    in_process_advance(1);
    device_poll(&session.device);
    assert_int_equal(session.device.mailbox.state, MAILBOX_IDLE);
}

static void second_client_has_to_wait_for_the_first(void **state)
{
    struct mailbox_client first;

    (void)state;
    session_new_open(&session);
    first = session.client;
    in_process_advance(20000);
    assert_int_equal(session_greet(&session), MAILBOX_STATUS_BUSY);
    assert_int_equal(session.result.wait_ms, MAILBOX_IDLE_MS - 20000U);
    session.client = first;
    assert_int_equal(session_set_point(&session, 99), MAILBOX_STATUS_OK);
    in_process_advance(MAILBOX_IDLE_MS - 1U);
    assert_int_equal(session_greet(&session), MAILBOX_STATUS_BUSY);
    assert_int_equal(session.result.wait_ms, 1);
    in_process_advance(1);
    assert_int_equal(session_log_in(&session, session_right_key()), MAILBOX_STATUS_OK);
}

static void log_out_ends_the_session_and_wipes_its_keys(void **state)
{
    const struct mailbox wiped = {.state = MAILBOX_IDLE};

    (void)state;
    session_new_open(&session);
    assert_int_equal(session_call(&session, MAILBOX_LOG_OUT, NULL, 0), MAILBOX_STATUS_OK);
    assert_memory_equal(&session.device.mailbox, &wiped, sizeof wiped);
    session.client.state = MAILBOX_CLIENT_OPEN;
    build_set_point(222);
    assert_int_equal(session_send_again(&session), MAILBOX_STATUS_NO_SESSION);
    assert_int_equal(session_log_in(&session, session_right_key()), MAILBOX_STATUS_OK);
}

static void each_setting_is_set_and_got(void **state)
{
    static const struct {
        uint8_t payload[1U + SETTINGS_MAX_VALUE];
        size_t length;
    } rows[] = {
        {{SETTING_SET_POINT, 0xFA, 0}, 3},
        {{SETTING_MODE, 2, 0}, 3},
        {{SETTING_HYSTERESIS, 7, 0}, 3},
        {{SETTING_FROST_LIMIT, 80, 0}, 3},
        {{SETTING_SCHEDULE, 1, 0, 100, 0, 2, 0, 100, 0, 3, 0, 100, 0, 4, 0, 100, 0}, 17},
        {{SETTING_NAME, 'h', 'a', 'l', 'l'}, 5},
        {{SETTING_NAME}, 1},
        {{SETTING_ADDRESS, 192, 0, 2, 1}, 5},
        {{SETTING_BROKER, 'b', '.', 'e'}, 4},
        {{SETTING_CONSENT, 1}, 2},
    };

    (void)state;
    session_new_open(&session);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        assert_int_equal(
            session_call(&session, MAILBOX_SET_SETTING, rows[i].payload, rows[i].length),
            MAILBOX_STATUS_OK);
        assert_int_equal(session_call(&session, MAILBOX_GET_SETTING, rows[i].payload, 1),
                         MAILBOX_STATUS_OK);
        assert_int_equal(session.result.length, rows[i].length - 1U);
        assert_memory_equal(session.result.payload, rows[i].payload + 1, rows[i].length - 1U);
    }
}

static void bad_requests_are_answered_and_change_nothing(void **state)
{
    static const struct {
        uint8_t type;
        uint8_t payload[8];
        size_t length;
        uint8_t status;
    } rows[] = {
        {MAILBOX_SET_SETTING, {0}, 0, MAILBOX_STATUS_VALUE},
        {MAILBOX_SET_SETTING, {SETTING_SET_POINT}, 1, MAILBOX_STATUS_VALUE},
        {MAILBOX_SET_SETTING, {SETTING_SET_POINT, 0xFA}, 2, MAILBOX_STATUS_VALUE},
        {MAILBOX_SET_SETTING, {SETTING_SET_POINT, 0x31, 0}, 3, MAILBOX_STATUS_VALUE},
        {MAILBOX_SET_SETTING, {SETTING_SET_POINT, 0xFA, 0, 0}, 4, MAILBOX_STATUS_VALUE},
        {MAILBOX_SET_SETTING, {SETTING_CONSENT, 2}, 2, MAILBOX_STATUS_VALUE},
        {MAILBOX_SET_SETTING, {0, 1, 1}, 3, MAILBOX_STATUS_UNKNOWN},
        {MAILBOX_SET_SETTING, {10, 1, 1}, 3, MAILBOX_STATUS_UNKNOWN},
        {MAILBOX_GET_SETTING, {0}, 0, MAILBOX_STATUS_VALUE},
        {MAILBOX_GET_SETTING, {SETTING_MODE, 0}, 2, MAILBOX_STATUS_VALUE},
        {MAILBOX_GET_SETTING, {0}, 1, MAILBOX_STATUS_UNKNOWN},
        {MAILBOX_GET_SETTING, {255}, 1, MAILBOX_STATUS_UNKNOWN},
        {0x00, {0}, 0, MAILBOX_STATUS_MALFORMED},
        {0x08, {0}, 8, MAILBOX_STATUS_MALFORMED},
        {0x16, {0}, 0, MAILBOX_STATUS_MALFORMED},
        {0x7E, {0}, 0, MAILBOX_STATUS_MALFORMED},
        {MAILBOX_REFUSED, {0}, 5, MAILBOX_STATUS_MALFORMED},
    };
    struct settings before;

    (void)state;
    session_new_open(&session);
    before = session.device.settings.current;
    support_watch_flash();
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        assert_int_equal(session_call(&session, rows[i].type, rows[i].payload, rows[i].length),
                         rows[i].status);
        assert_int_equal(session.result.length, 0);
    }
    assert_memory_equal(&session.device.settings.current, &before, sizeof before);
    assert_int_equal(support_flash.count, 0);
}

/* Every size of message, every type, every state of the mailbox, without a right tag: refused, and
 * nothing changes. What follows a message is ignored, so a long HELLO is good; a short one is not.
 */
static void messages_of_every_size_are_refused_without_the_keys(void **state)
{
    static const uint8_t types[] = {0,
                                    MAILBOX_HELLO,
                                    MAILBOX_LOGIN,
                                    MAILBOX_SET_SETTING,
                                    MAILBOX_GET_SETTING,
                                    MAILBOX_SET_PASSWORD,
                                    MAILBOX_LOG_OUT,
                                    MAILBOX_HELLO_LABEL,
                                    MAILBOX_UPDATE_STATUS,
                                    MAILBOX_UPDATE_ACTIVATE,
                                    MAILBOX_ERASE,
                                    MAILBOX_DEBUG_CHALLENGE,
                                    MAILBOX_READ_EVENTS,
                                    0x50,
                                    MAILBOX_REFUSED,
                                    0x80,
                                    0x83,
                                    0xFF};
    const size_t hello_size = MAILBOX_HEADER_SIZE + MAILBOX_NONCE_SIZE;
    struct in_process_snapshot start;
    struct mailbox_session client;

    (void)state;
    session_new_open(&session);
    client = session;
    in_process_take(&start, &session.device);
    for (size_t i = 0; i < 3U * SUPPORT_COUNT(types) * (MAILBOX_MAX_MESSAGE + 1U); i++) {
        const uint8_t type = types[i / 3U % SUPPORT_COUNT(types)];
        const size_t size = i / 3U / SUPPORT_COUNT(types);
        bool greets;

        session = client;
        in_process_restore(&start, &session.device);
        session.device.mailbox.state = (enum mailbox_state)(i % 3U);
        memset(session.message, 0, sizeof session.message);
        session.message[0] = MAILBOX_VERSION;
        session.message[1] = type;
        put_le16(session.message + 2, type == MAILBOX_HELLO ? MAILBOX_NONCE_SIZE : 0);
        put_le32(session.message + 4, type == MAILBOX_HELLO ? 0 : client.client.session);
        put_le32(session.message + 8, type == MAILBOX_LOGIN ? 1 : type == MAILBOX_HELLO ? 0 : 9);
        session.message_length = size;
        greets = type == MAILBOX_HELLO && size >= hello_size && i % 3U != MAILBOX_OPEN;
        assert_int_equal(session_send_again(&session) == 0xFF, greets);
        assert_int_equal(session_current_set_point(&session), 200);
        if (size < MAILBOX_HEADER_SIZE) {
            assert_int_equal(session.answer[MAILBOX_HEADER_SIZE], MAILBOX_STATUS_MALFORMED);
        }
    }
}

/* The payload length that a header announces, against what is there. */
static void announced_length_must_be_there(void **state)
{
    uint8_t genuine[MAILBOX_MAX_MESSAGE];
    size_t genuine_length;

    (void)state;
    session_new_open(&session);
    build_set_point(123);
    memcpy(genuine, session.message, sizeof genuine);
    genuine_length = session.message_length;
    for (uint32_t announced = 0; announced <= UINT16_MAX; announced++) {
        memcpy(session.message, genuine, sizeof genuine);
        put_le16(session.message + 2, (uint16_t)announced);
        if (announced != 3) {
            uint8_t expected =
                announced < 3 ? MAILBOX_STATUS_WRONG_PROOF : MAILBOX_STATUS_MALFORMED;

            assert_int_equal(session_send_again(&session), expected);
        }
    }
    memcpy(session.message, genuine, sizeof genuine);
    for (session.message_length = 0; session.message_length < genuine_length;
         session.message_length++) {
        assert_int_equal(session_send_again(&session), MAILBOX_STATUS_MALFORMED);
    }
    assert_int_equal(session_current_set_point(&session), 200);
    session.message_length = MAILBOX_MAX_MESSAGE; /* what follows is padding */
    assert_int_equal(session_send_again(&session), 0xFF);
    assert_int_equal(session_current_set_point(&session), 123);
}

static void longest_message_is_taken(void **state)
{
    uint8_t payload[MAILBOX_MAX_PAYLOAD] = {SETTING_NAME};

    (void)state;
    session_new_open(&session);
    assert_int_equal(session_call(&session, MAILBOX_SET_SETTING, payload, sizeof payload),
                     MAILBOX_STATUS_VALUE);
    assert_int_equal(session.message_length, MAILBOX_MAX_MESSAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_is_taken_once),
        cmocka_unit_test(sequence_may_only_rise),
        cmocka_unit_test(each_altered_bit_is_refused_and_the_session_goes_on),
        cmocka_unit_test(messages_of_an_earlier_session_are_refused),
        cmocka_unit_test(nothing_is_done_before_log_in),
        cmocka_unit_test(session_ends_after_a_minute_of_silence),
        cmocka_unit_test(forgeries_do_not_keep_a_session_open),
        cmocka_unit_test(main_loop_ends_a_silent_session),
        cmocka_unit_test(second_client_has_to_wait_for_the_first),
        cmocka_unit_test(log_out_ends_the_session_and_wipes_its_keys),
        cmocka_unit_test(each_setting_is_set_and_got),
        cmocka_unit_test(bad_requests_are_answered_and_change_nothing),
        cmocka_unit_test(messages_of_every_size_are_refused_without_the_keys),
        cmocka_unit_test(announced_length_must_be_there),
        cmocka_unit_test(longest_message_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
