/* mailbox.h, debug_lock.h: an unlock from the challenge to the open port, and all that keeps it
 * shut. */
#include "support.h"

#include "byte_order.h"
#include "image_signer.h"
#include "mailbox_session.h"
#include "test_keys.h"
#include "update_bench.h"

#include <string.h>

static struct mailbox_session session;

static void new_session(enum factory_life_cycle life_cycle)
{
    struct factory_page page = *support_page();
    struct update_bench bench;
    uint8_t bytes[FACTORY_PAGE_SIZE];

    bench_new(&bench);
    page.life_cycle = life_cycle;
    factory_encode(&page, bytes);
    memcpy(in_process_change_flash(flash_model_geometry(HAL_FLASH_FACTORY).offset, sizeof bytes),
           bytes, sizeof bytes);
    memset(&session, 0, sizeof session);
    session.from.interface = EVENT_FROM_RTU;
    session_boot(&session, HAL_RESET_POWER_ON);
    assert_int_equal(session_log_in(&session, session_right_key()), MAILBOX_STATUS_OK);
    assert_int_equal(session_set_point(&session, 222), MAILBOX_STATUS_OK);
}

/* Asks for a nonce; `claim` is what a token for this device has to be over. */
static void challenge(struct debug_lock_claim *claim)
{
    assert_int_equal(session_call(&session, MAILBOX_DEBUG_CHALLENGE, NULL, 0), MAILBOX_STATUS_OK);
    assert_int_equal(session.result.length, DEBUG_LOCK_NONCE_SIZE + 4U);
    memcpy(claim->device_id, support_page()->device_id, sizeof claim->device_id);
    memcpy(claim->nonce, session.result.payload, sizeof claim->nonce);
    claim->epoch = get_le32(session.result.payload + DEBUG_LOCK_NONCE_SIZE);
}

static void sign(const struct debug_lock_claim *claim, const uint8_t *key, uint8_t *token)
{
    uint8_t hash[CRYPTO_HASH_SIZE];

    assert_int_equal(debug_lock_hash(claim, hash), CRYPTO_OK);
    assert_int_equal(signer_sign_hash(key, hash, token), SIGNER_OK);
}

static uint8_t offer(struct mailbox_session *to, const uint8_t *token)
{
    const uint8_t status = session_call(to, MAILBOX_DEBUG_TOKEN, token, DEBUG_LOCK_TOKEN_SIZE);

    assert_int_equal(to->result.length, 4);
    return status;
}

static bool port_is_open(void)
{
    return in_process_board.power_bound.debug_open;
}

static bool has_event(enum event_type type, uint32_t detail)
{
    struct event event = {.number = 0};

    while (event_log_next(&session.device.events, event.number, &event) == EVENT_LOG_OK) {
        if (event.type == type && event.detail == detail) {
            return true;
        }
    }
    return false;
}

static void right_token_opens_the_port_until_the_next_reset(void **state)
{
    struct debug_lock_claim claim;
    uint8_t token[DEBUG_LOCK_TOKEN_SIZE];

    (void)state;
    new_session(FACTORY_LIFE_CLOSED);
    for (uint32_t epoch = 0; epoch < 3; epoch++) {
        challenge(&claim);
        assert_int_equal(claim.epoch, epoch);
        sign(&claim, test_unlock_private_key, token);
        assert_int_equal(offer(&session, token), MAILBOX_STATUS_OK);
        assert_int_equal(get_le32(session.result.payload), 0);
        assert_false(port_is_open()); /* the application may not */
        in_process_advance(DEVICE_RESTART_DELAY_MS);
        assert_true(device_wants_restart(&session.device));
        session_boot(&session, HAL_RESET_SOFTWARE);
        assert_true(port_is_open());
        assert_int_equal(session_current_set_point(&session), 200); /* the user's data are gone */
        assert_int_equal(session.device.boot_state.current.unlock_epoch, epoch + 1U);
        assert_true(has_event(EVENT_UNLOCKED, epoch));
        session_boot(&session, HAL_RESET_SOFTWARE);
        assert_false(port_is_open());
        assert_int_equal(session_log_in_patiently(&session, session_right_key()),
                         MAILBOX_STATUS_OK);
    }
}

/* A token that waits for the boot stage dies with any other reset. */
static void token_is_for_the_restart_that_follows(void **state)
{
    static const enum hal_reset_cause causes[] = {HAL_RESET_POWER_ON, HAL_RESET_PIN,
                                                  HAL_RESET_WATCHDOG, HAL_RESET_FAULT};
    struct debug_lock_claim claim;
    uint8_t token[DEBUG_LOCK_TOKEN_SIZE];

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(causes); i++) {
        new_session(FACTORY_LIFE_CLOSED);
        challenge(&claim);
        sign(&claim, test_unlock_private_key, token);
        assert_int_equal(offer(&session, token), MAILBOX_STATUS_OK);
        session_boot(&session, causes[i]);
        assert_false(port_is_open());
        session_boot(&session, HAL_RESET_SOFTWARE);
        assert_false(port_is_open());
        assert_int_equal(session_current_set_point(&session), 222);
        assert_int_equal(session.device.boot_state.current.unlock_epoch, 0);
    }
}

/* The user's password alone opens nothing. */
static void restart_without_a_token_opens_nothing(void **state)
{
    struct debug_lock_claim claim;

    (void)state;
    new_session(FACTORY_LIFE_CLOSED);
    challenge(&claim);
    session_boot(&session, HAL_RESET_SOFTWARE);
    assert_false(port_is_open());
    assert_int_equal(session_current_set_point(&session), 222);
}

static void wrong_token_is_refused_counted_and_an_event(void **state)
{
    (void)state;
    for (int wrong = 0; wrong < 5; wrong++) {
        struct debug_lock_claim claim;
        uint8_t token[DEBUG_LOCK_TOKEN_SIZE];

        new_session(FACTORY_LIFE_CLOSED);
        challenge(&claim);
        claim.device_id[0] ^= wrong == 0 ? 1U : 0U;
        claim.nonce[0] ^= wrong == 1 ? 1U : 0U;
        claim.epoch += wrong == 2 ? 1U : 0U;
        sign(&claim, wrong == 3 ? test_image_private_key : test_unlock_private_key, token);
        token[DEBUG_LOCK_TOKEN_SIZE - 1U] ^= wrong == 4 ? 1U : 0U;
        assert_int_equal(offer(&session, token), MAILBOX_STATUS_TOKEN);
        assert_int_equal(get_le32(session.result.payload), ACCESS_FIRST_DELAY_MS);
        assert_true(has_event(EVENT_UNLOCK_REFUSED, (uint32_t)-DEBUG_LOCK_ERROR_TOKEN));
        in_process_advance(DEVICE_RESTART_DELAY_MS);
        assert_false(device_wants_restart(&session.device));
        /* Its nonce is used up, and the next one has to wait. */
        in_process_advance(ACCESS_FIRST_DELAY_MS - DEVICE_RESTART_DELAY_MS - 1U);
        assert_int_equal(offer(&session, token), MAILBOX_STATUS_ORDER);
        challenge(&claim);
        sign(&claim, test_unlock_private_key, token);
        assert_int_equal(offer(&session, token), MAILBOX_STATUS_WAIT);
        assert_int_equal(get_le32(session.result.payload), 1);
        in_process_advance(1);
        assert_int_equal(offer(&session, token), MAILBOX_STATUS_OK);
        session_boot(&session, HAL_RESET_SOFTWARE);
        assert_true(port_is_open());
    }
}

static void token_needs_a_challenge_of_its_own(void **state)
{
    struct debug_lock_claim first;
    struct debug_lock_claim second;
    uint8_t token[DEBUG_LOCK_TOKEN_SIZE];

    (void)state;
    new_session(FACTORY_LIFE_CLOSED);
    memset(token, 0, sizeof token);
    assert_int_equal(offer(&session, token), MAILBOX_STATUS_ORDER);
    challenge(&first);
    challenge(&second);
    assert_memory_not_equal(first.nonce, second.nonce, sizeof first.nonce);
    sign(&first, test_unlock_private_key, token);
    assert_int_equal(offer(&session, token), MAILBOX_STATUS_TOKEN);
    assert_int_equal(access_wait_ms(&session.device.access), ACCESS_FIRST_DELAY_MS);
}

static void challenge_without_anything_random_is_refused(void **state)
{
    (void)state;
    new_session(FACTORY_LIFE_CLOSED);
    session.device.drbg.ready = false;
    assert_int_equal(session_call(&session, MAILBOX_DEBUG_CHALLENGE, NULL, 0),
                     MAILBOX_STATUS_UNAVAILABLE);
    assert_int_equal(session.result.length, 0);
}

static void only_a_closed_device_is_unlocked(void **state)
{
    static const enum factory_life_cycle others[] = {FACTORY_LIFE_OPEN,
                                                     FACTORY_LIFE_DECOMMISSIONED};
    struct debug_lock_claim claim;
    uint8_t token[DEBUG_LOCK_TOKEN_SIZE];

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(others); i++) {
        new_session(others[i]);
        challenge(&claim);
        sign(&claim, test_unlock_private_key, token);
        assert_int_equal(offer(&session, token), MAILBOX_STATUS_LIFE_CYCLE);
        session_boot(&session, HAL_RESET_SOFTWARE);
        assert_int_equal(port_is_open(), others[i] == FACTORY_LIFE_OPEN); /* as the silicon says */
        assert_int_equal(session_current_set_point(&session), 222);
    }
}

/* --- Faults --- */

static uint8_t token_to_send[DEBUG_LOCK_TOKEN_SIZE];
static uint8_t status; /* of the message, unless the power failed in it */

static void send_token(void *state)
{
    status = offer(state, token_to_send);
}

/* Refused if it could not be counted; then no restart opens anything. */
static const char *check_token(void *state, enum fault_kind kind)
{
    struct mailbox_session *trial = state;

    if (kind == FAULT_FLASH_ERROR && status != MAILBOX_STATUS_STORAGE) {
        return "judged without being counted";
    }
    session_boot(trial, HAL_RESET_SOFTWARE);
    if (port_is_open()) {
        return "the port is open";
    }
    return session_log_in_patiently(trial, session_right_key()) == MAILBOX_STATUS_OK ? NULL
                                                                                     : "no log-in";
}

static void token_that_cannot_be_counted_opens_nothing(void **state)
{
    static const enum fault_kind kinds[] = {FAULT_FLASH_ERROR, FAULT_POWER_CUT};
    struct debug_lock_claim claim;

    (void)state;
    new_session(FACTORY_LIFE_CLOSED);
    challenge(&claim);
    sign(&claim, test_unlock_private_key, token_to_send);
    for (size_t i = 0; i < SUPPORT_COUNT(kinds); i++) {
        const struct support_trial trial = {.state = &session,
                                            .state_size = sizeof session,
                                            .act = send_token,
                                            .check = check_token,
                                            .kind = kinds[i],
                                            .erase_step = 64};

        assert_in_range(support_sweep(&trial), 12, UINT32_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_token_opens_the_port_until_the_next_reset),
        cmocka_unit_test(token_is_for_the_restart_that_follows),
        cmocka_unit_test(restart_without_a_token_opens_nothing),
        cmocka_unit_test(wrong_token_is_refused_counted_and_an_event),
        cmocka_unit_test(token_needs_a_challenge_of_its_own),
        cmocka_unit_test(challenge_without_anything_random_is_refused),
        cmocka_unit_test(only_a_closed_device_is_unlocked),
        cmocka_unit_test(token_that_cannot_be_counted_opens_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
