/* mailbox.h: who may send which message, how long it may be, and the erase. */
#include "support.h"

#include "byte_order.h"
#include "mailbox_session.h"
#include "modbus_pdu.h"

#include <string.h>

static struct mailbox_session session;

/* Every message of a session: mailbox.h. */
static const struct row {
    uint8_t type;
    uint16_t least; /* of the payload, bytes */
    uint16_t greatest;
    bool with_label; /* in the session of the password on the label */
    bool in_recovery;
} rows[] = {
    {MAILBOX_SET_SETTING, 1, 1 + SETTINGS_MAX_VALUE, false, false},
    {MAILBOX_GET_SETTING, 1, 1, false, false},
    {MAILBOX_SET_PASSWORD, 52, 52, false, false},
    {MAILBOX_LOG_OUT, 0, 0, true, true},
    {MAILBOX_UPDATE_STATUS, 0, 0, false, true},
    {MAILBOX_UPDATE_BEGIN, 128, 128, false, true},
    {MAILBOX_UPDATE_DATA, 5, MAILBOX_MAX_PAYLOAD, false, true},
    {MAILBOX_UPDATE_FINISH, 0, 0, false, true},
    {MAILBOX_UPDATE_ACTIVATE, 0, 0, false, true},
    {MAILBOX_UPDATE_CONFIRM, 0, 0, false, false},
    {MAILBOX_ERASE, 0, 0, true, false},
    {MAILBOX_DEBUG_CHALLENGE, 0, 0, false, false},
    {MAILBOX_DEBUG_TOKEN, 64, 64, false, false},
    {MAILBOX_READ_EVENTS, 4, 4, false, false},
};

static const struct row *find(unsigned type)
{
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        if (rows[i].type == type) {
            return &rows[i];
        }
    }
    return NULL;
}

static uint8_t call(struct mailbox_session *to, uint8_t type)
{
    return session_call(to, type, NULL, 0);
}

static void payload_of_another_length_is_refused(void **state)
{
    static const uint8_t payload[MAILBOX_MAX_PAYLOAD];

    (void)state;
    session_new_open(&session);
    support_watch_flash();
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        for (uint32_t length = 0; length <= MAILBOX_MAX_PAYLOAD; length++) {
            if (length < rows[i].least || length > rows[i].greatest) {
                assert_int_equal(session_call(&session, rows[i].type, payload, length),
                                 MAILBOX_STATUS_VALUE);
                assert_int_equal(session.result.length, 0);
                session.client.state = MAILBOX_CLIENT_OPEN; /* a refused LOG_OUT is none */
            }
        }
    }
    assert_int_equal(support_flash.count, 0);
    assert_int_equal(session.device.mailbox.state, MAILBOX_OPEN);
}

/* Both ends of each range are no matter of length any more. */
static void payload_of_the_right_length_is_looked_at(void **state)
{
    uint8_t payload[MAILBOX_MAX_PAYLOAD];

    (void)state;
    memset(payload, 0x11, sizeof payload);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        const uint16_t ends[] = {rows[i].least, rows[i].greatest};

        for (size_t end = 0; end < SUPPORT_COUNT(ends); end++) {
            session_new_open(&session);
            assert_int_not_equal(session_call(&session, rows[i].type, payload, ends[end]),
                                 MAILBOX_STATUS_VALUE);
        }
    }
}

/* Types that do not exist, or belong before the session. */
static void other_types_are_malformed(void **state)
{
    (void)state;
    session_new_open(&session);
    for (unsigned type = 0; type <= UINT8_MAX; type++) {
        const bool before_session =
            type == MAILBOX_HELLO || type == MAILBOX_HELLO_LABEL || type == MAILBOX_LOGIN;

        if (find(type) == NULL && !before_session && (type & MAILBOX_ANSWER) == 0) {
            assert_int_equal(call(&session, (uint8_t)type), MAILBOX_STATUS_MALFORMED);
        }
    }
}

/* --- The session of the password on the label --- */

static void set_user_password(uint8_t filling, struct password_verifier *verifier)
{
    uint8_t payload[PASSWORD_VERIFIER_SIZE];

    memset(verifier, filling, sizeof *verifier);
    verifier->iterations = PASSWORD_MIN_ITERATIONS;
    password_verifier_encode(verifier, payload);
    assert_int_equal(session_call(&session, MAILBOX_SET_PASSWORD, payload, sizeof payload),
                     MAILBOX_STATUS_OK);
}

/* A device whose user has set things, nobody logged in. */
static struct password_verifier new_used_device(void)
{
    struct password_verifier user;

    session_new_open(&session);
    assert_int_equal(session_set_point(&session, 222), MAILBOX_STATUS_OK);
    set_user_password(0x21, &user);
    assert_int_equal(call(&session, MAILBOX_LOG_OUT), MAILBOX_STATUS_OK);
    return user;
}

static uint8_t log_in_with_label(struct mailbox_session *with, const uint8_t *key)
{
    uint8_t status;

    in_process_advance(access_wait_ms(&with->device.access));
    status = session_greet_label(with);
    return status == MAILBOX_STATUS_OK ? session_log_in(with, key) : status;
}

static void label_session_erases_and_logs_out_only(void **state)
{
    static const uint8_t payload[MAILBOX_MAX_PAYLOAD];

    (void)state;
    (void)new_used_device();
    assert_int_equal(log_in_with_label(&session, session_right_key()), MAILBOX_STATUS_OK);
    support_watch_flash();
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        if (!rows[i].with_label) {
            assert_int_equal(session_call(&session, rows[i].type, payload, rows[i].least),
                             MAILBOX_STATUS_NOT_ALLOWED);
            assert_int_equal(session.result.length, 0);
        }
    }
    assert_int_equal(support_flash.count, 0);
    assert_int_equal(session_current_set_point(&session), 222);
    assert_int_equal(call(&session, MAILBOX_LOG_OUT), MAILBOX_STATUS_OK);
    assert_int_equal(session.device.mailbox.state, MAILBOX_IDLE);
    assert_false(session.device.mailbox.label);
    assert_int_equal(log_in_with_label(&session, session_right_key()), MAILBOX_STATUS_OK);
    assert_int_equal(call(&session, MAILBOX_ERASE), MAILBOX_STATUS_OK);
}

static void label_session_is_for_the_local_bus(void **state)
{
    static const enum event_interface others[] = {EVENT_FROM_NOBODY, EVENT_FROM_TCP};

    (void)state;
    (void)new_used_device();
    for (size_t i = 0; i < SUPPORT_COUNT(others); i++) {
        session.from.interface = others[i];
        assert_int_equal(session_greet_label(&session), MAILBOX_STATUS_NOT_ALLOWED);
        assert_int_equal(session.device.mailbox.state, MAILBOX_IDLE);
    }
}

/* A greeting is for one of the passwords; the other is wrong, and counts as an attempt. */
static void each_greeting_is_for_one_password(void **state)
{
    struct password_verifier user;

    (void)state;
    user = new_used_device();
    assert_int_equal(session_greet_label(&session), MAILBOX_STATUS_OK);
    assert_memory_equal(session.client.salt, support_page()->initial_password.salt,
                        PASSWORD_SALT_SIZE);
    assert_int_equal(log_in_with_label(&session, user.key), MAILBOX_STATUS_WRONG_PROOF);
    assert_int_equal(access_wait_ms(&session.device.access), ACCESS_FIRST_DELAY_MS);
    assert_int_equal(session_greet_label(&session), MAILBOX_STATUS_OK);
    assert_int_equal(session_log_in(&session, session_right_key()), MAILBOX_STATUS_WAIT);
    assert_int_equal(session_log_in_patiently(&session, session_right_key()),
                     MAILBOX_STATUS_WRONG_PROOF);
    assert_int_equal(access_wait_ms(&session.device.access), 2U * ACCESS_FIRST_DELAY_MS);
    assert_int_equal(log_in_with_label(&session, session_right_key()), MAILBOX_STATUS_OK);
    assert_int_equal(access_wait_ms(&session.device.access), 0);
}

/* What the label may does not outlive its session, in either direction. */
static void next_session_has_its_own_rights(void **state)
{
    struct password_verifier user;

    (void)state;
    user = new_used_device();
    assert_int_equal(log_in_with_label(&session, session_right_key()), MAILBOX_STATUS_OK);
    assert_int_equal(session_greet(&session), MAILBOX_STATUS_BUSY);
    in_process_advance(MAILBOX_IDLE_MS);
    assert_int_equal(session_log_in_patiently(&session, user.key), MAILBOX_STATUS_OK);
    assert_int_equal(session_set_point(&session, 111), MAILBOX_STATUS_OK);
    assert_int_equal(call(&session, MAILBOX_LOG_OUT), MAILBOX_STATUS_OK);
    assert_int_equal(session_greet_label(&session), MAILBOX_STATUS_OK);
    assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK); /* takes the other's place */
    assert_int_equal(session_log_in(&session, user.key), MAILBOX_STATUS_OK);
    assert_int_equal(session_set_point(&session, 112), MAILBOX_STATUS_OK);
}

/* --- Recovery --- */

static void recovery_is_for_updates_only(void **state)
{
    static const uint8_t payload[MAILBOX_MAX_PAYLOAD];
    static const struct boot_handover recovery = {.recovery = true};

    (void)state;
    session_new(&session);
    in_process_power_on();
    assert_int_equal(device_start(&session.device, &recovery), DEVICE_OK);
    assert_int_equal(session_log_in(&session, session_right_key()), MAILBOX_STATUS_OK);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        if (rows[i].type != MAILBOX_LOG_OUT) {
            const uint8_t status = session_call(&session, rows[i].type, payload, rows[i].least);

            assert_int_equal(status != MAILBOX_STATUS_NOT_ALLOWED, rows[i].in_recovery);
        }
    }
    assert_int_equal(call(&session, MAILBOX_LOG_OUT), MAILBOX_STATUS_OK);
    assert_int_equal(log_in_with_label(&session, session_right_key()), MAILBOX_STATUS_OK);
    assert_int_equal(call(&session, MAILBOX_ERASE), MAILBOX_STATUS_NOT_ALLOWED);
    assert_int_equal(call(&session, MAILBOX_UPDATE_STATUS), MAILBOX_STATUS_NOT_ALLOWED);
}

/* --- Erase --- */

static bool users_are_gone(const struct mailbox_session *of)
{
    struct event event = {.number = 0};

    while (event_log_next(&of->device.events, event.number, &event) == EVENT_LOG_OK) {
        if (event.user.interface != EVENT_FROM_NOBODY) {
            return false;
        }
    }
    return true;
}

static bool settings_are_defaults(const struct mailbox_session *of)
{
    return support_are_defaults(&of->device.settings.current);
}

static void erase_leaves_nothing_of_the_user(void **state)
{
    (void)state;
    for (int label = 0; label <= 1; label++) {
        const struct password_verifier user = new_used_device();
        struct event event;
        uint32_t events;

        assert_int_equal(label == 1 ? log_in_with_label(&session, session_right_key())
                                    : session_log_in_patiently(&session, user.key),
                         MAILBOX_STATUS_OK);
        events = event_log_newest(&session.device.events);
        assert_false(users_are_gone(&session));
        assert_int_equal(call(&session, MAILBOX_ERASE), MAILBOX_STATUS_OK);
        assert_true(settings_are_defaults(&session));
        assert_true(users_are_gone(&session));
        assert_int_equal(event_log_newest(&session.device.events), events + 1U);
        assert_int_equal(event_log_next(&session.device.events, events, &event), EVENT_LOG_OK);
        assert_int_equal(event.type, EVENT_ERASED);
        session.client.state = MAILBOX_CLIENT_OPEN; /* a client that has missed it */
        session_build(&session, MAILBOX_GET_SETTING, (const uint8_t[]){SETTING_NAME}, 1);
        assert_int_equal(session_send_again(&session), MAILBOX_STATUS_NO_SESSION);
        session_restart_device(&session);
        assert_true(settings_are_defaults(&session));
        assert_true(users_are_gone(&session));
        assert_int_equal(session_log_in_patiently(&session, user.key), MAILBOX_STATUS_WRONG_PROOF);
        assert_int_equal(session_log_in_patiently(&session, session_right_key()),
                         MAILBOX_STATUS_OK);
    }
}

static uint8_t status; /* of the message, unless the power failed in it */

static void send_erase(void *state)
{
    status = call(state, MAILBOX_ERASE);
}

/* The user, whose password counts until then, may ask again without a restart. */
static const char *check_erase_again(const struct mailbox_session *failed, const uint8_t *user_key)
{
    static struct in_process_snapshot before;
    struct mailbox_session trial = *failed;
    const char *wrong = NULL;

    in_process_take(&before, NULL);
    if (session_log_in_patiently(&trial, user_key) != MAILBOX_STATUS_OK ||
        call(&trial, MAILBOX_ERASE) != MAILBOX_STATUS_OK || !settings_are_defaults(&trial) ||
        !users_are_gone(&trial)) {
        wrong = "it cannot be erased again without a restart";
    }
    in_process_restore(&before, NULL);
    return wrong;
}

/* After a restart: erased altogether, or not begun. The password that goes with it is good. */
static const char *check_erase(void *state, enum fault_kind kind)
{
    struct mailbox_session *trial = state;
    const bool done = kind == FAULT_FLASH_ERROR && status == MAILBOX_STATUS_OK;
    uint8_t user_key[PASSWORD_KEY_SIZE];
    bool erased;

    memset(user_key, 0x21, sizeof user_key);
    if (kind == FAULT_FLASH_ERROR &&
        (status == MAILBOX_STATUS_OK) != support_faulted_in(HAL_FLASH_EVENTS)) {
        return "the answer does not fit the failure";
    }
    if (kind == FAULT_FLASH_ERROR && trial->device.mailbox.state != MAILBOX_IDLE) {
        return "the session goes on";
    }
    if (kind == FAULT_FLASH_ERROR && status != MAILBOX_STATUS_OK) {
        const char *wrong = check_erase_again(trial, user_key);

        if (wrong != NULL) {
            return wrong;
        }
    }
    session_restart_device(trial);
    erased = settings_are_defaults(trial);
    if (!erased && (done || session_current_set_point(trial) != 222)) {
        return "erased in part, or not erased although it was said";
    }
    if (trial->device.boot_state.current.erase_pending || users_are_gone(trial) != erased) {
        return "settings and users differ";
    }
    if (session_log_in_patiently(trial, erased ? user_key : session_right_key()) !=
        MAILBOX_STATUS_WRONG_PROOF) {
        return "the password that does not count is good";
    }
    if (session_log_in_patiently(trial, erased ? session_right_key() : user_key) !=
        MAILBOX_STATUS_OK) {
        return "the password that counts is not good";
    }
    return call(trial, MAILBOX_ERASE) == MAILBOX_STATUS_OK && settings_are_defaults(trial)
               ? NULL
               : "it cannot be erased again";
}

static void erase_is_whole_or_not_begun_whatever_fails(void **state)
{
    static const enum fault_kind kinds[] = {FAULT_FLASH_ERROR, FAULT_POWER_CUT};
    struct password_verifier user;

    (void)state;
    user = new_used_device();
    assert_int_equal(session_log_in_patiently(&session, user.key), MAILBOX_STATUS_OK);
    for (size_t i = 0; i < SUPPORT_COUNT(kinds); i++) {
        const struct support_trial trial = {.state = &session,
                                            .state_size = sizeof session,
                                            .act = send_erase,
                                            .check = check_erase,
                                            .kind = kinds[i],
                                            .erase_step = 64};

        assert_in_range(support_sweep(&trial), 50, UINT32_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payload_of_another_length_is_refused),
        cmocka_unit_test(payload_of_the_right_length_is_looked_at),
        cmocka_unit_test(other_types_are_malformed),
        cmocka_unit_test(label_session_erases_and_logs_out_only),
        cmocka_unit_test(label_session_is_for_the_local_bus),
        cmocka_unit_test(each_greeting_is_for_one_password),
        cmocka_unit_test(next_session_has_its_own_rights),
        cmocka_unit_test(recovery_is_for_updates_only),
        cmocka_unit_test(erase_leaves_nothing_of_the_user),
        cmocka_unit_test(erase_is_whole_or_not_begun_whatever_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
