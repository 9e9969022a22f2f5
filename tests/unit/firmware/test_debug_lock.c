/* debug_lock.h: opens for the one right token, at the one start after it, with all that has to
 * happen before; and never otherwise. */
#include "support.h"

#include "debug_lock.h"
#include "event_log.h"
#include "settings_store.h"
#include "test_keys.h"

#include <string.h>

/* What the application of one start holds. */
struct application {
    struct factory_page factory;
    struct boot_state_store state;
    struct access access;
    struct drbg drbg;
    uint8_t nonce[DEBUG_LOCK_NONCE_SIZE];
    uint8_t token[DEBUG_LOCK_TOKEN_SIZE];
    int result; /* of the last debug_lock_boot() */
};

static bool opened_early; /* the port opened before all that has to happen first */

static bool settings_are_blank(void)
{
    const struct hal_flash_geometry geometry = flash_model_geometry(HAL_FLASH_SETTINGS);

    for (uint32_t i = 0; i < geometry.size; i++) {
        if (in_process_flash()[geometry.offset + i] != FLASH_ERASED) {
            return false;
        }
    }
    return true;
}

/* What flash and memory are at the moment at which the port opens. */
static void look_at_opening(void)
{
    struct boot_state_store state;
    struct event_log log;
    struct event event;

    opened_early = boot_state_start(&state) != BOOT_STATE_OK || state.current.unlock_epoch != 5 ||
                   state.current.erase_pending || !settings_are_blank() ||
                   event_log_start(&log) != EVENT_LOG_OK ||
                   event_log_next(&log, 0, &event) != EVENT_LOG_OK ||
                   event.type != EVENT_UNLOCKED || event.detail != 4 ||
                   !in_process_board.power_bound.memory_wiped;
}

static bool port_is_open(void)
{
    return in_process_board.power_bound.debug_open;
}

/* The boot stage's part of a start. */
static int boot(struct application *application, enum hal_reset_cause cause)
{
    if (cause == HAL_RESET_POWER_ON) {
        in_process_power_on();
    } else {
        in_process_reset(cause);
    }
    in_process_board.on_debug_open = look_at_opening;
    assert_int_equal(boot_state_start(&application->state), BOOT_STATE_OK);
    return debug_lock_boot(&application->state);
}

/* The application's part of a start. */
static void run(struct application *application)
{
    assert_int_equal(factory_load(&application->factory), FACTORY_OK);
    assert_int_equal(access_start(&application->access), ACCESS_OK);
    assert_int_equal(
        drbg_start(&application->drbg, application->factory.device_id, FACTORY_DEVICE_ID_SIZE),
        DRBG_OK);
}

/* A device in use at epoch 4, started. */
static void prepare(struct application *application, enum factory_life_cycle life_cycle)
{
    struct factory_page page = *support_page();
    const struct boot_state state = {.unlock_epoch = 4, .security_counter = 2};
    struct settings_store settings;
    struct settings draft;

    memset(application, 0, sizeof *application);
    opened_early = false;
    page.life_cycle = life_cycle;
    in_process_manufacture(&page);
    support_watch_flash();
    support_fail_read(UINT32_MAX);
    assert_int_equal(boot(application, HAL_RESET_POWER_ON), DEBUG_LOCK_ERROR_NO_NONCE);
    assert_int_equal(boot_state_commit(&application->state, &state), BOOT_STATE_OK);
    assert_int_equal(settings_start(&settings), SETTINGS_OK);
    draft = settings.current;
    draft.set_point = 155;
    assert_int_equal(settings_commit(&settings, &draft), SETTINGS_OK);
    run(application);
}

/* Signs for the device, nonce and epoch of `claim`. */
static void sign(const struct debug_lock_claim *claim, const uint8_t *private_key, uint8_t *token)
{
    uint8_t hash[CRYPTO_HASH_SIZE];

    assert_int_equal(debug_lock_hash(claim, hash), CRYPTO_OK);
    assert_int_equal(signer_sign_hash(private_key, hash, token), SIGNER_OK);
}

static struct debug_lock_claim true_claim(const struct application *application)
{
    struct debug_lock_claim claim = {.epoch = application->state.current.unlock_epoch};

    memcpy(claim.device_id, application->factory.device_id, sizeof claim.device_id);
    memcpy(claim.nonce, application->nonce, sizeof claim.nonce);
    return claim;
}

/* Asks for a nonce and makes the right token for it. */
static void get_token(struct application *application)
{
    struct debug_lock_claim claim;

    assert_int_equal(debug_lock_challenge(&application->drbg, application->nonce), DEBUG_LOCK_OK);
    claim = true_claim(application);
    sign(&claim, test_unlock_private_key, application->token);
}

static int offer(struct application *application)
{
    return debug_lock_offer(&application->access, &application->factory,
                            &application->state.current, application->token);
}

static bool retained_is_wiped(void)
{
    for (size_t i = 0; i < HAL_RETAINED_SIZE; i++) {
        if (hal_retained()[i] != 0) {
            return false;
        }
    }
    return true;
}

static void right_token_opens_until_the_next_reset(void **state)
{
    struct application application;

    (void)state;
    prepare(&application, FACTORY_LIFE_CLOSED);
    get_token(&application);
    assert_int_equal(offer(&application), DEBUG_LOCK_OK);
    assert_int_equal(application.access.failures, 0);
    assert_false(port_is_open());
    assert_int_equal(boot(&application, HAL_RESET_SOFTWARE), DEBUG_LOCK_OK);
    assert_true(port_is_open());
    assert_false(opened_early);
    assert_true(retained_is_wiped());
    assert_int_equal(application.state.current.unlock_epoch, 5);
    assert_int_equal(application.state.current.security_counter, 2);
    assert_int_equal(boot(&application, HAL_RESET_SOFTWARE), DEBUG_LOCK_ERROR_NO_NONCE);
    assert_false(port_is_open());
}

/* Only the application can ask for it: by a software reset, and only the next one. */
static void other_resets_do_not_open(void **state)
{
    static const enum hal_reset_cause causes[] = {HAL_RESET_POWER_ON, HAL_RESET_PIN,
                                                  HAL_RESET_WATCHDOG, HAL_RESET_FAULT};
    struct application application;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(causes); i++) {
        prepare(&application, FACTORY_LIFE_CLOSED);
        get_token(&application);
        assert_int_equal(offer(&application), DEBUG_LOCK_OK);
        assert_int_equal(boot(&application, causes[i]), DEBUG_LOCK_ERROR_NO_NONCE);
        assert_false(port_is_open());
        assert_true(retained_is_wiped());
        assert_int_equal(boot(&application, HAL_RESET_SOFTWARE), DEBUG_LOCK_ERROR_NO_NONCE);
        assert_false(port_is_open());
        assert_int_equal(application.state.current.unlock_epoch, 4);
        assert_false(settings_are_blank());
    }
}

/* Tokens that are the vendor's for something else, or not the vendor's. */
static void other_claims_are_refused_and_counted(void **state)
{
    struct application application;

    (void)state;
    for (int variant = 0; variant < 6; variant++) {
        struct debug_lock_claim claim;

        prepare(&application, FACTORY_LIFE_CLOSED);
        get_token(&application);
        claim = true_claim(&application);
        claim.device_id[15] ^= variant == 0 ? 1U : 0U;
        claim.nonce[31] ^= variant == 1 ? 1U : 0U;
        claim.epoch -= variant == 2 ? 1U : 0U;
        claim.epoch += variant == 3 ? 1U : 0U;
        sign(&claim, variant == 4 ? test_image_private_key : test_unlock_private_key,
             application.token);
        if (variant == 5) {
            memset(application.token, 0, sizeof application.token);
        }
        assert_int_equal(offer(&application), DEBUG_LOCK_ERROR_TOKEN);
        assert_int_equal(application.access.failures, 1);
        assert_int_equal(access_wait_ms(&application.access), ACCESS_FIRST_DELAY_MS);
        assert_int_equal(boot(&application, HAL_RESET_SOFTWARE), DEBUG_LOCK_ERROR_NO_NONCE);
        assert_false(port_is_open());
    }
}

static void each_flipped_bit_of_a_token_is_refused(void **state)
{
    struct application application;
    uint8_t token[DEBUG_LOCK_TOKEN_SIZE];

    (void)state;
    prepare(&application, FACTORY_LIFE_CLOSED);
    for (size_t bit = 0; bit < 8U * DEBUG_LOCK_TOKEN_SIZE; bit += 5U) {
        in_process_advance(ACCESS_MAX_DELAY_MS);
        get_token(&application);
        memcpy(token, application.token, sizeof token);
        application.token[bit / 8U] ^= (uint8_t)(1U << (bit % 8U));
        assert_int_equal(offer(&application), DEBUG_LOCK_ERROR_TOKEN);
    }
    in_process_advance(ACCESS_MAX_DELAY_MS);
    memcpy(application.token, token, sizeof token);
    assert_int_equal(offer(&application), DEBUG_LOCK_ERROR_NO_NONCE);
}

static void nonce_serves_once(void **state)
{
    uint8_t wrong[DEBUG_LOCK_TOKEN_SIZE] = {1};
    uint8_t first[DEBUG_LOCK_NONCE_SIZE];
    uint8_t token[DEBUG_LOCK_TOKEN_SIZE];
    struct application application;

    (void)state;
    prepare(&application, FACTORY_LIFE_CLOSED);
    memcpy(application.token, wrong, sizeof wrong);
    assert_int_equal(offer(&application), DEBUG_LOCK_ERROR_NO_NONCE);
    get_token(&application);
    memcpy(first, application.nonce, sizeof first);
    memcpy(token, application.token, sizeof token);
    memcpy(application.token, wrong, sizeof wrong);
    assert_int_equal(offer(&application), DEBUG_LOCK_ERROR_TOKEN);
    in_process_advance(ACCESS_MAX_DELAY_MS);
    memcpy(application.token, token, sizeof token);
    assert_int_equal(offer(&application), DEBUG_LOCK_ERROR_NO_NONCE);
    /* A new one takes the place of the old. */
    get_token(&application);
    assert_memory_not_equal(application.nonce, first, sizeof first);
    memcpy(application.token, token, sizeof token);
    assert_int_equal(offer(&application), DEBUG_LOCK_ERROR_TOKEN);
}

/* Two tokens at once would be two answers to one nonce: the second finds none. */
static void accepted_token_is_not_taken_twice(void **state)
{
    struct application application;

    (void)state;
    prepare(&application, FACTORY_LIFE_CLOSED);
    get_token(&application);
    assert_int_equal(offer(&application), DEBUG_LOCK_OK);
    assert_int_equal(offer(&application), DEBUG_LOCK_ERROR_NO_NONCE);
    assert_int_equal(boot(&application, HAL_RESET_SOFTWARE), DEBUG_LOCK_ERROR_NO_NONCE);
    assert_false(port_is_open());
}

static void too_early_a_token_keeps_the_nonce(void **state)
{
    struct application application;

    (void)state;
    prepare(&application, FACTORY_LIFE_CLOSED);
    assert_int_equal(access_begin_attempt(&application.access), ACCESS_OK);
    get_token(&application);
    assert_int_equal(offer(&application), DEBUG_LOCK_ERROR_WAIT);
    assert_int_equal(application.access.failures, 1);
    in_process_advance(ACCESS_FIRST_DELAY_MS);
    assert_int_equal(offer(&application), DEBUG_LOCK_OK);
}

static void only_a_closed_device_takes_tokens(void **state)
{
    static const enum factory_life_cycle others[] = {FACTORY_LIFE_OPEN,
                                                     FACTORY_LIFE_DECOMMISSIONED};
    struct application application;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(others); i++) {
        prepare(&application, others[i]);
        get_token(&application);
        assert_int_equal(offer(&application), DEBUG_LOCK_ERROR_LIFE_CYCLE);
        assert_true(retained_is_wiped());
    }
    assert_false(port_is_open());
    /* A fuse that was blown after the token was taken: the boot stage looks for itself. */
    prepare(&application, FACTORY_LIFE_CLOSED);
    get_token(&application);
    assert_int_equal(offer(&application), DEBUG_LOCK_OK);
    *in_process_change_flash(FACTORY_FUSE_DECOMMISSIONED, 1) = 0;
    assert_int_equal(boot(&application, HAL_RESET_SOFTWARE), DEBUG_LOCK_ERROR_LIFE_CYCLE);
    assert_false(port_is_open());
}

/* Anything may stand in retained memory. */
static void altered_record_is_not_acted_upon(void **state)
{
    static struct in_process_snapshot board;
    struct application application;

    (void)state;
    prepare(&application, FACTORY_LIFE_CLOSED);
    get_token(&application);
    assert_int_equal(offer(&application), DEBUG_LOCK_OK);
    in_process_take(&board, NULL);
    for (size_t bit = 0; bit < 8U * 108U; bit++) {
        in_process_restore(&board, NULL);
        hal_retained()[bit / 8U] ^= (uint8_t)(1U << (bit % 8U));
        assert_int_equal(boot(&application, HAL_RESET_SOFTWARE), DEBUG_LOCK_ERROR_NO_NONCE);
        assert_false(port_is_open());
    }
    in_process_restore(&board, NULL);
    assert_int_equal(boot(&application, HAL_RESET_SOFTWARE), DEBUG_LOCK_OK);
}

/* A record that is whole but was not left by debug_lock_offer(): the boot stage judges itself. */
static void boot_stage_judges_for_itself(void **state)
{
    struct application application;
    struct boot_state next;

    (void)state;
    prepare(&application, FACTORY_LIFE_CLOSED);
    get_token(&application);
    assert_int_equal(offer(&application), DEBUG_LOCK_OK);
    next = application.state.current;
    next.unlock_epoch++;
    assert_int_equal(boot_state_commit(&application.state, &next), BOOT_STATE_OK);
    assert_int_equal(boot(&application, HAL_RESET_SOFTWARE), DEBUG_LOCK_ERROR_TOKEN);
    assert_false(port_is_open());
    assert_false(settings_are_blank());
}

static void last_epoch_is_the_end(void **state)
{
    struct application application;
    struct boot_state next;

    (void)state;
    prepare(&application, FACTORY_LIFE_CLOSED);
    next = application.state.current;
    next.unlock_epoch = UINT32_MAX;
    assert_int_equal(boot_state_commit(&application.state, &next), BOOT_STATE_OK);
    get_token(&application);
    assert_int_equal(offer(&application), DEBUG_LOCK_OK);
    assert_int_equal(boot(&application, HAL_RESET_SOFTWARE), DEBUG_LOCK_ERROR_STORAGE);
    assert_false(port_is_open());
    assert_int_equal(application.state.current.unlock_epoch, UINT32_MAX);
}

static void without_random_numbers_there_is_no_nonce(void **state)
{
    struct application application;

    (void)state;
    prepare(&application, FACTORY_LIFE_CLOSED);
    get_token(&application);
    application.drbg.ready = false;
    assert_int_equal(debug_lock_challenge(&application.drbg, application.nonce),
                     DEBUG_LOCK_ERROR_UNAVAILABLE);
    assert_int_equal(offer(&application), DEBUG_LOCK_ERROR_NO_NONCE);
}

static void uncounted_attempt_is_not_judged(void **state)
{
    struct application application;

    (void)state;
    for (uint32_t operation = 0; operation < 4; operation++) {
        const struct fault failed = {
            .kind = FAULT_FLASH_ERROR, .moment = FAULT_BEFORE, .operation = operation};

        prepare(&application, FACTORY_LIFE_CLOSED);
        get_token(&application);
        flash_model_arm(&in_process_board.flash, failed);
        assert_int_equal(offer(&application), DEBUG_LOCK_ERROR_STORAGE);
        assert_true(in_process_board.flash.fault_fired);
        assert_int_equal(boot(&application, HAL_RESET_SOFTWARE), DEBUG_LOCK_ERROR_NO_NONCE);
        assert_false(port_is_open());
    }
}

static void judge_at_boot(void *state)
{
    struct application *application = state;

    application->result = debug_lock_boot(&application->state);
}

/* Whatever fails: the port is shut, the token is worth nothing if its epoch counts, and then the
 * user's data go. */
static const char *check_shut(void *state, enum fault_kind kind)
{
    struct application *application = state;
    struct boot_state_store store;

    if (port_is_open() || opened_early) {
        return "the port is open";
    }
    if (kind == FAULT_FLASH_ERROR && application->result != DEBUG_LOCK_ERROR_STORAGE) {
        return "the failure was not reported";
    }
    in_process_reset(HAL_RESET_SOFTWARE);
    if (boot_state_start(&store) != BOOT_STATE_OK) {
        return "does not start";
    }
    if (debug_lock_boot(&store) != DEBUG_LOCK_ERROR_NO_NONCE || port_is_open()) {
        return "the token was judged again";
    }
    if (store.current.unlock_epoch == 4) {
        return settings_are_blank() ? "erased without an unlock" : NULL;
    }
    return store.current.unlock_epoch == 5 && (store.current.erase_pending || settings_are_blank())
               ? NULL
               : "the user's data are neither gone nor marked";
}

static void fault_during_the_unlock_leaves_the_port_shut(void **state)
{
    static const enum fault_kind kinds[] = {FAULT_POWER_CUT, FAULT_FLASH_ERROR};
    struct application application;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(kinds); i++) {
        const struct support_trial trial = {.state = &application,
                                            .state_size = sizeof application,
                                            .act = judge_at_boot,
                                            .check = check_shut,
                                            .kind = kinds[i],
                                            .erase_step = 64};

        prepare(&application, FACTORY_LIFE_CLOSED);
        get_token(&application);
        assert_int_equal(offer(&application), DEBUG_LOCK_OK);
        in_process_reset(HAL_RESET_SOFTWARE);
        assert_int_equal(boot_state_start(&application.state), BOOT_STATE_OK);
        (void)support_sweep(&trial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_token_opens_until_the_next_reset),
        cmocka_unit_test(other_resets_do_not_open),
        cmocka_unit_test(other_claims_are_refused_and_counted),
        cmocka_unit_test(each_flipped_bit_of_a_token_is_refused),
        cmocka_unit_test(nonce_serves_once),
        cmocka_unit_test(accepted_token_is_not_taken_twice),
        cmocka_unit_test(too_early_a_token_keeps_the_nonce),
        cmocka_unit_test(only_a_closed_device_takes_tokens),
        cmocka_unit_test(altered_record_is_not_acted_upon),
        cmocka_unit_test(boot_stage_judges_for_itself),
        cmocka_unit_test(last_epoch_is_the_end),
        cmocka_unit_test(without_random_numbers_there_is_no_nonce),
        cmocka_unit_test(uncounted_attempt_is_not_judged),
        cmocka_unit_test(fault_during_the_unlock_leaves_the_port_shut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
