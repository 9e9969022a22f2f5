/*
 * Why the board starts, and that it says so (EN 303 645, 5.9-1, 5.10-1): watchdog, pin, software,
 * fault, loss of power; and the debug port, which only one of these starts may open (5.6-4).
 */
#include "test_board.h"

#include "base/diagnostic.h"
#include "base/process.h"
#include "base/rig_error.h"
#include "byte_order.h"
#include "debug_lock.h"
#include "emulator/emulator.h"
#include "image_signer.h"
#include "test_keys.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define WATCHDOG_MS    2000U /* what the device sets (reference: device.h) */
#define EARLY_MS       100U
#define MARGIN_MS      2000U       /* of a busy host */
#define SECDBG_STATUS  0x50021000U /* what debug may do; 0: nothing (Arm 101104, SECDBGSTAT) */
#define PORT_OPEN_LINE "debug: port open until the next reset"

/* ---- the watchdog ---- */

static void check_hang(char command)
{
    const uint64_t began = device_process_now_ms();
    const struct board_moment since = board_bench_command(&board_test, command);
    struct diagnostic diagnostic = {""};
    uint64_t position = since.event;

    if (emulator_wait_event(board_test.update.device.emulator, "WATCHDOG", &position,
                            process_clock_ms() + WATCHDOG_MS + MARGIN_MS, &diagnostic) != RIG_OK) {
        fail_msg("the watchdog does not end a hang: %s", diagnostic.text);
    }
    assert_in_range(device_process_now_ms() - began, WATCHDOG_MS - EARLY_MS,
                    WATCHDOG_MS + MARGIN_MS);
    board_bench_expect_restart(&board_test, &since, HAL_RESET_WATCHDOG);
    board_bench_expect_works(&board_test);
}

void test_hang_ends_by_the_watchdog(void **state)
{
    (void)state;
    check_hang('h');
}

void test_hang_without_interrupts_ends_by_the_watchdog(void **state)
{
    (void)state;
    check_hang('i');
}

/* ---- tokens ---- */

/* Asks for a nonce and offers a token that `key` signed for it. Returns the status. */
static uint8_t offer_token(const uint8_t key[SIGNER_PRIVATE_KEY_SIZE])
{
    struct mailbox_client_answer answer;
    struct debug_lock_claim claim;
    uint8_t hash[CRYPTO_HASH_SIZE];
    uint8_t token[DEBUG_LOCK_TOKEN_SIZE];
    int status;

    assert_int_equal(
        update_bench_try_ask(&board_test.update, MAILBOX_DEBUG_CHALLENGE, NULL, 0, &answer),
        MAILBOX_STATUS_OK);
    assert_int_equal(answer.length, DEBUG_LOCK_NONCE_SIZE + 4U);
    memcpy(claim.device_id, board_test.update.device.device_id, sizeof claim.device_id);
    memcpy(claim.nonce, answer.payload, sizeof claim.nonce);
    claim.epoch = get_le32(answer.payload + DEBUG_LOCK_NONCE_SIZE);
    assert_int_equal(debug_lock_hash(&claim, hash), CRYPTO_OK);
    assert_int_equal(signer_sign_hash(key, hash, token), SIGNER_OK);
    status = update_bench_try(&board_test.update, MAILBOX_DEBUG_TOKEN, token, sizeof token);
    if (status == UPDATE_BENCH_GONE) {
        fail_msg("the device does not answer to a token: %s", modbus_strerror(errno));
    }
    return (uint8_t)status;
}

/* A genuine token: the device restarts by itself. Returns the moment before. */
static struct board_moment restart_by_token(void)
{
    const struct board_moment since = board_bench_now(&board_test);

    assert_int_equal(offer_token(test_unlock_private_key), MAILBOX_STATUS_OK);
    board_bench_expect_restart(&board_test, &since, HAL_RESET_SOFTWARE);
    return since;
}

/* ---- causes ---- */

static void reset_by_pin(void)
{
    const struct board_moment since = board_bench_now(&board_test);
    struct diagnostic diagnostic = {""};

    EXPECT_RIG(
        emulator_reset(board_test.update.device.emulator, board_bench_deadline(), &diagnostic),
        diagnostic);
    board_bench_expect_restart(&board_test, &since, HAL_RESET_PIN);
}

static void reset_by_power(void)
{
    const struct board_moment since = board_bench_now(&board_test);

    update_bench_cut(&board_test.update);
    board_bench_power_on(&board_test);
    board_bench_expect_restart(&board_test, &since, HAL_RESET_POWER_ON);
}

static void reset_by_command(char command, enum hal_reset_cause cause)
{
    const struct board_moment since = board_bench_command(&board_test, command);

    board_bench_expect_restart(&board_test, &since, cause);
}

/* Each cause after another one, so that none is a left-over. */
void test_each_reset_tells_its_cause(void **state)
{
    (void)state;
    board_test.reset_event = 0; /* the first start counts, too */
    board_bench_expect_cause(&board_test, HAL_RESET_POWER_ON);
    reset_by_pin();
    (void)restart_by_token();
    reset_by_command('h', HAL_RESET_WATCHDOG);
    reset_by_pin();
    reset_by_command('f', HAL_RESET_FAULT);
    reset_by_power();
    board_bench_expect_works(&board_test);
}

/* ---- an image that faults ---- */

/* As soon as it is started: the boot stage goes back, and what ran before says so. */
void test_image_that_crashes_is_reverted(void **state)
{
    static struct update_image image;
    struct board_moment since;
    uint64_t position;
    char line[BOARD_BENCH_LINE_SIZE];
    struct event event = {.number = 0};

    (void)state;
    update_bench_load_image(&image, EMULATED_IMAGES "/crash-b.bin");
    assert_int_equal(update_bench_stage(&board_test.update, &image), MAILBOX_STATUS_OK);
    since = board_bench_now(&board_test);
    position = since.console;
    assert_int_equal(update_bench_try(&board_test.update, MAILBOX_UPDATE_ACTIVATE, NULL, 0),
                     MAILBOX_STATUS_OK);
    board_bench_wait_line(&board_test, "boot: slot ", &position, line);
    assert_string_equal(line, "boot: slot B, version 1.4.0, on trial");
    board_bench_wait_line(&board_test, "fault: type=", &position, line);
    since.console = position;
    board_bench_expect_restart(&board_test, &since, HAL_RESET_FAULT);
    assert_true(board_bench_has_said(&board_test, &since, "boot: slot A, version 1.0.0, reverted"));
    assert_true(board_bench_newest_event(&board_test, EVENT_TRIAL_REVERTED, &event));
    assert_int_equal(event.detail, IMAGE_VERSION(1, 0, 0));
    board_bench_expect_works(&board_test);
}

/* ---- the debug port ---- */

static uint32_t debug_status(void)
{
    return board_bench_read_word(&board_test, SECDBG_STATUS);
}

void test_debug_port_opens_by_token_only(void **state)
{
    struct event event = {.number = 0};
    struct board_moment since;

    (void)state;
    if (debug_status() != 0) {
        fail_msg("the debug port is open in normal life");
    }
    since = restart_by_token();
    assert_true(board_bench_has_said(&board_test, &since, PORT_OPEN_LINE));
    assert_int_not_equal(debug_status(), 0);
    assert_true(board_bench_newest_event(&board_test, EVENT_UNLOCKED, &event));
    assert_int_equal(event.detail, 0); /* the epoch of the first token */
    since = board_bench_now(&board_test);
    reset_by_pin();
    assert_int_equal(debug_status(), 0);
    assert_int_equal(offer_token(test_image_private_key), MAILBOX_STATUS_TOKEN);
    reset_by_pin();
    assert_int_equal(debug_status(), 0);
    reset_by_power();
    assert_int_equal(debug_status(), 0);
    assert_false(board_bench_has_said(&board_test, &since, PORT_OPEN_LINE));
    board_bench_expect_works(&board_test);
}
