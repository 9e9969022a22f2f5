/*
 * Power cuts at random moments of a stream of writes (EN 303 645, 5.9-1): what the device confirmed
 * must be there afterwards. HEARTH_OUTAGE_SEED repeats a run's choices (not the kernel's timing),
 * HEARTH_OUTAGE_CUTS changes their number.
 *
 * Method: once with flash that takes no time, where nearly all cuts fall between two writes, and
 * once with flash that takes time for each unit, where nearly all cuts tear a write. Not modelled:
 * a unit that is programmed in part, a sector that is erased in part, and flash that fails. Those
 * are enumerated on the in-process board.
 */
#include "outage_bench.h"
#include "replay.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define CUTS          100U
#define LONGEST_US    30000U
#define MAX_FLASH     ((1U << 24) + 1U) /* the largest, and room to see its end */
#define FORGET_WRITES 5U
#define FLASH_TIME_US "20" /* a unit: a record of some 20 units then takes over a millisecond */

static struct outage_bench bench;

static int set_up(void **state)
{
    *state = &bench;
    outage_bench_create(&bench, NULL);
    return 0;
}

static int set_up_slow_flash(void **state)
{
    *state = &bench;
    outage_bench_create(&bench, FLASH_TIME_US);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    outage_bench_destroy(&bench);
    return 0;
}

/* How often each verdict came out. */
struct tally {
    uint32_t writes;
    uint32_t silent_cuts; /* before the first confirmation */
    uint32_t verdicts[OUTAGE_CHANNELS][3];
};

static void judge_both(struct tally *tally, uint32_t cut)
{
    for (int i = 0; i < OUTAGE_CHANNELS; i++) {
        const enum outage_channel channel = (enum outage_channel)i;
        struct outage_history *history = &bench.history[channel];
        const uint32_t found = outage_bench_read(&bench, channel);
        const enum outage_verdict verdict = outage_history_judge(history, found);
        if (verdict == OUTAGE_THIRD_VALUE) {
            fail_msg("cut %" PRIu32 ", channel %d: found %" PRIu32 ", confirmed %" PRIu32
                     ", under way %" PRIu32,
                     cut, i, found, history->confirmed, history->under_way);
        }
        tally->verdicts[channel][verdict]++;
        outage_history_settle(history, found);
    }
}

static void test_confirmed_settings_survive(void **state)
{
    const uint32_t seed =
        replay_number("HEARTH_OUTAGE_SEED", (uint32_t)device_process_now_ms() | 1U);
    const uint32_t cuts = replay_number("HEARTH_OUTAGE_CUTS", CUTS);
    uint32_t random = seed;
    struct tally tally = {0};

    (void)state;
    (void)printf("seed %" PRIu32 ", %" PRIu32 " cuts\n", seed, cuts);
    for (uint32_t cut = 0; cut < cuts; cut++) {
        const enum outage_channel channel = cut % 2 == 0 ? OUTAGE_BY_BUS : OUTAGE_BY_MAILBOX;
        const uint32_t confirmed =
            outage_bench_write_until_cut(&bench, channel, replay_random(&random) % LONGEST_US);
        tally.writes += confirmed;
        tally.silent_cuts += confirmed == 0;
        outage_bench_restart(&bench);
        judge_both(&tally, cut);
    }
    for (int i = 0; i < OUTAGE_CHANNELS; i++) {
        (void)printf("%s: confirmed value %" PRIu32 ", value under way %" PRIu32 "\n",
                     i == OUTAGE_BY_BUS ? "local bus" : "mailbox",
                     tally.verdicts[i][OUTAGE_CONFIRMED_VALUE],
                     tally.verdicts[i][OUTAGE_VALUE_UNDER_WAY]);
    }
    (void)printf("%" PRIu32 " confirmed writes, %" PRIu32 " cuts before any\n", tally.writes,
                 tally.silent_cuts);
    /* Else the stream never ran, and nothing was tested. */
    assert_true(tally.writes > cuts);
}

/* --- Self-checks: the same parts must notice a device that does not keep its word. --- */

static void test_checker_sees_lost_and_mixed_values(void **state)
{
    struct outage_history history = {0};

    (void)state;
    outage_history_settle(&history, 1);
    outage_history_begin(&history, 2);
    outage_history_confirm(&history);
    assert_int_equal(outage_history_judge(&history, 2), OUTAGE_CONFIRMED_VALUE);
    assert_int_equal(outage_history_judge(&history, 1), OUTAGE_THIRD_VALUE); /* a lost one */
    outage_history_begin(&history, 3);
    assert_int_equal(outage_history_judge(&history, 2), OUTAGE_CONFIRMED_VALUE);
    assert_int_equal(outage_history_judge(&history, 3), OUTAGE_VALUE_UNDER_WAY);
    assert_int_equal(outage_history_judge(&history, 1), OUTAGE_THIRD_VALUE);
    assert_int_equal(outage_history_judge(&history, OUTAGE_NOT_A_VALUE), OUTAGE_THIRD_VALUE);
    outage_history_settle(&history, 2);
    assert_int_equal(outage_history_judge(&history, 3), OUTAGE_THIRD_VALUE); /* nothing under way */
}

static size_t read_flash(uint8_t *content)
{
    ssize_t size;
    int file;

    device_process_refresh_flash(&bench.device);
    file = open(bench.device.flash, O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    size = read(file, content, MAX_FLASH);
    (void)close(file);
    assert_in_range(size, 1024, MAX_FLASH - 1U);
    return (size_t)size;
}

static void write_flash(const uint8_t *content, size_t size)
{
    int file = open(bench.device.flash, O_WRONLY | O_CLOEXEC);

    assert_true(file >= 0);
    assert_int_equal(write(file, content, size), size);
    (void)close(file);
}

/* A device whose confirmed writes never reach its flash: it wakes up with the flash of before. */
static void test_bench_sees_a_device_that_forgets(void **state)
{
    static uint8_t before[MAX_FLASH];
    const size_t size = read_flash(before);

    (void)state;
    for (uint32_t i = 0; i < FORGET_WRITES; i++) {
        assert_true(outage_bench_write(&bench, OUTAGE_BY_BUS));
        assert_true(outage_bench_write(&bench, OUTAGE_BY_MAILBOX));
    }
    outage_bench_cut(&bench);
    write_flash(before, size);
    outage_bench_restart(&bench);
    for (int i = 0; i < OUTAGE_CHANNELS; i++) {
        const uint32_t found = outage_bench_read(&bench, (enum outage_channel)i);
        assert_int_not_equal(found, OUTAGE_NOT_A_VALUE); /* it did read the value of before */
        assert_int_equal(outage_history_judge(&bench.history[i], found), OUTAGE_THIRD_VALUE);
    }
}

/* A device that mixes two writes: half of one confirmed pair of registers, half of another. */
static void test_bench_sees_mixed_registers(void **state)
{
    uint16_t pair[2];

    (void)state;
    EXPECT_DONE(modbus_read_registers(bench.by[MODBUS_LINK_RTU], 0, 2, pair), 2);
    EXPECT_DONE(modbus_write_register(bench.by[MODBUS_LINK_RTU], 1, (pair[1] + 1) % 3), 1);
    assert_int_equal(outage_history_judge(&bench.history[OUTAGE_BY_BUS],
                                          outage_bench_read(&bench, OUTAGE_BY_BUS)),
                     OUTAGE_THIRD_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checker_sees_lost_and_mixed_values),
        cmocka_unit_test_setup_teardown(test_bench_sees_a_device_that_forgets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bench_sees_mixed_registers, set_up, tear_down),
        {"test_confirmed_settings_survive", test_confirmed_settings_survive, set_up, tear_down,
         NULL},
        {"test_confirmed_settings_survive with slow flash", test_confirmed_settings_survive,
         set_up_slow_flash, tear_down, NULL},
    };

    return cmocka_run_group_tests_name("device.outage", tests, NULL, NULL);
}
