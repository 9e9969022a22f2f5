/* access.h: the delay between attempts, and that no power cut and no failure takes a count back. */
#include "support.h"

#include "access.h"
#include "byte_order.h"

#include <string.h>

#define FIRST_CLIPPED 10U /* failures after which the delay is at its limit */

static void start(struct access *access)
{
    in_process_power_on();
    assert_int_equal(access_start(access), ACCESS_OK);
}

static void begin(struct access *access)
{
    in_process_advance(access_wait_ms(access));
    assert_int_equal(access_begin_attempt(access), ACCESS_OK);
}

/* A fresh board on which `failures` attempts have failed. */
static void fail_times(struct access *access, uint32_t failures)
{
    support_new_board();
    start(access);
    for (uint32_t i = 0; i < failures; i++) {
        begin(access);
    }
}

static uint32_t expected_delay(uint32_t failures)
{
    static const uint32_t delays[] = {0,     1000,  2000,   4000,   8000,  16000,
                                      32000, 64000, 128000, 256000, 300000};

    return delays[failures < FIRST_CLIPPED ? failures : FIRST_CLIPPED];
}

static void first_attempt_may_come_at_once(void **state)
{
    struct access access;

    (void)state;
    fail_times(&access, 0);
    assert_int_equal(access_wait_ms(&access), 0);
    assert_int_equal(access_begin_attempt(&access), ACCESS_OK);
}

static void delay_doubles_up_to_its_limit(void **state)
{
    struct access access;

    (void)state;
    fail_times(&access, 0);
    for (uint32_t failures = 1; failures < 20; failures++) {
        assert_int_equal(access_begin_attempt(&access), ACCESS_OK);
        assert_int_equal(access_wait_ms(&access), expected_delay(failures));
        in_process_advance(expected_delay(failures) - 1U);
        assert_int_equal(access_wait_ms(&access), 1);
        assert_int_equal(access_begin_attempt(&access), ACCESS_ERROR_WAIT);
        in_process_advance(1);
        assert_int_equal(access_wait_ms(&access), 0);
    }
}

static void attempt_that_comes_too_early_is_not_counted(void **state)
{
    struct access access;

    (void)state;
    fail_times(&access, 3);
    support_watch_flash();
    for (int i = 0; i < 50; i++) {
        assert_int_equal(access_begin_attempt(&access), ACCESS_ERROR_WAIT);
    }
    assert_int_equal(support_flash.count, 0);
    assert_int_equal(access_wait_ms(&access), expected_delay(3));
}

static void success_clears_the_count_for_good(void **state)
{
    struct access access;

    (void)state;
    fail_times(&access, 5);
    assert_int_equal(access_succeed(&access), ACCESS_OK);
    assert_int_equal(access_wait_ms(&access), 0);
    start(&access);
    assert_int_equal(access_wait_ms(&access), 0);
    begin(&access);
    assert_int_equal(access_wait_ms(&access), expected_delay(1));
}

/* Power is cut after an attempt was counted, while its proof is being compared. */
static void whole_delay_starts_again_after_a_power_cut(void **state)
{
    struct access access;

    (void)state;
    for (uint32_t failures = 0; failures < 14; failures++) {
        fail_times(&access, failures);
        for (int cuts = 0; cuts < 3; cuts++) {
            in_process_advance(expected_delay(failures) / 2U);
            start(&access);
            assert_int_equal(access_wait_ms(&access), expected_delay(failures));
        }
    }
}

/* One in a hundred thousand: whatever number stands in flash, the delay is at its limit at most. */
static void nobody_is_locked_out_for_good(void **state)
{
    static const uint32_t counts[] = {100, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF};
    struct access access;
    uint8_t record[4];

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(counts); i++) {
        fail_times(&access, 1);
        put_le32(record, counts[i]);
        assert_int_equal(record_log_append(&access.log, record), RECORD_LOG_OK);
        start(&access);
        for (int attempts = 0; attempts < 4; attempts++) {
            assert_int_equal(access_wait_ms(&access), ACCESS_MAX_DELAY_MS);
            begin(&access);
        }
        assert_int_equal(access_succeed(&access), ACCESS_OK);
        assert_int_equal(access_wait_ms(&access), 0);
    }
}

/* What a trial of one call shares with its check. */
struct attempt {
    struct access access;
    uint32_t failures; /* before */
    int result;        /* of the call, unless the power failed in it */
};

static void prepare(struct attempt *attempt, uint32_t failures)
{
    memset(attempt, 0, sizeof *attempt);
    fail_times(&attempt->access, failures);
    in_process_advance(access_wait_ms(&attempt->access));
    attempt->failures = failures;
}

static void begin_next(void *state)
{
    struct attempt *attempt = state;

    attempt->result = access_begin_attempt(&attempt->access);
}

static void succeed_now(void *state)
{
    struct attempt *attempt = state;

    attempt->result = access_succeed(&attempt->access);
}

/* After a restart the count is `failures` or `other`, and an attempt is possible after its delay.
 */
static const char *restarts_with(uint32_t failures, uint32_t other)
{
    struct access access;

    in_process_power_on();
    if (access_start(&access) != ACCESS_OK) {
        return "does not start";
    }
    if (access.failures != failures && access.failures != other) {
        return "another count after the restart";
    }
    if (access_wait_ms(&access) != expected_delay(access.failures)) {
        return "another delay after the restart";
    }
    in_process_advance(access_wait_ms(&access));
    return access_begin_attempt(&access) == ACCESS_OK ? NULL : "locked out";
}

static const char *check_begin(void *state, enum fault_kind kind)
{
    struct attempt *attempt = state;

    if (kind == FAULT_FLASH_ERROR && attempt->result != ACCESS_ERROR_STORAGE) {
        return "an attempt that was not counted may be judged";
    }
    if (kind == FAULT_POWER_CUT) {
        return restarts_with(attempt->failures, attempt->failures + 1U);
    }
    if (access_wait_ms(&attempt->access) != expected_delay(attempt->failures + 1U)) {
        return "the failure gave another delay";
    }
    in_process_advance(access_wait_ms(&attempt->access));
    if (access_begin_attempt(&attempt->access) != ACCESS_OK) {
        return "locked out by the failure";
    }
    return restarts_with(attempt->failures + 2U, attempt->failures + 2U);
}

static const char *check_succeed(void *state, enum fault_kind kind)
{
    struct attempt *attempt = state;

    if (kind == FAULT_FLASH_ERROR && (attempt->result != ACCESS_ERROR_STORAGE ||
                                      attempt->access.failures != attempt->failures)) {
        return "the count was cleared without being written";
    }
    return restarts_with(attempt->failures, 0);
}

/* From counts at which the log has to erase (none yet, a full sector) and others. */
static void sweep(void (*act)(void *state), const char *(*check)(void *state, enum fault_kind kind))
{
    static const uint32_t counts[] = {0, 1, 7, 127, 128, 129, 256};
    static const enum fault_kind kinds[] = {FAULT_POWER_CUT, FAULT_FLASH_ERROR};
    struct attempt attempt;

    for (size_t i = 0; i < 2U * SUPPORT_COUNT(counts); i++) {
        const struct support_trial trial = {.state = &attempt,
                                            .state_size = sizeof attempt,
                                            .act = act,
                                            .check = check,
                                            .kind = kinds[i % 2U],
                                            .erase_step = 8};

        prepare(&attempt, counts[i / 2U]);
        (void)support_sweep(&trial);
    }
}

static void attempt_counts_or_is_not_judged(void **state)
{
    (void)state;
    sweep(begin_next, check_begin);
}

static void success_clears_or_leaves_the_count(void **state)
{
    (void)state;
    sweep(succeed_now, check_succeed);
}

static void unreadable_record_fails_the_start(void **state)
{
    struct access access;

    (void)state;
    fail_times(&access, 2);
    in_process_power_on();
    support_fail_read(0);
    assert_int_equal(access_start(&access), ACCESS_ERROR_STORAGE);
}

/* Layout: salt, iterations (little-endian), key. */
static void verifier_has_its_layout_both_ways(void **state)
{
    struct password_verifier verifier = {.iterations = 0x04030201};
    struct password_verifier decoded;
    uint8_t bytes[PASSWORD_VERIFIER_SIZE];

    (void)state;
    memset(verifier.salt, 0xAA, sizeof verifier.salt);
    memset(verifier.key, 0xBB, sizeof verifier.key);
    password_verifier_encode(&verifier, bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        uint8_t expected = i < 16 ? 0xAA : (uint8_t)(i < 20 ? i - 15U : 0xBBU);

        assert_int_equal(bytes[i], expected);
    }
    memset(&decoded, 0, sizeof decoded);
    password_verifier_decode(&decoded, bytes);
    assert_memory_equal(&decoded, &verifier, sizeof verifier);
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {ACCESS_OK, ACCESS_ERROR_WAIT, ACCESS_ERROR_STORAGE};

    (void)state;
    support_check_texts(access_strerror, codes, SUPPORT_COUNT(codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_attempt_may_come_at_once),
        cmocka_unit_test(delay_doubles_up_to_its_limit),
        cmocka_unit_test(attempt_that_comes_too_early_is_not_counted),
        cmocka_unit_test(success_clears_the_count_for_good),
        cmocka_unit_test(whole_delay_starts_again_after_a_power_cut),
        cmocka_unit_test(nobody_is_locked_out_for_good),
        cmocka_unit_test(attempt_counts_or_is_not_judged),
        cmocka_unit_test(success_clears_or_leaves_the_count),
        cmocka_unit_test(unreadable_record_fails_the_start),
        cmocka_unit_test(verifier_has_its_layout_both_ways),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
