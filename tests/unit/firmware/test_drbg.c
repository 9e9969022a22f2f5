/* drbg.h: no output twice, whatever fails; and nothing predictable that passes for random. */
#include "support.h"

#include "drbg.h"
#include "record_log.h"

#include <string.h>

#define SAMPLE_SIZE 16U
#define MAX_SAMPLES 400U

static const uint8_t device_id[] = "0123456789abcdef";

static int start(struct drbg *drbg)
{
    return drbg_start(drbg, device_id, sizeof device_id - 1U);
}

/* The first bytes after a start. */
static void first_sample(uint8_t sample[SAMPLE_SIZE])
{
    struct drbg drbg;

    assert_int_equal(start(&drbg), DRBG_OK);
    assert_int_equal(drbg_read(&drbg, sample, SAMPLE_SIZE), DRBG_OK);
}

/* A board that has a stored seed and whose entropy source has failed since. */
static void new_board_with_a_seed_only(void)
{
    struct drbg drbg;

    support_new_board();
    assert_int_equal(start(&drbg), DRBG_OK);
    in_process_board.entropy_fails = true;
}

static void stream_does_not_repeat(void **state)
{
    static uint8_t samples[MAX_SAMPLES][SAMPLE_SIZE];
    struct drbg drbg;

    (void)state;
    support_new_board();
    assert_int_equal(start(&drbg), DRBG_OK);
    for (size_t i = 0; i < MAX_SAMPLES; i++) {
        assert_int_equal(drbg_read(&drbg, samples[i], SAMPLE_SIZE), DRBG_OK);
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(samples[i], samples[j], SAMPLE_SIZE);
        }
    }
}

static void starts_without_entropy_do_not_repeat(void **state)
{
    static uint8_t samples[MAX_SAMPLES][SAMPLE_SIZE];

    (void)state;
    new_board_with_a_seed_only();
    for (size_t i = 0; i < MAX_SAMPLES; i++) {
        in_process_power_on();
        first_sample(samples[i]);
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(samples[i], samples[j], SAMPLE_SIZE);
        }
    }
}

/* The same board, flash and entropy: each part that is mixed makes a difference. */
static void every_part_is_mixed(void **state)
{
    static struct in_process_snapshot board;
    uint8_t samples[4][SAMPLE_SIZE];
    struct drbg drbg;

    (void)state;
    new_board_with_a_seed_only();
    in_process_board.entropy_fails = false;
    in_process_take(&board, NULL);
    first_sample(samples[0]);
    in_process_restore(&board, NULL);
    first_sample(samples[1]);
    assert_memory_equal(samples[1], samples[0], SAMPLE_SIZE);

    in_process_restore(&board, NULL);
    in_process_board.entropy++;
    first_sample(samples[1]);
    in_process_restore(&board, NULL);
    assert_int_equal(drbg_start(&drbg, device_id, sizeof device_id - 2U), DRBG_OK);
    assert_int_equal(drbg_read(&drbg, samples[2], SAMPLE_SIZE), DRBG_OK);
    in_process_restore(&board, NULL);
    memset(in_process_change_flash(flash_model_geometry(HAL_FLASH_SEED).offset,
                                   2U * FLASH_SECTOR_SIZE),
           FLASH_ERASED, 2U * (size_t)FLASH_SECTOR_SIZE);
    first_sample(samples[3]);
    for (size_t i = 0; i < SUPPORT_COUNT(samples); i++) {
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(samples[i], samples[j], SAMPLE_SIZE);
        }
    }
}

static void state_does_not_hold_what_was_put_out(void **state)
{
    uint8_t output[1024];
    struct drbg before;
    struct drbg drbg;

    (void)state;
    support_new_board();
    assert_int_equal(start(&drbg), DRBG_OK);
    before = drbg;
    assert_int_equal(drbg_read(&drbg, output, sizeof output), DRBG_OK);
    assert_memory_not_equal(drbg.key, before.key, sizeof drbg.key);
    for (size_t i = 0; i + sizeof drbg.key <= sizeof output; i++) {
        assert_memory_not_equal(output + i, drbg.key, sizeof drbg.key);
        assert_memory_not_equal(output + i, before.key, sizeof drbg.key);
    }
}

/* The seed of the next start is no output, and no key, of this one. */
static void stored_seed_is_not_put_out(void **state)
{
    uint8_t output[1024];
    uint8_t seed[CRYPTO_HASH_SIZE];
    struct record_log log;
    struct drbg drbg;

    (void)state;
    support_new_board();
    assert_int_equal(start(&drbg), DRBG_OK);
    assert_int_equal(record_log_mount(&log, HAL_FLASH_SEED, DRBG_SEED_LOG_KIND, seed, sizeof seed),
                     RECORD_LOG_OK);
    assert_memory_not_equal(seed, drbg.key, sizeof seed);
    assert_int_equal(drbg_read(&drbg, output, sizeof output), DRBG_OK);
    for (size_t i = 0; i + sizeof seed <= sizeof output; i++) {
        assert_memory_not_equal(output + i, seed, sizeof seed);
    }
}

static void nothing_random_means_no_numbers(void **state)
{
    struct drbg drbg;
    uint8_t output[8];
    const uint8_t zeros[8] = {0};

    (void)state;
    support_new_board();
    in_process_board.entropy_fails = true;
    assert_int_equal(start(&drbg), DRBG_ERROR_UNAVAILABLE);
    memset(output, 0xEE, sizeof output);
    assert_int_equal(drbg_read(&drbg, output, sizeof output), DRBG_ERROR_UNAVAILABLE);
    assert_memory_equal(output, zeros, sizeof output);
    /* And what nothing random went into must not pass for a good seed the next time. */
    assert_int_equal(start(&drbg), DRBG_ERROR_UNAVAILABLE);
    assert_int_equal(support_flash.count, 0);
}

static void too_long_a_read_gives_nothing(void **state)
{
    static uint8_t output[1025];
    struct drbg drbg;

    (void)state;
    support_new_board();
    assert_int_equal(start(&drbg), DRBG_OK);
    memset(output, 0xEE, sizeof output);
    assert_int_equal(drbg_read(&drbg, output, sizeof output), DRBG_ERROR_UNAVAILABLE);
    for (size_t i = 0; i < sizeof output; i++) {
        assert_int_equal(output[i], 0);
    }
}

/* A start without entropy that may be interrupted, and what it put out. */
struct trial {
    uint8_t sample[SAMPLE_SIZE];
    bool sampled;
};

static void start_and_sample(void *state)
{
    struct trial *trial = state;
    struct drbg drbg;

    trial->sampled =
        start(&drbg) == DRBG_OK && drbg_read(&drbg, trial->sample, sizeof trial->sample) == DRBG_OK;
}

static const char *check_no_repeat(void *state, enum fault_kind kind)
{
    const struct trial *trial = state;
    uint8_t later[SAMPLE_SIZE];

    (void)kind;
    if (trial->sampled) {
        return "random numbers although the next seed was not committed";
    }
    in_process_power_on();
    first_sample(later);
    in_process_power_on();
    first_sample((uint8_t *)trial->sample);
    return memcmp(later, trial->sample, sizeof later) != 0 ? NULL : "the stream repeats";
}

/* From a seed in the middle of a sector, and from one whose successor needs the other sector. */
static void no_output_before_the_next_seed_is_committed(void **state)
{
    static const unsigned earlier_starts[] = {0, 71, 72, 73};
    static const enum fault_kind kinds[] = {FAULT_POWER_CUT, FAULT_FLASH_ERROR};
    struct trial trial;
    struct support_trial sweep = {.state = &trial,
                                  .state_size = sizeof trial,
                                  .act = start_and_sample,
                                  .check = check_no_repeat,
                                  .erase_step = 8};

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(earlier_starts); i++) {
        new_board_with_a_seed_only();
        for (unsigned j = 0; j < earlier_starts[i]; j++) {
            first_sample(trial.sample);
        }
        memset(&trial, 0, sizeof trial);
        for (size_t j = 0; j < SUPPORT_COUNT(kinds); j++) {
            sweep.kind = kinds[j];
            (void)support_sweep(&sweep);
        }
    }
}

static void entropy_alone_is_enough(void **state)
{
    const struct fault refused = {.kind = FAULT_FLASH_ERROR, .moment = FAULT_BEFORE};
    uint8_t first[SAMPLE_SIZE];
    uint8_t second[SAMPLE_SIZE];

    (void)state;
    support_new_board();
    flash_model_arm(&in_process_board.flash, refused);
    first_sample(first);
    assert_true(in_process_board.flash.fault_fired);
    support_fail_read(0);
    first_sample(second);
    assert_true(support_read_failed());
    assert_memory_not_equal(first, second, sizeof first);
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {DRBG_OK, DRBG_ERROR_UNAVAILABLE};

    (void)state;
    support_check_texts(drbg_strerror, codes, SUPPORT_COUNT(codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_does_not_repeat),
        cmocka_unit_test(starts_without_entropy_do_not_repeat),
        cmocka_unit_test(every_part_is_mixed),
        cmocka_unit_test(state_does_not_hold_what_was_put_out),
        cmocka_unit_test(stored_seed_is_not_put_out),
        cmocka_unit_test(nothing_random_means_no_numbers),
        cmocka_unit_test(too_long_a_read_gives_nothing),
        cmocka_unit_test(no_output_before_the_next_seed_is_committed),
        cmocka_unit_test(entropy_alone_is_enough),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
