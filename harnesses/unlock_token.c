/*
 * Debug unlock: histories of challenges, tokens, resets and faults.
 *
 * Oracles: opened-without-token, opened-before-erase, opened-before-epoch, opened-before-event,
 * port-state, challenge-answered, genuine-refused, forged-accepted, nonce-repeats, epoch-falls,
 * left-in-memory (EN 303 645, 5.6-4A); half-unlocked (5.11-1); attempt-not-counted (5.1-5); starts,
 * flash-rules (5.9-1).
 */
#include "byte_order.h"
#include "error_text.h"
#include "harness.h"
#include "history.h"
#include "in_process.h"
#include "unlock_device.h"
#include "unlock_token_input.h"
#include "unlock_token_mutator.h"

#include <setjmp.h>
#include <string.h>

/* A reset. Only a software reset right after an accepted token may open. */
static void reset(const struct history_step *step)
{
    const enum hal_reset_cause cause =
        step->length > 0 ? (enum hal_reset_cause)(step->body[0] % (HAL_RESET_FAULT + 1U))
                         : HAL_RESET_POWER_ON;
    const bool survives = step->length > 1 && step->body[1] == 1;

    unlock_model.may_open =
        unlock_model.token_waits && cause == HAL_RESET_SOFTWARE && !unlock_model.other_life_cycle;
    if (cause == HAL_RESET_POWER_ON && !survives) {
        in_process_power_on();
        if (step->length > 2) {
            const size_t length = step->length - 2U;

            memcpy(hal_retained(), step->body + 2,
                   length < HAL_RETAINED_SIZE ? length : HAL_RETAINED_SIZE);
        }
    } else {
        in_process_reset(cause);
    }
    unlock_device_lose_session();
    unlock_device_start();
}

static bool was_issued(const uint8_t nonce[DEBUG_LOCK_NONCE_SIZE])
{
    for (size_t i = 0; i < unlock_model.nonce_count; i++) {
        if (memcmp(nonce, unlock_model.nonces[i], DEBUG_LOCK_NONCE_SIZE) == 0) {
            return true;
        }
    }
    return false;
}

static void challenge(void)
{
    uint8_t nonce[DEBUG_LOCK_NONCE_SIZE];

    memcpy(unlock_model.client.nonce_before, unlock_model.client.claim.nonce, sizeof nonce);
    ORACLE(UNLOCK_CLAUSE, "challenge-answered",
           debug_lock_challenge(&unlock_device.drbg, nonce) == DEBUG_LOCK_OK, "no nonce is issued");
    ORACLE(UNLOCK_CLAUSE, "nonce-repeats", !was_issued(nonce), "a nonce is issued twice");
    memcpy(unlock_model.nonces[unlock_model.nonce_count], nonce, sizeof nonce);
    unlock_model.nonce_count++;
    memcpy(unlock_model.client.claim.nonce, nonce, sizeof nonce);
    unlock_model.nonce_valid = true;
    unlock_model.token_waits = false; /* the record that it was in is overwritten */
}

/* What the device must answer to a token if flash works. */
static int expected_answer(bool genuine)
{
    if (unlock_model.other_life_cycle) {
        return DEBUG_LOCK_ERROR_LIFE_CYCLE;
    }
    if (!unlock_model.nonce_valid) {
        return DEBUG_LOCK_ERROR_NO_NONCE;
    }
    if (access_wait_ms(&unlock_device.access) > 0) {
        return DEBUG_LOCK_ERROR_WAIT;
    }
    return genuine ? DEBUG_LOCK_OK : DEBUG_LOCK_ERROR_TOKEN;
}

/* What follows from an answer. */
static void note_answer(int result, int expected, const uint8_t *token)
{
    const bool judged = result == DEBUG_LOCK_OK || result == DEBUG_LOCK_ERROR_TOKEN;

    check_error_text(UNLOCK_CLAUSE, debug_lock_strerror(result));
    ORACLE(UNLOCK_CLAUSE, "forged-accepted", result != DEBUG_LOCK_OK || expected == DEBUG_LOCK_OK,
           "a token is accepted that should be answered: %s", debug_lock_strerror(expected));
    ORACLE(UNLOCK_CLAUSE, "genuine-refused",
           result == expected || (result == DEBUG_LOCK_ERROR_STORAGE && unlock_model.fault_armed),
           "answer '%s' in place of '%s'", debug_lock_strerror(result),
           debug_lock_strerror(expected));
    if (result != DEBUG_LOCK_ERROR_WAIT) {
        unlock_model.nonce_valid = false;
        unlock_model.token_waits = result == DEBUG_LOCK_OK;
    }
    if (judged) {
        harness_gate("token");
    }
    if (result == DEBUG_LOCK_ERROR_TOKEN) {
        unlock_model.failures++;
        ORACLE("5.1-5", "attempt-not-counted",
               unlock_device.access.failures >= unlock_model.failures,
               "%u failures after a wrong token, %u expected",
               (unsigned)unlock_device.access.failures, (unsigned)unlock_model.failures);
    } else if (result == DEBUG_LOCK_OK) {
        unlock_model.failures = 0;
        memcpy(unlock_model.client.accepted, token, sizeof unlock_model.client.accepted);
        harness_gate("accepted");
    } else if (result == DEBUG_LOCK_ERROR_STORAGE) {
        unlock_model.failures = 0; /* the count may stand or not */
    }
}

static void offer(const struct history_step *step)
{
    static jmp_buf power_cut;
    static uint8_t token[DEBUG_LOCK_TOKEN_SIZE];
    static int expected;
    enum unlock_token_variant variant;
    bool genuine;

    if (step->length < 1) {
        return;
    }
    variant = (enum unlock_token_variant)(step->body[0] % TOKEN_VARIANT_COUNT);
    genuine = unlock_client_make_token(&unlock_model.client, variant, step->body + 1,
                                       step->length - 1U, token);
    harness_about("token-%d", (int)variant);
    expected = expected_answer(genuine);
    flash_model_arm(&in_process_board.flash, unlock_model.next_fault);
    unlock_model.fault_armed = unlock_model.next_fault.kind != FAULT_NONE;
    unlock_model.next_fault.kind = FAULT_NONE;
    in_process_board.power_cut = &power_cut;
    if (setjmp(power_cut) != 0) {
        unlock_model.failures = expected == DEBUG_LOCK_OK ? 0 : unlock_model.failures;
        in_process_power_on();
        unlock_device_lose_session();
        unlock_device_start();
        return;
    }
    note_answer(debug_lock_offer(&unlock_device.access, &unlock_device.factory,
                                 &unlock_device.boot.current, token),
                expected, token);
    in_process_board.power_cut = NULL;
    in_process_board.flash.fault.kind = FAULT_NONE;
}

static void use(const struct history_step *step)
{
    static const struct event_user user = {.interface = EVENT_FROM_RTU};
    struct settings draft = unlock_device.settings.current;

    draft.set_point = (int16_t)(draft.set_point == 133 ? 134 : 133);
    (void)settings_commit(&unlock_device.settings, &draft);
    for (unsigned i = 0; step->length > 0 && i < step->body[0] % 8U; i++) {
        (void)event_log_add(&unlock_device.events, EVENT_LOGGED_IN, i, &user);
    }
}

static void wait_some_time(const struct history_step *step)
{
    if (step->length >= 4) {
        in_process_advance(get_le32(step->body) % UNLOCK_MAX_WAIT_MS);
    }
}

static void arm(const struct history_step *step)
{
    if (step->length < 4) {
        return;
    }
    unlock_model.next_fault.kind = step->body[0] % 2U == 0 ? FAULT_POWER_CUT : FAULT_FLASH_ERROR;
    unlock_model.next_fault.moment = (enum fault_moment)(step->body[1] % FAULT_MOMENT_COUNT);
    unlock_model.next_fault.operation = step->body[2] % 32U;
    unlock_model.next_fault.units = step->body[3] * 2U;
}

/* Blows the fuses, the first one first, as the factory's tool does; they count from the next start
 * on. */
static void decommission(void)
{
    const uint32_t at = hal_flash_geometry(HAL_FLASH_FACTORY).offset;

    *in_process_change_flash(at + FACTORY_FUSE_CLOSED, 1) = 0;
    *in_process_change_flash(at + FACTORY_FUSE_DECOMMISSIONED, 1) = 0;
    unlock_model.other_life_cycle = true;
    in_process_power_on();
    unlock_model.may_open = false;
    unlock_device_lose_session();
    unlock_device_start();
}

static void run_step(const struct history_step *step)
{
    switch ((int)step->kind) {
    case UNLOCK_CHALLENGE:
        challenge();
        break;
    case UNLOCK_TOKEN:
        offer(step);
        break;
    case UNLOCK_RESET:
        reset(step);
        break;
    case UNLOCK_WAIT:
        wait_some_time(step);
        break;
    case UNLOCK_FAULT:
        arm(step);
        break;
    case UNLOCK_USE:
        use(step);
        break;
    case UNLOCK_LIFE:
        decommission();
        break;
    default:
        break;
    }
    unlock_device_check_port();
}

int harness_run(const uint8_t *data, size_t size)
{
    struct history_step step;
    size_t position = 0;
    bool started = false;

    for (unsigned i = 0; i < UNLOCK_MAX_STEPS && history_next(data, size, &position, &step); i++) {
        const bool in_factory = step.kind == (enum history_kind)UNLOCK_LIFE && step.length > 0 &&
                                step.body[0] % 2U != 0;

        if (!started) {
            unlock_device_begin(in_factory);
            started = true;
        }
        harness_about("step-%d", (int)step.kind);
        if (!in_factory) {
            run_step(&step);
        }
    }
    return 0;
}

size_t harness_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return unlock_token_mutate(data, size, max_size, seed);
}
