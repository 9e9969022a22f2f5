/* mailbox.h: passwords replaced, and every message that writes while flash fails or power does. */
#include "support.h"

#include "mailbox_session.h"

#include <string.h>

static struct mailbox_session session;

/* A verifier whose salt and key are all `number`. */
static struct password_verifier make_verifier(uint8_t number)
{
    struct password_verifier verifier = {.iterations = PASSWORD_MIN_ITERATIONS};

    memset(verifier.salt, number, sizeof verifier.salt);
    memset(verifier.key, number, sizeof verifier.key);
    return verifier;
}

static uint8_t set_password(struct mailbox_session *to, const struct password_verifier *verifier)
{
    uint8_t payload[PASSWORD_VERIFIER_SIZE];

    password_verifier_encode(verifier, payload);
    return session_call(to, MAILBOX_SET_PASSWORD, payload, sizeof payload);
}

static void replaced_password_is_the_only_one(void **state)
{
    const struct password_verifier fresh = make_verifier(0x11);

    (void)state;
    session_new_open(&session);
    assert_int_equal(set_password(&session, &fresh), MAILBOX_STATUS_OK);
    assert_int_equal(session_set_point(&session, 99), MAILBOX_STATUS_OK);
    assert_int_equal(session_call(&session, MAILBOX_LOG_OUT, NULL, 0), MAILBOX_STATUS_OK);
    for (int start = 0; start < 2; start++) {
        assert_int_equal(session_greet(&session), MAILBOX_STATUS_OK);
        assert_memory_equal(session.client.salt, fresh.salt, sizeof fresh.salt);
        assert_int_equal(session_log_in_patiently(&session, session_right_key()),
                         MAILBOX_STATUS_WRONG_PROOF);
        assert_int_equal(session_log_in_patiently(&session, fresh.key), MAILBOX_STATUS_OK);
        session_restart_device(&session);
    }
}

/* Salt and key must differ from those that count and from those on the label (5.1-4). */
static void replacement_must_be_fresh(void **state)
{
    const struct password_verifier label = support_page()->initial_password;
    const struct password_verifier now = make_verifier(0x11);
    struct password_verifier rows[8];

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        rows[i] = make_verifier(0x22);
    }
    memcpy(rows[0].salt, now.salt, sizeof now.salt);
    memcpy(rows[1].key, now.key, sizeof now.key);
    memcpy(rows[2].salt, label.salt, sizeof label.salt);
    memcpy(rows[3].key, label.key, sizeof label.key);
    rows[4].iterations = PASSWORD_MIN_ITERATIONS - 1U;
    rows[5].iterations = PASSWORD_MAX_ITERATIONS + 1U;
    rows[6].iterations = 0;
    rows[7] = now;
    session_new_open(&session);
    assert_int_equal(set_password(&session, &label), MAILBOX_STATUS_WEAK);
    assert_int_equal(set_password(&session, &now), MAILBOX_STATUS_OK);
    support_watch_flash();
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        assert_int_equal(set_password(&session, &rows[i]), MAILBOX_STATUS_WEAK);
    }
    assert_int_equal(support_flash.count, 0);
    assert_memory_equal(session.device.settings.current.password.key, now.key, sizeof now.key);
    rows[0] = make_verifier(0x22);
    assert_int_equal(set_password(&session, &rows[0]), MAILBOX_STATUS_OK);
}

static void verifier_of_another_length_is_refused(void **state)
{
    uint8_t payload[MAILBOX_MAX_PAYLOAD];

    (void)state;
    session_new_open(&session);
    memset(payload, 0x11, sizeof payload);
    for (size_t length = 0; length <= sizeof payload; length++) {
        if (length != PASSWORD_VERIFIER_SIZE) {
            assert_int_equal(session_call(&session, MAILBOX_SET_PASSWORD, payload, length),
                             MAILBOX_STATUS_VALUE);
        }
    }
    assert_false(session.device.settings.current.has_password);
}

/* --- Faults: what is sent in a trial, the status that came back, and what has to hold then --- */

/* An event that could not be kept is no reason to refuse what it is about (event_log.h). */
static bool only_an_event_failed(void)
{
    return support_faulted_in(HAL_FLASH_EVENTS) || support_faulted_in(HAL_FLASH_EVENT_USERS);
}

static uint8_t status; /* of the message, unless the power failed in it */

static void send_set_point(void *state)
{
    status = session_set_point(state, 222);
}

static const char *check_set_point(void *state, enum fault_kind kind)
{
    struct mailbox_session *trial = state;
    const int now = session_current_set_point(trial);

    if (kind == FAULT_FLASH_ERROR && status != MAILBOX_STATUS_STORAGE) {
        return "the failure was not answered";
    }
    session_restart_device(trial);
    if (session_current_set_point(trial) != 200 && session_current_set_point(trial) != 222) {
        return "neither the old value nor the new one";
    }
    if (kind == FAULT_FLASH_ERROR && session_current_set_point(trial) != now) {
        return "memory and flash differ";
    }
    return session_log_in_patiently(trial, session_right_key()) == MAILBOX_STATUS_OK ? NULL
                                                                                     : "no log-in";
}

static void send_password(void *state)
{
    const struct password_verifier fresh = make_verifier(0x11);

    status = set_password(state, &fresh);
}

/* After a restart exactly one of the two passwords is good, and the greeting has its salt. */
static const char *check_password(void *state, enum fault_kind kind)
{
    const struct password_verifier fresh = make_verifier(0x11);
    struct mailbox_session *trial = state;
    const bool memory_has_new = trial->device.settings.current.has_password;
    bool new_salt;
    const uint8_t *good;
    const uint8_t *bad;

    if (kind == FAULT_FLASH_ERROR &&
        status != (only_an_event_failed() ? MAILBOX_STATUS_OK : MAILBOX_STATUS_STORAGE)) {
        return "the answer does not fit the failure";
    }
    session_restart_device(trial);
    (void)session_greet(trial);
    new_salt = memcmp(trial->client.salt, fresh.salt, PASSWORD_SALT_SIZE) == 0;
    good = new_salt ? fresh.key : session_right_key();
    bad = new_salt ? session_right_key() : fresh.key;
    if (kind == FAULT_FLASH_ERROR && new_salt != memory_has_new) {
        return "memory and flash differ";
    }
    if (session_log_in_patiently(trial, bad) != MAILBOX_STATUS_WRONG_PROOF) {
        return "the password that does not count is good";
    }
    return session_log_in_patiently(trial, good) == MAILBOX_STATUS_OK
               ? NULL
               : "the password that counts is not good";
}

static void send_right_login(void *state)
{
    status = session_log_in(state, session_right_key());
}

static void send_wrong_login(void *state)
{
    status = session_log_in(state, session_wrong_key());
}

static const char *check_right_login(void *state, enum fault_kind kind)
{
    struct mailbox_session *trial = state;

    if (kind == FAULT_FLASH_ERROR && only_an_event_failed()) {
        return status == MAILBOX_STATUS_OK && trial->device.mailbox.state == MAILBOX_OPEN
                   ? NULL
                   : "refused because an event was lost";
    }
    if (kind == FAULT_FLASH_ERROR &&
        (status != MAILBOX_STATUS_STORAGE || trial->device.mailbox.state == MAILBOX_OPEN)) {
        return "logged in although flash failed";
    }
    if (kind == FAULT_POWER_CUT) {
        session_restart_device(trial);
    }
    return session_log_in_patiently(trial, session_right_key()) == MAILBOX_STATUS_OK ? NULL
                                                                                     : "locked out";
}

/* A wrong proof whose attempt could not be counted gets the same answer as a right one. */
static const char *check_wrong_login(void *state, enum fault_kind kind)
{
    struct mailbox_session *trial = state;

    if (kind == FAULT_FLASH_ERROR &&
        status != (only_an_event_failed() ? MAILBOX_STATUS_WRONG_PROOF : MAILBOX_STATUS_STORAGE)) {
        return "judged without being counted, or not judged";
    }
    if (kind == FAULT_FLASH_ERROR && access_wait_ms(&trial->device.access) == 0) {
        return "the next attempt may come at once";
    }
    session_restart_device(trial);
    if (session_log_in_patiently(trial, session_wrong_key()) != MAILBOX_STATUS_WRONG_PROOF) {
        return "the next attempt is not judged";
    }
    if (access_wait_ms(&trial->device.access) < ACCESS_FIRST_DELAY_MS) {
        return "the next attempt gives no delay";
    }
    return session_log_in_patiently(trial, session_right_key()) == MAILBOX_STATUS_OK ? NULL
                                                                                     : "locked out";
}

/* Both kinds of fault, from the session as it is now. */
static void sweep(void (*act)(void *state), const char *(*check)(void *state, enum fault_kind kind))
{
    static const enum fault_kind kinds[] = {FAULT_FLASH_ERROR, FAULT_POWER_CUT};

    for (size_t i = 0; i < SUPPORT_COUNT(kinds); i++) {
        const struct support_trial trial = {.state = &session,
                                            .state_size = sizeof session,
                                            .act = act,
                                            .check = check,
                                            .kind = kinds[i],
                                            .erase_step = 64};

        assert_in_range(support_sweep(&trial), 4, UINT32_MAX);
    }
}

static void setting_is_old_or_new_whatever_fails(void **state)
{
    (void)state;
    session_new_open(&session);
    sweep(send_set_point, check_set_point);
}

static void one_password_is_good_whatever_fails(void **state)
{
    (void)state;
    session_new_open(&session);
    sweep(send_password, check_password);
}

static void right_log_in_succeeds_later_whatever_fails(void **state)
{
    (void)state;
    session_new(&session);
    sweep(send_right_login, check_right_login);
}

static void wrong_log_in_is_counted_or_not_judged(void **state)
{
    (void)state;
    session_new(&session);
    sweep(send_wrong_login, check_wrong_login);
}

/* The answer came, so the failure counts, however soon the power goes. */
static void power_cut_after_the_answer_takes_nothing_back(void **state)
{
    uint32_t delay = ACCESS_FIRST_DELAY_MS;

    (void)state;
    session_new(&session);
    for (int failures = 0; failures < 12; failures++) {
        assert_int_equal(session_log_in_patiently(&session, session_wrong_key()),
                         MAILBOX_STATUS_WRONG_PROOF);
        session_restart_device(&session);
        assert_int_equal(access_wait_ms(&session.device.access), delay);
        assert_int_equal(session_log_in(&session, session_right_key()), MAILBOX_STATUS_WAIT);
        delay = delay < ACCESS_MAX_DELAY_MS / 2U ? 2U * delay : ACCESS_MAX_DELAY_MS;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaced_password_is_the_only_one),
        cmocka_unit_test(replacement_must_be_fresh),
        cmocka_unit_test(verifier_of_another_length_is_refused),
        cmocka_unit_test(setting_is_old_or_new_whatever_fails),
        cmocka_unit_test(one_password_is_good_whatever_fails),
        cmocka_unit_test(right_log_in_succeeds_later_whatever_fails),
        cmocka_unit_test(wrong_log_in_is_counted_or_not_judged),
        cmocka_unit_test(power_cut_after_the_answer_takes_nothing_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
